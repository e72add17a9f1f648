"""Tables against the formulas they hold: every pair of codes, broadcasting, and sizes around the pieces."""
from __future__ import annotations

import numpy as np
import pytest

from delegant.core.arithmetic.lookup import binary_run, table_of, table_run


def _formula(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.clip((x * 3 - y * 5) >> 2, -128, 127)


@pytest.mark.parametrize("shapes", [
    ((7, 100, 131), (7, 100, 131)), ((2, 60, 60, 24), (2, 1, 1, 24)), ((1, 1, 40), (3, 70, 40)), ((5000,), (1,)),
    ((1, 300, 300), (300, 1)), ((65536,), (65536,)), ((2, 1, 90000), (2, 3, 1)),
    ((31,), (31,)), ((32,), (1,)), ((3, 1, 20), (5, 1)), ((64, 64), (64, 64)), ((1,), (4097,)), ((2, 0), (2, 1)),
], ids=str)
@pytest.mark.parametrize("dtype", [np.int8, np.uint8])
def test_binary(shapes: tuple[tuple[int, ...], tuple[int, ...]], dtype: type) -> None:
    rng = np.random.default_rng(3)
    a, b = (rng.integers(0, 256, shape, dtype=np.uint8).view(dtype) for shape in shapes)
    want = _formula(a.astype(np.int64), b.astype(np.int64)).astype(dtype)
    out = np.empty(want.shape, dtype)
    for is_constant in (False, True):
        binary_run(_formula, a, b, out, b_is_constant=is_constant)()
        np.testing.assert_array_equal(out, want)
        out.fill(0)


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 200000])
@pytest.mark.parametrize("dtype", [np.int8, np.uint8])
def test_bytes_to_bytes(size: int, dtype: type) -> None:
    x = np.random.default_rng(4).integers(0, 256, size, dtype=np.uint8).view(dtype)
    table = table_of(lambda codes: codes * codes % 251, x.dtype, np.dtype(np.uint8))
    out = np.empty(size, np.uint8)
    table_run(table, x, out)()
    np.testing.assert_array_equal(out, x.astype(np.int64) ** 2 % 251)


def test_in_place_and_strided() -> None:
    x = np.arange(256, dtype=np.uint8)
    table = table_of(lambda codes: 255 - codes, x.dtype, x.dtype)
    table_run(table, x[::2], out := np.empty(128, np.uint8))()
    np.testing.assert_array_equal(out, 255 - x[::2])
    table_run(table, x, x)()
    np.testing.assert_array_equal(x, np.arange(255, -1, -1))
