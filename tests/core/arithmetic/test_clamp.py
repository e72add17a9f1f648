"""Clamping in place and into another array: what `np.clip` gives, for every type that kernels clamp."""
from __future__ import annotations

import ml_dtypes
import numpy as np
import pytest

from delegant.core.arithmetic.clamp import clamp


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.int32, np.int64, np.float16, np.float32, np.float64,
                                   ml_dtypes.bfloat16], ids=lambda t: np.dtype(t).name)
def test_like_clip(dtype: type) -> None:
    x = np.arange(100).astype(dtype).reshape(10, 10)
    want = np.minimum(np.maximum(np.arange(100), 3), 90).astype(dtype).reshape(10, 10)
    out = np.empty_like(x)
    clamp(x, 3, 90, out)()
    np.testing.assert_array_equal(out, want)
    clamp(x[::2], 3, 90)()
    np.testing.assert_array_equal(x[::2], want[::2])
    assert x[1, 0] == 10 and x[-1, -1] == 99


def test_nan_stays_and_infinities_do_not() -> None:
    x = np.array([np.nan, np.inf, -np.inf], np.float32)
    clamp(x, -2, 3)()
    np.testing.assert_array_equal(x, np.array([np.nan, 3, -2], np.float32))
