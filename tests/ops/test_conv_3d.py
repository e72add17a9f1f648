"""CONV_3D and CONV_3D_TRANSPOSE against LiteRT."""
from __future__ import annotations

import numpy as np
import pytest
from ops.harness import SEEDS, check_model, random_values

from delegant.core.build.builder import ModelBuilder
from delegant.core.schema import ActivationFunctionType, Padding
from delegant.core.window.geometry import window_axis


@pytest.mark.parametrize("padding", [Padding.SAME, Padding.VALID])
@pytest.mark.parametrize("seed", SEEDS)
def test_conv_3d(seed: int, padding: Padding) -> None:
    model, rng = ModelBuilder(), np.random.default_rng(seed)
    sizes, kernel, strides = ((int(v) for v in rng.integers(low, high, 3)) for low, high in ((5, 9), (1, 4), (1, 3)))
    sizes, kernel, strides = tuple(sizes), tuple(kernel), tuple(strides)
    x = model.input("x", (2, *sizes, 3))
    w = model.constant("w", random_values(rng, (*kernel, 3, 5), np.float32))
    b = model.constant("b", random_values(rng, (5,), np.float32))
    out = [window_axis(n, k, s, 1, padding).out for n, k, s in zip(sizes, kernel, strides, strict=True)]
    options = {
        "padding": padding, "stride_d": strides[0], "stride_h": strides[1], "stride_w": strides[2],
        "fused_activation_function": ActivationFunctionType.RELU6,
    }
    model.output(model.op("CONV_3D", [x, w, b], options, shape=(2, *out, 5)))
    check_model(model, [random_values(rng, (2, *sizes, 3), np.float32)])


@pytest.mark.parametrize("padding", [Padding.SAME, Padding.VALID])
@pytest.mark.parametrize("seed", SEEDS)
def test_conv_3d_transpose(seed: int, padding: Padding) -> None:
    model, rng = ModelBuilder(), np.random.default_rng(seed)
    sizes = tuple(int(v) for v in rng.integers(2, 6, 3))
    kernel = tuple(int(v) for v in rng.integers(1, 4, 3))
    strides = tuple(int(v) for v in rng.integers(1, 3, 3))
    grow = [max(k - s, 0) if padding == Padding.VALID else 0 for k, s in zip(kernel, strides, strict=True)]
    out = (2, *(n * s + g for n, s, g in zip(sizes, strides, grow, strict=True)), 4)
    shape = model.constant("shape", np.array(out, np.int32))
    w = model.constant("w", random_values(rng, (*kernel, 4, 3), np.float32))
    x = model.input("x", (2, *sizes, 3))
    b = model.constant("b", random_values(rng, (4,), np.float32))
    options = {"padding": padding, "stride_d": strides[0], "stride_h": strides[1], "stride_w": strides[2]}
    model.output(model.op("CONV_3D_TRANSPOSE", [shape, w, x, b], options, shape=out, dtype="float32"))
    check_model(model, [random_values(rng, (2, *sizes, 3), np.float32)])
