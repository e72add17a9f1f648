"""STABLEHLO_COMPARE, _SELECT, _CLAMP; source: the StableHLO specification."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op
from ..preparation import same_type
from ..schema import StablehloComparisonType
from .registry import kernel

_RELATIONS = np.equal, np.not_equal, np.greater_equal, np.greater, np.less_equal, np.less
"""By the number of the comparison direction."""


@kernel("STABLEHLO_COMPARE")
def prepare_compare(op: Op) -> Bind:
    """Booleans of operands of one shape. In the total order of floats -NaN < -inf < ... < -0 < 0 < ... < inf < NaN."""
    a, b, out = op.input(0), op.input(1), op.output()
    same_type(op, a, b)
    if a.shape != b.shape:
        raise op.error(f"{a} and {b} differ in shape")
    direction = int(op.options.comparison_direction)
    if not 0 <= direction < len(_RELATIONS):
        raise op.error(f"there is no comparison direction {direction}")
    relation = _RELATIONS[direction]
    out.resize(a.shape)
    is_total = op.options.compare_type == StablehloComparisonType.STABLEHLO_COMPARISON_TYPE_FLOAT_TOTAL_ORDER
    if is_total and a.dtype.kind == "f":
        return lambda: lambda: relation(_ranks(a.array), _ranks(b.array), out=out.array)
    return lambda: lambda: np.copyto(out.array, relation(a.array, b.array).astype(np.bool_))


def _ranks(x: np.ndarray) -> np.ndarray:
    """Integers that are ordered as the floats are in total."""
    bits = np.ascontiguousarray(x).view(f"i{x.dtype.itemsize}")
    return np.where(bits < 0, ~bits ^ np.iinfo(bits.dtype).min, bits).reshape(x.shape)


@kernel("STABLEHLO_SELECT")
def prepare_select(op: Op) -> Bind:
    """Elements of one of two tensors, by a tensor of booleans or one boolean."""
    condition, a, b, out = op.input(0), op.input(1), op.input(2), op.output()
    same_type(op, a, b)
    if a.shape != b.shape or condition.shape not in ((), a.shape) or condition.dtype != np.bool_:
        raise op.error(f"{condition} cannot choose from {a} and {b}")
    out.resize(a.shape)
    return lambda: lambda: np.copyto(out.array, np.where(condition.array, a.array, b.array))


@kernel("STABLEHLO_CLAMP")
def prepare_clamp(op: Op) -> Bind:
    """min(max(operand, low), high); the limits are of the operand's shape or scalars."""
    low, x, high, out = op.input(0), op.input(1), op.input(2), op.output()
    same_type(op, low, x)
    same_type(op, x, high)
    if any(limit.shape not in ((), x.shape) for limit in (low, high)):
        raise op.error(f"{low} and {high} are no limits of {x}")
    out.resize(x.shape)
    return lambda: lambda: np.copyto(out.array, np.minimum(np.maximum(x.array, low.array), high.array))
