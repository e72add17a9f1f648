"""StableHLO operators."""
from __future__ import annotations

from .probe import CALL_TARGET, Probe, probe

NHWC = {
    "window_strides": (1, 1), "padding": (0, 0, 0, 0), "lhs_dilation": (1, 1), "rhs_dilation": (1, 1),
    "input_batch_dimension": 0, "input_feature_dimension": 3, "input_spatial_dimensions": (1, 2),
    "kernel_input_feature_dimension": 3, "kernel_output_feature_dimension": 0, "kernel_spatial_dimensions": (1, 2),
    "output_batch_dimension": 0, "output_feature_dimension": 3, "output_spatial_dimensions": (1, 2),
    "feature_group_count": 1, "batch_group_count": 1,
}  # fmt: skip


def _body(p: Probe, op: str = "") -> int:
    """A subgraph of two scalars: the sum of numbers, the conjunction of truth values."""
    graph = p.g.subgraph("body")
    scalars = [graph.input(name, (), p.type) for name in "ab"]
    op = op or ("STABLEHLO_AND" if p.type == "bool" else "STABLEHLO_ADD")
    graph.output(graph.op(op, scalars, {"comparison_direction": 5} if op == "STABLEHLO_COMPARE" else None,
                          dtype="bool" if op == "STABLEHLO_COMPARE" else None))  # fmt: skip
    return graph.index


@probe("STABLEHLO_LOGISTIC", "STABLEHLO_ABS", "STABLEHLO_COSINE", "STABLEHLO_EXPONENTIAL", "STABLEHLO_FLOOR",
       "STABLEHLO_LOG", "STABLEHLO_NEGATE", "STABLEHLO_RSQRT", "STABLEHLO_TANH", "STABLEHLO_CBRT")  # fmt: skip
def unary(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3)], shape=(2, 3))


@probe("STABLEHLO_ADD", "STABLEHLO_DIVIDE", "STABLEHLO_MULTIPLY", "STABLEHLO_MAXIMUM", "STABLEHLO_AND",
       "STABLEHLO_MINIMUM", "STABLEHLO_OR", "STABLEHLO_POWER", "STABLEHLO_REMAINDER", "STABLEHLO_SUBTRACT",
       "STABLEHLO_SHIFT_LEFT")  # fmt: skip
def binary(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3), p.x(2, 3)], shape=(2, 3))


@probe("STABLEHLO_COMPARE")
def compare(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3), p.x(2, 3)], {"comparison_direction": 0}, shape=(2, 3), type="bool")


@probe("STABLEHLO_CONVERT")
def convert(p: Probe, op: str) -> None:
    """The type is that of the input; float32 comes out."""
    p.out(op, [p.x(2, 3)], shape=(2, 3), type="float32")


@probe("STABLEHLO_CLAMP")
def clamp(p: Probe, op: str) -> None:
    p.out(op, [p.x(), p.x(2, 3), p.x()], shape=(2, 3))


@probe("STABLEHLO_SELECT")
def select(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3, type="bool"), p.x(2, 3), p.x(2, 3)], shape=(2, 3))


@probe("STABLEHLO_RESHAPE")
def reshape(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3)], shape=(3, 2))


@probe("STABLEHLO_TRANSPOSE")
def transpose(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3)], {"permutation": (1, 0)}, shape=(3, 2))


@probe("STABLEHLO_CONCATENATE")
def concatenate(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3), p.x(2, 3)], {"dimension": 0}, shape=(4, 3))


@probe("STABLEHLO_BROADCAST_IN_DIM")
def broadcast(p: Probe, op: str) -> None:
    p.out(op, [p.x(3)], {"broadcast_dimensions": (1,)}, shape=(2, 3))


@probe("STABLEHLO_SLICE")
def slice_(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3)], {"start_indices": (0, 1), "limit_indices": (2, 3), "strides": (1, 1)}, shape=(2, 2))


