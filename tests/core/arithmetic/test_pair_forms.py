"""Forms of two codes: the table they were checked against, with broadcasting; a wrong guess is refused."""
from __future__ import annotations

from math import ldexp

import numpy as np
import pytest

from delegant.core.arithmetic.lookup import binary_run, table_of
from delegant.core.arithmetic.numerics import quantize_multiplier, requantize
from delegant.core.arithmetic.pair_forms import Product, Sum, exact_form, pair_run

SHAPES = [((70000,), (70000,)), ((3, 60, 60, 8), (3, 1, 1, 8)), ((200, 1), (1, 300)), ((5000,), (1,))]


def _random(shape: tuple[int, ...], dtype: type, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8).view(dtype)


@pytest.mark.parametrize("shapes", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", [np.int8, np.uint8])
@pytest.mark.parametrize("seed", range(3))
def test_products(seed: int, dtype: type, shapes: tuple[tuple[int, ...], ...]) -> None:
    rng, low = np.random.default_rng(seed), int(np.iinfo(dtype).min)
    zeros = [int(z) for z in rng.integers(low, low + 256, 3)]
    m, s = quantize_multiplier(float(np.exp2(rng.uniform(-9, -5))))

    def formula(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        scaled = requantize((x - zeros[0]) * (y - zeros[1]), m, s) + zeros[2]
        return np.asarray(scaled).clip(low, low + 255)

    form = Product(zeros[0], zeros[1], ldexp(m, s - 31), 0.5 + ldexp(1.0, s - 1), zeros[2], low, low + 255)
    a, b = (_random(shape, dtype, seed) for shape in shapes)
    out = np.empty(np.broadcast_shapes(*shapes), dtype)
    binary_run(formula, a, b, out, form)()
    np.testing.assert_array_equal(out, formula(a.astype(np.int64), b.astype(np.int64)).astype(dtype))


@pytest.mark.parametrize("dtype", [np.int8, np.uint8])
def test_the_form_found_gives_every_pair(dtype: type) -> None:
    low = int(np.iinfo(dtype).min)
    form = Sum(0.3701843, -1.2109371, 4.7123 - low, low + 3, low + 250)
    a, b = table_of(lambda x: x, np.dtype(dtype), np.dtype(dtype))[:, None], np.arange(256, dtype=np.uint8).view(dtype)
    real = 0.3701843 * a.astype(np.float64) - 1.2109371 * b.astype(np.float64) + 4.7123 - low
    table = np.clip(np.floor(real + 0.5), low + 3, low + 250).astype(dtype).reshape(-1)
    found = exact_form(form, table, np.dtype(dtype), np.dtype(dtype))
    assert found is not None
    out = np.empty((256, 256), dtype)
    pair_run(found, [(np.broadcast_to(a, out.shape), np.broadcast_to(b, out.shape), out)])()
    np.testing.assert_array_equal(out.reshape(-1), table)


def test_one_wrong_entry_is_enough_to_refuse() -> None:
    kind = np.dtype(np.int8)
    form = Sum(0.5, 0.25, 0.1, -128, 127)
    out = np.empty(65536, np.int8)
    codes = np.arange(256, dtype=np.uint8)
    pair_run(form, [(np.repeat(codes, 256).view(np.int8), np.tile(codes, 256).view(np.int8), out)])()
    assert exact_form(form, out, kind, kind) is not None
    out[12345] ^= 1
    assert exact_form(form, out, kind, kind) is None
