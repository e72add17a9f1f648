"""The product of a recurrent step: what the last one left times the weights between steps, for a cell to finish."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..call import KernelCall
from ..device_class import DeviceClass
from ..language.expression import Expr, cast, constant, f32, i32, lane_tree
from ..language.functions import fma, maximum, minimum, settled
from ..language.kernel import Buffer
from ..layout import LANES
from ..parts.nest import AXES
from ..parts.scaled_back import INVERSE, SCALE, ZERO
from .dynamic_range import BLOCK, row_code, row_numbers
from .recurrent import SLICES, Cell, Frame, Step, Trace, scalar

MAX_ROWS = 4
"""Sequences of a batch that one invocation takes along, so that weights are loaded once for them."""
GATES = ("gates_at", "gates_row")
"""Scalars that say where the gates' sums lie."""



@dataclass(frozen=True)
class Quantize:
    """The multiplied area is quantized first, as in `dynamic_range`, and the sums of codes are scaled back.

    Args:
        asymmetric: with a zero point.
        factors: the scale of each gate's weights, which are whole numbers.
        width: true elements of the area.
    """

    asymmetric: bool
    factors: tuple[float, ...]
    width: int

    @property
    def name(self) -> str:
        return "_asymmetric" if self.asymmetric else "_symmetric"


def at_step(call: KernelCall, step: Step) -> KernelCall:
    """The same launch at another step: only its scalars differ."""
    gates = dict(zip(GATES, step.gates or (), strict=False))
    moved = {"before": step.before, "after": step.after, "source_at": step.source, **gates}
    names = (s.name for s in call.kernel.scalars)
    return replace(call, sizes=tuple(moved.get(n, v) for n, v in zip(names, call.sizes, strict=True)))


def shared_rows(batch: int) -> int:
    """How many sequences an invocation takes."""
    return next(r for r in range(min(MAX_ROWS, batch), 0, -1) if batch % r == 0)


