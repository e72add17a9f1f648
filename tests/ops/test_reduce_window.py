"""REDUCE_WINDOW and STABLEHLO_REDUCE_WINDOW against LiteRT."""
from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from ops.harness import SEEDS, check_model, random_values, run_delegant
from ops.regions import region

from delegant.core.build.builder import BuilderTensor, GraphBuilder, ModelBuilder

ALL, ANY = 5, 6
NUMBERS = ["float32", "int32", "uint8"]
BODIES = ["STABLEHLO_ADD", "STABLEHLO_MULTIPLY", "STABLEHLO_MAXIMUM", "STABLEHLO_MINIMUM"]
CASES: list[dict[str, Any]] = [
    {"window_dimensions": (2, 3)},
    {"window_dimensions": (3, 2), "window_strides": (2, 1), "padding": (1, 2, 0, 1)},
    {"window_dimensions": (2, 2), "window_dilations": (2, 3), "base_dilations": (2, 1)},
    {"window_dimensions": (1, 3), "padding": (-1, 0, -1, 2), "base_dilations": (1, 2)},
]


def _stablehlo(case: dict[str, Any], dtype: str, body: Any) -> ModelBuilder:
    model = ModelBuilder()
    ones = (1, 1)
    options = {"window_strides": ones, "base_dilations": ones, "window_dilations": ones, "padding": (0,) * 4, **case}
    options["body_subgraph_index"] = region(model, dtype, body)
    operands = [model.input("x", (5, 6), dtype), model.input("initial", (), dtype)]
    # The outcome's shape is found when the node is prepared.
    model.output(model.op("STABLEHLO_REDUCE_WINDOW", operands, options, shape=(1, 1)))
    return model


@pytest.mark.parametrize("seed", SEEDS[-2:])
@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("dtype", ["float32", "int32", "int8"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_stablehlo(case: dict[str, Any], dtype: str, body: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    check_model(_stablehlo(case, dtype, body), [random_values(rng, (5, 6), dtype), random_values(rng, (), dtype)])


def test_any_other_body_runs_as_it_is() -> None:
    """a - 2 b over the window, from the definition."""

    def body(graph: GraphBuilder, a: BuilderTensor, b: BuilderTensor) -> BuilderTensor:
        return graph.op("SUB", [a, graph.op("ADD", [b, b])])

    x = np.random.default_rng(3).integers(-9, 9, (5, 6)).astype(np.int32)
    (result,) = run_delegant(_stablehlo(CASES[0], "int32", body).to_bytes(), [x, np.array(7, np.int32)])
    windows = np.lib.stride_tricks.sliding_window_view(x, (2, 3))
    np.testing.assert_array_equal(result, 7 - 2 * windows.sum((2, 3)))


@pytest.mark.parametrize("seed", SEEDS[-2:])
@pytest.mark.parametrize(("dtype", "function"), [("bool", ALL), ("bool", ANY), *product(NUMBERS, range(1, 7))])
def test_reduce_window(dtype: str, function: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    model = ModelBuilder()
    operands = [model.input("x", (7, 5, 2), dtype), model.input("initial", (), dtype)]
    for name, values in (("window", (3, 2, 1)), ("strides", (2, 1, 1)), ("dilations", (1, 2, 1))):
        operands.append(model.constant(name, np.array(values, np.int64)))
    model.output(model.op("REDUCE_WINDOW", operands, {"reduce_function": function}, shape=(3, 3, 2)))
    check_model(model, [random_values(rng, (7, 5, 2), dtype), random_values(rng, (), dtype)])


@pytest.mark.parametrize("body", ["STABLEHLO_MAXIMUM", "STABLEHLO_MINIMUM", "STABLEHLO_ADD"])
def test_not_a_number(body: str) -> None:
    x = np.arange(30, dtype=np.float32).reshape(5, 6)
    x[1, 2] = x[3, 3] = np.nan
    check_model(_stablehlo(CASES[0], "float32", body), [x, np.array(4, np.float32)])
