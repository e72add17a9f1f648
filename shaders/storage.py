"""Activations stored in fewer bits than the kernels compute with.

Kernel families are written for float32. `stored` rewrites a traced kernel so that some of its bindings hold something
smaller: each load becomes a load of the stored kind and a conversion, each store the reverse.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from .call import KernelCall
from .expression import Expr, cast, f32, i32
from .kernel import Buffer, Let, Loop, Scalar, Set, Statement, Store, When


@dataclass(frozen=True)
class Codes:
    """Bytes that hold a whole number + `zero` each.

    Args:
        storage: "u8" or "i8".
        zero: what stands for 0.
    """

    storage: str
    zero: int


def stored(call: KernelCall, kinds: Mapping[str, Codes]) -> KernelCall:
    """The call with the float32 bindings named in `kinds` stored so; what each binding's `zero` is, is a scalar.

    Numbers that are stored must be whole and, with `zero` added, within the range of the storage. WGSL prints only
    kernels that store whole vectors of such a binding.
    """
    wanted = {b: kinds[b.name] for b in call.kernel.operands if b.name in kinds and b.storage == "f32"}
    if not wanted:
        return call
    kernel, rewriting = call.kernel, _Rewriting(wanted)
    body = tuple(rewriting.block(kernel.body))
    buffers = tuple(rewriting.buffers.get(b, b) for b in kernel.buffers)
    scalars = (*kernel.scalars, *(Scalar(_zero_name(b), i32) for b in wanted))
    bytes_of = "_".join(sorted({f"{kind.storage}{b.name}" for b, kind in wanted.items()}))
    made = replace(kernel, name=f"{kernel.name}_{bytes_of}", buffers=buffers, scalars=scalars, body=body)
    return replace(call, kernel=made, sizes=(*call.sizes, *(kind.zero for kind in wanted.values())))


def _zero_name(buffer: Buffer) -> str:
    return f"zero_of_{buffer.name}"


class _Rewriting:
    """Replaces bindings in statements and expressions."""

    def __init__(self, kinds: Mapping[Buffer, Codes]) -> None:
        self.buffers = {b: replace(b, storage=kind.storage) for b, kind in kinds.items()}

    def block(self, statements: Iterable[Statement]) -> list[Statement]:
        return [self.statement(s) for s in statements]

    def statement(self, s: Statement) -> Statement:
        if isinstance(s, Let):
            return replace(s, value=self.expr(s.value))
        if isinstance(s, Set):
            return replace(s, value=self.expr(s.value))
        if isinstance(s, Store):
            return self._store(s)
        if isinstance(s, When):
            return When(self.expr(s.condition), self.block(s.body), self.block(s.other))
        if isinstance(s, Loop):
            return Loop(s.index, self.expr(s.start), self.expr(s.stop), self.expr(s.step), self.block(s.body))
        return s

    def expr(self, e: Expr) -> Expr:
        args = tuple(self.expr(a) for a in e.args)
        if e.op == "load" and isinstance(e.detail, Buffer) and e.detail in self.buffers:
            made = self.buffers[e.detail]
            code = Expr("load", i32.of(e.type.lanes), args, made)
            return cast(code - self._zero(made), f32)
        return e if all(a is b for a, b in zip(args, e.args, strict=True)) else replace(e, args=args)

    def _store(self, s: Store) -> Store:
        offset, value = self.expr(s.offset), self.expr(s.value)
        made = self.buffers.get(s.memory) if isinstance(s.memory, Buffer) else None
        if made is None:
            return Store(s.memory, offset, value)
        return Store(made, offset, _whole(value) + self._zero(made))

    @staticmethod
    def _zero(buffer: Buffer) -> Expr:
        return Expr("name", i32, (), _zero_name(buffer))


def _whole(value: Expr) -> Expr:
    """The integer that a float expression is: the one it was just made from, if it was."""
    made_from_integer = value.op == "cast" and value.args[0].type.scalar == "i32"
    return value.args[0] if made_from_integer else cast(value, i32)