def recurrent_product(
    device: DeviceClass,
    trace: Trace,
    weights: np.ndarray,
    vectors: np.ndarray | None,
    cell: Cell,
    step: Step,
    storage: str = "f32",
    quantize: Quantize | None = None,
) -> KernelCall:
    """A launch that adds the product of an area and `weights` to the gates' sums in `x` and lets a cell finish them.

    Args:
        weights: [gates, units, depth], of whole areas; of kind `storage`.
        vectors: [n, units] that the cell reads, or None.
        storage: of the trace `y`, "f32" or "i32"; `x` is float32 in any case.
        quantize: how the area becomes codes; None: it is multiplied as it is.
    """
    gates, units, depth = weights.shape
    name = f"{cell.name}_g{gates}" + ("" if step.gates else "_alone") + ("" if quantize is None else quantize.name)
    slices = SLICES if device is DeviceClass.GPU else 1
    f = Frame(name, device, trace, units, vectors, shared_rows(trace.batch), storage, slices)
    k, y, lanes = f.k, f.trace, f.lanes
    x, w = k.read("x", "f32", lanes) if step.gates else None, k.constant("weights", storage, lanes)
    f.constants["weights"] = packed(weights, lanes if f.is_cpu else units)
    f.open(step)
    extent, source = scalar(f.arguments, "depth", depth), scalar(f.arguments, "source_at", step.source)
    entrance = [scalar(f.arguments, label, at) for label, at in zip(GATES, step.gates or (), strict=False)]
    body_end, factors = constant(i32, 0), list[Expr]()
    if quantize is not None:
        body_end = scalar(f.arguments, "exact_from", quantize.width // BLOCK * BLOCK)
        factors = [f.arguments.number(f"factor_{AXES[g]}", value) for g, value in enumerate(quantize.factors)]
    numbers = cell.declare(f.arguments)
    f.locate()
    panel, pace = (k.let(f.unit * extent * gates, "panel"), lanes) if f.is_cpu else (f.unit, f.units)

    def body() -> None:
        sums = [[k.var(y.type, 0, "sum") for _ in range(gates)] for _ in f.sequences]
        starts = [k.let(source + n * f.row, "source") for n in f.sequences]
        sources = [Source(f, start) for start in starts]
        if quantize is not None:
            sources = [Coded(f, start, extent, quantize.asymmetric, body_end, factors) for start in starts]
        _multiply(f, w, sums, sources, panel, pace, extent)
        for n, area_, row in zip(f.sequences, sources, sums, strict=True):
            added = f.gathered(row)
            with f.finishing():
                totals = area_.scaled(added())
                entering: list[Expr] = []
                if x is not None:
                    place = k.let(entrance[0] + n * entrance[1] + f.unit, "gate")
                    entering = [cast(k.load(x, place + f.units * g, lanes), y.type) for g in range(gates)]
                cell.finish(f.spot(n, numbers), totals, entering)

    return f.call(body)


class Source:
    """The multiplied area of a sequence."""

    def __init__(self, frame: Frame, start: Expr) -> None:
        self.k, self.trace, self.start = frame.k, frame.trace, start

    def values(self, i: Expr) -> Expr:
        """`LANES` elements from the i-th on."""
        return self.k.load(self.trace, self.start + i, LANES)

    def scaled(self, sums: Sequence[Expr]) -> Sequence[Expr]:
        """The products, of sums of what `values` gave."""
        return sums


class Coded(Source):
    """One that is quantized; its range is looked for first."""

    def __init__(
        self, frame: Frame, start: Expr, depth: Expr, asymmetric: bool, body: Expr, factors: Sequence[Expr]
    ) -> None:
        super().__init__(frame, start)
        k, self.body, self.factors = self.k, body, factors
        low, high = (k.var(f32.of(LANES), 0, hint) for hint in ("low", "high"))
        with k.loop(0, depth, LANES) as i:
            value = super().values(i)
            k.set(low, minimum(low, value))
            k.set(high, maximum(high, value))
        ends = [k.let(lane_tree(k.let(v), join), "end") for v, join in ((low, minimum), (high, maximum))]
        numbers = row_numbers(k, ends[0], ends[1], asymmetric)
        self.inverse, self.scale = (k.let(numbers[i], "number") for i in (INVERSE, SCALE))
        self.zero = k.let(numbers[ZERO], "zero") if asymmetric else None

    def values(self, i: Expr) -> Expr:
        code = row_code(self.k, super().values(i), self.inverse, self.zero, ~(i < self.body))
        return self.k.let(code, "code")

    def scaled(self, sums: Sequence[Expr]) -> Sequence[Expr]:
        pairs = zip(sums, self.factors, strict=True)
        return [self.k.let(total * settled(factor * self.scale), "product") for total, factor in pairs]


def _multiply(
    f: Frame, w: Buffer, sums: list[list[Expr]], sources: list[Source], panel: Expr, pace: Expr | int, depth: Expr
) -> None:
    """Adds the product of each source and the weights, or this slice's share of it, to its sums, one per gate."""
    k, y, gates = f.k, f.trace, len(sums[0])
    start = f.slice * LANES if f.slices > 1 else 0
    with k.loop(start, depth, f.slices * LANES) as i:
        values = [source.values(i) for source in sources]
        for j in range(LANES):
            base = k.let(panel + (i + j) * gates * pace, "base")
            columns = [k.load(w, base + constant(i32, g) * pace) for g in range(gates)]
            for value, row in zip(values, sums, strict=True):
                for total, column in zip(row, columns, strict=True):
                    made = fma(value[j], column, total) if y.type.is_float else column * value[j] + total
                    k.set(total, made)


def packed(weights: np.ndarray, width: int) -> np.ndarray:
    """Weights [gates, units, depth] as panels of `width` units: [panels, depth, gates, width]."""
    gates, units, depth = weights.shape
    return np.ascontiguousarray(weights.reshape(gates, units // width, width, depth).transpose(1, 3, 0, 2))
