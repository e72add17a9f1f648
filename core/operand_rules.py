"""Types that no kernel of an operator understands, where NumPy would compute something all the same.

A sum of 4-bit codes or the square of a quantized tensor's codes is no error to NumPy, and a wrong answer. So such nodes
are refused before their kernel sees them. Kernels that users give an `OpResolver` are not held to this.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from .dtypes import packed_bits
from .op import Bind, Op, Operand, Prepare
from .preparation import is_quantized, unsupported
from .schema import TensorType


def _ops(names: str) -> frozenset[str]:
    return frozenset(names.split())


_ORDERED = _ops(
    "LESS LESS_EQUAL GREATER GREATER_EQUAL ARG_MAX ARG_MIN TOPK_V2 MAXIMUM MINIMUM REDUCE_MAX REDUCE_MIN BUCKETIZE "
    "UNSORTED_SEGMENT_MAX UNSORTED_SEGMENT_MIN STABLEHLO_MAXIMUM STABLEHLO_MINIMUM STABLEHLO_CLAMP STABLEHLO_SORT"
)
_ARITHMETIC = _ops(
    "ABS NEG EXP LOG SQRT RSQRT SQUARE SIGN SIN COS RELU RELU6 RELU_N1_TO_1 RELU_0_TO_1 HARD_SWISH ELU GELU LEAKY_RELU "
    "TANH LOGISTIC SOFTMAX LOG_SOFTMAX L2_NORMALIZATION ADD SUB MUL DIV SQUARED_DIFFERENCE POW FLOOR_DIV FLOOR_MOD "
    "BITWISE_XOR RIGHT_SHIFT ADD_N PRELU MEAN SUM REDUCE_PROD REDUCE_ANY REDUCE_ALL CUMSUM RFFT2D SEGMENT_SUM RANGE "
    "UNSORTED_SEGMENT_SUM UNSORTED_SEGMENT_PROD MULTINOMIAL RANDOM_UNIFORM RANDOM_STANDARD_NORMAL SCATTER_ND "
    "RESIZE_BILINEAR REDUCE_WINDOW STABLEHLO_ADD STABLEHLO_DIVIDE "
    "STABLEHLO_MULTIPLY STABLEHLO_AND STABLEHLO_OR STABLEHLO_POWER STABLEHLO_REMAINDER STABLEHLO_SUBTRACT "
    "STABLEHLO_SHIFT_LEFT STABLEHLO_DOT_GENERAL STABLEHLO_CONVOLUTION STABLEHLO_REDUCE STABLEHLO_REDUCE_WINDOW "
    "STABLEHLO_SCATTER STABLEHLO_IOTA STABLEHLO_CONVERT STABLEHLO_COMPARE"
)
_WITHOUT_CODES = _ops(
    "SQUARE SIGN POW ADD_N BUCKETIZE CUMSUM SEGMENT_SUM UNSORTED_SEGMENT_SUM UNSORTED_SEGMENT_PROD RANGE "
    "STABLEHLO_SUBTRACT STABLEHLO_DIVIDE STABLEHLO_REMAINDER STABLEHLO_POWER STABLEHLO_DOT_GENERAL "
    "STABLEHLO_CONVOLUTION STABLEHLO_IOTA STABLEHLO_CONVERT"
)
_REALS = (TensorType.FLOAT32, TensorType.FLOAT16, TensorType.BFLOAT16, TensorType.FLOAT64)
_CELLS = (TensorType.FLOAT32, TensorType.INT8)
_TAKES: dict[str, tuple[int, tuple[TensorType, ...]]] = {
    "RFFT2D": (0, _REALS),
    "MULTINOMIAL": (0, _REALS),
    "NON_MAX_SUPPRESSION_V4": (0, _REALS),
    "NON_MAX_SUPPRESSION_V5": (0, _REALS),
    "EMBEDDING_LOOKUP_SPARSE": (4, (TensorType.FLOAT32,)),
    "RANDOM_UNIFORM": (-1, _REALS),
    "RANDOM_STANDARD_NORMAL": (-1, _REALS),
    "REDUCE_ANY": (0, (TensorType.BOOL,)),
    "REDUCE_ALL": (0, (TensorType.BOOL,)),
    "SVDF": (0, _CELLS),
    "LSTM": (0, (*_CELLS, TensorType.UINT8)),
    "UNIDIRECTIONAL_SEQUENCE_LSTM": (0, _CELLS),
}
"""The input (-1: the output) that must be of one of the types."""


@dataclass(frozen=True)
class Rule:
    """Operators that refuse operands of some kind."""

    ops: frozenset[str]
    refuses: Callable[[Operand], bool]
    complaint: Callable[[Op, Operand], RuntimeError] = unsupported


def _is_packed(x: Operand) -> bool:
    """Codes of fewer than 8 bits, unless they are constant weights."""
    return packed_bits(x.type) > 0 and x.value is None


def _is_text(x: Operand) -> bool:
    return x.type == TensorType.STRING


def _is_complex(x: Operand) -> bool:
    return x.dtype.kind == "c"


def _is_wide_code(x: Operand) -> bool:
    return x.type == TensorType.INT16 and is_quantized(x)


def _has_scales_of_channels(x: Operand) -> bool:
    return is_quantized(x) and x.quantization is not None and x.quantization.per_channel


def _one_would_do(op: Op, x: Operand) -> RuntimeError:
    assert x.quantization is not None
    return op.error(f"{x} has {x.quantization.scales.size} scales; {op.node.op} takes one.")


RULES = (
    Rule(_ARITHMETIC | _ORDERED, _is_packed),
    Rule(_ARITHMETIC | _ORDERED | {"BITCAST"}, _is_text),
    Rule(_WITHOUT_CODES, is_quantized),
    Rule(_ARITHMETIC, _has_scales_of_channels, _one_would_do),
    Rule(_ORDERED | {"RANGE"}, _is_complex),
    Rule(frozenset({"LOG_SOFTMAX", "L2_NORMALIZATION"}), _is_wide_code),
)


def guarded(name: str, prepare: Prepare) -> Prepare:
    """`prepare`, after a look at the operands."""
    rules = [rule for rule in RULES if name in rule.ops]
    if not rules and name not in _TAKES:
        return prepare

    @wraps(prepare)
    def checked(op: Op) -> Bind:
        for operand in (*op.inputs, *op.outputs):
            for rule in rules:
                if operand is not None and rule.refuses(operand):
                    raise rule.complaint(op, operand)
        _check_type(op, *_TAKES.get(name, (0, ())))
        return prepare(op)

    return checked


def _check_type(op: Op, position: int, types: tuple[TensorType, ...]) -> None:
    if types:
        operand = op.output() if position < 0 else op.input(position)
        if operand.type not in types:
            raise unsupported(op, operand)
