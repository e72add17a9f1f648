"""LSTM and UNIDIRECTIONAL_SEQUENCE_LSTM of codes: 8-bit inputs, weights and outputs, 16-bit gates and state.

Source of the multipliers: PopulateQuantizedLstmParams8x8_16 of LiteRT's lstm.cc (`core.kernels.lstm_cell_integer` has
the same).
"""

from __future__ import annotations

from functools import cache
from math import log2

import numpy as np

from ....core.arithmetic.fixed_point import FIXED16
from ....core.arithmetic.lookup import all_codes
from ....core.arithmetic.numerics import quantize_multiplier
from ....core.graph import Graph, Node, TensorInfo
from ....core.schema import LSTMKernelType, TensorType
from ....shaders.kernels.lstm_integer import CodeProjection, IntegerLstmCell, Scaling
from ....shaders.kernels.lstm_integer_norm import Norms
from ....shaders.kernels.recurrent import Trace, area
from ....shaders.parts.requantize import Requantize
from ..program import ir
from ..program.ir_recurrent import Projected, Recurrence
from .checks import demand, operand, optional
from .code_checks import centred_range, code_range, demand_codes, demand_symmetric, scale_of
from .context import Lowering
from .gate_weights import between_steps, side_by_side, widened
from .lstm import ONE_WAY as PLACES
from .lstm import gates_of, is_there
from .recurrence import Direction, store_outputs, store_states, trace_of
from .registry import lowering
from .states import demand_codes_of, demand_state
from .twin import zero_point
from .twin_products import demand_exact_sums, largest_sum

GATE_BITS, GATE_SCALE = 3, np.float32(2.0**-12)
HIDDEN = 4
"""The intermediate tensor that says how the output is scaled before a projection."""


def _check(node: Node, graph: Graph) -> None:
    basic = getattr(node.options, "kernel_type", None) == LSTMKernelType.BASIC
    demand(not basic, "quantized", "no GPU kernel for LSTM of the type BASIC of codes in this release")
    eight = len(node.intermediates) > HIDDEN + 1
    demand(not eight, "options", "no GPU kernel for the LSTM with twelve intermediate tensors in this release")
    demand(len(node.intermediates) == HIDDEN + 1, "options", "an LSTM of codes has five intermediate tensors")
    x, h, c, (output,) = operand(node, graph, 0), *_states(node, graph), graph.outputs_of(node)
    for tensor, kind in ((x, TensorType.INT8), (h, TensorType.INT8), (c, TensorType.INT16), (output, TensorType.INT8)):
        demand_codes(tensor)
        demand(tensor.type == kind, "dtype", f"{tensor} is {tensor.type.name}; the kernel takes {kind.name}")
    scales = getattr(graph.tensors[node.intermediates[HIDDEN]].quantization, "scales", ())
    demand(len(scales) == 1, "quantized", "the intermediate tensor of the output has not one scale")
    demand_symmetric(c)
    demand_state(h)
    demand_state(c)
    _check_weights(node, graph)


def _check_weights(node: Node, graph: Graph) -> None:
    x, h, c = operand(node, graph, 0), *_states(node, graph)
    for start, count in ((PLACES.weights, 4), (PLACES.recurrent, 4), (PLACES.projection, 1)):
        for position in range(start, start + count):
            demand_codes_of(TensorType.INT8, optional(node, graph, position))
    for position in range(PLACES.peepholes, PLACES.peepholes + 3):
        demand_codes_of(TensorType.INT16, optional(node, graph, position))
    for position in (*range(PLACES.biases, PLACES.biases + 4), PLACES.projection + 1):
        demand_codes_of(TensorType.INT32, optional(node, graph, position), scaled=False)
    for position in range(PLACES.norms, PLACES.norms + 4):
        demand_codes_of(TensorType.INT16, optional(node, graph, position))
    if is_there(node, PLACES.norms + 1):
        demand(_state_bits(c) is not None, "options", f"no GPU kernel for normalized gates beside the scale of {c}")
        demand((c.shape or ())[1] <= 1 << 15, "shape", f"{c} has more units than the kernel adds up in 32 bits")
        for gate in gates_of(node, PLACES):
            scales = getattr(graph.tensors[node.intermediates[gate]].quantization, "scales", ())
            demand(len(scales) == 1, "quantized", "the intermediate tensor of a gate has not one scale")
    narrow = (h.shape or ())[1] < (c.shape or ())[1]
    peeped = any(is_there(node, PLACES.peepholes + i) for i in range(3))
    demand(not (narrow and peeped), "options", "no GPU kernel for peepholes beside a projection to fewer outputs")
    demand(-30 <= _shift(c) <= 1, "quantized", f"the scale of {c} is far from that of 16 bits")
    for gate in gates_of(node, PLACES):
        weights = operand(node, graph, PLACES.weights + gate)
        demand_exact_sums(largest_sum(_whole(weights), 0, *centred_range(x)))


