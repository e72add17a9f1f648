"""Graphs of StableHLO operators with a subgraph of scalars, and of what sorts, for the GPU delegates."""

from __future__ import annotations

from typing import Any

import numpy as np
from gpu_integer_cases import WHOLE, Input, IntegerCase, bools, constants, floats, ints, longs
from ops.regions import region

from delegant.core.build.builder import ModelBuilder
from delegant.core.build.builder_base import BuilderTensor

LESS, GREATER = 5, 3


def _scatter(
    name: str, body: str | None, x: Input, at: Input, updates: Input, scattered: tuple[int, ...], **options: Any
) -> IntegerCase:
    def build(g: ModelBuilder, *tensors: BuilderTensor) -> BuilderTensor:
        index = region(g, x.dtype, body and f"STABLEHLO_{body}")
        return g.op(
            "STABLEHLO_SCATTER",
            tensors,
            {
                "scatter_dims_to_operand_dims": scattered,
                "index_vector_dim": len(at.shape) - 1,
                "update_computation_subgraph_index": index,
                **options,
            },
            shape=x.shape,
            dtype=x.dtype,
        )

    return IntegerCase(f"STABLEHLO_SCATTER_{name}", (x, at, updates), build)


ROWS = {"update_window_dims": (1,), "inserted_window_dims": (0,)}
SCATTERS = (
    _scatter("sum", "ADD", floats(6, 5), ints(9, 1, low=-1, high=6), floats(9, 5), (0,), **ROWS),
    _scatter("last", None, WHOLE, ints(4, 1, low=-1, high=2), ints(4, 3, 5), (0,),
             update_window_dims=(1, 2), inserted_window_dims=(0,)),
    _scatter("columns", None, floats(4, 7), longs(3, 1, low=-1, high=7), floats(4, 3), (1,),
             update_window_dims=(0,), inserted_window_dims=(1,)),
    _scatter("boxes", "MAXIMUM", floats(6, 5), ints(2, 4, low=-2, high=5), floats(4, 2, 3), (1, 0),
             update_window_dims=(1, 2), inserted_window_dims=(), index_vector_dim=0),
    _scatter("one_box", None, floats(2, 6, 5), ints(2, low=-2, high=5), floats(1, 3, 2), (1, 2),
             update_window_dims=(0, 1, 2), inserted_window_dims=()),
    _scatter("product", "MULTIPLY", ints(5, extremes=True), ints(7, 1, low=0, high=4), ints(7), (0,),
             update_window_dims=(), inserted_window_dims=(0,)),
    _scatter("minimum", "MINIMUM", ints(3, 4), ints(7, 2, low=0, high=3), ints(7), (0, 1),
             update_window_dims=(), inserted_window_dims=(0, 1)),
    _scatter("any", "ADD", bools(6, 5), ints(4, 1, low=0, high=5), bools(4, 5), (0,), **ROWS),
)  # fmt: skip


def _reduce(
    name: str, body: str, x: Input, axes: tuple[int, ...], initial: Any, shape: tuple[int, ...]
) -> IntegerCase:
    def build(g: ModelBuilder, tensor: BuilderTensor) -> BuilderTensor:
        start = constants(g, "initial", initial, x.dtype)
        options = {"dimensions": axes, "body_subgraph_index": region(g, x.dtype, body)}
        return g.op("STABLEHLO_REDUCE", [tensor, start], options, shape=shape)

    return IntegerCase(f"STABLEHLO_REDUCE_{name}", (x,), build)


REDUCTIONS = (
    _reduce("sum", "STABLEHLO_ADD", floats(4, 5, 6), (0, 2), 0.0, (5,)),
    _reduce("sum_from", "STABLEHLO_ADD", WHOLE, (1,), 7, (2, 5)),
    _reduce("largest", "STABLEHLO_MAXIMUM", floats(3, 7), (1,), -np.inf, (3,)),
    _reduce("largest_from", "MAXIMUM", floats(3, 7), (1,), 1.5, (3,)),
    _reduce("least", "STABLEHLO_MINIMUM", WHOLE, (0, 1, 2), 2**31 - 1, ()),
    _reduce("product", "STABLEHLO_MULTIPLY", floats(3, 4), (0,), 0.5, (4,)),
    _reduce("any", "STABLEHLO_OR", bools(3, 7), (1,), False, (3,)),
    _reduce("all", "LOGICAL_AND", bools(3, 7), (0,), True, (7,)),
)


