"""The split float32 scaling against the exact form: every sum for a few channels, and the steps for many."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from delegant.core.arithmetic.requantization import Requantization, Rounding, requantization
from delegant.core.arithmetic.split_scaling import SplitScaling, first_sums, split_scaling

LARGEST = 2.0**18


def _scaling(seed: int, rounding: Rounding, signed: bool, dtype: Any, channels: int) -> Requantization:
    rng = np.random.default_rng(seed)
    low, high = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    zero_point = int(rng.integers(low, high)) if signed else low
    reals = np.exp2(rng.uniform(-11, -8, channels))
    if seed % 2:
        reals = np.float64(np.float16(reals))  # short mantissas produce ties
    return requantization(rounding, reals, zero_point, (low, high), dtype)


def _split_codes(split: SplitScaling, scaling: Requantization, sums: np.ndarray) -> np.ndarray:
    return np.clip(np.trunc(split.lifted(sums)).astype(np.int64) - split.lift, scaling.low, scaling.high)


@pytest.mark.parametrize("rounding", [Rounding.FIXED, Rounding.DOUBLE])
@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("dtype", [np.int8, np.uint8])
@pytest.mark.parametrize("seed", range(3))
def test_every_sum(seed: int, dtype: type, signed: bool, rounding: Rounding) -> None:
    found, sums = 0, np.arange(-int(LARGEST), int(LARGEST) + 1)[:, None]
    for channel in range(6):
        scaling = _scaling(100 * seed + channel, rounding, signed, dtype, 1)
        offset = np.random.default_rng(channel).integers(-(2**17), 2**17, 1)
        split = split_scaling(scaling, offset, np.array([LARGEST]))
        if split is not None:
            found += 1
            np.testing.assert_array_equal(_split_codes(split, scaling, sums), scaling.codes(sums + offset))
    assert found >= 3


@pytest.mark.parametrize("rounding", [Rounding.FIXED, Rounding.DOUBLE])
@pytest.mark.parametrize("seed", range(4))
def test_first_sums(seed: int, rounding: Rounding) -> None:
    scaling = _scaling(seed, rounding, True, np.int8, 40)
    _, first = first_sums(scaling)
    wanted = np.arange(scaling.low + 1, scaling.high + 1)[:, None]
    assert (scaling.codes(first.astype(np.int64)) >= wanted).all()
    assert (scaling.codes(first.astype(np.int64) - 1) < wanted).all()


@pytest.mark.parametrize("signed", [False, True])
def test_steps(signed: bool) -> None:
    scaling = _scaling(8, Rounding.FIXED, signed, np.int8, 12)
    offset = np.random.default_rng(1).integers(-9999, 9999, 12)
    split = split_scaling(scaling, offset, np.full(12, LARGEST))
    assert split is not None and (split.constant is not None) == signed
    sums = np.random.default_rng(2).integers(-int(LARGEST), int(LARGEST), (50, 12))
    scaled = (sums.astype(np.float32) * split.gain).reshape(-1)
    spare = [np.empty_like(scaled) for _ in range(2)]
    for step in split.steps(scaled, spare, tuple(np.tile(v, 60) for v in split.vectors)):
        step()
    np.testing.assert_array_equal(scaled.reshape(50, 12), split.lifted(sums))


def test_what_it_is_not_for() -> None:
    offset, largest = np.zeros(1, np.int64), np.full(1, LARGEST)
    for rounding, real, dtype in [(Rounding.WIDE, 0.01, np.int16), (Rounding.FIXED, 0.0, np.int8),
                                  (Rounding.FIXED, 3.0, np.int8)]:  # fmt: skip
        limits = (int(np.iinfo(dtype).min), int(np.iinfo(dtype).max))
        scaling = requantization(rounding, np.array([real]), 0, limits, dtype)
        assert split_scaling(scaling, offset, largest) is None
    scaling = requantization(Rounding.FIXED, np.array([2.0**-12]), 0, (-128, 127), np.int8)
    assert split_scaling(scaling, offset, np.full(1, 2.0**23)) is not None
    assert split_scaling(scaling, offset, np.full(1, 2.0**30)) is None
