"""Attention as one operation: what `attention` makes of products, scales, masks and a softmax."""

from __future__ import annotations

from dataclasses import dataclass

from ....shaders.attention_shape import AttentionShape
from ....shaders.schedules.attention import AttentionSchedule
from .ir import GpuOp


@dataclass(frozen=True, eq=False, kw_only=True)
class Attention(GpuOp):
    """softmax(scale q k' + mask) v for each head; `inputs` are the values behind the bindings of `shape`, each once.

    Where the operands lie in those values' memory, and the results in that of `output`, is part of `shape`.
    """

    shape: AttentionShape
    schedule: AttentionSchedule | None = None
