"""Errors of tensors, by hand."""
from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from delegant.measure.metrics import tensor_error


def f32(*values: Any) -> Any:
    return np.array(values, np.float32)


def test_equal_tensors_have_no_error() -> None:
    error = tensor_error(f32(1, 2), f32(1, 2))
    assert error.equal and error.max_abs == 0 and error.snr_db == math.inf and error.top1 == 1


def test_the_error_is_relative_to_the_reference_s_largest_magnitude() -> None:
    error = tensor_error(f32(-8, 3), f32(-8, 4))
    assert (error.max_abs, error.relative, error.mismatches) == (1, 1 / 8, 1)
    assert error.rms == pytest.approx(math.sqrt(0.5))
    assert error.snr_db == pytest.approx(10 * math.log10(80))


def test_unsigned_differences_do_not_wrap() -> None:
    error = tensor_error(np.array([0, 5], np.uint8), np.array([255, 5], np.uint8))
    assert error.max_abs == 255 and error.mismatches == 1


def test_wide_integers_keep_their_last_bit() -> None:
    big = 2**60
    assert tensor_error(np.array([big + 1]), np.array([big])).max_abs == 1


def test_top1_counts_rows() -> None:
    actual, reference = f32(1, 2, 3, 1).reshape(2, 2), f32(1, 2, 1, 3).reshape(2, 2)
    assert tensor_error(actual, reference).top1 == 0.5
    assert tensor_error(f32(1), f32(1)).top1 is None


def test_nan_and_infinity_equal_themselves_only() -> None:
    special = f32(math.nan, math.inf, -math.inf, 1)
    assert tensor_error(special, special).equal
    assert tensor_error(f32(math.nan), f32(1)).max_abs == math.inf
    assert tensor_error(f32(math.inf), f32(-math.inf)).max_abs == math.inf


def test_a_reference_of_zeros_has_range_one() -> None:
    assert tensor_error(f32(0.5, 0), f32(0, 0)).relative == 0.5


def test_strings_are_equal_or_not() -> None:
    a, b = np.array([b"x", b"y"], object), np.array([b"x", b"z"], object)
    assert tensor_error(a, a).equal
    assert tensor_error(a, b).mismatches == 1


@pytest.mark.parametrize("array", [np.zeros((0, 3), np.float32), np.array([True, False]), np.array([1 + 2j], "c8")])
def test_all_kinds_of_tensors_equal_themselves(array: Any) -> None:
    assert tensor_error(array, array).equal


def test_different_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\[2\] and \[1\]"):
        tensor_error(f32(1, 2), f32(1))
