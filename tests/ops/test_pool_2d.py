"""AVERAGE_POOL_2D, MAX_POOL_2D and L2_POOL_2D against LiteRT's reference kernels."""
from __future__ import annotations

import numpy as np
import pytest
from ops.harness import SEEDS, check_model, random_values

from delegant.core.builder import ModelBuilder
from delegant.core.schema import ActivationFunctionType, Padding

TYPES = [np.float32, np.int8, np.uint8, np.int16]
OPS = [(op, dtype) for op in ("AVERAGE_POOL_2D", "MAX_POOL_2D") for dtype in TYPES] + [("L2_POOL_2D", np.float32)]


def _check(op: str, dtype: type, rng: np.random.Generator, image: tuple[int, ...], kernel: tuple[int, int],
           stride: tuple[int, int], padding: Padding, activation: str = "NONE") -> None:
    model = ModelBuilder()
    quantization = None if dtype == np.float32 else (0.03, 0 if dtype == np.int16 else 5)
    x = model.input("x", image, dtype, quantization=quantization)
    options = {
        "padding": padding, "stride_h": stride[0], "stride_w": stride[1], "filter_height": kernel[0],
        "filter_width": kernel[1], "fused_activation_function": ActivationFunctionType[activation],
    }
    model.output(model.op(op, [x], options, quantization=quantization))
    check_model(model, [random_values(rng, image, dtype)])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("op, dtype", OPS)
def test_random_windows(op: str, dtype: type, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(5):
        sizes = rng.integers([1, 6, 6, 1, 1, 1, 1, 1], [3, 20, 20, 9, 6, 6, 4, 4])
        n, h, w, c, kh, kw, sh, sw = (int(v) for v in sizes)
        padding = Padding(int(rng.integers(2)))
        _check(op, dtype, rng, (n, h, w, c), (kh, kw), (sh, sw), padding, str(rng.choice(["NONE", "RELU", "RELU6"])))


@pytest.mark.parametrize("op, dtype", OPS)
def test_whole_image(op: str, dtype: type) -> None:
    _check(op, dtype, np.random.default_rng(5), (1, 7, 7, 320), (7, 7), (1, 1), Padding.VALID)
