"""Elementwise operators of codes: ADD, SUB, MUL in fixed point, every function of one code as a table."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from ....core.arithmetic.numerics import quantize_multiplier
from ....core.errors import DelegantError
from ....core.graph import Graph, Node, TensorInfo
from ....core.kernels.registry import builtin_kernels
from ....core.op import Op, Operand
from ....core.schema import ActivationFunctionType, TensorType
from ....shaders.parts.code_table import Lookup
from ....shaders.parts.requantize import LEFT, LEFT_OF_SQUARES, Product, Rescale, SquaredDifference, Sum
from ....shaders.parts.wide_sums import LEFT as LEFT_OF_SHORTS
from ....shaders.parts.wide_sums import ShiftedSum
from ..program import ir
from .checks import Refusal, demand, operand
from .code_checks import (
    activation_limits,
    centred_range,
    code_range,
    demand_bytes,
    demand_code_node,
    demand_codes,
    demand_float_twin,
    demand_symmetric,
    scale_of,
)
from .context import Lowering
from .quantized_movement import as_floats, demand_one_zero_point
from .registry import lowering
from .twin import twin, zero_point

FUNCTIONS = (
    "LOGISTIC", "TANH", "HARD_SWISH", "ELU", "GELU", "EXP", "LOG", "ABS", "NEG", "SQRT", "RSQRT",
)  # fmt: skip
"""Functions of one code, beside `quantized_activations`.

Where some codes stand for numbers that the CPU reports as errors, it keeps the node.
"""


_NEARLY_WHOLE = 1e-3
"""Logarithms of scales closer to whole numbers than this are taken for such."""


# --- tables


def results(node: Node, source: TensorInfo, output: TensorInfo) -> np.ndarray:
    """What the CPU kernel makes of each code from the lowest on, less the output's zero point: float32 [256 or 65536].

    Raises:
        Refusal: the kernel refuses the node.
    """
    low, high = code_range(source)
    shape = (*(1,) * max(len(source.shape or ()) - 1, 0), high - low + 1)
    infos = (replace(t, shape=shape, shape_signature=shape, data=None) for t in (source, output))
    x, y = (Operand(info) for info in infos)
    try:
        with np.errstate(all="ignore"):
            bind = builtin_kernels()[node.op].prepare(Op(node, [x], [y], None))
            x.array = np.arange(low, high + 1).astype(source.dtype).reshape(shape)
            y.array = np.empty(shape, output.dtype)
            bind()()
    except (RuntimeError, ValueError, DelegantError) as error:
        raise Refusal("options", str(error)) from None
    return y.array.reshape(-1).astype(np.float32) - np.float32(zero_point(output))


def check_function(node: Node, graph: Graph) -> None:
    """The CPU's kernel knows a result for every code."""
    demand_code_node(node, graph, 0, quantized=False)
    results(node, operand(node, graph, 0), graph.outputs_of(node)[0])


@lowering(*FUNCTIONS, check=check_function, codes=True)
def add_lookup(node: Node, lowered: Lowering) -> None:
    x, output = lowered.input(node, 0), lowered.output(node)
    step = lookup(node, lowered.tensor(node, 0), lowered.graph.tensors[node.outputs[0]])
    lowered.add(ir.Elementwise(inputs=(x,), output=output, nodes=(node.index,), steps=(step,)))


def lookup(node: Node, source: TensorInfo, output: TensorInfo) -> ir.Step:
    """The CPU kernel's function as a step."""
    return ir.CodeUnary(node.op, arithmetic=Lookup(results(node, source, output), centred_range(source)[0]))


# --- concatenation


def _check_concatenation(node: Node, graph: Graph) -> None:
    demand_code_node(node, graph, *range(len(node.inputs)), quantized=False)
    demand_float_twin(node, graph)
    if not _requantizes(node, graph):
        demand_one_zero_point(node, graph)


def _requantizes(node: Node, graph: Graph) -> bool:
    """Whether inputs have scales of their own: LiteRT allows that for UINT8."""
    output = graph.outputs_of(node)[0]
    return output.type.name == "UINT8" and any(
        _differs(operand(node, graph, i), output) for i in range(len(node.inputs))
    )


def _differs(a: TensorInfo, b: TensorInfo) -> bool:
    if a.quantization is None or b.quantization is None or not a.quantization.scales.size:
        return False
    return (scale_of(a), zero_point(a)) != (scale_of(b), zero_point(b))


@lowering("CONCATENATION", check=_check_concatenation, codes=True)
def concatenation(node: Node, lowered: Lowering) -> None:
    """Inputs with another quantization go through a table each; then everything is moved."""
    output = lowered.graph.tensors[node.outputs[0]]
    before = dict(lowered.by_tensor)
    for position in range(len(node.inputs)) if _requantizes(node, lowered.graph) else ():
        tensor = lowered.tensor(node, position)
        if _differs(tensor, output):
            with lowered.seeing(twin(lowered.graph)):
                x = lowered.input(node, position)
            single = replace(node, inputs=(tensor.index,))
            made = lowered.new(lowered.shape(x), tensor.name)
            steps = (lookup(single, tensor, output),)
            lowered.by_tensor[tensor.index] = made
            lowered.add(ir.Elementwise(inputs=(x,), output=made, nodes=(node.index,), steps=steps))
    as_floats(node, lowered)
    lowered.by_tensor.update({t: v for t, v in before.items() if t in node.inputs})


# --- two operands


