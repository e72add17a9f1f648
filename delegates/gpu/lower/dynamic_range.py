"""Convolutions and matrix products of float activations with integer weights ("hybrid").

LiteRT's CPU kernels, and ours, quantize such activations to 8 bits when the model runs, each row or picture with a
scale of its own, and add up integers. So do these, to the bit; `widened` says what else a user may ask for.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from ....core.graph import Graph, Node, TensorInfo
from ....core.schema import TensorType
from ....shaders.kernels.dynamic_range import MOST_PARTS, Rows
from ....shaders.parts.scaled_back import ScaledBack
from ....shaders.traced.storage import Codes
from ..program import ir
from ..program.ir_dynamic import RowCodes, RowRanges, RowScales, ScaledSums
from ..program.regions import between, whole
from .checks import demand, demand_constant, demand_float, operand, shape_of
from .code_checks import demand_float_twin
from .context import Lowering, activation_steps
from .convolution import demand_whole_batches
from .registry import float_lowering, lowering
from .twin_products import EXACT, KINDS, activations_at, add_twin, bias_of, channel_axis, largest_sum, without_bias

SYMMETRIC, WIDTH = (-127, 127), (0, 255)
"""What codes lie between; the asymmetric ones of a row within so many of each other, 0 among them."""
BYTE_ZERO = 128
"""The unsigned byte of code 0."""
OTHERWISE = 'the option {"hybrid": "widened"} would take it, with float activations'
"""What a refusal tells of."""


def _check(node: Node, graph: Graph) -> None:
    float_lowering(node.op).check(node, graph)
    demand_constant(graph, bias_of(node, graph), "the bias values")
    weights, axis = operand(node, graph, 1), channel_axis(node)
    quantization = weights.quantization
    assert quantization is not None
    fits = not quantization.per_channel or quantization.dimension == axis
    demand(fits, "quantized", f"the weights {weights} have scales along dimension {quantization.dimension}, not {axis}")
    plain = weights.type == TensorType.UINT8 or not quantization.zero_points.any()
    demand(plain, "quantized", f"the weights {weights} have a zero point")
    _demand_exact(largest_sum(_codes(weights), axis, *(WIDTH if _is_asymmetric(node, graph) else SYMMETRIC)))


def _demand_exact(bound: int) -> None:
    reason = f"sums of codes may reach {bound}; float32 adds up exactly below {EXACT} only; {OTHERWISE}"
    demand(bound < EXACT, "exactness", reason)


def _check_batch_matmul(node: Node, graph: Graph) -> None:
    x, weights = operand(node, graph, 0), operand(node, graph, 1)
    demand_float(x)
    demand_float_twin(node, graph)
    demand_whole_batches(node, graph)
    quantization = weights.quantization
    columns = len(shape_of(weights)) - (2 if node.options.adj_y else 1)
    plain = quantization is not None and not quantization.zero_points.any()
    fits = quantization is not None and (not quantization.per_channel or quantization.dimension == columns)
    demand(
        plain and fits and weights.type == TensorType.INT8,
        "quantized",
        f"{weights} is not INT8 with one scale, or one for each column, and no zero point",
    )
    largest = WIDTH[1] if node.options.asymmetric_quantize_inputs else SYMMETRIC[1]
    _demand_exact(int((np.abs(_codes(weights)).sum(axis=-1 if node.options.adj_y else -2).max(initial=0)) * largest))


def _codes(weights: TensorInfo) -> np.ndarray:
    assert weights.data is not None and weights.quantization is not None
    codes = weights.data.astype(np.int64)
    return codes - weights.quantization.zero_point if weights.type == TensorType.UINT8 else codes


def _scales(node: Node, graph: Graph) -> np.ndarray:
    """The scales of the weights, float32 [channels]."""
    weights = operand(node, graph, 1)
    assert weights.quantization is not None and weights.shape is not None
    scales = np.asarray(weights.quantization.scales, np.float32).reshape(-1)
    return np.broadcast_to(scales, weights.shape[channel_axis(node)]).copy()


def _is_chained(node: Node, graph: Graph) -> bool:
    """Whether a convolution multiplies with one scale after the other.

    TRANSPOSE_CONV does, CONV_2D where channels have different ones, and in groups.
    """
    if node.op != "CONV_2D":
        return node.op == "TRANSPOSE_CONV"
    scales, x, weights = _scales(node, graph), operand(node, graph, 0), operand(node, graph, 1)
    return bool(np.any(scales != scales[:1])) or (x.shape or ())[3] != (weights.shape or ())[3]


def _is_asymmetric(node: Node, graph: Graph) -> bool:
    if node.op in ("FULLY_CONNECTED", "BATCH_MATMUL"):
        return bool(node.options.asymmetric_quantize_inputs)
    return node.op == "DEPTHWISE_CONV_2D" or _is_chained(node, graph)


@lowering("BATCH_MATMUL", check=_check_batch_matmul, hybrid=True)
def batch_matmul(node: Node, lowered: Lowering) -> None:
    """Each row of the left operand, in all of its matrices, is quantized by itself."""
    x, nodes, tensor = lowered.input(node, 0), (node.index,), lowered.tensor(node, 0)
    if node.options.adj_x:
        x, node = _transposed(lowered, x, nodes), replace(node, options=replace(node.options, adj_x=False))
    shape, weights, output = lowered.shape(x), lowered.tensor(node, 1), lowered.graph.tensors[node.outputs[0]]
    assert weights.quantization is not None and output.shape is not None
    flat = lowered.reshaped(x, (math.prod(shape[:-1]), shape[-1]), nodes)
    asymmetric = _is_asymmetric(node, lowered.graph)
    codes, scales = quantized(lowered, nodes, flat, asymmetric, as_bytes=not asymmetric)
    sums = _add_product(node, lowered, tensor.index, lowered.reshaped(codes, shape, nodes), ())
    lowered.hold_whole(sums)
    factors = np.broadcast_to(weights.quantization.scales.astype(np.float32), output.shape[-1]).copy()
    scales = _spread(lowered, scales, shape[:-1], lowered.shape(sums)[:-1], nodes)
    _add_scaling(node, lowered, sums, scales, math.prod(lowered.shape(sums)[:-1]), factors, None)


def _transposed(lowered: Lowering, x: int, nodes: tuple[int, ...]) -> int:
    """Matrices with their last two axes swapped."""
    shape = lowered.shape(x)
    made = lowered.like(x, (*shape[:-2], shape[-1], shape[-2]))
    region = between(whole(lowered.shape(made)), whole(shape).swapaxes(-1, -2))
    return lowered.add(ir.Copy(inputs=(x,), output=made, nodes=nodes, parts=((0, region),)))


def _spread(
    lowered: Lowering, scales: int, rows: tuple[int, ...], output: tuple[int, ...], nodes: tuple[int, ...]
) -> int:
    """The numbers of each row of the output, whose matrices may be products of the same left one."""
    if math.prod(rows) == math.prod(output):
        return scales
    numbers = lowered.shape(scales)[-1]
    each = lowered.reshape(scales, (*(1,) * (len(output) - len(rows)), *rows, numbers), nodes)
    all_of_them = lowered.spread(each, (*output, numbers), nodes)
    made = lowered.reshape(all_of_them, (math.prod(output), numbers), nodes)
    for value in (each, all_of_them, made):
        lowered.hold_whole(value)
    return made


@lowering("CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV", "FULLY_CONNECTED", check=_check, hybrid=True)
def hybrid(node: Node, lowered: Lowering) -> None:
    """Scales of rows, codes by them, the twin's products of codes, and their sums scaled."""
    place, nodes = activations_at(node), (node.index,)
    x, tensor = lowered.input(node, place), lowered.tensor(node, place)
    if node.op == "FULLY_CONNECTED":
        depth = (lowered.tensor(node, 1).shape or ())[1]
        x = lowered.reshaped(x, (math.prod(lowered.shape(x)) // depth, depth), nodes)
    rows = rows_of(lowered.shape(x))
    asymmetric = _is_asymmetric(node, lowered.graph)
    whole_codes = asymmetric and rows.rows == 1 and _sees_no_padding(node, lowered.graph)
    as_bytes = whole_codes or not asymmetric
    codes, scales = quantized(lowered, nodes, x, asymmetric, as_bytes)
    info = bias_of(node, lowered.graph)
    bias = None if info is None else lowered.constant(node, node.inputs.index(info.index))
    bias = None if bias is None else bias.reshape(-1)
    if rows.rows == 1:
        weights = _codes(lowered.tensor(node, 1))
        wholes = weights.sum(axis=tuple(range(1, weights.ndim))) if whole_codes else None
        back = ScaledBack(_scales(node, lowered.graph), bias, _is_chained(node, lowered.graph), wholes)
        steps = (ir.CodeBinary("SCALE", scales, arithmetic=back), *activation_steps(node.options))
        _add_product(node, lowered, tensor.index, codes, steps)
        return
    sums = _add_product(node, lowered, tensor.index, codes, ())
    lowered.hold_whole(sums)
    _add_scaling(node, lowered, sums, scales, rows.rows, _scales(node, lowered.graph), bias)


def _sees_no_padding(node: Node, graph: Graph) -> bool:
    """Whether each output sees its own activations: a zero point that is known only at run time pads nothing."""
    if node.op == "FULLY_CONNECTED":
        return True
    options, weights = node.options, operand(node, graph, 1)
    same = operand(node, graph, 0).shape == (*(graph.outputs_of(node)[0].shape or ())[:3], (weights.shape or ())[-1])
    return node.op == "CONV_2D" and (weights.shape or ())[1:3] == (1, 1) and options.stride_h == 1 and same


def quantized(
    lowered: Lowering, nodes: tuple[int, ...], x: int, asymmetric: bool, as_bytes: bool = False
) -> tuple[int, int]:
    """Adds what quantizes the rows of a value; gives the codes and the numbers of the rows.

    Args:
        as_bytes: the codes may be kept as bytes, which those less a zero point cannot: with it, if they have one.
    """
    rows = rows_of(lowered.shape(x))
    parts = lowered.new((rows.rows * min(rows.lines, MOST_PARTS), 4), whole=True)
    ranges = lowered.add(RowRanges(inputs=(x,), output=parts, nodes=nodes, rows=rows))
    numbers = lowered.new((rows.rows, 4), whole=True)
    scales = lowered.add(RowScales(inputs=(ranges, x), output=numbers, nodes=nodes, rows=rows, asymmetric=asymmetric))
    kept = Codes("u8", BYTE_ZERO) if as_bytes else None
    made = lowered.new(lowered.shape(x), lowered.values[x].name, codes=kept, whole=True)
    form = {"rows": rows, "asymmetric": asymmetric, "centred": not as_bytes}
    codes = lowered.add(RowCodes(inputs=(x, scales), output=made, nodes=nodes, **form))  # type: ignore[arg-type]
    return codes, scales


def rows_of(shape: tuple[int, ...]) -> Rows:
    """Each row of a matrix, each picture of several: lines as long as they lie without gaps."""
    if len(shape) == 2:
        return Rows(shape[0], 1, shape[1])
    count, height, width, channels = shape
    dense = channels % 4 == 0 and height > 1
    return Rows(count, height, width * channels) if dense else Rows(count, height * width, channels)


def _add_product(node: Node, lowered: Lowering, tensor: int, codes: int, steps: tuple[ir.Step, ...]) -> int:
    """The products of the codes in place of the activations, with steps; gives what they make."""
    before = lowered.by_tensor.get(tensor)
    lowered.by_tensor[tensor] = codes
    sums = add_twin(without_bias(node), lowered, KINDS, steps=steps)
    if before is not None:
        lowered.by_tensor[tensor] = before
    return sums


def _add_scaling(
    node: Node, lowered: Lowering, sums: int, scales: int, rows: int, factors: np.ndarray, bias: np.ndarray | None
) -> None:
    """Sums to floats, with bias and activation."""
    nodes, shape = (node.index,), lowered.shape(sums)
    output = lowered.output(node)
    made = output if lowered.shape(output) == shape else lowered.new(shape)
    lowered.add(
        ScaledSums(
            inputs=(sums, scales),
            output=made,
            nodes=nodes,
            steps=activation_steps(node.options),
            rows=Rows(rows, math.prod(shape[:-1]) // rows, shape[-1]),
            factors=factors,
            bias=bias,
            chained=_is_chained(node, lowered.graph),
        )
    )
    if made != output:
        lowered.reshape(made, lowered.shape(output), nodes, output)
