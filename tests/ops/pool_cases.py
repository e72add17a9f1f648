"""Models of one pool over random windows, for the tests of the three pools."""
from __future__ import annotations

from typing import Any

import numpy as np
from ops.harness import check_model, random_values

from delegant.core.build.builder import ModelBuilder
from delegant.core.schema import ActivationFunctionType, Padding

ACTIVATIONS = ("NONE", "RELU", "RELU6")


def check_pool(
    op: str, dtype: Any, rng: np.random.Generator, image: tuple[int, ...], kernel: tuple[int, int],
    stride: tuple[int, int], padding: Padding, activation: str = "NONE",
) -> None:
    """One pool on one image, against LiteRT."""
    model = ModelBuilder()
    quantization = None if dtype == np.float32 else (0.03, 0 if dtype == np.int16 else 5)
    x = model.input("x", image, dtype, quantization=quantization)
    options = {
        "padding": padding, "stride_h": stride[0], "stride_w": stride[1], "filter_height": kernel[0],
        "filter_width": kernel[1], "fused_activation_function": ActivationFunctionType[activation],
    }
    model.output(model.op(op, [x], options, quantization=quantization))
    check_model(model, [random_values(rng, image, dtype)])


def check_random_pools(op: str, dtype: Any, seed: int) -> None:
    """Five pools with random windows, strides, padding and activation."""
    rng = np.random.default_rng(seed)
    for _ in range(5):
        sizes = rng.integers([1, 6, 6, 1, 1, 1, 1, 1], [3, 20, 20, 9, 6, 6, 4, 4])
        n, h, w, c, kh, kw, sh, sw = (int(v) for v in sizes)
        padding = Padding(int(rng.integers(2)))
        check_pool(op, dtype, rng, (n, h, w, c), (kh, kw), (sh, sw), padding, str(rng.choice(ACTIVATIONS)))


def check_whole_image(op: str, dtype: Any) -> None:
    """A pool over all of a many-channel image."""
    check_pool(op, dtype, np.random.default_rng(5), (1, 7, 7, 320), (7, 7), (1, 1), Padding.VALID)
