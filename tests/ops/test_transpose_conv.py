"""TRANSPOSE_CONV against LiteRT's reference kernels."""
from __future__ import annotations

import numpy as np
import pytest
from ops import linear_cases as cases
from ops.harness import SEEDS, check_model

from delegant.core.build.builder import ModelBuilder

KINDS = [cases.FLOAT32, cases.HYBRID_CHANNELS, cases.INT8, cases.INT8_CHANNELS, cases.UINT8, cases.INT16]


def _check(kind: cases.Kind, seed: int, image: tuple[int, ...], filters: int, kernel: tuple[int, int],
           **options: object) -> None:
    model, rng = ModelBuilder(), np.random.default_rng(seed)
    operands = cases.make_operands(model, rng, kind, image, (filters, *kernel, image[3]), 0)
    out = model.transpose_conv(
        operands.source, operands.weights, operands.bias, version=4, **options, **operands.output
    )
    model.output(out)
    check_model(model, [operands.value])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_random_windows(kind: cases.Kind, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(4):
        n, h, w, c, filters, kh, kw, sh, sw = (
            int(v) for v in rng.integers([1, 2, 2, 1, 1, 1, 1, 1, 1], [3, 9, 9, 12, 12, 5, 5, 4, 4])
        )
        _check(
            kind, seed, (n, h, w, c), filters, (kh, kw), stride=(sh, sw), padding=str(rng.choice(["SAME", "VALID"])),
            activation=str(rng.choice(["NONE", "RELU", "RELU6"])),
        )
