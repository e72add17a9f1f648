"""Images quantized piece by piece against the same rows quantized at once."""
from __future__ import annotations

import numpy as np
import pytest

from delegant.core.arithmetic.hybrid import centred_rows, quantize_image


def _image(kind: str, size: int) -> np.ndarray:
    rng = np.random.default_rng(size)
    image = rng.normal(0, 3, size).astype(np.float32)
    image[size // 2 :] = np.round(image[size // 2 :]) / 2  # halves of codes, with the scale that 127 as maximum gives
    image[:1] = 127
    return {"signed": image, "positive": np.abs(image), "negative": -np.abs(image), "zero": 0 * image}[kind]


@pytest.mark.parametrize("accumulator", [np.float32, np.float64])
@pytest.mark.parametrize("asymmetric", [False, True])
@pytest.mark.parametrize("kind", ["signed", "positive", "negative", "zero"])
@pytest.mark.parametrize("size", [0, 1, 7, 8, 1000, 32768, 70003])
def test_like_rows(kind: str, size: int, asymmetric: bool, accumulator: type) -> None:
    image = _image(kind, size)
    codes, scale = np.empty(size, accumulator), np.zeros((), np.float32)
    quantize_image(image, codes, scale, asymmetric=asymmetric)()
    want, scales = centred_rows(image.reshape(1, -1), asymmetric=asymmetric)
    np.testing.assert_array_equal(codes, want[0])
    assert scale == scales[0]
