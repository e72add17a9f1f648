"""BATCH_MATMUL: float, dynamic range, and quantized in 8 and 16 bits."""
from __future__ import annotations

from functools import partial
from math import prod

import numpy as np

from ..arithmetic.epilogue import QuantizedEpilogue
from ..arithmetic.hybrid import centred_rows
from ..arithmetic.linear import quantization_of
from ..arithmetic.numerics import channel_multipliers, tensor_multiplier
from ..arithmetic.requantization import Rounding, exact_accumulator, requantization
from ..graph import Shape
from ..op import Bind, Op, Operand, Run
from ..schema import TensorType
from ..steps import Step, assign, sequence
from .registry import kernel

_CODES = (TensorType.INT8, TensorType.INT16)
_PLAIN = tuple((kind, kind) for kind in (TensorType.FLOAT32, TensorType.INT32))


@kernel("BATCH_MATMUL")
def prepare(op: Op) -> Bind:
    """`[..., m, k]` times `[..., k, n]` -> `[..., m, n]`; `adj_x`, `adj_y`: that operand's last two are swapped.

    float32 x float32; int32 x int32, which wraps; float32 x int8 (rows of the first are quantized on the fly);
    int8 x int8 to int8, or raw to int32; int16 x int16 and int16 x int8 to int16.

    Raises:
        RuntimeError: shapes or types do not fit.
    """
    left, right = op.input(0), op.input(1)
    _resize_output(op, _shape(op, left, op.options.adj_x), _shape(op, right, op.options.adj_y))
    types = (left.type, right.type)
    if types in _PLAIN and op.output().type == left.type:
        return lambda: sequence(_product(op, left.array, right.array, op.output().array))
    if types == (TensorType.FLOAT32, TensorType.INT8):
        return _hybrid(op)
    if left.type == TensorType.INT8 and right.type == left.type and op.output().type == TensorType.INT32:
        return _raw(op)
    if left.type in _CODES and right.type in _CODES and op.output().type == left.type:
        return _quantized(op)
    raise op.error(f"{left.type.name} times {right.type.name} is not supported by BATCH_MATMUL.")


def _shape(op: Op, operand: Operand, adjoint: bool) -> Shape:
    if len(operand.shape) < 2:
        raise op.error(f"{operand} must have at least 2 dimensions.")
    *batch, rows, columns = operand.shape
    return (*batch, columns, rows) if adjoint else operand.shape


def _resize_output(op: Op, left: Shape, right: Shape) -> None:
    if left[-1] != right[-2]:
        raise op.error(f"shapes {list(left)} and {list(right)} cannot be multiplied.")
    try:
        batch = np.broadcast_shapes(left[:-2], right[:-2])
    except ValueError:
        raise op.error(f"the batches of {list(left)} and {list(right)} do not broadcast.") from None
    op.output().resize((*batch, left[-2], right[-1]))


def _product(op: Op, left: np.ndarray, right: np.ndarray, out: np.ndarray) -> list[Step]:
    """Operands as they lie; transposed ones are views."""
    if op.options.adj_x:
        left = left.swapaxes(-1, -2)
    if op.options.adj_y:
        right = right.swapaxes(-1, -2)
    return [partial(np.matmul, left, right, out)]


def _raw(op: Op) -> Bind:
    """Sums of products of the codes as they are, without zero points."""
    left, right = op.input(0), op.input(1)
    depth = left.shape[-2 if op.options.adj_x else -1]
    kind = exact_accumulator(depth * 128.0 * 128.0)
    slots = [op.request_scratch(shape, kind) for shape in (left.shape, right.shape, op.output().shape)]

    def bind() -> Run:
        a, b, sums = (op.scratch[slot] for slot in slots)
        return sequence([
            assign(a, left.array),
            assign(b, right.array),
            *_product(op, a, b, sums),
            assign(op.output().array, sums),
        ])

    return bind


