"""The cell of LSTM and its sequences (Hochreiter & Schmidhuber 1997; peepholes: Gers & Schmidhuber 2000; coupled gates:
Greff et al. 2015; projection: Sak et al. 2014; layer normalization: Ba et al. 2016).

Gates stand in the order input, forget, cell, output, without the input gate where it is 1 - forget (CIFG).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..call import KernelCall
from ..device_class import DeviceClass
from ..language.expression import Expr, cast, f32
from ..language.functions import clamp, logistic, sqrt
from ..parts.nest import Arguments
from .recurrent import Frame, Spot, Step, Trace, joined, scalar
from .rnn import activated

PEEPHOLES = 3
"""Vectors of peepholes, of the input, forget and output gates; zeros for a gate that is not there."""
NORM_EPSILON = 1e-8
FORGET, CELL, OUTPUT = -3, -2, -1
"""Gates, counted from the end."""


@dataclass(frozen=True)
class LstmCell:
    """The gates' sums to the cell's state and output.

    Args:
        trace: where things lie.
        coupled: there is no input gate.
        peepholes: the call's first vectors are peepholes.
        activation: of the cell gate and of the state.
        clip: of the state; 0 does not clip.
    """

    trace: Trace
    coupled: bool
    peepholes: bool
    activation: str
    clip: float = 0.0

    @property
    def name(self) -> str:
        parts = ("coupled", self.coupled), ("peepholes", self.peepholes), ("clip", self.clip > 0)
        return "_".join(["lstm", self.activation.lower(), *(name for name, there in parts if there)])

    @property
    def gates(self) -> int:
        return 3 if self.coupled else 4

    def declare(self, arguments: Arguments) -> tuple[Expr, ...]:
        """Where the state and the output lie in a row, and the clip."""
        out = self.trace.m if self.trace.projected else 0
        areas = scalar(arguments, "c_area", self.trace.c), scalar(arguments, "out_area", out)
        return (*areas, *((arguments.number("clip", self.clip),) if self.clip > 0 else ()))

    def finish(self, spot: Spot, sums: Sequence[Expr], entering: Sequence[Expr]) -> None:
        sums = joined(spot.k, sums, entering)
        peeped = [self.peeped(spot, total, gate - self.gates) for gate, total in enumerate(sums)]
        state = self.store_state(spot, peeped[:OUTPUT])
        self.store_output(spot, self.peeped_output(spot, sums[OUTPUT], state), state)

    def before(self, spot: Spot) -> Expr:
        """The state before the step."""
        return spot.load(spot.before + spot.numbers[0])

    def peeped(self, spot: Spot, total: Expr, gate: int) -> Expr:
        """A gate's sum with what the old state adds to it."""
        if not self.peepholes or gate in (CELL, OUTPUT):
            return total
        return total + spot.vector(1 if gate == FORGET else 0) * self.before(spot)

    def peeped_output(self, spot: Spot, total: Expr, state: Expr) -> Expr:
        """The output gate's sum with what the new state adds to it."""
        return total + spot.vector(2) * state if self.peepholes else total

    def store_state(self, spot: Spot, gates: Sequence[Expr]) -> Expr:
        """Stores the new state that all gates but the last make, and gives it."""
        k, area, limits = spot.k, spot.numbers[0], spot.numbers[2:]
        *entering, kept, candidate = gates
        forget = k.let(logistic(k.let(kept)), "forget")
        enters = k.let(logistic(k.let(entering[0])) if entering else 1.0 - forget, "enters")
        update = k.let(activated(k, self.activation, candidate), "update")
        state = forget * self.before(spot) + enters * update
        state = k.let(bounded(state, limits[0]) if limits else state, "state")
        spot.store(spot.after + area, state)
        return state

    def store_output(self, spot: Spot, total: Expr, state: Expr) -> None:
        """Stores what goes out, or to the projection."""
        made = logistic(spot.k.let(total)) * activated(spot.k, self.activation, state)
        spot.store(spot.after + spot.numbers[1], made)