def _check_binary(node: Node, graph: Graph) -> None:
    demand_code_node(node, graph, 0, 1)
    tensors = [operand(node, graph, i) for i in range(2)]
    for tensor in tensors:
        demand_codes(tensor)
    demand_symmetric(*tensors, *graph.outputs_of(node))
    demand(any(t.data is None for t in tensors), "constant", "both operands are constant")
    plain = replace(node, options=replace(node.options, fused_activation_function=ActivationFunctionType.NONE))
    demand_float_twin(plain, graph)
    if node.op != "MUL" and power_of_two_shifts(node, graph) is None:
        shifts = [s for _, s in sum_multipliers(tensors[0], tensors[1], graph.outputs_of(node)[0])]
        demand(max(shifts) <= 0, "quantized", "the output's scale is too small against those of the operands")


def left_of(tensor: TensorInfo) -> int:
    """By how many bits ADD and SUB shift codes up first."""
    return LEFT_OF_SHORTS if tensor.type == TensorType.INT16 else LEFT


def power_of_two_shifts(node: Node, graph: Graph) -> tuple[int, int] | None:
    """By how many bits ADD and SUB of 16-bit codes shift their operands down, where all scales are powers of two.

    LiteRT has a way of its own for those, which the option `pot_scale_int16` allows, and does so by default.
    """
    tensors = (operand(node, graph, 0), operand(node, graph, 1), graph.outputs_of(node)[0])
    if tensors[0].type != TensorType.INT16 or not node.options.pot_scale_int16:
        return None
    logarithms = [math.log2(float(scale_of(t))) for t in tensors]
    if any(abs(n - round(n)) >= _NEARLY_WHOLE for n in logarithms):
        return None
    first, second = (max(round(logarithms[2]) - round(n), 0) for n in logarithms[:2])
    return first, second


def sum_multipliers(a: TensorInfo, b: TensorInfo, output: TensorInfo) -> list[tuple[int, int]]:
    """(m, s) of both operands of ADD and SUB, and of the output."""
    twice = np.float32(2) * max(scale_of(a), scale_of(b))
    reals = [np.float64(scale_of(t)) / np.float64(twice) for t in (a, b)]
    reals.append(np.float64(twice) / np.float64(np.float32(1 << left_of(a)) * scale_of(output)))
    return [quantize_multiplier(float(r)) for r in reals]


@lowering("ADD", "SUB", "MUL", check=_check_binary, codes=True)
def binary(node: Node, lowered: Lowering) -> None:
    tensors = [lowered.tensor(node, i) for i in range(2)]
    output = lowered.graph.tensors[node.outputs[0]]
    limits = activation_limits(node, output)
    short, sign = tensors[0].type == TensorType.INT16, 1 if node.op == "ADD" else -1
    if node.op == "MUL":
        real = scale_of(tensors[0]) * scale_of(tensors[1]) / scale_of(output)
        arithmetic: ir.BinaryArithmetic = Product(Rescale(*quantize_multiplier(float(real)), limits), large=short)
    elif (shifts := power_of_two_shifts(node, lowered.graph)) is not None:
        arithmetic = ShiftedSum(*shifts, limits, sign)
    else:
        first, second, out = sum_multipliers(tensors[0], tensors[1], output)
        arithmetic = Sum(first, second, out, limits, sign, left=left_of(tensors[0]))
    add_binary(node, lowered, arithmetic)


def _check_squared_difference(node: Node, graph: Graph) -> None:
    demand_bytes(node, graph)
    demand_code_node(node, graph, 0, 1)
    tensors = [operand(node, graph, i) for i in range(2)]
    demand(any(t.data is None for t in tensors), "constant", "both operands are constant")
    demand_float_twin(node, graph)


@lowering("SQUARED_DIFFERENCE", check=_check_squared_difference, codes=True)
def squared_difference(node: Node, lowered: Lowering) -> None:
    tensors, output = [lowered.tensor(node, i) for i in range(2)], lowered.graph.tensors[node.outputs[0]]
    twice = np.float64(np.float32(2) * max(scale_of(t) for t in tensors))
    first, second = (quantize_multiplier(float(np.float64(scale_of(t)) / twice)) for t in tensors)
    real = twice * twice / np.float64(np.float32(1 << 2 * LEFT_OF_SQUARES) * scale_of(output))
    rescale = Rescale(*quantize_multiplier(float(real)), centred_range(output))
    add_binary(node, lowered, SquaredDifference(first, second, rescale))


def add_binary(node: Node, lowered: Lowering, arithmetic: ir.BinaryArithmetic) -> None:
    """Adds a step with an operand, which broadcasts."""
    with lowered.seeing(twin(lowered.graph)):
        operands = [lowered.input(node, i) for i in range(2)]
    made = lowered.output(node)
    main = main_operand(operands, lowered, lowered.shape(made))
    step = ir.CodeBinary(node.op, operands[1 - main], reverse=main == 1, arithmetic=arithmetic)
    lowered.add(ir.Elementwise(inputs=(operands[main],), output=made, nodes=(node.index,), steps=(step,)))


def main_operand(operands: list[int], lowered: Lowering, shape: tuple[int, ...]) -> int:
    """Which operand the chain starts from: a computed one, of the output's shape if there is one."""
    computed = [i for i, v in enumerate(operands) if lowered.values[v].data is None]
    return next((i for i in computed if lowered.shape(operands[i]) == shape), computed[0])
