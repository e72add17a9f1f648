"""CAST and STABLEHLO_CONVERT between number types. Quantization is ignored."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op, Run
from ..preparation import copier, unsupported
from .registry import kernel


@kernel("CAST", "STABLEHLO_CONVERT")
def prepare(op: Op) -> Bind:
    x, out = op.input(0), op.output()
    if x.dtype.kind in "OSU" or out.dtype.kind in "OSU":
        raise unsupported(op, x)
    out.resize(x.shape)
    return lambda: _bind(x.array, out.array)


def _bind(source: np.ndarray, target: np.ndarray) -> Run:
    if source.dtype == target.dtype:
        return copier(source, target)
    if source.dtype.kind == "c" and target.dtype.kind != "c":
        return _bind(source.real, target)
    if target.dtype.kind == "b":
        return lambda: np.not_equal(source, 0, out=target)
    if source.dtype.kind == "f" and target.dtype.kind in "iu":
        return lambda: _saturate(source, target)
    return lambda: np.copyto(target, source, casting="unsafe")


def _saturate(source: np.ndarray, target: np.ndarray) -> None:
    """Floats are truncated to integers; what does not fit saturates, NaN becomes the largest."""
    info = np.iinfo(target.dtype)
    wide = source.astype(np.float64)
    values = np.trunc(np.clip(wide, info.min, info.max))
    fits = wide < float(info.max)
    np.copyto(target, np.where(fits, values, 0), casting="unsafe")
    np.copyto(target, info.max, where=~fits)