def bounded(value: Expr, limit: Expr) -> Expr:
    """The value between -limit and limit."""
    return clamp(value, value.lift(-limit), value.lift(limit))


@dataclass(frozen=True)
class Sums:
    """Leaves the gates' sums to the next launch."""

    name = "sums"

    def declare(self, arguments: Arguments) -> tuple[Expr, ...]:
        """None."""
        return ()

    def finish(self, spot: Spot, sums: Sequence[Expr], entering: Sequence[Expr]) -> None:
        for gate, total in enumerate(joined(spot.k, sums, entering)):
            spot.store(spot.scratch + spot.units * gate, total)


@dataclass(frozen=True)
class Projection:
    """What goes out: the sums, with the call's only vector added if there is one, kept between -clip and clip."""

    biased: bool
    clip: float = 0.0

    @property
    def name(self) -> str:
        return "projection" + "_biased" * self.biased + "_clip" * (self.clip > 0)

    def declare(self, arguments: Arguments) -> tuple[Expr, ...]:
        """The clip."""
        return (arguments.number("clip", self.clip),) if self.clip > 0 else ()

    def finish(self, spot: Spot, sums: Sequence[Expr], entering: Sequence[Expr]) -> None:
        (total,) = sums
        total = total + spot.vector(0) if self.biased else total
        spot.store(spot.after, bounded(spot.k.let(total), spot.numbers[0]) if self.clip > 0 else total)


def normalized_lstm(
    device: DeviceClass, cell: LstmCell, vectors: np.ndarray, step: Step, part: str
) -> KernelCall:
    """The launch that normalizes sums that `Sums` has left, and makes the state ("state") or the output ("output").

    Args:
        vectors: [n, units]: peepholes if the cell has them, then each gate's factors, then each gate's bias.
    """
    trace, units = cell.trace, vectors.shape[1]
    f = Frame(f"{cell.name}_normalized_{part}", device, trace, units, vectors, 1)
    f.open(step)
    numbers = cell.declare(f.arguments)
    count = scalar(f.arguments, "true_units", trace.units)
    f.locate()

    def body() -> None:
        norm = _Norm(cell, f.spot(f.sequences[0], numbers), count)
        if part == "state":
            cell.store_state(norm.spot, [norm(gate) for gate in range(cell.gates - 1)])
        else:
            cell.store_output(norm.spot, norm(cell.gates - 1), norm.spot.load(norm.spot.after + numbers[0]))

    return f.call(body)


@dataclass(frozen=True, eq=False)
class _Norm:
    """Layer normalization of a gate's sums over the true units of a sequence."""

    cell: LstmCell
    spot: Spot
    count: Expr

    def __call__(self, gate: int) -> Expr:
        """(v - mean) / sqrt(variance + epsilon) * factor + bias of the spot's units."""
        k, cell = self.spot.k, self.cell
        share = k.let(1.0 / cast(self.count, f32), "share")
        mean = k.let(self._sum(gate, lambda v: v) * share, "mean")
        variance = k.let(self._sum(gate, lambda v: (v - mean) * (v - mean)) * share, "variance")
        first = PEEPHOLES * cell.peepholes + gate
        scaled = (self._value(gate, self.spot) - mean) / sqrt(variance + NORM_EPSILON)
        return k.let(scaled * self.spot.vector(first) + self.spot.vector(first + cell.gates), "normalized")

    def _sum(self, gate: int, term: Callable[[Expr], Expr]) -> Expr:
        k, total = self.spot.k, self.spot.k.var(f32, 0, "total")
        with k.loop(0, self.count) as unit:
            value = k.let(self._value(gate, replace(self.spot, unit=unit, lanes=1)), "value")
            k.set(total, total + term(value))
        return total

    def _value(self, gate: int, spot: Spot) -> Expr:
        """A gate's sum with its peephole."""
        total, cell = spot.load(spot.scratch + spot.units * gate), self.cell
        if gate == cell.gates - 1:
            return cell.peeped_output(spot, total, spot.load(spot.after + spot.numbers[0])) if cell.peepholes else total
        return cell.peeped(spot, total, gate - cell.gates)
