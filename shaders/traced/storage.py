"""Tensors stored in fewer bits than the kernels compute with.

Kernel families are written for float32. `stored` rewrites a traced kernel so that some of its bindings hold something
smaller: each load becomes a load of the stored kind and a conversion, each store the reverse.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from ..call import KernelCall
from ..language.expression import Expr, cast, constant, f32, i32, vector
from ..language.functions import absolute, any_lane, whole
from ..language.kernel import Buffer, Let, Loop, Scalar, Set, Statement, Store, When


@dataclass(frozen=True)
class Codes:
    """Small integers that hold a whole number + `zero` each.

    Args:
        storage: "u8", "i8" or "i16".
        zero: what stands for 0.
    """

    storage: str
    zero: int


MAX_HALF = 65504.0
"""The largest finite float16."""

FLAGS = "range_flags"
"""Name of the binding that takes the flags of `Half`."""


@dataclass(frozen=True)
class Half:
    """Half floats.

    Args:
        slot: the element of `FLAGS` (int32) that becomes 1 where a number beyond `MAX_HALF`, an infinity or a NaN is
            stored; None: nobody looks.
        row: elements of memory in a row of the tensor, of which the first `true` count: the others may hold anything.
    """

    slot: int | None = None
    row: int = 0
    true: int = 0
    storage = "f16"

    @property
    def is_padded(self) -> bool:
        """Whether rows have elements that do not count."""
        return self.true < self.row


Kind = Codes | Half


def stored(call: KernelCall, kinds: Mapping[str, Kind]) -> KernelCall:
    """The call with the float32 bindings named in `kinds` stored so; numbers that belong to a kind are scalars.

    Codes: numbers that are stored must be whole and, with `zero` added, within the range of the storage, and WGSL
    prints only kernels that store whole vectors of such a binding. Half floats: contents of constants are converted.
    """
    wanted = {b: kinds[b.name] for b in call.kernel.buffers if b.name in kinds and b.storage == "f32"}
    if not wanted:
        return call
    kernel, rewriting = call.kernel, _Rewriting(wanted)
    body = tuple(rewriting.block(kernel.body))
    numbers = {name: value for b, kind in wanted.items() for name, value in _numbers(b, kind).items()}
    flags = (rewriting.flags,) if rewriting.stores_flags else ()
    stored_as = "_".join(sorted({f"{kind.storage}{b.name}" for b, kind in wanted.items()}))
    made = replace(
        kernel,
        name=f"{kernel.name}_{stored_as}",
        buffers=(*(rewriting.buffers.get(b, b) for b in kernel.buffers), *flags),
        scalars=(*kernel.scalars, *(Scalar(name, i32) for name in numbers)),
        body=body,
    )
    halves = {b.name for b, kind in wanted.items() if isinstance(kind, Half)}
    constants = {n: a.astype(np.float16) if n in halves else a for n, a in call.constants.items()}
    return replace(call, kernel=made, sizes=(*call.sizes, *numbers.values()), constants=constants)


def _numbers(buffer: Buffer, kind: Kind) -> dict[str, int]:
    """The scalars of a binding, by name."""
    if isinstance(kind, Codes):
        return {_name("zero", buffer): kind.zero}
    if kind.slot is None or buffer.access == "read":
        return {}
    rows = {_name("row", buffer): kind.row, _name("true", buffer): kind.true} if kind.is_padded else {}
    return {_name("slot", buffer): kind.slot, **rows}


def _name(number: str, buffer: Buffer) -> str:
    return f"{number}_of_{buffer.name}"


def _scalar(number: str, buffer: Buffer) -> Expr:
    return Expr("name", i32, (), _name(number, buffer))


class _Rewriting:
    """Replaces bindings in statements and expressions."""

    def __init__(self, kinds: Mapping[Buffer, Kind]) -> None:
        self.kinds = kinds
        self.buffers = {b: replace(b, storage=kind.storage) for b, kind in kinds.items()}
        self.flags = Buffer(FLAGS, "i32", 1, "read_write")
        self.stores_flags = False
        self._count = 0

    def block(self, statements: Iterable[Statement]) -> list[Statement]:
        return [made for s in statements for made in (self._store(s) if isinstance(s, Store) else (self.statement(s),))]

    def statement(self, s: Statement) -> Statement:
        if isinstance(s, Let):
            return replace(s, value=self.expr(s.value))
        if isinstance(s, Set):
            return replace(s, value=self.expr(s.value))
        if isinstance(s, When):
            return When(self.expr(s.condition), self.block(s.body), self.block(s.other))
        if isinstance(s, Loop):
            return Loop(s.index, self.expr(s.start), self.expr(s.stop), self.expr(s.step), self.block(s.body))
        return s

    def expr(self, e: Expr) -> Expr:
        args = tuple(self.expr(a) for a in e.args)
        if e.op == "load" and isinstance(e.detail, Buffer) and e.detail in self.buffers:
            made = self.buffers[e.detail]
            if made.storage == "f16":
                return Expr("load", e.type, args, made)
            code = Expr("load", i32.of(e.type.lanes), args, made)
            return cast(code - _scalar("zero", made), f32)
        return e if all(a is b for a, b in zip(args, e.args, strict=True)) else replace(e, args=args)

    def _store(self, s: Store) -> tuple[Statement, ...]:
        offset, value = self.expr(s.offset), self.expr(s.value)
        if not isinstance(s.memory, Buffer) or s.memory not in self.buffers:
            return (Store(s.memory, offset, value),)
        made, kind = self.buffers[s.memory], self.kinds[s.memory]
        if isinstance(kind, Codes):
            return (Store(made, offset, whole(value) + _scalar("zero", made)),)
        if kind.slot is None:
            return (Store(made, offset, value),)
        self.stores_flags = True
        return self._checked_store(made, kind, offset, value)

    def _checked_store(self, made: Buffer, kind: Half, offset: Expr, value: Expr) -> tuple[Statement, ...]:
        """The store, and a flag where a half float cannot hold what counts of it."""
        at, number = self._named("at_half", offset), self._named("half", value)
        place, what = Expr("name", i32, (), at.name), Expr("name", value.type, (), number.name)
        beyond = ~(absolute(what) <= MAX_HALF)
        if kind.is_padded:
            lanes = [place + lane for lane in range(value.type.lanes)]
            places = vector(*lanes) if len(lanes) > 1 else lanes[0]
            beyond = beyond & (places % _scalar("row", made) < _scalar("true", made))
        flag = Store(self.flags, _scalar("slot", made), constant(i32, 1))
        return (at, number, Store(made, place, what), When(any_lane(beyond), [flag]))

    def _named(self, hint: str, value: Expr) -> Let:
        self._count += 1
        return Let(f"{hint}_of_store_{self._count}", value)
