"""SVDF: a rank-decomposed filter over the last inputs; float32, with integer weights (hybrid), and int8."""
from __future__ import annotations

import numpy as np

from ..arithmetic.activation import apply_activation
from ..arithmetic.numerics import quantize_multiplier, requantize, wrap32
from ..arithmetic.packing import packs
from ..op import Bind, Op, Run
from ..preparation import options_of, quantization_of
from ..schema import SVDFOptions
from .lstm_cell import product, reals
from .registry import kernel


@kernel("SVDF")
@packs(1, 2, 3)
def prepare(op: Op) -> Bind:
    """Input [batch, depth], features [filters, depth], times [filters, memory], state [batch, filters * memory]."""
    x, features, times, state = op.input(0), op.input(1), op.input(2), op.input(4)
    options = options_of(op, SVDFOptions)
    filters, memory = times.shape
    if options.rank < 1 or filters % options.rank or features.shape != (filters, x.shape[-1]):
        raise op.error(f"SVDF weights {features} and {times} do not fit rank {options.rank} and {x}")
    if state.shape != (x.shape[0], filters * memory):
        raise op.error(f"the state of SVDF has shape {list(state.shape)}, not {[x.shape[0], filters * memory]}")
    op.output().resize((x.shape[0], filters // options.rank))
    if x.dtype.kind == "f":
        return lambda: _bind_float(op, options)
    return lambda: _bind_integer(op, options)


def _shift(state: np.ndarray) -> None:
    """Forget the oldest input: the whole buffer moves by one element; the last column is written next."""
    flat = state.reshape(-1)
    flat[:-1] = flat[1:].copy()


def _bind_float(op: Op, options: SVDFOptions) -> Run:
    x, out, bias = op.input(0), op.output(), op.optional_input(3)
    filter_input = product(op, [op.input(1)], options.asymmetric_quantize_inputs)
    times = reals(op, op.input(2))
    offset = np.float32(0) if bias is None else bias.array
    flat = op.input(4).array
    state = flat.reshape(len(flat), *times.shape)

    def run() -> None:
        _shift(flat)
        state[:, :, -1] = filter_input(x.array)
        filtered = (state * times).sum(axis=2)
        out.array[...] = filtered.reshape(len(flat), -1, options.rank).sum(axis=2) + offset
        apply_activation(out.array, options.fused_activation_function)

    return run


def _bind_integer(op: Op, options: SVDFOptions) -> Run:
    """int8 input and features, int16 times and state. The activation is the clamp to int8, whatever the file says.

    Source: EvalIntegerSVDF of LiteRT's reference kernels.
    """
    x, out, bias = op.input(0), op.output(), op.optional_input(3)
    qx, qf, qt, qs, qo = (quantization_of(op, o) for o in (x, op.input(1), op.input(2), op.input(4), out))
    state_m, state_s = quantize_multiplier(float(qx.scale * qf.scale / qs.scale))
    out_m, out_s = quantize_multiplier(float(qs.scale * qt.scale / qo.scale))
    features = op.input(1).array.T.astype(np.float64)
    times = op.input(2).array.astype(np.int64)
    offset = 0 if bias is None else bias.array.astype(np.int64)
    flat = op.input(4).array
    state = flat.reshape(len(flat), *times.shape)

    def run() -> None:
        _shift(flat)
        sums = ((x.array.astype(np.float64) - qx.zero_point) @ features).astype(np.int64)
        state[:, :, -1] = np.clip(requantize(sums, state_m, state_s), -32768, 32767)
        filtered = wrap32((state * times).sum(axis=2))
        total = wrap32(filtered.reshape(len(flat), -1, options.rank).sum(axis=2) + offset)
        out.array[...] = np.clip(requantize(total, out_m, out_s) + qo.zero_point, -128, 127)

    return run
