"""What a user may set on a GPU delegate."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ...core.graph import Graph

OPTIONS = {
    "device": "part of the device's name, vendor or driver, or its index",
    "precision": '"fp32", or "fp16": weights and tensors are stored as float16, arithmetic stays float32',
    "hybrid": 'integer weights beside float activations: "exact", as the CPU computes; "widened": in floats',
    "bytes": '"auto": codes of 8 bits are kept and multiplied as bytes where the device can; "off": as floats; "on": '
    "a device that cannot is an error",
    "tune": '"cached": use what was measured before; "off"; or for how many seconds to measure first',
    "fp32": 'under "fp16": operators and nodes whose results and weights stay float32, such as "CONV_2D,17"',
}
"""The options with their meanings."""


@dataclass(frozen=True)
class Wishes:
    """What stays float32 by the user's word.

    Args:
        words: names of operators ("SOFTMAX") and indices of nodes ("12").
    """

    words: frozenset[str] = frozenset()

    @classmethod
    def of(cls, text: str) -> Wishes:
        """From words separated by commas."""
        return cls(frozenset(word.strip().upper() for word in text.split(",") if word.strip()))

    def nodes(self, graph: Graph, among: Iterable[int]) -> frozenset[int]:
        """Those nodes of `among` that are meant."""
        return frozenset(n for n in among if not self.words.isdisjoint((graph.nodes[n].op.upper(), str(n))))


@dataclass(frozen=True)
class Options:
    """A GPU delegate's options.

    Attributes:
        device: which device, None for the preferred one.
        tune: how many seconds to measure schedules for, 0 to use those that were measured before; None: neither.
        widened: float activations with integer weights are multiplied in floats.
        half: store tensors as half floats where that is possible and not among the `wishes`.
        bytes: whether codes of 8 bits are kept as bytes: "auto" (where the device multiplies them), "on" or "off".
    """

    device: str | None = None
    tune: float | None = None
    half: bool = False
    widened: bool = False
    wishes: Wishes = field(default_factory=Wishes)
    bytes: str = "auto"


def checked_options(name: str, options: Mapping[str, str] | None) -> Options:
    """The options of a GPU delegate.

    Raises:
        ValueError: an option is unknown, or its value is.
    """
    given = dict(options or {})
    unknown = sorted(set(given) - set(OPTIONS))
    if unknown:
        known = ", ".join(f"{key} ({meaning})" for key, meaning in OPTIONS.items())
        raise ValueError(f"the {name} delegate has no option {', '.join(map(repr, unknown))}; it knows {known}")
    precision = given.get("precision", "fp32")
    if precision not in ("fp32", "fp16"):
        raise ValueError(f"precision {precision!r}: the {name} delegate knows 'fp32' and 'fp16'")
    if "fp32" in given and precision == "fp32":
        raise ValueError("the option 'fp32' says what stays float32 under precision 'fp16', which is not asked for")
    hybrid = given.get("hybrid", "exact")
    if hybrid not in ("exact", "widened"):
        raise ValueError(f"hybrid {hybrid!r}: the {name} delegate knows 'exact' and 'widened'")
    kept = given.get("bytes", "auto")
    if kept not in ("auto", "on", "off"):
        raise ValueError(f"bytes {kept!r}: the {name} delegate knows 'auto', 'on' and 'off'")
    half, wishes = precision == "fp16", Wishes.of(given.get("fp32", ""))
    return Options(given.get("device"), tuning_seconds(given), half, hybrid == "widened", wishes, kept)


def tuning_seconds(options: Mapping[str, str]) -> float | None:
    """How long to tune by the option `tune`; None: not even what was measured before is used.

    Raises:
        ValueError: it is neither a word that is known nor a number of seconds.
    """
    given = str(options.get("tune", "cached"))
    if given in ("cached", "off"):
        return 0.0 if given == "cached" else None
    try:
        seconds = float(given)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < math.inf:
        raise ValueError(f"tune {given!r}: it takes 'cached', 'off' or a number of seconds")
    return seconds
