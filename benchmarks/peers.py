"""Time Delegant beside its peers, on the same inputs, in the same minutes, each in a process of its own.

    python benchmarks/peers.py                              # MobileNetV2 from Delegant's own builder
    python benchmarks/peers.py resnet_50 model.tflite       # other networks of networks.py, or files
    python benchmarks/peers.py --only Delegant --json out.json
    python benchmarks/peers.py mobilenet_v2 resnet_50 --plot --baseline "tinygrad OpenCL"

The rounds go round-robin over the peers, and the figure is the median over all of them, so a disturbance hits all
alike. Outputs are compared with the reference kernels'. A peer that cannot run is listed with its reason. All take the
same file, ONNX Runtime and tinygrad as `onnx_export.py` writes it in ONNX (`pip install ".[peers]"` brings them, for
float32 models); tinygrad compiles for minutes.

LiteRT's WebGPU accelerator needs a Vulkan driver that Dawn accepts; on a machine without a GPU that is lavapipe of Mesa
25 or newer (set VK_ICD_FILENAMES to its manifest). On a machine with a GPU nothing changes: OpenCL and WebGPU then mean
the GPU, and the JSON names it with its driver.
"""
from __future__ import annotations

import argparse
import json
import math
import os
import platform
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from networks import NETWORKS
from rich.console import Console
from rich.table import Table
from runners import PEERS, Arrays
from worker import PeerError, Worker

PLOT = Path(__file__).parent / "results" / "peers.png"


@dataclass
class Row:
    """One peer on one model; seconds. `error` is relative to the largest output of the first peer that ran."""

    model: str
    peer: str
    load: float = float("nan")
    first: float = float("nan")
    times: list[float] = field(default_factory=list)
    error: float = float("nan")
    failure: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.times) if self.times else float("nan")


def model_bytes(name: str) -> bytes:
    return Path(name).read_bytes() if name.endswith(".tflite") else NETWORKS[name]()


def random_inputs(path: str, seed: int) -> Arrays:
    from delegant import Interpreter

    rng = np.random.default_rng(seed)
    inputs = []
    for detail in Interpreter(path).get_input_details():
        if np.issubdtype(detail["dtype"], np.floating):
            inputs.append(rng.uniform(-1, 1, detail["shape"]).astype(detail["dtype"]))
        else:
            limits = np.iinfo(detail["dtype"])
            inputs.append(rng.integers(limits.min, limits.max, detail["shape"], detail["dtype"], endpoint=True))
    return inputs


def relative_error(outputs: Arrays, truth: Arrays) -> float:
    pairs = [(a.astype(np.float64), b.astype(np.float64)) for a, b in zip(outputs, truth, strict=True)]
    return max(float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-30)) for a, b in pairs)


def measure(
    model: str, only: list[str], rounds: int, seconds: float, timeout: float, console: Console, until: float = math.inf
) -> list[Row]:
    """`until`: a time of `time.monotonic` from which no peer starts and no round begins."""
    peers = [p for p in PEERS if not only or any(word.lower() in p.name.lower() for word in only)]
    rows, workers, truth = [Row(Path(model).name, p.name) for p in peers], {}, None
    with tempfile.TemporaryDirectory() as folder, console.status(model) as status:
        path = str(Path(folder) / "model.tflite")
        Path(path).write_bytes(model_bytes(model))
        inputs = random_inputs(path, seed=0)
        for row, peer in zip(rows, peers, strict=True):
            status.update(f"{model}: starting {peer.name}")
            try:
                if (left := until - time.monotonic()) <= 0:
                    raise PeerError("not begun in time")
                worker = workers[peer.name] = Worker(peer, path, inputs, min(timeout, left))
                row.first, row.load = worker.first_seconds, worker.load_seconds
                truth = truth or worker.outputs
                row.error = relative_error(worker.outputs, truth)
            except PeerError as failure:
                row.failure = str(failure)
        for turn in range(rounds):
            for row in rows if time.monotonic() < until or not turn else ():
                status.update(f"{model}: round {turn + 1} of {rounds}, {row.peer}")
                if not row.failure:
                    row.times += workers[row.peer].times(seconds, most=200)
        for worker in workers.values():
            worker.close()
    return rows


