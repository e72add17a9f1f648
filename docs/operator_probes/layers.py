"""Layers: convolutions, products, pools, resizing and recurrent cells."""
from __future__ import annotations

from delegant.core.build.builder import BuilderTensor
from delegant.core.model.op_versions import newest_version
from delegant.core.schema import DimensionMetadata, DimensionType, Int32Vector, Padding, SparsityParameters

from .probe import CODES, MIXED, TYPES, Probe, probe

WEIGHTED = (*TYPES, *MIXED)
RECURRENT = ("float32", "float32 x int8", "int8", "uint8", "int16")
STRIDES = {"padding": Padding.SAME, "stride_h": 1, "stride_w": 1}
TANH, RELU, BASIC = 4, 1, 1


@probe("CONV_2D", kinds=WEIGHTED)
def conv_2d(p: Probe, op: str) -> None:
    p.out(op, [p.x(1, 4, 4, 2), p.w(3, 1, 1, 2, axis=0), p.b(3)], STRIDES, shape=(1, 4, 4, 3))


@probe("DEPTHWISE_CONV_2D", kinds=WEIGHTED)
def depthwise(p: Probe, op: str) -> None:
    p.out(op, [p.x(1, 4, 4, 2), p.w(1, 1, 1, 2, axis=3), p.b(2)], {**STRIDES, "depth_multiplier": 1},
          shape=(1, 4, 4, 2))  # fmt: skip


@probe("TRANSPOSE_CONV", kinds=WEIGHTED)
def transpose_conv(p: Probe, op: str) -> None:
    inputs = [p.c([1, 4, 4, 3]), p.w(3, 1, 1, 2, axis=0), p.x(1, 4, 4, 2), p.b(3)]
    p.out(op, inputs, STRIDES, shape=(1, 4, 4, 3))


@probe("FULLY_CONNECTED", kinds=WEIGHTED)
def fully_connected(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 4), p.w(3, 4), p.b(3)], shape=(2, 3))


@probe("BATCH_MATMUL", kinds=WEIGHTED)
def batch_matmul(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 4), p.x(4, 3) if p.weights == p.type else p.w(4, 3)], shape=(2, 3), scale=4)


@probe("CONV_3D", kinds=WEIGHTED)
def conv_3d(p: Probe, op: str) -> None:
    inputs = [p.x(1, 2, 2, 2, 2), p.w(1, 1, 1, 2, 3), p.b(3)]
    p.out(op, inputs, {**STRIDES, "stride_d": 1}, shape=(1, 2, 2, 2, 3))


@probe("CONV_3D_TRANSPOSE", kinds=WEIGHTED)
def conv_3d_transpose(p: Probe, op: str) -> None:
    inputs = [p.c([1, 2, 2, 2, 3]), p.w(1, 1, 1, 3, 2), p.x(1, 2, 2, 2, 2), p.b(3)]
    p.out(op, inputs, {**STRIDES, "stride_d": 1}, shape=(1, 2, 2, 2, 3))


@probe("AVERAGE_POOL_2D", "MAX_POOL_2D", "L2_POOL_2D")
def pool(p: Probe, op: str) -> None:
    p.out(op, [p.x(1, 4, 4, 2)], {**STRIDES, "filter_height": 2, "filter_width": 2}, shape=(1, 4, 4, 2))


@probe("RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR")
def resize(p: Probe, op: str) -> None:
    p.out(op, [p.x(1, 2, 2, 1), p.c([4, 4])], shape=(1, 4, 4, 1))


@probe("REDUCE_WINDOW")
def reduce_window(p: Probe, op: str) -> None:
    function = 5 if p.type == "bool" else 1
    windows = [p.c(values, "int64") for values in ([2, 2], [1, 1], [1, 1])]
    p.out(op, [p.x(3, 3), p.x(), *windows], {"reduce_function": function}, shape=(2, 2))


@probe("DENSIFY")
def densify(p: Probe, op: str) -> None:
    """A constant of two stored elements."""
    sparsity = SparsityParameters(
        traversal_order=(0, 1),
        dim_metadata=(DimensionMetadata(DimensionType.DENSE, 2),
                      DimensionMetadata(DimensionType.SPARSE_CSR, array_segments=Int32Vector((0, 1, 2)),
                                        array_indices=Int32Vector((1, 0)))),
    )  # fmt: skip
    whole = p.c([1, 1], p.type)
    params = whole.quantization
    stored = p.g.constant("stored", whole.value, p.type, shape=(2, 3), sparsity=sparsity, quantization=params)
    p.out(op, [stored], shape=(2, 3))


