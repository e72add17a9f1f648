"""The LSTM cell in integers, bit by bit as LiteRT computes it: 8-bit inputs and outputs, 16-bit gates and state.

The trace is of int32; outputs are codes less their zero point. Source: LstmStepInteger8x8_16 of LiteRT's lstm_eval.cc.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .expression import Expr, vector
from .functions import clamp
from .nest import Arguments
from .recurrent import Spot, Trace, scalar
from .requantize import divide_by_power, scaled_up

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
        k, (c_area, out_area, zero, offset, right, clip) = spot.k, spot.numbers[:6]
        before = spot.load(spot.before + c_area)
        *others, leaving = (self._gate(spot, g, s, e) for g, (s, e) in enumerate(zip(sums, entering, strict=True)))
        *first, kept, candidate = others
        forget = _look_up(spot, LOGISTIC, self._peeped(spot, kept, 1, before))
        enters = k.let(ONE - forget, "enters")
        if first:
            enters = _look_up(spot, LOGISTIC, self._peeped(spot, first[0], 0, before))
        update = _look_up(spot, TANH, candidate)
        added = divide_by_power(k.let(enters * update, "product"), right)
        state = divide_by_power(k.let(forget * before, "kept"), spot.numbers[4].lift(15)) + ((added << 16) >> 16)
        state = k.let(clamp(saturated(state), -clip, clip) if self.clip > 0 else saturated(state), "state")
        spot.store(spot.after + c_area, state)
        output = _look_up(spot, LOGISTIC, self._peeped(spot, leaving, 2, state))
        squashed = _look_up(spot, STATE_TANH, state) if self.squashes else enters
        hidden = scaled_up(k, k.let(output * squashed, "product"), *spot.numbers[-3:])
        code = clamp(hidden - zero if self.projects else hidden + zero, -128, 127)
        spot.store(spot.after + out_area, code if self.projects else code - offset)

    def _gate(self, spot: Spot, gate: int, total: Expr, entering: Expr) -> Expr:
        """A gate's sum in 16 bits."""
        m, right, left = spot.numbers[6 + 3 * gate :][:3]
        return spot.k.let(saturated(scaled_up(spot.k, total, m, right, left) + entering), "gate")

    def _peeped(self, spot: Spot, total: Expr, index: int, state: Expr) -> Expr:
        """A gate's sum with what the state adds to it."""
        if not self.peepholes:
            return total
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
