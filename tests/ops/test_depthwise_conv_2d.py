"""DEPTHWISE_CONV_2D against LiteRT's reference kernels."""
from __future__ import annotations

import numpy as np
import pytest
from ops import linear_cases as cases
from ops.harness import SEEDS, check_model

from delegant.core.build.builder import ModelBuilder

KINDS = [
    cases.FLOAT32, cases.HYBRID_CHANNELS, cases.INT8, cases.INT8_CHANNELS, cases.INT8_INT4, cases.UINT8, cases.INT16,
]
ACTIVATIONS = ("NONE", "RELU", "RELU6", "RELU_N1_TO_1")


def _check(kind: cases.Kind, seed: int, image: tuple[int, ...], kernel: tuple[int, int], multiplier: int = 1,
           **options: object) -> None:
    model, rng = ModelBuilder(), np.random.default_rng(seed)
    operands = cases.make_operands(model, rng, kind, image, (1, *kernel, image[3] * multiplier), 3)
    out = model.depthwise_conv_2d(operands.source, operands.weights, operands.bias, **options, **operands.output)
    model.output(out)
    check_model(model, [operands.value])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_random_windows(kind: cases.Kind, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(4):
        size = rng.integers(5, 20, 2)
        _check(
            kind, seed, (int(rng.integers(1, 3)), int(size[0]), int(size[1]), int(rng.integers(2, 20))),
            (int(rng.integers(1, 5)), int(rng.integers(1, 5))), int(rng.integers(1, 4)),
            stride=(int(rng.integers(1, 4)),) * 2, padding=str(rng.choice(["SAME", "VALID"])),
            activation=str(rng.choice(ACTIVATIONS)),
        )


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize("dilation", [2, 3])
@pytest.mark.parametrize("kind", [cases.FLOAT32, cases.INT8_CHANNELS, cases.UINT8], ids=str)
def test_dilation(kind: cases.Kind, dilation: int, padding: str) -> None:
    _check(kind, 5, (1, 14, 11, 6), (3, 2), dilation=dilation, padding=padding)


@pytest.mark.parametrize("stride", [2, 3])
@pytest.mark.parametrize("dilation", [2, 3, 4])
def test_dilation_and_stride(dilation: int, stride: int) -> None:
    _check(cases.FLOAT32, 6, (1, 23, 21, 3), (3, 3), stride=stride, dilation=dilation)


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("stride", [1, 2])
def test_in_several_pieces(kind: cases.Kind, stride: int) -> None:
    _check(kind, 7, (1, 33, 150, 40), (3, 3), stride=stride, activation="RELU6")
