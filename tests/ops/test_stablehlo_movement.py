"""StableHLO operators that move data, against the specification."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from ops.harness import run_delegant

from delegant.core.build.builder import ModelBuilder

Shape = tuple[int, ...]
X = np.arange(24, dtype=np.float32).reshape(2, 3, 4)


def _run(op: str, inputs: list[np.ndarray], shape: Shape, options: Any = None, dtype: Any = None) -> np.ndarray:
    model = ModelBuilder()
    operands = [model.input(f"x{i}", x.shape, x.dtype) for i, x in enumerate(inputs)]
    model.output(model.op(op, operands, options, shape=shape, dtype=dtype))
    return run_delegant(model.to_bytes(), inputs)[0]


def test_reshape() -> None:
    np.testing.assert_array_equal(_run("STABLEHLO_RESHAPE", [X], (6, 4)), X.reshape(6, 4))
    with pytest.raises(RuntimeError, match="reshaped"):
        _run("STABLEHLO_RESHAPE", [X], (5, 4))


@pytest.mark.parametrize("permutation", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_transpose(permutation: tuple[int, ...]) -> None:
    expected = np.empty([X.shape[d] for d in permutation], X.dtype)
    for at in np.ndindex(X.shape):
        expected[tuple(at[d] for d in permutation)] = X[at]
    result = _run("STABLEHLO_TRANSPOSE", [X], expected.shape, {"permutation": permutation})
    np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize(
    ("source", "places", "shape"),
    [((), (), (2, 3)), ((3,), (1,), (2, 3)), ((2,), (0,), (2, 3)), ((1, 3), (0, 2), (4, 2, 3)),
     ((3, 2), (1, 0), (2, 3))],
)  # fmt: skip
def test_broadcast_in_dim(source: Shape, places: Shape, shape: Shape) -> None:
    x = np.arange(int(np.prod(source)), dtype=np.int32).reshape(source)
    expected = np.empty(shape, np.int32)
    for at in np.ndindex(shape):
        expected[at] = x[tuple(0 if n == 1 else at[d] for n, d in zip(source, places, strict=True))]
    result = _run("STABLEHLO_BROADCAST_IN_DIM", [x], shape, {"broadcast_dimensions": places})
    np.testing.assert_array_equal(result, expected)


def test_broadcast_that_does_not_fit_is_refused() -> None:
    with pytest.raises(RuntimeError, match="broadcast"):
        _run("STABLEHLO_BROADCAST_IN_DIM", [X], (2, 3, 5), {"broadcast_dimensions": (0, 1, 2)})


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_concatenate(axis: int) -> None:
    other = -np.moveaxis(np.moveaxis(X, axis, 0)[:1], 0, axis)
    expected = np.append(X, other, axis)
    result = _run("STABLEHLO_CONCATENATE", [X, other], expected.shape, {"dimension": axis})
    np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize("dtype", ["int32", "float32", "uint8"])
@pytest.mark.parametrize("axis", [0, 1])
def test_iota(axis: int, dtype: str) -> None:
    result = _run("STABLEHLO_IOTA", [], (3, 5), {"iota_dimension": axis}, dtype)
    np.testing.assert_array_equal(result, np.indices((3, 5))[axis])


def test_slice() -> None:
    options = {"start_indices": (0, 1, 0), "limit_indices": (2, 3, 4), "strides": (1, 1, 3)}
    np.testing.assert_array_equal(_run("STABLEHLO_SLICE", [X], (2, 2, 2), options), X[:, 1:3, ::3])
    with pytest.raises(RuntimeError, match="do not fit"):
        _run("STABLEHLO_SLICE", [X], (2, 2, 2), {**options, "limit_indices": (2, 4, 4)})


@pytest.mark.parametrize(("starts", "corner"), [((0, 1, 2), (0, 1, 2)), ((-4, 9, 3), (0, 1, 2))])
def test_dynamic_slices(starts: tuple[int, ...], corner: tuple[int, ...]) -> None:
    """Starts are moved so that the slice lies inside."""
    scalars = [np.array(start, np.int32) for start in starts]
    box = tuple(slice(i, i + n) for i, n in zip(corner, (2, 2, 2), strict=True))
    result = _run("STABLEHLO_DYNAMIC_SLICE", [X, *scalars], (2, 2, 2), {"slice_sizes": (2, 2, 2)})
    np.testing.assert_array_equal(result, X[box])
    update = -np.ones((2, 2, 2), np.float32)
    expected = X.copy()
    expected[box] = update
    np.testing.assert_array_equal(_run("STABLEHLO_DYNAMIC_UPDATE_SLICE", [X, update, *scalars], X.shape), expected)
