"""The fast float64 scaling against the int64 form, on random sums and on every sum at which a code changes."""
from __future__ import annotations

import numpy as np
import pytest

from delegant.core.arithmetic.numerics import requantize
from delegant.core.arithmetic.requantization import Rounding, requantization

SUMS = 200_000


def _reals(rng: np.random.Generator, channels: int, coarse: bool) -> np.ndarray:
    """Multipliers from 2**-16 to 1; coarse ones have short mantissas and so produce ties."""
    reals = np.exp2(rng.uniform(-16, 0, channels))
    return np.float64(np.float16(reals)) if coarse else reals


def _sums(rng: np.random.Generator, reals: np.ndarray, span: int) -> np.ndarray:
    spread = rng.uniform(-1.5, 1.5, (SUMS // reals.size, reals.size)) * span / reals
    ties = np.round((rng.integers(-span, span, spread.shape) - 0.5) / reals) + rng.integers(-2, 3, spread.shape)
    return np.clip(np.concatenate([spread, ties]), -(2**30), 2**30).astype(np.int64)


@pytest.mark.parametrize("coarse", [False, True])
@pytest.mark.parametrize("limits", [(-128, 127), (3, 127), (-20, 90)])
@pytest.mark.parametrize("seed", range(4))
def test_fixed(seed: int, limits: tuple[int, int], coarse: bool) -> None:
    rng = np.random.default_rng(seed)
    scaling = requantization(Rounding.FIXED, _reals(rng, 64, coarse), 3, limits, np.int8)
    sums = _sums(rng, scaling.real, 256)
    bound = float(np.abs(sums).max())
    good = [c for c in range(64) if scaling.s[c] >= -12]
    assert good
    np.testing.assert_array_equal(scaling.float64_codes(sums)[:, good], scaling.codes(sums)[:, good])
    if scaling.float64_is_exact(bound):
        np.testing.assert_array_equal(scaling.float64_codes(sums), scaling.codes(sums))


@pytest.mark.parametrize("seed", range(3))
def test_wide(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scaling = requantization(Rounding.WIDE, _reals(rng, 32, False), 0, (-32768, 32767), np.int16)
    sums = np.clip(_sums(rng, scaling.real, 32768), -(2**35), 2**35)
    assert scaling.float64_is_exact(2.0**14 / scaling.slope.max())
    np.testing.assert_array_equal(scaling.float64_codes(sums), scaling.codes(sums))


@pytest.mark.parametrize("coarse", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_magnitudes_rounded(seed: int, coarse: bool) -> None:
    """Where magnitudes are rounded instead of numbers: all sums in turn, positive and negative."""
    rng = np.random.default_rng(seed)
    reals = np.exp2(rng.uniform(-11, 0, 12)) * (1 - 2**-20)
    scaling = requantization(Rounding.FIXED, np.float32(reals) if coarse else reals, 5, (-128, 127), np.int8)
    bound = 2.0**30 / int(np.max(scaling.m & -scaling.m)) - 1
    assert scaling.rounds_away(bound) and not scaling.rounds_away(bound + 1)
    last = int(min(bound, 2**18))
    sums = np.repeat(np.arange(-last, last + 1)[:, None], 12, axis=1)
    np.testing.assert_array_equal(scaling.float64_codes(sums), scaling.codes(sums))


@pytest.mark.parametrize("real", [0.5, 0.25, 0.75, 0.1, 1 / 3, 0.0123, 0.5 - 2**-30])
def test_double(real: float) -> None:
    scaling = requantization(Rounding.DOUBLE, np.array([real]), -7, (-128, 127), np.int8)
    assert scaling.rounds_away(2.0**24)
    sums = np.arange(-300_000, 300_000)[:, None]
    np.testing.assert_array_equal(scaling.float64_codes(sums), scaling.codes(sums))


def test_halves_of_doubles() -> None:
    """The float64 before 1/2 rounds every half up, and what is just below a half down."""
    away = requantization(Rounding.DOUBLE, np.array([1.0]), 0, (-128, 127), np.int8).away[0]
    halves = np.arange(0, 70_000) + 0.5
    np.testing.assert_array_equal(np.trunc(halves + away), halves + 0.5)
    np.testing.assert_array_equal(np.trunc(np.nextafter(halves, 0) + away), halves - 0.5)


def test_left_shift_is_not_claimed() -> None:
    scaling = requantization(Rounding.FIXED, np.array([3.7]), 0, (-128, 127), np.int8)
    assert not scaling.float64_is_exact(1000.0)


def test_tiny_multipliers_are_decided_by_the_check() -> None:
    scaling = requantization(Rounding.FIXED, np.exp2(-np.linspace(13, 30, 50)), -5, (-128, 127), np.int8)
    sums = _sums(np.random.default_rng(1), scaling.real, 256)
    same = np.array_equal(scaling.float64_codes(sums), scaling.codes(sums))
    assert same or not scaling.float64_is_exact(2.0**20)


@pytest.mark.parametrize("seed", range(4))
def test_offsets_scaled_on_their_own(seed: int) -> None:
    """What the epilogue does where `absorbs_offsets`, on sums around every step."""
    rng = np.random.default_rng(seed)
    reals = np.exp2(rng.uniform(-11, -1, 64)) if seed else np.float64(np.float16(np.exp2(rng.uniform(-11, -1, 64))))
    scaling = requantization(Rounding.FIXED, reals, -128, (-128, 127), np.int8)
    assert scaling.absorbs_offsets(2.0**20)
    offsets = rng.integers(-(2**19), 2**19, 64)
    sums = np.clip(_sums(rng, scaling.real, 256), -(2**19), 2**19)
    lifted = (sums - offsets).astype(np.float64) * scaling.slope + (scaling.constant + offsets * scaling.slope)
    codes = np.clip(lifted.astype(np.int64) - scaling.lift, scaling.low, scaling.high)
    np.testing.assert_array_equal(codes, scaling.codes(sums))


@pytest.mark.parametrize("s", range(-31, 8))
def test_one_multiplier_is_scaled_like_many(s: int) -> None:
    """Scalars take a shorter way through `requantize`; the definition is gemmlowp's, in Python integers."""
    rng = np.random.default_rng(s + 40)
    m = int(rng.integers(2**30, 2**31))
    x = np.concatenate([rng.integers(-(2**31), 2**31, 20000), np.arange(-300, 300), [-(2**31), 2**31 - 1]])
    one = requantize(x, m, s)
    np.testing.assert_array_equal(one, requantize(x, np.array([m]), np.array([s])))
    for value, code in list(zip(x.tolist(), one.tolist(), strict=True))[::37]:
        assert code == _by_definition(value, m, s)


def _by_definition(x: int, m: int, s: int) -> int:
    product = ((x << max(s, 0)) + 2**31) % 2**32 - 2**31
    product *= m
    nudged = product + (2**30 if product >= 0 else 1 - 2**30)
    high = nudged // 2**31 if nudged >= 0 else -(-nudged // 2**31)
    n = max(-s, 0)
    magnitude = (abs(high) * 2 + (1 << n)) >> (n + 1)
    return magnitude if high >= 0 else -magnitude


def test_one_multiplier_in_float32() -> None:
    """Every sum within the bound, for many multipliers of all sizes: most of the large ones are found."""
    rng, found = np.random.default_rng(9), 0
    for real in np.exp2(rng.uniform(-10, -1, 120)):
        scaling = requantization(Rounding.FIXED, np.array([real]), 3, (3, 255), np.uint8)
        bound = 2.0**18
        pair = scaling.float32_form(bound)
        if pair is None:
            continue
        found += 1
        sums = np.arange(-int(bound), int(bound) + 1)
        scaled = sums.astype(np.float32) * pair[0] + pair[1]
        codes = np.clip(scaled.astype(np.int64) + 3, 3, 255)
        np.testing.assert_array_equal(codes, scaling.codes(sums[:, None])[:, 0])
    assert found > 40


def test_float32_is_not_claimed_with_signs_or_channels() -> None:
    assert requantization(Rounding.FIXED, np.array([0.1]), 3, (-128, 127), np.int8).float32_form(1e5) is None
    assert requantization(Rounding.FIXED, np.array([0.1, 0.2]), 3, (3, 127), np.int8).float32_form(1e5) is None
    assert requantization(Rounding.FIXED, np.array([0.1]), 3, (3, 127), np.int8).float32_form(2.0**24) is None