def table(rows: list[Row], baseline: str) -> Table:
    out = Table(title=rows[0].model)
    for heading in ("", "median ms", "min ms", "load ms", "first run ms", f"times {baseline}", "max error"):
        out.add_column(heading, justify="right" if heading else "left", no_wrap=not heading)
    base = next((r.median for r in rows if baseline.lower() in r.peer.lower()), float("nan"))
    for r in rows:
        if r.failure:
            out.add_row(r.peer, f"[dim]{r.failure}")
        else:
            values = (r.median, min(r.times), r.load, r.first)
            out.add_row(r.peer, *(f"{1e3 * v:.2f}" for v in values), f"{r.median / base:.2f}", f"{r.error:.1e}")
    return out


def geometric_means(rows: list[Row], baseline: str) -> dict[str, float]:
    """Per peer that ran every model: its median times over the baseline's, in the geometric mean over the models."""
    models = list(dict.fromkeys(r.model for r in rows))
    base = {r.model: r.median for r in rows if baseline.lower() in r.peer.lower()}
    logs: dict[str, list[float]] = {}
    for r in rows:
        if r.times and base.get(r.model, float("nan")) > 0:
            logs.setdefault(r.peer, []).append(math.log(r.median / base[r.model]))
    return {peer: math.exp(statistics.fmean(v)) for peer, v in logs.items() if len(v) == len(models)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="*", default=["mobilenet_v2"], help=f"{', '.join(NETWORKS)} or .tflite files")
    parser.add_argument("--only", nargs="*", default=[], help="peers whose name contains one of these words")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0, help="time per peer and round")
    parser.add_argument("--timeout", type=float, default=900.0, help="seconds after which a peer counts as stuck")
    parser.add_argument("--deadline", type=float, default=math.inf, help="seconds after which nothing new begins")
    parser.add_argument("--baseline", default="XNNPACK, 2 threads", help="the peer that the ratios refer to")
    parser.add_argument("--json", type=Path, help="also write the rows here, with the machine, its devices and drivers")
    parser.add_argument("--plot", type=Path, nargs="?", const=PLOT, help=f"also draw the medians ({PLOT.name})")
    args = parser.parse_args()
    unknown = [m for m in args.models if m not in NETWORKS and not m.endswith(".tflite")]
    if unknown:
        parser.error(f"unknown network {unknown[0]!r}; known: {', '.join(NETWORKS)}")
    until = time.monotonic() + args.deadline
    console, rows = Console(width=None if sys.stdout.isatty() else 140), []
    for model in args.models:
        made = measure(model, args.only, args.rounds, args.seconds, args.timeout, Console(stderr=True), until)
        console.print(table(made, args.baseline))
        rows += made
    if len(args.models) > 1:
        for peer, ratio in geometric_means(rows, args.baseline).items():
            console.print(f"{peer}: {ratio:.2f} times {args.baseline}, geometric mean of {len(args.models)} models")
    if args.json:
        args.json.write_text(json.dumps({"machine": machine(), "rows": [asdict(r) for r in rows]}, indent=1))
    if args.plot:
        from plots import draw_peers

        draw_peers([(r.model, r.peer, 1e3 * r.median) for r in rows if not r.failure], args.plot)
        console.print(f"drawn: {args.plot}")


def machine() -> dict[str, Any]:
    """What the figures were measured on and with."""
    from delegant.devices.discovery import APIS, discover

    packages = ("delegant", "numpy", "ai-edge-litert", "onnxruntime", "tinygrad", "pyopencl", "wgpu")
    devices = {
        api: [{"name": d.name, "driver": d.driver, "class": d.device_class} for d in discover(api).devices]
        for api in APIS
    }
    return {
        "system": platform.platform(),
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "python": platform.python_version(),
        "devices": devices,
        "packages": {name: version(name) for name in packages},
    }


def version(package: str) -> str:
    """The version of an installed package, or ""."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def processor() -> str:
    """The processor's name, as Linux tells it."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    return next((x.split(":", 1)[1].strip() for x in lines if x.startswith("model name")), platform.processor())


if __name__ == "__main__":
    main()