def _states(node: Node, graph: Graph) -> tuple[TensorInfo, TensorInfo]:
    return operand(node, graph, PLACES.states), operand(node, graph, PLACES.states + 1)


def _shift(c: TensorInfo) -> int:
    """The state's scale as a power of 2."""
    return round(log2(float(scale_of(c))))


def _whole(tensor: TensorInfo) -> np.ndarray:
    assert tensor.data is not None
    return tensor.data.astype(np.int64)


def _scaling(real: np.floating) -> Scaling:
    return quantize_multiplier(float(real))


@cache
def _table(bits: int) -> np.ndarray:
    """Logistic and tanh of gates, and tanh of the state with `bits` integer bits, of all 16-bit codes by their bits."""
    codes = all_codes(np.dtype(np.int16))
    functions = (FIXED16.logistic, GATE_BITS), (FIXED16.tanh, GATE_BITS), (FIXED16.tanh, bits)
    return np.concatenate([np.asarray(function(codes, n)) for function, n in functions]).astype(np.int32)


def _state_bits(c: TensorInfo) -> int | None:
    """The integer bits of the state where LiteRT has a tanh for them; None where it takes the input gate instead."""
    bits = 15 + _shift(c)
    return bits if 0 <= bits <= 6 else None


@lowering("LSTM", "UNIDIRECTIONAL_SEQUENCE_LSTM", check=_check, codes=True)
def lstm(node: Node, lowered: Lowering) -> None:
    made = _Cell(node, lowered)
    nodes, (h, c) = (node.index,), (lowered.input(node, PLACES.states + i) for i in range(2))
    states = [lowered.map("TO_INTEGER", (v,), lowered.new(lowered.shape(v), storage="i32"), nodes) for v in (h, c)]
    direction = Direction(getattr(node.options, "time_major", True))
    sums, (_, outputs), (_, units) = made.entering(), lowered.shape(h), lowered.shape(c)
    projected = made.projected()
    scratch = len(made.gates) * area(units) if made.normalized else 0
    trace = trace_of(lowered, sums, direction, outputs, units, units if projected else 0, scratch)
    recurrent = [made.matrix(PLACES.recurrent + gate) for gate in made.gates]
    op = Recurrence(
        inputs=(sums, *states),
        output=lowered.new((trace.size,), storage="i32"),
        nodes=nodes,
        trace=trace,
        cell=made.cell(trace),
        matrix=between_steps(recurrent, outputs).astype(np.int32),
        vectors=made.vectors(),
        projected=projected,
        normalized=made.normalized,
        norms=made.norms() if made.normalized else None,
        time_major=direction.time_major,
    )
    lowered.add(op)
    store_states(lowered, node, op, (PLACES.states, PLACES.states + 1))
    output = lowered.graph.tensors[node.outputs[0]]
    store_outputs(lowered, node, [op], shift=zero_point(made.h) - zero_point(output))


