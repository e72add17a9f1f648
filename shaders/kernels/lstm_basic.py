"""Rules of `cells` for the gates of an LSTM of the kernel type BASIC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..language.builder import KernelBuilder
from ..language.expression import Expr
from ..language.functions import logistic, tanh
from .cells import Reader

INPUT, CELL, FORGET, OUTPUT = range(4)
"""Order of the gates, `units` sums each."""


@dataclass(frozen=True)
class LstmState:
    """The new state of an LSTM cell (Hochreiter & Schmidhuber 1997) from its gates' sums [batch, 4 units] and state."""

    units: int
    name = "lstm_state"
    work = 30

    def element(self, k: KernelBuilder, at: Sequence[Expr], *operands: Reader) -> Expr:
        sums, state = operands
        batch, unit = at
        entering, candidate, kept = (sums(batch, unit + gate * self.units) for gate in (INPUT, CELL, FORGET))
        return logistic(kept) * state(batch, unit) + logistic(entering) * tanh(candidate)


@dataclass(frozen=True)
class LstmOutput:
    """The output of an LSTM cell from its gates' sums [batch, 4 units] and its new state."""

    units: int
    name = "lstm_output"
    work = 20

    def element(self, k: KernelBuilder, at: Sequence[Expr], *operands: Reader) -> Expr:
        sums, state = operands
        batch, unit = at
        return logistic(sums(batch, unit + OUTPUT * self.units)) * tanh(state(batch, unit))
