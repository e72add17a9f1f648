"""NumericVerify: a custom operator of debugged models, the error that quantization made."""
from __future__ import annotations

import numpy as np

from ..custom_options import flexbuffer_map
from ..op import Bind, Op, Run
from ..preparation import invoke_error, quantization_of, unsupported
from ..schema import TensorType
from .quantize import per_channel_view
from .registry import kernel

_TYPES = (TensorType.UINT8, TensorType.INT8, TensorType.INT16, TensorType.FLOAT16)
_SMALLEST_TOLERANCE = 0.1


@kernel("NumericVerify", custom=True)
def prepare(op: Op) -> Bind:
    """Codes (or float16) as float32, less what they were in the float model.

    With `log_if_failed` and a `tolerance` of 0.1 scales or more, a larger error stops the model.
    """
    x, reference, out = op.input(0), op.input(1), op.output()
    if x.type not in _TYPES:
        raise unsupported(op, x)
    if reference.dtype != np.float32 or reference.shape != x.shape:
        raise op.error(f"{x} cannot be compared with {reference}")
    out.resize(x.shape)
    options = flexbuffer_map(op)
    tolerance = np.float32(options.get("tolerance", 0))
    scale = np.float32(0) if x.type == TensorType.FLOAT16 else quantization_of(op, x).scale
    strict = bool(options.get("log_if_failed")) and tolerance >= _SMALLEST_TOLERANCE

    def bind() -> Run:
        scales, zero_points = _parameters(op)

        def run() -> None:
            real = ((x.array.astype(np.float64) - zero_points) * scales).astype(np.float32)
            np.subtract(real, reference.array, out=out.array)
            worst = np.abs(out.array).max(initial=0)
            if strict and worst > tolerance * scale:
                raise invoke_error(op, f"Mismatch: an error of {worst} is more than {tolerance} times {scale}.")

        return run

    return bind


def _parameters(op: Op) -> tuple[np.ndarray, np.ndarray]:
    """Scales and zero points as they broadcast against the codes."""
    x = op.input(0)
    if x.type == TensorType.FLOAT16:
        return np.ones(()), np.zeros(())
    quantization_of(op, x)
    assert x.quantization is not None
    values = (x.quantization.scales.astype(np.float64), x.quantization.zero_points.astype(np.float64))
    scales, zero_points = (per_channel_view(x, value) for value in values)
    return scales, zero_points