@probe("RNN", kinds=RECURRENT)
def rnn(p: Probe, op: str) -> None:
    inputs = [p.x(2, 3), p.w(4, 3), p.w(4, 4), p.b(4), p.g.variable("h", (2, 4), p.type)]
    p.out(op, inputs, {"fused_activation_function": TANH}, shape=(2, 4))


@probe("UNIDIRECTIONAL_SEQUENCE_RNN", kinds=RECURRENT)
def sequence_rnn(p: Probe, op: str) -> None:
    inputs = [p.x(2, 5, 3), p.w(4, 3), p.w(4, 4), p.b(4), p.g.variable("h", (2, 4), p.type)]
    p.out(op, inputs, {"fused_activation_function": TANH}, shape=(2, 5, 4))


@probe("BIDIRECTIONAL_SEQUENCE_RNN", kinds=RECURRENT)
def bidirectional_rnn(p: Probe, op: str) -> None:
    cells = [[p.w(4, 3), p.w(4, 4), p.b(4), p.g.variable(f"h{i}", (2, 4), p.type)] for i in range(2)]
    options = {"fused_activation_function": TANH, "merge_outputs": True}
    p.out(op, [p.x(2, 5, 3), *cells[0], *cells[1], None, None, None], options, shape=(2, 5, 8))


@probe("SVDF", kinds=RECURRENT)
def svdf(p: Probe, op: str) -> None:
    integer = p.type in CODES
    state = p.g.variable("state", (2, 20), "int16" if integer else p.type, quantization=(0.001, 0) if integer else None)
    times = p.c([[1] * 5] * 4, "int16", 0.001) if integer else p.w(4, 5)
    options = {"rank": 1, "fused_activation_function": RELU}
    p.out(op, [p.x(2, 3), p.w(4, 3), times, p.b(4), state], options, shape=(2, 4))


def _cell(p: Probe, name: str) -> list[BuilderTensor | None]:
    """Weights, recurrent weights, peepholes, biases and projection of a full LSTM of three inputs and four units."""
    gates = [p.w(4, 3) for _ in range(4)] + [p.w(4, 4) for _ in range(4)]
    return [*gates, None, None, None, *(p.b(4) for _ in range(4)), None, None]


def _states(p: Probe, name: str) -> list[BuilderTensor]:
    integer = p.type in CODES
    hidden = p.g.variable(f"h{name}", (2, 4), p.type, quantization=(0.008, 0) if integer else None)
    cell = p.g.variable(f"c{name}", (2, 4), "int16" if integer else p.type,
                        quantization=(2.0**-11, 0) if integer else None)  # fmt: skip
    return [hidden, cell]


@probe("LSTM", "UNIDIRECTIONAL_SEQUENCE_LSTM", kinds=RECURRENT)
def lstm(p: Probe, op: str) -> None:
    """The full cell; LSTM of uint8 is the basic one."""
    if op == "LSTM" and p.type == "uint8":
        _basic_lstm(p)
        return
    shape = (2, 3) if op == "LSTM" else (2, 5, 3)
    inputs = [p.x(*shape), *_cell(p, ""), *_states(p, ""), None, None, None, None]
    output = p.result((*shape[:-1], 4), scale=0.008)
    between = []
    if p.type in CODES:
        between = [p.g.tensor(f"between{i}", (0,), "int16", quantization=(2.0**-12, 0)) for i in range(4)]
        between.append(p.g.tensor("hidden", (0,), "int8", quantization=(0.008, 0)))
    options = {"fused_activation_function": TANH}
    p.g.op_with_outputs(op, inputs, [output], options, version=newest_version(op), intermediates=between)
    p.g.output(output)


def _basic_lstm(p: Probe) -> None:
    unit = {"scale": 1 / 128, "zero": 128}
    inputs = [p.x(2, 3, **unit), p.x(2, 4, **unit), p.w(16, 7), p.b(16), p.x(2, 4, type="int16", scale=2.0**-11)]
    outputs = [p.result((2, 4), **unit), p.result((2, 4), "int16", 2.0**-11), p.result((2, 7), **unit),
               p.result((2, 16), "int16", 2.0**-12)]  # fmt: skip
    p.g.op_with_outputs("LSTM", inputs, outputs, {"kernel_type": BASIC, "fused_activation_function": TANH}, version=2)
    p.g.output(*outputs)


@probe("BIDIRECTIONAL_SEQUENCE_LSTM", kinds=RECURRENT)
def bidirectional_lstm(p: Probe, op: str) -> None:
    cells = [*_cell(p, "forward"), *_cell(p, "backward")]
    states = [*_states(p, "forward"), *_states(p, "backward")]
    options = {"fused_activation_function": TANH, "merge_outputs": True, "time_major": True}
    p.out(op, [p.x(5, 2, 3), *cells, *states, *[None] * 9], options, shape=(5, 2, 8))
