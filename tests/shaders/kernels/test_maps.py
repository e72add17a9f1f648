"""Functions of integers and floats against NumPy, with garbage in the padding."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from kernel_machines import run

from delegant.devices.device import Device
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.kernels.elementwise import Operand
from delegant.shaders.kernels.maps import map_values
from delegant.shaders.kernels.reduce import reduce
from delegant.shaders.kernels.region_copy import Axis, Region, region_copy

Target = tuple[Device | None, DeviceClass]
LOWEST, HIGHEST = -(2**31), 2**31 - 1
NUMBERS = np.array([[LOWEST, LOWEST + 1, -7, -2, -1], [0, 1, 2, 6, HIGHEST]], np.int32)
DIVISORS = np.array([-7, -1, 1, 3, LOWEST], np.int32)


def mapped(target: Target, function: str, *values: np.ndarray, result: str = "i32", **more: object) -> np.ndarray:
    device, kind = target
    names = [("x", "side_a", "side_b")[i] for i in range(len(values))]
    storages = ["i32" if v.dtype == np.int32 else "f32" for v in values]
    operands = [Operand(n, v.shape, s) for n, v, s in zip(names, values, storages, strict=True)]
    shape = np.broadcast_shapes(*(v.shape for v in values))
    call = map_values(kind, shape, operands, function, result=result, **more)  # type: ignore[arg-type]
    return run(call, dict(zip(names, values, strict=True)), shape, device)


def _quotient(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return (np.sign(a) * np.sign(b)).astype(np.int64) * (np.abs(a.astype(np.int64)) // np.abs(b.astype(np.int64)))


DIVISIONS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "INTEGER_DIV": _quotient,
    "INTEGER_FLOOR_DIV": np.floor_divide,
    "INTEGER_FLOOR_MOD": np.mod,
    "INTEGER_REMAINDER": np.fmod,
}


@pytest.mark.parametrize("function", DIVISIONS)
@pytest.mark.filterwarnings("ignore:overflow encountered")
def test_division_at_the_ends_of_int32(target: Target, function: str) -> None:
    expected = DIVISIONS[function](NUMBERS, DIVISORS)
    np.testing.assert_array_equal(mapped(target, function, NUMBERS, DIVISORS), expected.astype(np.int32))


@pytest.mark.parametrize(
    ("function", "formula"), [("INTEGER_ADD", np.add), ("INTEGER_SUB", np.subtract), ("INTEGER_MUL", np.multiply)]
)
def test_sums_and_products_wrap(target: Target, function: str, formula: Callable) -> None:
    np.testing.assert_array_equal(mapped(target, function, NUMBERS, DIVISORS), formula(NUMBERS, DIVISORS))


def test_a_divisor_of_zero_harms_nobody(target: Target) -> None:
    zeros = np.zeros(5, np.int32)
    np.testing.assert_array_equal(mapped(target, "INTEGER_REMAINDER", NUMBERS, zeros), NUMBERS)


def test_floats_saturate(target: Target) -> None:
    x = np.array([[-3e9, -2147483648.0, -1.9, -0.5, 0.0, 1.9, 2147483520.0, 2147483648.0, 3e38]], np.float32)
    expected = [[LOWEST, LOWEST, -1, 0, 0, 1, 2147483520, HIGHEST, HIGHEST]]
    np.testing.assert_array_equal(mapped(target, "TO_INTEGER", x), expected)


def test_floor_division_of_exact_multiples(target: Target) -> None:
    divisor = np.array([3.0, -3.0, 0.1, 7.0, 0.7], np.float32)
    multiples = np.arange(-20, 20, dtype=np.float32)[:, None] * divisor
    with np.errstate(all="ignore"):
        expected = np.floor(multiples / divisor)
    np.testing.assert_array_equal(mapped(target, "FLOOR_DIV", multiples, divisor, result="f32"), expected)


def test_comparison_and_choice(target: Target) -> None:
    x, y = np.float32([[1, 2, 3]]), np.float32([[3, 2, 1]])
    less = mapped(target, "LESS", x, y)
    np.testing.assert_array_equal(less, [[1, 0, 0]])
    np.testing.assert_array_equal(mapped(target, "SELECT", less, x, y, result="f32"), [[1, 2, 1]])


@pytest.mark.parametrize("axes", [(1,), (0,), (0, 1)])
def test_reductions_of_integers_wrap(target: Target, axes: tuple[int, ...]) -> None:
    device, kind = target
    shape = tuple(1 if a in axes else n for a, n in enumerate(NUMBERS.shape))
    got = run(reduce(kind, "sum", NUMBERS.shape, axes, "i32"), {"x": NUMBERS}, shape, device)
    np.testing.assert_array_equal(got, NUMBERS.sum(axis=axes, keepdims=True, dtype=np.int32))


def test_integers_are_moved_bit_by_bit(target: Target) -> None:
    device, kind = target
    x = np.arange(-20, 20, dtype=np.int32).reshape(5, 8)
    region = Region((Axis(8, 8, 1), Axis(5, 1, 8)))
    np.testing.assert_array_equal(run(region_copy(kind, region, storage="i32"), {"x": x}, (8, 5), device), x.T)
