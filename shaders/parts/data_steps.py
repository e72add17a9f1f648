"""Steps of an epilogue whose constants, and whether they are done, are data: kernels that differ in nothing else have
one text.

For devices that take long to compile a text: llvmpipe a fifth of a second for a product. The values are those of the
steps that are replaced, to the bit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ..language.builder import KernelBuilder
from ..language.expression import Expr, select
from ..language.functions import clamp
from ..language.kernel import Buffer
from .epilogue import Beside, Step, Table

ENDLESS = float("inf")
LIMITS: dict[str, tuple[float, float]] = {
    "": (-ENDLESS, ENDLESS),
    "RELU": (0.0, ENDLESS),
    "RELU6": (0.0, 6.0),
    "RELU_N1_TO_1": (-1.0, 1.0),
    "RELU_0_TO_1": (0.0, 1.0),
}
"""Activations that keep numbers within limits; "" is none."""
HARD_SWISH = "HARD_SWISH"


@dataclass(frozen=True)
class Limited:
    """An activation of `LIMITS`."""

    function: str

    def step(self, name: str) -> Step:
        """The step; `name` names its constants."""
        return _step("limited", name, LIMITS[self.function], _within)


@dataclass(frozen=True)
class Gated:
    """An activation of `LIMITS`, or `HARD_SWISH`: the number times its gate, clamp(number + 3), within limits."""

    function: str

    def step(self, name: str) -> Step:
        """The step; `name` names its constants."""
        gate = (0.0, 6.0, 1 / 6) if self.function == HARD_SWISH else (1.0, 1.0, 1.0)
        limits = LIMITS["" if self.function == HARD_SWISH else self.function]
        return _step("gated", name, (*gate, *limits), _gate)


@dataclass(frozen=True)
class Scaled:
    """A product with a number."""

    factor: float

    def step(self, name: str) -> Step:
        """The step; `name` names its constant."""
        return _step("scaled", name, (self.factor,), lambda x, factor: x * factor)


@dataclass(frozen=True)
class Perhaps:
    """A step without operands that is left out unless it is `done`."""

    inner: Step
    done: bool

    def step(self, name: str) -> Step:
        """The step; `name` names the number that says whether it is done."""

        def apply(k: KernelBuilder, x: Expr, done: Expr) -> Expr:
            value = k.var(x.type, x)
            with k.when(done > 0):
                k.set(value, self.inner.function(k, value))
            return value

        key = None if self.inner.key is None else ("perhaps", self.inner.key, name)
        return Step(f"perhaps_{self.inner.name}", apply, (_whether(name, self.done),), key)


@dataclass(frozen=True)
class PerhapsAdded:
    """A sum with a tensor of the output's shape; unless it is `done`, any tensor may stand in its place."""

    done: bool

    def step(self, name: str, operand: Beside, reverse: bool) -> Step:
        """The step; `name` names the number that says whether it is done."""

        def apply(k: KernelBuilder, x: Expr, done: Expr, load: Callable[[], Expr]) -> Expr:
            value = k.var(x.type, x)
            with k.when(done > 0):
                k.set(value, value + load())
            return value

        added = replace(operand, per_channel=False, late=True)
        return Step("perhaps_add", apply, (_whether(name, self.done), added), ("perhaps_add", name, operand.name))


def _whether(name: str, done: bool) -> Beside:
    def read(k: KernelBuilder, buffer: Buffer, channel: Expr, lanes: int) -> Expr:
        return k.load(buffer, 0, 1, "done")

    return Beside(name, table=Table(np.array([done], np.float32), read))


def _step(kind: str, name: str, values: tuple[float, ...], function: Callable[..., Expr]) -> Step:
    def read(k: KernelBuilder, buffer: Buffer, channel: Expr, lanes: int) -> list[Expr]:
        return [k.load(buffer, channel.lift(index), 1, "number") for index in range(len(values))]

    def apply(k: KernelBuilder, x: Expr, numbers: list[Expr]) -> Expr:
        return function(k.let(x), *(x.lift(number) for number in numbers))

    return Step(kind, apply, (Beside(name, table=Table(np.array(values, np.float32), read)),), (kind, name))


def _within(x: Expr, low: Expr, high: Expr) -> Expr:
    """A NaN is within all limits."""
    raised = select(x < low, low, x)
    return select(raised > high, high, raised)


def _gate(x: Expr, low: Expr, high: Expr, scale: Expr, lowest: Expr, highest: Expr) -> Expr:
    return _within(x * clamp(x + 3, low, high) * scale, lowest, highest)
