"""The CPU kernel of a node: builtin, custom, or the caller's own."""
from __future__ import annotations

from collections.abc import Mapping

from .graph import Node
from .kernels import Kernel, builtin_kernels, custom_kernels
from .op import Bind, Op, Prepare


class KernelTable:
    """Looks kernels up for nodes.

    Attributes:
        builtin: kernels of the builtin operators, by name.
    """

    def __init__(self, custom_ops: Mapping[str, Prepare]) -> None:
        """
        Args:
            custom_ops: kernels of custom operators by name; they go before those that are built in.
        """
        self.builtin = builtin_kernels()
        self._custom = {**custom_kernels(), **{name: Kernel(name, prepare) for name, prepare in custom_ops.items()}}

    def __call__(self, node: Node) -> Kernel:
        """The node's kernel; for an operator that nobody provides one that says so when it is prepared."""
        found = self._custom.get(node.op) if node.is_custom else self.builtin.get(node.op)
        return found or Kernel(node.op, _unresolved)


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
