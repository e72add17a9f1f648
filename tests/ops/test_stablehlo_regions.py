"""STABLEHLO_REDUCE and _SORT against the specification."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from ops.harness import SEEDS, assert_close, random_values, run_delegant
from ops.regions import region

from delegant.core.build.builder import BuilderTensor, GraphBuilder, ModelBuilder

REDUCTIONS = {
    "STABLEHLO_ADD": np.sum, "STABLEHLO_MULTIPLY": np.prod, "STABLEHLO_MAXIMUM": np.max, "STABLEHLO_MINIMUM": np.min
}


def _reduce(x: np.ndarray, initial: Any, axes: tuple[int, ...], body: Any) -> np.ndarray:
    model = ModelBuilder()
    options = {"dimensions": axes, "body_subgraph_index": region(model, x.dtype, body)}
    operands = [model.input("x", x.shape, x.dtype), model.constant("initial", np.array(initial, x.dtype))]
    shape = tuple(n for d, n in enumerate(x.shape) if d not in axes)
    model.output(model.op("STABLEHLO_REDUCE", operands, options, shape=shape))
    return run_delegant(model.to_bytes(), [x])[0]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("axes", [(0,), (1, 2), (0, 1, 2), ()])
@pytest.mark.parametrize("dtype", ["float32", "int32", "int8"])
@pytest.mark.parametrize("body", REDUCTIONS)
def test_reduce(body: str, dtype: str, axes: tuple[int, ...], seed: int) -> None:
    x = random_values(np.random.default_rng(seed), (2, 3, 4), dtype)
    start = {"STABLEHLO_ADD": 3, "STABLEHLO_MULTIPLY": -1}.get(body, 2)
    reduced = REDUCTIONS[body](x, axis=axes).astype(dtype)
    expected = REDUCTIONS[body](np.stack([reduced, np.full_like(reduced, start)]), axis=0).astype(dtype)
    assert_close(_reduce(x, start, axes, body), expected)


def test_reduce_booleans() -> None:
    x = np.array([[True, False, True], [True, True, True]])
    assert _reduce(x, True, (1,), "LOGICAL_AND").tolist() == [False, True]
    assert _reduce(x, False, (0,), "STABLEHLO_OR").tolist() == [True, True, True]


def test_reduce_by_any_other_body() -> None:
    """a + b^2, which has no NumPy function."""

    def body(graph: GraphBuilder, a: BuilderTensor, b: BuilderTensor) -> BuilderTensor:
        return graph.op("ADD", [a, graph.op("MUL", [b, b])])

    x = np.random.default_rng(5).standard_normal((3, 4, 2)).astype(np.float32)
    assert_close(_reduce(x, 2, (0, 2), body), np.square(x).sum((0, 2)) + 2)


def test_reduce_two_tensors_at_once() -> None:
    """Values and indices: where the maximum is."""
    x = np.array([[3, 9, 2], [8, 1, 8]], np.float32)
    places = np.tile(np.arange(3, dtype=np.int32), (2, 1))
    model = ModelBuilder()
    graph = model.subgraph("argmax")
    a, i = graph.input("a", ()), graph.input("i", (), "int32")
    b, j = graph.input("b", ()), graph.input("j", (), "int32")
    wins = graph.op("STABLEHLO_COMPARE", [a, b], {"comparison_direction": 2}, dtype="bool")
    graph.output(graph.op("STABLEHLO_SELECT", [wins, a, b], dtype="float32"))
    graph.output(graph.op("STABLEHLO_SELECT", [wins, i, j], dtype="int32"))
    operands = [model.input("x", (2, 3)), model.input("places", (2, 3), "int32")]
    operands += [model.constant("lowest", np.float32(-np.inf)), model.constant("nowhere", np.int32(-1))]
    outputs = [model.tensor("best", (2,)), model.tensor("where", (2,), "int32")]
    options = {"dimensions": (1,), "body_subgraph_index": graph.index}
    model.op_with_outputs("STABLEHLO_REDUCE", operands, outputs, options)
    model.output(*outputs)
    best, where = run_delegant(model.to_bytes(), [x, places])
    assert (best.tolist(), where.tolist()) == ([9, 8], [1, 0])


def _sort(inputs: list[np.ndarray], axis: int, relation: str, key: int = 0, negated: bool = False) -> list[np.ndarray]:
    model = ModelBuilder()
    graph = model.subgraph("comparator")
    scalars = [graph.input(f"s{i}", (), inputs[i // 2].dtype) for i in range(2 * len(inputs))]
    pair = scalars[2 * key : 2 * key + 2]
    if negated:
        pair = [graph.op("STABLEHLO_NEGATE", [scalar]) for scalar in pair]
    graph.output(graph.op(relation, pair, shape=(), dtype="bool"))
    operands = [model.input(f"x{i}", x.shape, x.dtype) for i, x in enumerate(inputs)]
    outputs = [model.tensor(f"y{i}", x.shape, x.dtype) for i, x in enumerate(inputs)]
    options = {"dimension": axis, "is_stable": True, "comparator_subgraph_index": graph.index}
    model.op_with_outputs("STABLEHLO_SORT", operands, outputs, options)
    model.output(*outputs)
    return run_delegant(model.to_bytes(), inputs)


@pytest.mark.parametrize("negated", [False, True])
@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("relation", ["LESS", "GREATER"])
def test_sort_is_stable_and_moves_all_tensors(relation: str, axis: int, negated: bool) -> None:
    """A comparator of negated values is run as it is; one of plain values is recognised."""
    rng = np.random.default_rng(6)
    keys, payload = rng.integers(0, 4, (6, 7)).astype(np.int32), np.arange(42, dtype=np.float32).reshape(6, 7)
    sign = (1 if relation == "LESS" else -1) * (-1 if negated else 1)
    order = np.argsort(sign * keys, axis=axis, kind="stable")
    result = _sort([payload, keys], axis, relation, key=1, negated=negated)
    np.testing.assert_array_equal(result[0], np.take_along_axis(payload, order, axis))
    np.testing.assert_array_equal(result[1], np.take_along_axis(keys, order, axis))