@probe("STABLEHLO_DYNAMIC_SLICE")
def dynamic_slice(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3), p.c(0), p.c(1)], {"slice_sizes": (2, 2)}, shape=(2, 2))


@probe("STABLEHLO_DYNAMIC_UPDATE_SLICE")
def dynamic_update_slice(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3), p.x(1, 2), p.c(0), p.c(1)], shape=(2, 3))


@probe("STABLEHLO_PAD")
def pad(p: Probe, op: str) -> None:
    options = {"edge_padding_low": (1, 0), "edge_padding_high": (0, 1), "interior_padding": (0, 0)}
    p.out(op, [p.x(2, 3), p.x()], options, shape=(3, 4))


@probe("STABLEHLO_IOTA")
def iota(p: Probe, op: str) -> None:
    p.out(op, [], {"iota_dimension": 1}, shape=(2, 3))


@probe("STABLEHLO_DOT_GENERAL")
def dot_general(p: Probe, op: str) -> None:
    options = {"lhs_contracting_dimensions": (1,), "rhs_contracting_dimensions": (0,)}
    p.out(op, [p.x(2, 3), p.x(3, 2)], options, shape=(2, 2))


@probe("STABLEHLO_CONVOLUTION")
def convolution(p: Probe, op: str) -> None:
    p.out(op, [p.x(1, 3, 3, 2), p.x(2, 1, 1, 2)], NHWC, shape=(1, 3, 3, 2))


@probe("STABLEHLO_REDUCE")
def reduce(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3), p.x()], {"dimensions": (1,), "body_subgraph_index": _body(p)}, shape=(2,))


@probe("STABLEHLO_REDUCE_WINDOW")
def reduce_window(p: Probe, op: str) -> None:
    ones = (1, 1)
    options = {"window_dimensions": (2, 2), "window_strides": ones, "base_dilations": ones, "window_dilations": ones,
               "padding": (0,) * 4, "body_subgraph_index": _body(p)}  # fmt: skip
    p.out(op, [p.x(2, 3), p.x()], options, shape=(1, 2))


@probe("STABLEHLO_SORT")
def sort(p: Probe, op: str) -> None:
    options = {"dimension": 1, "comparator_subgraph_index": _body(p, "STABLEHLO_COMPARE")}
    p.out(op, [p.x(2, 3)], options, shape=(2, 3))


@probe("STABLEHLO_GATHER")
def gather(p: Probe, op: str) -> None:
    options = {"offset_dims": (1,), "collapsed_slice_dims": (0,), "start_index_map": (0,), "index_vector_dim": 1,
               "slice_sizes": (1, 3)}  # fmt: skip
    p.out(op, [p.x(2, 3), p.c([[1], [0]])], options, shape=(2, 3))


@probe("STABLEHLO_SCATTER")
def scatter(p: Probe, op: str) -> None:
    options = {"update_window_dims": (1,), "inserted_window_dims": (0,), "scatter_dims_to_operand_dims": (0,),
               "index_vector_dim": 1, "update_computation_subgraph_index": _body(p)}  # fmt: skip
    p.out(op, [p.x(2, 3), p.c([[1], [0]]), p.x(2, 3)], options, shape=(2, 3))


@probe("STABLEHLO_RNG_BIT_GENERATOR")
def random_bits(p: Probe, op: str) -> None:
    """The type is that of the numbers that come out."""
    outputs = [p.result((2,), "uint64"), p.result((2, 3))]
    p.g.op_with_outputs(op, [p.x(2, type="uint64")], outputs, {"algorithm": 2})
    p.g.output(*outputs)


@probe("STABLEHLO_CUSTOM_CALL")
def custom_call(p: Probe, op: str) -> None:
    """A call of a custom operator that copies."""
    p.out(op, [p.x(2, 3)], {"call_target_name": CALL_TARGET}, shape=(2, 3))
