"""Drawings of what the benchmarks measured. They need matplotlib."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

COLOURS = {"Delegant": "#1f6fb4", "LiteRT": "#8c8c8c", "ONNX": "#c9a227", "tinygrad": "#b45a3c"}


def draw_peers(medians: Sequence[tuple[str, str, float]], path: Path) -> None:
    """Bars of (model, peer, milliseconds), one panel for each model, on a logarithmic axis.

    Raises:
        ImportError: matplotlib is missing.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    models = list(dict.fromkeys(model for model, _, _ in medians))
    most = max(sum(m == model for m, _, _ in medians) for model in models)
    figure = Figure(figsize=(8, len(models) * (0.6 + 0.28 * most)), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(len(models), 1, squeeze=False)[:, 0]
    for panel, model in zip(panels, models, strict=True):
        bars = [(peer, milliseconds) for m, peer, milliseconds in medians if m == model]
        colours = [next((c for word, c in COLOURS.items() if peer.startswith(word)), "black") for peer, _ in bars]
        drawn = panel.barh([peer for peer, _ in bars], [milliseconds for _, milliseconds in bars], color=colours)
        panel.bar_label(drawn, [f"{milliseconds:.3g}" for _, milliseconds in bars], padding=3, fontsize=8)
        panel.set_xscale("log")
        panel.set_title(f"{model}, median ms", loc="left", fontsize=10)
        panel.invert_yaxis()
        panel.margins(x=0.15)
        panel.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
