"""The cell of RNN and its sequences: h = activation(W x + R h + b)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..language.builder import KernelBuilder
from ..language.expression import Expr
from ..parts.activation import ACTIVATIONS
from ..parts.nest import Arguments
from .recurrent import Spot, joined


def activated(k: KernelBuilder, activation: str, value: Expr) -> Expr:
    """A fused activation of a value, by its name; "NONE" leaves it."""
    return value if activation == "NONE" else ACTIVATIONS[activation](k, k.let(value))


@dataclass(frozen=True)
class RnnCell:
    """One gate, whose activation is the new state."""

    activation: str

    @property
    def name(self) -> str:
        return f"rnn_{self.activation.lower()}"

    def declare(self, arguments: Arguments) -> tuple[Expr, ...]:
        """None."""
        return ()

    def finish(self, spot: Spot, sums: Sequence[Expr], entering: Sequence[Expr]) -> None:
        (total,) = joined(spot.k, sums, entering)
        spot.store(spot.after, activated(spot.k, self.activation, total))
