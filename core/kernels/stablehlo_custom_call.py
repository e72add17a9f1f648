"""STABLEHLO_CUSTOM_CALL: the kernel of the custom operator that the call names; `OpResolver` finds it."""
from __future__ import annotations

from ..op import Bind, Op
from .registry import kernel


@kernel("STABLEHLO_CUSTOM_CALL")
def prepare(op: Op) -> Bind:
    """Of a call whose target nobody provides.

    Raises:
        RuntimeError: always.
    """
    target = getattr(op.options, "call_target_name", "")
    raise op.error(
        f"Encountered unresolved custom call: {target!r}. A kernel registered for a custom operator of that name "
        "(register_custom_op, or OpResolver.add) would run it."
    )
