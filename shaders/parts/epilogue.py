"""What a kernel does to a value before it is stored: a chain of elementwise steps, fused into the producer.

A kernel family calls `declare` while it declares its bindings and `Bound.apply` on each vector that it is about to
store. A step is any function of the value and of operands that lie beside it: tensors of the output's shape,
per-channel tensors and per-channel constants. `bias`, `activation`, `add`, ... make the usual ones.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np

from ..language.builder import KernelBuilder
from ..language.expression import Expr, f32, i32, select
from ..language.functions import whole
from ..language.kernel import Buffer
from ..layout import pad_channels, padded
from .activation import ACTIVATIONS

PACKED_WORDS = 4
"""Words of the widest store of packed codes: a vector of 16."""
StepFunction = Callable[..., Expr]
Reader = Callable[[KernelBuilder, Buffer, Expr, int], Any]


@dataclass(frozen=True, eq=False)
class Table:
    """Constants that a step reads in a way of its own.

    Args:
        values: flat, int32 or float32.
        read: called once per channel vector with (builder, binding, first channel, lanes); what it gives is the step's
            operand. In a kernel that knows no channels the first channel is 0.
        wide: bind it as vectors.
    """

    values: np.ndarray
    read: Reader
    wide: bool = False

    def declare(self, k: KernelBuilder, name: str, lanes: int) -> Buffer:
        """Its binding."""
        return k.constant(name, i32 if self.values.dtype == np.int32 else f32, lanes if self.wide else 1)


@dataclass(frozen=True, eq=False)
class Beside:
    """An operand of a step.

    Args:
        name: the operand's name in the kernel and its call; unique in the epilogue.
        per_channel: False: the output's shape; True: one value per output channel.
        values: per-channel constant values [channels]; None for a tensor known only at run time.
        table: constants of another form, in place of all that.
        single: elements of a tensor known only at run time, the same for all of the output.
        late: the step is given a function that loads the operand, for it to call where it may.
    """

    name: str
    per_channel: bool = False
    values: np.ndarray | None = None
    table: Table | None = None
    single: tuple[int, ...] | None = None
    late: bool = False


@dataclass(frozen=True, eq=False)
class Step:
    """`function(k, value, *operands) -> value`; `name` becomes part of the kernel's name.

    `key`: equal only for steps that do the same with operands that are bound alike; None: nobody knows.
    """

    name: str
    function: StepFunction
    operands: tuple[Beside, ...] = ()
    key: Hashable = None


@dataclass(frozen=True, eq=False)
class Piece:
    """A vector of results before the epilogue.

    Attributes:
        value: of neighbouring channels. at: its element offset in the output. channel: its first channel.
        loaded: what `Bound.channel_values` gave for this channel.
    """

    value: Expr
    at: Expr
    channel: Expr
    loaded: Mapping[str, Any]


class Packing(Protocol):
    """How codes become bytes several vectors at a time; see `packed_codes`."""

    @property
    def name(self) -> str:
        """Part of kernel names."""

    @property
    def operands(self) -> tuple[Beside, ...]:
        """What it reads."""

    def store(self, k: KernelBuilder, y: Buffer, codes: Sequence[tuple[Expr, Expr]], loaded: Mapping[str, Any]) -> None:
        """Writes vectors of codes, each with its offset in bytes, to words; `loaded`: its operands."""


@dataclass(frozen=True, eq=False)
class Epilogue:
    """Steps in the order in which they are applied; with `packing` what they make are codes for it."""

    steps: tuple[Step, ...] = ()
    packing: Packing | None = None

    @property
    def name(self) -> str:
        """Suffix for kernel names, such as `_bias_relu6`."""
        return "".join(f"_{s.name}" for s in (*self.steps, *((self.packing,) if self.packing else ())))

    @property
    def key(self) -> Hashable:
        """Equal only for epilogues that make kernels of the same text; None where that is not known."""
        keys = tuple(s.key for s in self.steps)
        return None if None in keys else keys

    @property
    def operands(self) -> tuple[Beside, ...]:
        """All operands of all steps, in the order of their bindings."""
        return tuple(o for s in (*self.steps, *((self.packing,) if self.packing else ())) for o in s.operands)

    def constants(self, channels: int) -> dict[str, np.ndarray]:
        """Contents of the constant bindings, padded with zeros to the padded channel count.

        Raises:
            ValueError: if an operand's values are neither one nor `channels` many.
        """
        made = {}
        for o in self.operands:
            if o.table is not None:
                made[o.name] = o.table.values
            elif o.values is not None:
                flat = np.asarray(o.values, np.float32).reshape(-1)
                if flat.size not in (1, channels):
                    raise ValueError(f"{o.name}: {flat.size} values for {channels} channels")
                made[o.name] = pad_channels(np.broadcast_to(flat, channels), padded(channels)).copy()
        return made

    def declare(self, k: KernelBuilder, lanes: int) -> Bound:
        """Declares the bindings of all operands, read as vectors of up to `lanes`."""
        return Bound(self, {o.name: self._binding(k, o, lanes) for o in self.operands})

    def output(self, k: KernelBuilder, lanes: int) -> Buffer:
        """Declares the output of a kernel that stores vectors of up to `lanes` by `Bound.store`."""
        return k.write("y", f32, lanes) if self.packing is None else k.write("y", i32, PACKED_WORDS)

    @staticmethod
    def _binding(k: KernelBuilder, o: Beside, lanes: int) -> Buffer:
        if o.table is not None:
            return o.table.declare(k, o.name, lanes)
        if o.values is not None:
            return k.constant(o.name, f32, lanes)
        return k.read(o.name, f32, lanes if o.single is None else 1)


NO_STEPS = Epilogue()
"""Stores the values as they are."""


@dataclass(frozen=True, eq=False)
class Bound:
    """An epilogue inside a kernel that is being traced."""

    epilogue: Epilogue
    buffers: dict[str, Buffer]

    def channel_values(self, k: KernelBuilder, channel: Expr, lanes: int) -> dict[str, Any]:
        """The per-channel operands and tables of `lanes` channels, loaded once for many calls of `apply`."""
        made: dict[str, Any] = {}
        for o in self.epilogue.operands:
            if o.table is not None:
                made[o.name] = o.table.read(k, self.buffers[o.name], channel, lanes)
            elif o.single is not None:
                made[o.name] = tuple(k.load(self.buffers[o.name], place, 1, o.name) for place in o.single)
            elif o.per_channel:
                made[o.name] = k.load(self.buffers[o.name], channel, lanes, o.name)
        return made

    def apply(
        self, k: KernelBuilder, value: Expr, at: Expr, channel: Expr, loaded: Mapping[str, Any] | None = None
    ) -> Expr:
        """The value to store.

        Args:
            value: f32 vector (or scalar) of neighbouring channels.
            at: its element offset in the output (padded layout).
            channel: its first channel.
            loaded: what `channel_values` gave for this channel; loaded here if absent.
        """
        lanes = value.type.lanes
        known = self.channel_values(k, channel, lanes) if loaded is None else loaded
        for step in self.epilogue.steps:
            loads = {o.name: partial(k.load, self.buffers[o.name], at, lanes, o.name) for o in step.operands}
            beside = [
                known[o.name] if o.name in known else loads[o.name] if o.late else loads[o.name]()
                for o in step.operands
            ]
            value = step.function(k, k.let(value), *beside)
        return value

    def store(self, k: KernelBuilder, y: Buffer, pieces: Sequence[Piece]) -> None:
        """Writes results through the epilogue."""
        codes, packing = [], self.epilogue.packing
        for p in pieces:
            made = self.apply(k, p.value, p.at, p.channel, p.loaded)
            if packing is None:
                k.store(y, p.at, made)
            else:
                codes.append((k.let(whole(made), "code"), p.at))
        if packing is not None and pieces:
            packing.store(k, y, codes, pieces[0].loaded)


def bias(values: np.ndarray, name: str = "bias") -> Step:
    """Adds a constant per channel [channels]."""
    return Step("bias", lambda k, x, b: x + b, (Beside(name, True, values),), ("bias", name))


def activation(name: str) -> Step:
    """A function of `activation.ACTIVATIONS`, by its TFLite name."""
    return Step(name.lower(), ACTIVATIONS[name])


def prelu(alpha: np.ndarray, name: str = "alpha") -> Step:
    """x for x >= 0, else alpha * x, with one constant alpha per channel [channels] (or one for all)."""
    return Step("prelu", lambda k, x, a: select(x < 0, x * a, x), (Beside(name, True, alpha),))


_BINARY: dict[str, StepFunction] = {
    "add": lambda k, x, other: x + other,
    "sub": lambda k, x, other: x - other,
    "rsub": lambda k, x, other: other - x,
    "mul": lambda k, x, other: x * other,
    "div": lambda k, x, other: x / other,
}


def combine(op: str, other: Beside | float) -> Step:
    """The value `op` (add, sub, rsub, mul, div) an operand beside it, or a number."""
    function = _BINARY[op]
    if isinstance(other, Beside):
        return Step(op, function, (other,))
    return Step(op, lambda k, x: function(k, x, other))
