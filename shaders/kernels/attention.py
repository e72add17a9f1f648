"""Attention in one kernel: y = softmax(scale q k' + mask_scale mask) v of each head, without the scores in memory.

Keys are taken in blocks. Of each query are kept the largest score so far, the sum of exp(score - largest), and the sum
of such exponentials times rows of v; where a block brings a larger score, both sums are scaled down (Milakov &
Gimelshein 2018, "Online normalizer calculation for softmax"; Dao et al. 2022, "FlashAttention"). Heads may lie apart or
side by side in memory: every operand has its own strides, so nothing is transposed before or after.

A schedule for each class of device: `attention_tile` (processors), `attention_lanes` (shader APIs in software) and
`attention_group` (GPUs).
"""

from __future__ import annotations

from ..attention_shape import AttentionShape
from ..call import KernelCall
from ..device_class import DeviceClass
from ..schedules.attention import AttentionSchedule, GroupAttention, LaneAttention, attention_schedule
from .attention_group import group_call
from .attention_lanes import lane_call
from .attention_tile import tile_call


def attention(device: DeviceClass, shape: AttentionShape, schedule: AttentionSchedule | None = None) -> KernelCall:
    """The kernel for all heads. Operands: the bindings that `shape` names, and `y`.

    A mask that is -inf counts as the lowest finite number: where it is so for all keys, a row of y is the mean of v.
    """
    chosen = schedule or attention_schedule(device, shape)
    if isinstance(chosen, GroupAttention):
        return group_call(chosen, shape)
    if isinstance(chosen, LaneAttention):
        return lane_call(chosen, shape)
    return tile_call(chosen, shape)