def _column_scales(op: Op) -> np.ndarray:
    """The scales of the right operand, float32: one, or one for each column of the product.

    Raises:
        RuntimeError: it has scales along another dimension, or zero points with them.
    """
    right = op.input(1)
    quantization = quantization_of(op, right)
    columns = len(right.shape) - (2 if op.options.adj_y else 1)
    if quantization.per_channel and (quantization.dimension != columns or quantization.zero_points.any()):
        found = f"{right} has scales along dimension {quantization.dimension}"
        raise op.error(f"{found}; those of columns, along {columns} and without zero points, are supported.")
    return quantization.scales


def _quantized(op: Op) -> Bind:
    """`M(sum of (a - z_a) * (b - z_b)) + z_out`, without activation."""
    left, right, out = op.input(0), op.input(1), op.output()
    qa, qb, q = (quantization_of(op, operand) for operand in (left, right, out))
    wide = left.type == TensorType.INT16
    limits = np.iinfo(out.dtype)
    columns, scales = out.shape[-1], _column_scales(op)
    if scales.size > 1:
        reals = channel_multipliers(float(qa.scale), scales, float(q.scale))
    else:
        reals = np.full(columns, tensor_multiplier(qa.scale, qb.scale, q.scale))
    scaling = requantization(
        Rounding.WIDE if wide else Rounding.FIXED, reals, q.zero_point, (limits.min, limits.max), out.dtype
    )
    depth = left.shape[-2 if op.options.adj_x else -1]
    bound = float(depth * _span(left, qa.zero_point) * _span(right, qb.zero_point))
    epilogue = QuantizedEpilogue(np.zeros(columns, np.int64), scaling, bound, exact_accumulator(bound))
    slots = [op.request_scratch(shape, epilogue.accumulator) for shape in (left.shape, right.shape, out.shape)]
    epilogue.request_scratch(op, prod(out.shape[:-1]))

    def bind() -> Run:
        epilogue.bind(op)
        a, b, sums = (op.scratch[slot] for slot in slots)
        return sequence([
            partial(np.subtract, left.array, a.dtype.type(qa.zero_point), a, dtype=a.dtype, casting="unsafe"),
            partial(np.subtract, right.array, b.dtype.type(qb.zero_point), b, dtype=b.dtype, casting="unsafe"),
            *_product(op, a, b, sums),
            *epilogue.steps(sums.reshape(-1, columns), out.array.reshape(-1, columns)),
        ])

    return bind


def _span(operand: Operand, zero_point: int) -> int:
    """The largest magnitude of a code less its zero point."""
    limits = np.iinfo(operand.dtype)
    return max(limits.max - zero_point, zero_point - limits.min)


def _hybrid(op: Op) -> Bind:
    """Rows of the float operand are quantized, each with a scale `s` of its own: `f32((s * s_b) * sum)`."""
    left, right, column_scales = op.input(0), op.input(1), _column_scales(op)
    depth = left.shape[-2 if op.options.adj_x else -1]
    kind = exact_accumulator(depth * 255.0 * 128.0)
    slots = [op.request_scratch(shape, kind) for shape in (right.shape, op.output().shape)]
    asymmetric = bool(op.options.asymmetric_quantize_inputs)

    def bind() -> Run:
        b, sums = (op.scratch[slot] for slot in slots)
        columns = b.swapaxes(-1, -2) if op.options.adj_y else b

        def run() -> None:
            rows = left.array.swapaxes(-1, -2) if op.options.adj_x else left.array
            codes, scales = centred_rows(np.ascontiguousarray(rows).reshape(-1, depth), asymmetric=asymmetric)
            np.copyto(b, right.array)
            np.matmul(codes.astype(kind).reshape(rows.shape), columns, sums)
            factors = scales.reshape(*rows.shape[:-1], 1) * column_scales
            np.multiply(sums.astype(np.float32), factors, op.output().array)

        return run

    return bind
