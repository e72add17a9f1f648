"""The LSTM cell in integers, bit by bit as LiteRT computes it: 8-bit inputs and outputs, 16-bit gates and state.

The trace is of int32; outputs are codes less their zero point. Source: LstmStepInteger8x8_16 of LiteRT's lstm_eval.cc.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..language.expression import Expr, vector
from ..language.functions import clamp
from ..parts.nest import Arguments
from ..parts.requantize import divide_by_power, scaled_up
from .lstm import CELL, FORGET, OUTPUT
from .recurrent import Spot, Trace, scalar

ONE = (1 << 15) - 1
"""1 in 15 bits of fraction, nearly."""
CODES = 1 << 16
LOGISTIC, TANH, STATE_TANH = range(3)
"""Parts of the call's vectors, `CODES` long: functions of 16-bit codes by their bits. Gates have 3 integer bits."""

Scaling = tuple[int, int]
"""A multiplier (m, s) of `numerics.quantize_multiplier`."""


def saturated(x: Expr) -> Expr:
    """The nearest 16-bit number."""
    return clamp(x, -ONE - 1, ONE)


def _declare(arguments: Arguments, name: str, scaling: Scaling) -> tuple[Expr, Expr, Expr]:
    """What `scaled_up` takes beside a number."""
    m, s = scaling
    parts = {"m": m, "right": max(-s, 0), "left": max(s, 0)}
    first, second, third = (scalar(arguments, f"{name}_{part}", value) for part, value in parts.items())
    return first, second, third


@dataclass(frozen=True)
class IntegerLstmCell:
    """The gates' sums to the cell's state and output.

    Args:
        trace: where things lie.
        gates: the scaling of each gate's recurrent sums.
        peepholes: the scaling of the input, forget and output gate's, if there are any: the call's vectors then begin
            with them; `coupled` cells have none for the input gate.
        shift: of the state's scale, a power of 2.
        clip: of the state in codes; 0 does not clip.
        hidden: the scaling of what goes out.
        zero: the zero point of what goes out (subtracted where a projection reads it).
        offset: what is taken off codes that go out.
        squashes: there is a tanh for the state; else LiteRT takes what its buffer holds, which is the input gate.
    """

    trace: Trace
    gates: tuple[Scaling, ...]
    peepholes: tuple[Scaling, ...]
    shift: int
    clip: int
    hidden: Scaling
    zero: int
    offset: int
    squashes: bool = True

    @property
    def name(self) -> str:
        parts = {"coupled": self.coupled, "peepholes": self.peepholes, "clip": self.clip > 0}
        parts |= {"plain": not self.squashes, "projected": self.projects}
        return "_".join(["lstm_codes", *(name for name, there in parts.items() if there)])

    @property
    def coupled(self) -> bool:
        return len(self.gates) == 3

    @property
    def projects(self) -> bool:
        return self.trace.projected > 0

    @property
    def _hidden_at(self) -> int:
        """Where the scaling of what goes out stands among the numbers."""
        return 6 + 3 * (len(self.gates) + len(self.peepholes))

    def declare(self, arguments: Arguments) -> tuple[Expr, ...]:
        """Areas, offsets and shifts first, then scalings by three."""
        out = self.trace.m if self.projects else 0
        known = {
            "c_area": self.trace.c, "out_area": out, "zero": self.zero, "offset": self.offset,
            "added_right": 30 + self.shift, "clip": self.clip if self.clip > 0 else ONE + 1,
        }  # fmt: skip
        numbers = [scalar(arguments, name, value) for name, value in known.items()]
        scalings = [*zip("abcd", self.gates, strict=False), *zip("xyz", self.peepholes, strict=False)]
        for letter, scaling in (*scalings, ("h", self.hidden)):
            numbers += _declare(arguments, f"scale_{letter}", scaling)
        return tuple(numbers)

    def finish(self, spot: Spot, sums: Sequence[Expr], entering: Sequence[Expr]) -> None:
        before = self.before(spot)
        *others, leaving = (self.gate(spot, g, s, e) for g, (s, e) in enumerate(zip(sums, entering, strict=True)))
        peeped = [self.peeped(spot, total, g - len(self.gates), before) for g, total in enumerate(others)]
        state, enters = self.store_state(spot, peeped)
        self.store_output(spot, self.peeped(spot, leaving, OUTPUT, state), state, enters)

    def before(self, spot: Spot) -> Expr:
        """The state before the step."""
        return spot.load(spot.before + spot.numbers[0])

    def store_state(self, spot: Spot, gates: Sequence[Expr]) -> tuple[Expr, Expr]:
        """Stores the new state that all gates but the last make; gives it and the input gate."""
        k, (c_area, _, _, _, right, clip), before = spot.k, spot.numbers[:6], self.before(spot)
        *first, kept, candidate = gates
        forget = _look_up(spot, LOGISTIC, kept)
        enters = _look_up(spot, LOGISTIC, first[0]) if first else k.let(ONE - forget, "enters")
        update = _look_up(spot, TANH, candidate)
        added = divide_by_power(k.let(enters * update, "product"), right)
        state = divide_by_power(k.let(forget * before, "kept"), spot.numbers[4].lift(15)) + ((added << 16) >> 16)
        state = k.let(clamp(saturated(state), -clip, clip) if self.clip > 0 else saturated(state), "state")
        spot.store(spot.after + c_area, state)
        return state, enters

    def store_output(self, spot: Spot, leaving: Expr, state: Expr, enters: Expr) -> None:
        """Stores what goes out, or to the projection."""
        k, (_, out_area, zero, offset) = spot.k, spot.numbers[:4]
        output = _look_up(spot, LOGISTIC, leaving)
        squashed = _look_up(spot, STATE_TANH, state) if self.squashes else enters
        hidden = scaled_up(k, k.let(output * squashed, "product"), *spot.numbers[self._hidden_at :][:3])
        code = clamp(hidden - zero if self.projects else hidden + zero, -128, 127)
        spot.store(spot.after + out_area, code if self.projects else code - offset)

    def gate(self, spot: Spot, gate: int, total: Expr, entering: Expr) -> Expr:
        """A gate's sum in 16 bits."""
        m, right, left = spot.numbers[6 + 3 * gate :][:3]
        return spot.k.let(saturated(scaled_up(spot.k, total, m, right, left) + entering), "gate")

    def peeped(self, spot: Spot, total: Expr, gate: int, state: Expr) -> Expr:
        """A gate's sum with what the state adds to it; gates are counted from the end."""
        if not self.peepholes or gate == CELL:
            return total
        index = {OUTPUT: 2, FORGET: 1}.get(gate, 0)
        assert spot.vectors is not None
        m, right, left = spot.numbers[6 + 3 * (len(self.gates) + index) :][:3]
        weights = spot.k.load(spot.vectors, TABLES + spot.units * index + spot.unit, spot.lanes)
        product = spot.k.let(weights * state, "product")
        return spot.k.let(saturated(scaled_up(spot.k, product, m, right, left) + total), "gate")