def _windows(name: str, body: str, x: Input, initial: Any, shape: tuple[int, ...], **options: Any) -> IntegerCase:
    def build(g: ModelBuilder, tensor: BuilderTensor) -> BuilderTensor:
        start = constants(g, "initial", initial, x.dtype)
        more = {"body_subgraph_index": region(g, x.dtype, body), **options}
        return g.op("STABLEHLO_REDUCE_WINDOW", [tensor, start], more, shape=shape)

    return IntegerCase(f"STABLEHLO_REDUCE_WINDOW_{name}", (x,), build)


WINDOWS = (
    _windows("max_pool", "STABLEHLO_MAXIMUM", floats(1, 7, 6, 3), -np.inf, (1, 4, 3, 3),
             window_dimensions=(1, 3, 3, 1), window_strides=(1, 2, 2, 1), padding=(0, 0, 1, 1, 0, 1, 0, 0)),
    _windows("sum", "STABLEHLO_ADD", WHOLE, 3, (2, 4, 4), window_dimensions=(2, 2, 3), padding=(1, 0, 1, 0, 2, -1),
             window_dilations=(1, 2, 1), base_dilations=(1, 2, 1)),
    _windows("all", "STABLEHLO_AND", bools(4, 5), True, (3, 4), window_dimensions=(2, 2)),
)  # fmt: skip


def _comparator(g: ModelBuilder, dtypes: list[str], key: int, direction: int, swapped: bool) -> int:
    graph = g.subgraph("comparator")
    pairs = [tuple(graph.input(f"{side}{i}", (), dtype) for side in "ab") for i, dtype in enumerate(dtypes)]
    a, b = pairs[key]
    options = {"comparison_direction": direction}
    graph.output(graph.op("STABLEHLO_COMPARE", [b, a] if swapped else [a, b], options, dtype="bool"))
    return graph.index


def _sort(
    name: str, inputs: tuple[Input, ...], axis: int, key: int = 0, direction: int = LESS, swapped: bool = False
) -> IntegerCase:
    def build(g: ModelBuilder, *tensors: BuilderTensor) -> list[BuilderTensor]:
        comparator = _comparator(g, [x.dtype for x in inputs], key, direction, swapped)
        outputs = [g.tensor(f"sorted{i}", x.shape, x.dtype) for i, x in enumerate(inputs)]
        options = {"dimension": axis, "is_stable": True, "comparator_subgraph_index": comparator}
        g.op_with_outputs("STABLEHLO_SORT", tensors, outputs, options)
        return outputs

    return IntegerCase(f"STABLEHLO_SORT_{name}", inputs, build)


SORTS = (
    _sort("floats", (floats(3, 9),), 1),
    _sort("descending", (ints(3, 9, low=-3, high=3), floats(3, 9)), 1, direction=GREATER),
    _sort("by_the_second", (floats(7, 4), ints(7, 4, low=-3, high=3), bools(7, 4)), 0, key=1),
    _sort("swapped", (WHOLE,), 1, swapped=True),
)
TOPS = (
    IntegerCase("TOPK_V2_of_many", (Input((2, 1000), "int32", -40, 40),), lambda g, x: _topk(g, x, 3)),
    IntegerCase("TOPK_V2_of_blocks", (floats(5000, low=-30, high=30),), lambda g, x: _topk(g, x, 17)),
    IntegerCase("TOPK_V2_of_lowest", (Input((300,), "int32", -(2**31), -(2**31)),), lambda g, x: _topk(g, x, 7)),
)


def _topk(g: ModelBuilder, x: BuilderTensor, count: int) -> list[BuilderTensor]:
    shape = (*x.shape[:-1], count)
    outputs = [g.tensor("values", shape, x.type.name.lower()), g.tensor("places", shape, "int32")]
    g.op_with_outputs("TOPK_V2", [x, constants(g, "count", [count])], outputs)
    return outputs


CASES = (*SCATTERS, *REDUCTIONS, *WINDOWS, *SORTS, *TOPS)
