"""Rules that compute an element by its coordinates, against NumPy, on every machine."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_machines import run

from delegant.devices.device import Device
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.kernels.cells import Rule, cells
from delegant.shaders.kernels.counting import ArgExtreme, PlaceOfRank, Rank
from delegant.shaders.kernels.cumsum import cumsum
from delegant.shaders.kernels.elementwise import Operand
from delegant.shaders.kernels.gathers import Gather
from delegant.shaders.kernels.host_integers import load_words, store_words
from delegant.shaders.kernels.scatters import Scatter, StablehloScatter, UpdateSlice

Target = tuple[Device | None, DeviceClass]
RNG = np.random.default_rng(1)
X = RNG.standard_normal((4, 5, 3)).astype(np.float32)


def made(target: Target, rule: Rule, shape: tuple[int, ...], result: str, *values: np.ndarray) -> np.ndarray:
    device, kind = target
    names = [("x", "side_a", "side_b")[i] for i in range(len(values))]
    storages = ["i32" if v.dtype == np.int32 else "f32" for v in values]
    operands = [Operand(n, v.shape, s) for n, v, s in zip(names, values, storages, strict=True)]
    return run(cells(kind, shape, operands, rule, result), dict(zip(names, values, strict=True)), shape, device)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_arg_max(target: Target, axis: int) -> None:
    expected = X.argmax(axis)
    rule = ArgExtreme(axis, X.shape[axis], True)
    np.testing.assert_array_equal(made(target, rule, expected.shape, "i32", X), expected)


def test_the_first_of_equals_and_never_a_nan(target: Target) -> None:
    x = np.float32([[1, 3, 3, 2], [np.nan, 5, 6, 7], [1, np.nan, 2, 2]])
    np.testing.assert_array_equal(made(target, ArgExtreme(1, 4, True), (3,), "i32", x), [1, 0, 2])


def test_an_index_outside_reads_nothing_outside(target: Target) -> None:
    at = np.array([3, -1, 9, 0], np.int32)
    got = made(target, Gather(0, 0, 1, 4), (4, 5, 3), "f32", X, at)
    np.testing.assert_array_equal(got, X[[3, 0, 3, 0]])


def test_slices_that_land_on_one_element_add_up(target: Target) -> None:
    places, slices = np.array([[1], [3], [1], [-1], [7]], np.int32), np.float32(RNG.standard_normal((5, 3)))
    expected = np.zeros((4, 3), np.float32)
    np.add.at(expected, [1, 3, 1], slices[:3])
    np.testing.assert_array_equal(made(target, Scatter(5, 1, "sum"), (4, 3), "f32", places, slices), expected)


def test_a_box_is_moved_inside(target: Target) -> None:
    update, starts = np.full((2, 2, 3), 9, np.float32), np.array([7, -3, 0], np.int32)
    expected = X.copy()
    expected[2:4, 0:2] = update
    got = made(target, UpdateSlice((2, 2, 3), (2, 3, 0)), X.shape, "f32", X, update, starts)
    np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("axis", [0, 1])
def test_ranks_put_the_first_of_equals_first(target: Target, axis: int) -> None:
    x, order = np.array([[3, 1, 3, 2, 3]], np.int32), np.array([[0, 4, 1, 3, 2]])
    lay = np.transpose if axis == 0 else np.array
    ranks = made(target, Rank(axis, 5), lay(x).shape, "i32", lay(x))
    np.testing.assert_array_equal(ranks, lay(order))
    first = lay(np.array([[0, 2, 4]]))
    np.testing.assert_array_equal(made(target, PlaceOfRank(axis, 5), first.shape, "i32", ranks), first)


def test_scattered_slices_are_cut_off_outside_and_the_last_one_stays(target: Target) -> None:
    starts, slices = np.array([[-1], [3], [2], [-(2**31)]], np.int32), np.float32(RNG.standard_normal((4, 2, 3)))
    x = np.ascontiguousarray(X[:, 0])
    expected = x.copy()
    expected[0], expected[3], expected[2:4] = slices[0, 1], slices[1, 0], slices[2]
    rule = StablehloScatter(4, (4, 3), (2, 3), (0, None), "last")
    np.testing.assert_array_equal(made(target, rule, (4, 3), "f32", x, starts, slices), expected)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("reverse", [False, True])
def test_running_sums(target: Target, axis: int, reverse: bool) -> None:
    device, kind = target
    x = RNG.integers(-9, 9, (4, 5, 3)).astype(np.int32)
    order = np.flip(x, axis) if reverse else x
    sums = np.cumsum(order, axis)
    expected = np.flip(sums, axis) if reverse else sums
    got = run(cumsum(kind, x.shape, axis, False, reverse, "i32"), {"x": x}, x.shape, device)
    np.testing.assert_array_equal(got, expected)


def test_words_of_int64(target: Target) -> None:
    device, kind = target
    long = np.array([0, -1, 2**31 - 1, -(2**31), 2**31, -(2**40), 5, 2**62], np.int64)
    small = run(load_words(kind, 8), {"x": long.view(np.int32)}, (8,), device)
    np.testing.assert_array_equal(small, np.clip(long, -(2**31), 2**31 - 1))
    back = run(store_words(kind, 8), {"x": small.astype(np.int32)}, (16,), device)
    np.testing.assert_array_equal(np.ascontiguousarray(back).view(np.int64), small)
