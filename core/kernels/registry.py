"""The table of CPU kernels, by operator name."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from ..op import Bind, Op, Prepare
from ..operand_rules import guarded

Stack = Callable[[Op, Sequence[Bind]], Bind | None]


@dataclass(frozen=True)
class Kernel:
    """A registered kernel.

    Attributes:
        op: operator name, as in `BuiltinOperator`, or a custom operator's name.
        prepare: see `core.op`.
        inplace: inputs whose memory the first output may take over when nothing else needs them any more
            (same shape and dtype; the kernel reads an element before it writes it).
        rowwise: the kernel computes each row (of the last dimension) of the first input by itself, and all alike.
        composes: inputs of 8-bit codes that the kernel can read through a table; see `Op.through`.
        stack: for nodes that differ in the quantization of their output alone: given an op with the first inputs of all
            on top of each other and what `prepare` returned for each, prepare that op, or return None.
    """

    op: str
    prepare: Prepare
    inplace: tuple[int, ...] = ()
    rowwise: bool = False
    composes: tuple[int, ...] = ()
    stack: Stack | None = None


_builtin: dict[str, Kernel] = {}
_custom: dict[str, Kernel] = {}


def _add(table: dict[str, Kernel], kernel: Kernel) -> None:
    if kernel.op in table:
        raise ValueError(f"a CPU kernel for {kernel.op} is registered already")
    table[kernel.op] = kernel


def kernel(
    *ops: str, inplace: tuple[int, ...] = (), rowwise: bool = False, composes: tuple[int, ...] = (),
    stack: Stack | None = None, custom: bool = False,
) -> Callable[[Prepare], Prepare]:
    """Register the decorated `prepare` for one or more operators.

    Raises:
        ValueError: an operator has a kernel already.
    """

    def register(prepare: Prepare) -> Prepare:
        for op in ops:
            checked = prepare if custom else guarded(op, prepare)
            _add(_custom if custom else _builtin, Kernel(op, checked, inplace, rowwise, composes, stack))
        return prepare

    return register


def builtin_kernels() -> Mapping[str, Kernel]:
    return MappingProxyType(_builtin)


def custom_kernels() -> Mapping[str, Kernel]:
    return MappingProxyType(_custom)
