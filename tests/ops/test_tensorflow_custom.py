"""TensorFlow's operators as custom ones, against their definitions; the frozen suite has TensorFlow's own results."""
from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from flatbuffers import flexbuffers
from ops.harness import SEEDS, run_delegant

from delegant.core.build.builder import ModelBuilder
from delegant.core.schema import Padding
from delegant.core.window.geometry import window_axis


def _run(name: str, inputs: list[np.ndarray], outputs: list[str], options: dict[str, Any] | None = None) -> list:
    model = ModelBuilder()
    operands = [model.input(f"x{i}", x.shape, x.dtype) for i, x in enumerate(inputs)]
    results = [model.tensor(f"y{i}", (1,), dtype) for i, dtype in enumerate(outputs)]
    made = bytes(flexbuffers.Dumps(options or {}))
    model.op_with_outputs(name, operands, results, custom=True, custom_options=made)
    model.output(*results)
    return run_delegant(model.to_bytes(), inputs)


def _windows(x: np.ndarray, sizes: Any, steps: Any, padding: str) -> Any:
    """(place of the window, slices of the part of it that lies inside) of every window."""
    axes = [window_axis(n, k, s, 1, Padding[padding]) for n, k, s in zip(x.shape[1:-1], sizes, steps, strict=True)]
    for place in product(*(range(axis.out) for axis in axes)):
        starts = [at * axis.stride - axis.before for at, axis in zip(place, axes, strict=True)]
        yield place, tuple(slice(max(a, 0), a + axis.kernel) for a, axis in zip(starts, axes, strict=True))


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize("dtype", ["float32", "int8", "int16"])
@pytest.mark.parametrize("seed", SEEDS[-2:])
def test_pools_in_three_dimensions(seed: int, dtype: str, padding: str) -> None:
    rng = np.random.default_rng(seed)
    sizes, steps = ([int(n) for n in rng.integers(1, 4, 3)] for _ in range(2))
    x = (rng.standard_normal((2, 5, 4, 6, 3)) * 50).astype(dtype)
    options = {"ksize": [1, *sizes, 1], "strides": [1, *steps, 1], "padding": padding, "data_format": "NDHWC"}
    (largest,), (average,) = (_run(name, [x], [dtype], options) for name in ("MaxPool3D", "AveragePool3D"))
    for place, part in _windows(x, sizes, steps, padding):
        values = x[(slice(None), *part)].astype(np.float64)
        np.testing.assert_array_equal(largest[(slice(None), *place)], values.max((1, 2, 3)))
        mean = values.mean((1, 2, 3))
        exact = mean if dtype == "float32" else np.sign(mean) * np.floor(np.abs(mean) + 0.5)
        np.testing.assert_allclose(average[(slice(None), *place)], exact, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize(("with_batch", "index"), [(False, "int32"), (True, "int64")])
def test_places_of_maxima(with_batch: bool, index: str, padding: str) -> None:
    """Of equal elements the first."""
    x = np.random.default_rng(3).integers(-3, 3, (2, 5, 4, 3)).astype(np.float32)
    options = {"ksize": [1, 3, 2, 1], "strides": [1, 2, 1, 1], "padding": padding, "include_batch_in_index": with_batch}
    largest, places = _run("MaxPoolWithArgmax", [x], ["float32", index], options)
    for (i, j), part in _windows(x, (3, 2), (2, 1), padding):
        for n, c in product(range(2), range(3)):
            values = x[(n, *part, c)]
            y, z = np.unravel_index(values.argmax(), values.shape)
            start = n if with_batch else 0
            at = ((start * 5 + part[0].start + y) * 4 + part[1].start + z) * 3 + c
            assert (largest[n, i, j, c], places[n, i, j, c]) == (values.max(), at)


@pytest.mark.parametrize("options", [{}, {"ksize": [1, 2, 2, 1], "strides": [1, 1, 1, 1]},
                                     {"ksize": [2, 2, 2, 1], "strides": [1, 1, 1, 1], "padding": "SAME"},
                                     {"ksize": [1, 0, 2, 1], "strides": [1, 1, 1, 1], "padding": "SAME"}], ids=str)
def test_pools_that_are_none_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(RuntimeError, match=r"MaxPoolWithArgmax.*failed to prepare"):
        _run("MaxPoolWithArgmax", [np.zeros((1, 4, 4, 1), np.float32)], ["float32", "int32"], options)


@pytest.mark.parametrize("kind", ["int32", "int64"])
@pytest.mark.parametrize(("shift", "axis"), [(2, 0), (-7, 1), ([1, 5], [0, -1]), ([1, 1], [1, 1])], ids=str)
def test_roll(shift: Any, axis: Any, kind: str) -> None:
    x = np.arange(24, dtype=np.int32).reshape(2, 3, 4)
    (result,) = _run("Roll", [x, np.array(shift, kind), np.array(axis, kind)], ["int32"])
    np.testing.assert_array_equal(result, np.roll(x, shift, axis))


def test_roll_of_a_dimension_that_is_not_there() -> None:
    with pytest.raises(RuntimeError, match="axis 3 is out of range"):
        _run("Roll", [np.zeros((2, 2), np.float32), np.array(1, np.int32), np.array(3, np.int32)], ["float32"])


@pytest.mark.parametrize("lengths", [(4, 6), (4, 4), (8, 6), (3, 10)])
def test_inverse_transform(lengths: tuple[int, int]) -> None:
    """As a sum over frequencies; those that are missing count as 0, those beyond the lengths are left out."""
    rng = np.random.default_rng(5)
    spectrum = (rng.standard_normal((2, 4, 4)) + 1j * rng.standard_normal((2, 4, 4))).astype(np.complex64)
    (result,) = _run("IRFFT2D", [spectrum, np.array(lengths, np.int32)], ["float32"])
    height, width = lengths
    half = np.zeros((2, height, width // 2 + 1), complex)
    rows, columns = min(4, height), min(4, half.shape[2])
    half[:, :rows, :columns] = spectrum[:, :rows, :columns]
    along = np.exp(2j * np.pi * np.outer(np.arange(height), np.arange(height)) / height)
    columns_first = np.einsum("yk,nkf->nyf", along, half) / height
    weights = np.where((np.arange(half.shape[2]) == 0) | (2 * np.arange(half.shape[2]) == width), 1, 2) / width
    across = np.exp(2j * np.pi * np.outer(np.arange(half.shape[2]), np.arange(width)) / width)
    np.testing.assert_allclose(result, ((columns_first * weights) @ across).real, atol=1e-5)


@pytest.mark.parametrize(("first", "second", "expected"), [
    ([2, 3], [2, 3], ([], [])), ([2, 1], [2, 3], ([1], [])), ([3], [2, 3], ([0], [])), ([4, 1, 1], [1, 5, 1], ([1, 2],
     [0, 2])), ([1], [], ([0], [0])),
], ids=str)  # fmt: skip
@pytest.mark.parametrize("kind", ["int32", "int64"])
def test_dimensions_of_gradients(first: list[int], second: list[int], expected: Any, kind: str) -> None:
    shapes = [np.array(shape, kind) for shape in (first, second)]
    results = _run("BroadcastGradientArgs", shapes, [kind, kind])
    assert tuple(result.tolist() for result in results) == expected


def test_shapes_that_do_not_broadcast_have_no_gradients() -> None:
    with pytest.raises(RuntimeError, match="not broadcastable"):
        _run("BroadcastGradientArgs", [np.array([2], np.int32), np.array([3], np.int32)], ["int32", "int32"])
