"""RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR against LiteRT's reference kernels."""
from __future__ import annotations

import numpy as np
import pytest
from ops.harness import SEEDS, check_model, random_values

from delegant.core.build.builder import ModelBuilder

MODES = [{}, {"align_corners": True}, {"half_pixel_centers": True}]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("mode", MODES, ids=lambda mode: next(iter(mode), "plain"))
@pytest.mark.parametrize("dtype", ["float32", "uint8", "int8", "int16"])
@pytest.mark.parametrize("op", ["RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR"])
def test_resize(op: str, dtype: str, mode: dict[str, bool], seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(5):
        h, w, out_h, out_w = (int(n) for n in rng.integers(1, 12, 4))
        model = ModelBuilder()
        params = None if dtype == "float32" else (0.1, 0)
        x = model.input("x", (2, h, w, 3), dtype, quantization=params)
        inputs = [x, model.constant("size", np.array([out_h, out_w], np.int32))]
        model.output(model.op(op, inputs, mode, shape=(2, out_h, out_w, 3), quantization=params))
        check_model(model, [random_values(rng, (2, h, w, 3), dtype)])
