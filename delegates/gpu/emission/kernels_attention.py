"""The kernel of attention."""

from __future__ import annotations

from ....shaders.device_class import DeviceClass
from ....shaders.kernels.attention import attention
from ..program import ir
from ..program.ir_attention import Attention
from .kernels import Work, kernels


@kernels.register
def _attention(op: Attention, program: ir.Program, device: DeviceClass) -> list[Work]:
    call = attention(device, op.shape, op.schedule)
    names = dict.fromkeys(op.shape.bindings)
    return [Work(call, {**dict(zip(names, op.inputs, strict=True)), "y": op.output})]
