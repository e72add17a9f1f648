"""STABLEHLO_PAD, STABLEHLO_GATHER and STABLEHLO_SCATTER against LiteRT."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from ops.harness import SEEDS, check_model, random_values, run_delegant
from ops.regions import region

from delegant.core.build.builder import BuilderTensor, GraphBuilder, ModelBuilder

PADS = [
    ((0, 0), (0, 0), (0, 0)), ((1, 2), (3, 0), (0, 1)), ((-1, 1), (0, -2), (0, 0)), ((-3, 0), (2, -1), (2, 3)),
    ((-2, -1), (-2, 4), (1, 2)), ((-9, 0), (0, 0), (0, 0)),
]  # fmt: skip


@pytest.mark.parametrize("dtype", ["float32", "int8", "int64"])
@pytest.mark.parametrize("pad", PADS, ids=str)
def test_pad(pad: Any, dtype: str) -> None:
    rng = np.random.default_rng(1)
    model = ModelBuilder()
    options = dict(zip(("edge_padding_low", "edge_padding_high", "interior_padding"), pad, strict=True))
    operands = [model.input("x", (4, 5), dtype), model.input("value", (), dtype)]
    model.output(model.op("STABLEHLO_PAD", operands, options, shape=(1, 1)))
    check_model(model, [random_values(rng, (4, 5), dtype), random_values(rng, (), dtype)])


GATHERS: list[tuple[dict[str, Any], tuple[int, ...], tuple[int, ...]]] = [
    ({"offset_dims": (1,), "collapsed_slice_dims": (0,), "start_index_map": (0,), "index_vector_dim": 1,
      "slice_sizes": (1, 5)}, (3, 1), (3, 5)),
    ({"offset_dims": (2,), "collapsed_slice_dims": (0,), "start_index_map": (1, 0), "index_vector_dim": 2,
      "slice_sizes": (1, 2)}, (2, 3, 2), (2, 3, 2)),
    ({"offset_dims": (0, 2), "start_index_map": (0, 1), "index_vector_dim": 0, "slice_sizes": (2, 3)},
     (2, 4), (2, 4, 3)),
    ({"offset_dims": (), "collapsed_slice_dims": (0, 1), "start_index_map": (0, 1), "index_vector_dim": 1,
      "slice_sizes": (1, 1)}, (6, 2), (6,)),
]  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS[-2:])
@pytest.mark.parametrize("index", ["int32", "int64"])
@pytest.mark.parametrize("dtype", ["float32", "int8", "int64"])
@pytest.mark.parametrize(("options", "starts", "result"), GATHERS, ids=range(len(GATHERS)))
def test_gather(options: dict[str, Any], starts: Any, result: Any, dtype: str, index: str, seed: int) -> None:
    """Starts also where the slice would stick out."""
    rng = np.random.default_rng(seed)
    model = ModelBuilder()
    operands = [model.input("x", (4, 5), dtype), model.input("starts", starts, index)]
    model.output(model.op("STABLEHLO_GATHER", operands, options, shape=result))
    check_model(model, [random_values(rng, (4, 5), dtype), rng.integers(-2, 7, starts).astype(index)])


def test_gather_with_the_index_dimension_left_out() -> None:
    """LiteRT crashes on it; the result is that with a dimension of 1."""
    options, _, result = GATHERS[0]
    x, starts = np.arange(20, dtype=np.float32).reshape(4, 5), np.array([2, 9, 0], np.int32)
    outcomes = []
    for shape in ((3,), (3, 1)):
        model = ModelBuilder()
        operands = [model.input("x", (4, 5)), model.input("starts", shape, "int32")]
        model.output(model.op("STABLEHLO_GATHER", operands, options, shape=result))
        outcomes += run_delegant(model.to_bytes(), [x, starts.reshape(shape)])
    np.testing.assert_array_equal(outcomes[0], x[[2, 3, 0]])
    np.testing.assert_array_equal(outcomes[0], outcomes[1])


SCATTERS: list[tuple[dict[str, Any], tuple[int, ...], tuple[int, ...]]] = [
    ({"update_window_dims": (1,), "inserted_window_dims": (0,), "scatter_dims_to_operand_dims": (0,),
      "index_vector_dim": 1}, (3, 1), (3, 5)),
    ({"update_window_dims": (0, 2), "scatter_dims_to_operand_dims": (1, 0), "index_vector_dim": 0}, (2, 4), (2, 4, 3)),
    ({"inserted_window_dims": (0, 1), "scatter_dims_to_operand_dims": (0, 1), "index_vector_dim": 2},
     (2, 6, 2), (2, 6)),
    ({"update_window_dims": (1,), "inserted_window_dims": (1,), "scatter_dims_to_operand_dims": (1,),
      "index_vector_dim": 1}, (3,), (3, 4)),
]  # fmt: skip
BODIES = [None, "STABLEHLO_ADD", "STABLEHLO_MULTIPLY", "STABLEHLO_MAXIMUM", "STABLEHLO_MINIMUM"]


def _scatter(options: dict[str, Any], indices: Any, updates: Any, dtype: str, index: str, body: Any) -> ModelBuilder:
    model = ModelBuilder()
    fields = {**options, "update_computation_subgraph_index": region(model, dtype, body)}
    operands = [model.input("x", (4, 5), dtype), model.input("at", indices, index), model.input("u", updates, dtype)]
    model.output(model.op("STABLEHLO_SCATTER", operands, fields, shape=(4, 5)))
    return model


@pytest.mark.parametrize("seed", SEEDS[-2:])
@pytest.mark.parametrize("body", BODIES, ids=str)
@pytest.mark.parametrize(("dtype", "index"), [("float32", "int32"), ("int8", "int64"), ("int32", "int32")])
@pytest.mark.parametrize(("options", "indices", "updates"), SCATTERS, ids=range(len(SCATTERS)))
def test_scatter(
    options: dict[str, Any], indices: Any, updates: Any, dtype: str, index: str, body: str | None, seed: int
) -> None:
    """Repeated places, and updates that lie outside."""
    rng = np.random.default_rng(seed)
    values = [random_values(rng, (4, 5), dtype), rng.integers(-1, 6, indices).astype(index)]
    check_model(_scatter(options, indices, updates, dtype, index, body), [*values, random_values(rng, updates, dtype)])


def test_scatter_with_any_other_body() -> None:
    """old - 3 new, one after the other, from the definition."""

    def body(graph: GraphBuilder, a: BuilderTensor, b: BuilderTensor) -> BuilderTensor:
        return graph.op("SUB", [a, graph.op("ADD", [b, graph.op("ADD", [b, b])])])

    options, indices, updates = SCATTERS[0]
    x, u = np.ones((4, 5), np.int32), np.arange(15, dtype=np.int32).reshape(3, 5)
    model = _scatter(options, indices, updates, "int32", "int32", body)
    (result,) = run_delegant(model.to_bytes(), [x, np.array([[1], [9], [1]], np.int32), u])
    expected = x.copy()
    expected[1] -= 3 * u[0] + 3 * u[2]
    np.testing.assert_array_equal(result, expected)


def test_shapes_that_do_not_fit_are_refused() -> None:
    options, indices, _ = SCATTERS[0]
    model = _scatter(options, indices, (2, 5), "float32", "int32", None)
    values = [np.zeros((4, 5), np.float32), np.zeros(indices, np.int32), np.zeros((2, 5), np.float32)]
    with pytest.raises(RuntimeError, match="do not fit"):
        run_delegant(model.to_bytes(), values)
