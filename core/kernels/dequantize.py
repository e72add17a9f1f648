"""DEQUANTIZE: codes, or float16, to float32."""
from __future__ import annotations

import numpy as np

from ..arithmetic.lookup import all_codes, table_run
from ..op import Bind, Op, Run
from ..preparation import quantization_of, unsupported
from .quantize import per_channel_view
from .registry import kernel


@kernel("DEQUANTIZE")
def prepare(op: Op) -> Bind:
    x, out = op.input(0), op.output()
    out.resize(x.shape)
    if x.dtype.kind in "fV" or x.type.name == "BFLOAT16":
        return lambda: lambda: np.copyto(out.array, x.array, casting="unsafe")
    if x.dtype not in (np.int8, np.uint8, np.int16, np.int32):
        raise unsupported(op, x)
    return lambda: _bind_codes(op)


def _bind_codes(op: Op) -> Run:
    """scale * (code - zero point) in float64, rounded once."""
    x, out = op.input(0), op.output()
    quantization_of(op, x)
    assert x.quantization is not None
    scales = x.quantization.scales.astype(np.float64)
    zero_points = x.quantization.zero_points.astype(np.float64)
    source, target = x.array, out.array
    if scales.size == 1 and source.itemsize <= 2 and source.size >= 1 << (8 * source.itemsize):
        return table_run((scales[0] * (all_codes(source.dtype) - zero_points[0])).astype(np.float32), source, target)
    scale, zero_point = per_channel_view(x, scales), per_channel_view(x, zero_points)
    return lambda: np.copyto(target, (source - zero_point) * scale, casting="unsafe")