class _Cell:
    """What the cell of a node is made of."""

    def __init__(self, node: Node, lowered: Lowering) -> None:
        self.node, self.lowered, self.graph = node, lowered, lowered.graph
        self.gates = gates_of(node, PLACES)
        self.x, (self.h, self.c) = lowered.tensor(node, 0), _states(node, self.graph)
        self.hidden = self.graph.tensors[node.intermediates[HIDDEN]]
        self.normalized = is_there(node, PLACES.norms + 1)

    def _gate_scale(self, gate: int) -> np.float32:
        """The scale of a gate's sums."""
        return scale_of(self.graph.tensors[self.node.intermediates[gate]]) if self.normalized else GATE_SCALE

    def norms(self) -> Norms:
        """What the gates are normalized with."""
        scales = [scale_of(operand(self.node, self.graph, PLACES.norms + gate)) for gate in self.gates]
        guards = tuple(max(1, int(np.float32(10000) * scale)) for scale in scales)
        scalings = [quantize_multiplier(float(scale)) for scale in scales]
        return Norms(tuple((m, s + 12) for m, s in scalings), guards)

    def matrix(self, position: int) -> np.ndarray:
        """Weights as they are."""
        return _whole(operand(self.node, self.graph, position))

    def entering(self) -> int:
        """Adds what the inputs bring to the gates, 16-bit numbers of 3 integer bits."""
        weights = [operand(self.node, self.graph, PLACES.weights + gate) for gate in self.gates]
        matrix = side_by_side([_whole(w) for w in weights])
        pairs = zip(weights, self.gates, strict=True)
        scalings = [_scaling(np.float32(scale_of(w) * scale_of(self.x) / self._gate_scale(g))) for w, g in pairs]
        m, s = (np.repeat([scaling[i] for scaling in scalings], len(matrix) // len(weights)) for i in range(2))
        bias = side_by_side([self.matrix(PLACES.biases + gate) for gate in self.gates])
        bias = bias * 0 if self.normalized else bias
        bound = largest_sum(matrix, 0, *centred_range(self.x))
        step = ir.CodeUnary("REQUANTIZE", arithmetic=Requantize(m, s, bias, code_range(self.c), bound))
        x, nodes = self.lowered.input(self.node, 0), (self.node.index,)
        made, weights_ = self.lowered.new((*self.lowered.shape(x)[:-1], len(matrix))), matrix.astype(np.float32)
        return self.lowered.add(
            ir.FullyConnected(inputs=(x,), output=made, nodes=nodes, steps=(step,), weights=weights_, bias=None)
        )

    def _peepholes(self) -> list[TensorInfo | None]:
        return [optional(self.node, self.graph, PLACES.peepholes + i) for i in range(3)]

    def vectors(self) -> np.ndarray:
        """The tables of functions, then the peepholes, then factors and biases of normalized gates."""
        units, found = (self.c.shape or ())[1], self._peepholes()
        rows = [np.zeros(units, np.int64) if p is None else _whole(p) for p in found] if any(found) else []
        if self.normalized:
            starts = PLACES.norms, PLACES.biases
            rows += [self.matrix(start + gate) for start in starts for gate in self.gates]
        wide = [widened(row, area(units)) for row in rows]
        return np.concatenate([_table(_state_bits(self.c) or 0), *wide]).astype(np.int32)

    def cell(self, trace: Trace) -> IntegerLstmCell:
        """The cell with its multipliers."""
        recurrent = [operand(self.node, self.graph, PLACES.recurrent + gate) for gate in self.gates]
        found, shift = self._peepholes(), _shift(self.c)
        unit = np.float32(2.0**-15)
        peepholes = [
            0.0 if p is None else 2.0**shift * float(scale_of(p)) / float(self._gate_scale(gate))
            for p, gate in zip(found, (0, 1, 3), strict=True)
        ]
        pairs = zip(recurrent, self.gates, strict=True)
        return IntegerLstmCell(
            trace,
            tuple(_scaling(np.float32(scale_of(w) * scale_of(self.h) / self._gate_scale(g))) for w, g in pairs),
            tuple(_scaling(np.float32(real)) for real in peepholes) if any(found) else (),
            shift,
            int(np.clip(np.float32(self.node.options.cell_clip) / scale_of(self.c), -(1 << 15), (1 << 15) - 1)),
            _scaling(np.float32(unit / scale_of(self.hidden) * unit)),
            zero_point(self.hidden),
            zero_point(self.h),
            _state_bits(self.c) is not None,
        )

    def projected(self) -> Projected | None:
        """What makes the output of the units; None: they are the output."""
        weights, bias = (optional(self.node, self.graph, PLACES.projection + i) for i in range(2))
        if weights is None:
            return None
        matrix = _whole(weights)
        outputs, units = (area(n) for n in matrix.shape)
        offset = zero_point(self.hidden) * matrix.sum(axis=1) + (0 if bias is None else _whole(bias))
        scaling = _scaling(scale_of(weights) * scale_of(self.hidden) / scale_of(self.h))
        clip = int(np.clip(self.node.options.proj_clip / scale_of(self.h), -128, 127))
        parts = [part[None].astype(np.int32) for part in (widened(matrix, outputs, units), widened(offset, outputs))]
        return Projected(CodeProjection(scaling, zero_point(self.h), clip), parts[0], parts[1])