TABLES = 3 * CODES
"""Where the peepholes begin in the call's vectors, `units` apart."""


def _look_up(spot: Spot, function: int, codes: Expr) -> Expr:
    """A function of each code."""
    assert spot.vectors is not None
    at = spot.k.let((codes & (CODES - 1)) + function * CODES, "at")
    found = [spot.k.load(spot.vectors, at[lane], 1) for lane in range(spot.lanes)]
    return spot.k.let(vector(*found) if len(found) > 1 else found[0], "value")


@dataclass(frozen=True)
class CodeProjection:
    """What goes out: sums with the call's only vector added, scaled to codes, kept between -clip and clip.

    Args:
        scaling: of the sums.
        zero: the zero point of what goes out.
        clip: in codes; 0 does not clip.
    """

    scaling: Scaling
    zero: int
    clip: int

    @property
    def name(self) -> str:
        return "code_projection" + "_clip" * (self.clip > 0)

    def declare(self, arguments: Arguments) -> tuple[Expr, ...]:
        """The zero point, the clip and the scaling."""
        zero, clip = scalar(arguments, "zero", self.zero), scalar(arguments, "clip", self.clip)
        return (zero, clip, *_declare(arguments, "scale", self.scaling))

    def finish(self, spot: Spot, sums: Sequence[Expr], entering: Sequence[Expr]) -> None:
        (total,), (zero, clip, m, right, left) = sums, spot.numbers
        made = scaled_up(spot.k, spot.k.let(total + spot.vector(0), "total"), m, right, left)
        code = clamp(made + zero, -128, 127)
        spot.store(spot.after, (clamp(code, -clip, clip) if self.clip > 0 else code) - zero)
