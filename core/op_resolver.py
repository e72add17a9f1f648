"""Which CPU kernel runs an operator: those built in, and what the caller adds, replaces or takes away."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from .graph import Node
from .kernels import Kernel, builtin_kernels, custom_kernels, kernel
from .op import Bind, Op, Prepare
from .schema import BuiltinOperator

CUSTOM_CALL = "STABLEHLO_CUSTOM_CALL"
"""The operator that runs the kernel of a custom operator, named by its `call_target_name`."""


class OpResolver:
    """Looks kernels up by operator; LiteRT's `MutableOpResolver`.

    A new one knows every kernel there is. An operator is named as in the schema ("CONV_2D") or, if it is custom, as
    models name it; a builtin operator's name always means the builtin one. An interpreter copies the resolver that it
    is given, so later changes do not reach it. Delegates are not asked: what one claims, it runs.
    """

    def __init__(self, custom_ops: Mapping[str, Prepare] | None = None) -> None:
        """
        Args:
            custom_ops: kernels of custom operators to add, by name; see `core.op` for what a kernel is.

        Raises:
            ValueError: an operator has a kernel already.
        """
        self._builtin = dict(builtin_kernels())
        self._custom = dict(custom_kernels())
        for name, prepare in (custom_ops or {}).items():
            self.add(name, prepare)

    @property
    def builtin(self) -> Mapping[str, Kernel]:
        """Kernels of builtin operators, by name."""
        return MappingProxyType(self._builtin)

    @property
    def custom(self) -> Mapping[str, Kernel]:
        """Kernels of custom operators, by name."""
        return MappingProxyType(self._custom)

    def __contains__(self, name: str) -> bool:
        return name in self._table(name)

    def add(self, name: str, prepare: Prepare, *, inplace: tuple[int, ...] = ()) -> None:
        """Give an operator that has none a kernel.

        Args:
            inplace: inputs whose memory the first output may take over; see `Kernel`.

        Raises:
            ValueError: it has one; `replace` it.
        """
        if name in self:
            raise ValueError(f"{name} has a kernel already; use replace to give it another")
        self._set(name, prepare, inplace)

    def replace(self, name: str, prepare: Prepare, *, inplace: tuple[int, ...] = ()) -> None:
        """Give an operator another kernel than it has.

        Raises:
            ValueError: it has none; `add` one.
        """
        self._existing(name)
        self._set(name, prepare, inplace)

    def remove(self, *names: str) -> None:
        """Forget operators; models with them no longer load or, if they are custom, no longer allocate.

        Raises:
            ValueError: one of them has no kernel; then none is removed.
        """
        for name in names:
            self._existing(name)
        for name in names:
            self._table(name).pop(name, None)

    def restrict(self, names: Iterable[str]) -> None:
        """Forget all operators but these.

        Raises:
            ValueError: one of them has no kernel; then nothing changes.
        """
        kept = set(names)
        for name in kept:
            self._existing(name)
        for table in (self._builtin, self._custom):
            for name in table.keys() - kept:
                del table[name]

    def copy(self) -> OpResolver:
        """A resolver with the same kernels that can be changed on its own."""
        twin = OpResolver()
        twin._builtin, twin._custom = dict(self._builtin), dict(self._custom)
        return twin

    def __call__(self, node: Node) -> Kernel:
        """The node's kernel; for an operator that nobody provides one that says so when it is prepared."""
        found = (self._custom if node.is_custom else self._builtin).get(node.op)
        if node.op == CUSTOM_CALL and not node.is_custom:
            found = self._custom.get(getattr(node.options, "call_target_name", ""), found)
        return found or Kernel(node.op, _unresolved)

    def _table(self, name: str) -> dict[str, Kernel]:
        return self._builtin if name in BuiltinOperator.__members__ else self._custom

    def _set(self, name: str, prepare: Prepare, inplace: tuple[int, ...]) -> None:
        if not name:
            raise ValueError("an operator needs a name")
        if not callable(prepare):
            raise TypeError(f"the kernel of {name} must be a function of an Op, not {type(prepare).__name__}")
        self._table(name)[name] = Kernel(name, prepare, inplace)

    def _existing(self, name: str) -> None:
        if name not in self:
            raise ValueError(f"{name} has no kernel")


def register_custom_op(name: str, prepare: Prepare, *, inplace: tuple[int, ...] = ()) -> None:
    """Let every resolver made from now on know a custom operator; for one interpreter, use an `OpResolver`.

    Raises:
        ValueError: a custom operator of that name is known already, or a builtin one has it.
    """
    if name in BuiltinOperator.__members__:
        raise ValueError(f"{name} is a builtin operator; give an interpreter an OpResolver with another kernel for it")
    OpResolver().add(name, prepare, inplace=inplace)
    kernel(name, inplace=inplace, custom=True)(prepare)


def _unresolved(op: Op) -> Bind:
    name = op.node.op
    where = f"Node number {op.node.index} ({name}) failed to prepare."
    if name.startswith("Flex"):
        raise RuntimeError(
            "Select TensorFlow op(s), included in the given model, is(are) not supported by this interpreter. " + where
        )
    raise RuntimeError(
        f"Encountered unresolved custom op: {name}.\nSee instructions: "
        f"https://www.tensorflow.org/lite/guide/ops_custom {where}"
    )
