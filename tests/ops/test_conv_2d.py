"""CONV_2D against LiteRT's reference kernels."""
from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from ops import linear_cases as cases
from ops.harness import SEEDS, check_model, random_values, run_delegant

from delegant.core.build.builder import ModelBuilder
from delegant.core.schema import TensorType
from delegant.core.window import row_pairs

KINDS = [
    cases.FLOAT32, cases.HYBRID, cases.HYBRID_CHANNELS, cases.INT8, cases.INT8_CHANNELS, cases.INT8_INT4, cases.UINT8,
    cases.INT16, cases.INT16_TENSOR,
]
ACTIVATIONS = ("NONE", "RELU", "RELU6", "RELU_N1_TO_1")


def _check(kind: cases.Kind, rng: np.random.Generator, image: tuple[int, ...], filters: int, kernel: tuple[int, int],
           groups: int = 1, **options: object) -> None:
    model = ModelBuilder()
    weights = (filters, *kernel, image[3] // groups)
    operands = cases.make_operands(model, rng, kind, image, weights, 0)
    model.output(model.conv_2d(operands.source, operands.weights, operands.bias, **options, **operands.output))
    check_model(model, [operands.value])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_random_windows(kind: cases.Kind, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(4):
        size = rng.integers(5, 20, 2)
        _check(
            kind, rng, (int(rng.integers(1, 3)), int(size[0]), int(size[1]), int(rng.integers(1, 20))),
            int(rng.integers(1, 24)), (int(rng.integers(1, 5)), int(rng.integers(1, 5))),
            stride=tuple(int(n) for n in rng.integers(1, 4, 2)), padding=str(rng.choice(["SAME", "VALID"])),
            activation=str(rng.choice(ACTIVATIONS)),
        )


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_dilation(kind: cases.Kind, padding: str) -> None:
    _check(kind, np.random.default_rng(5), (1, 14, 11, 6), 5, (3, 2), dilation=(2, 3), padding=padding)


@pytest.mark.parametrize("kind", [cases.FLOAT32, cases.INT8_CHANNELS], ids=str)
def test_groups(kind: cases.Kind) -> None:
    _check(kind, np.random.default_rng(6), (2, 9, 7, 12), 9, (3, 3), groups=3, activation="RELU")


@pytest.mark.parametrize("kind", [cases.FLOAT32, cases.INT8_CHANNELS, cases.UINT8, cases.INT16], ids=str)
def test_pointwise_in_several_pieces(kind: cases.Kind) -> None:
    _check(kind, np.random.default_rng(7), (1, 40, 40, 64), 128, (1, 1), activation="RELU6")


@pytest.mark.parametrize("kind", [cases.FLOAT32, cases.HYBRID, cases.INT8_CHANNELS, cases.INT16], ids=str)
def test_sums_too_long_for_float32(kind: cases.Kind) -> None:
    _check(kind, np.random.default_rng(8), (1, 4, 4, 512), 8, (3, 3))


def test_weights_computed_by_the_graph() -> None:
    model = ModelBuilder()
    rng = np.random.default_rng(9)
    x, w = model.input("x", (1, 6, 6, 3)), model.input("w", (4, 3, 3, 3))
    model.output(model.conv_2d(x, w, random_values(rng, (4,), np.float32)))
    check_model(model, [random_values(rng, (1, 6, 6, 3), np.float32), random_values(rng, (4, 3, 3, 3), np.float32)])


def test_infinity_becomes_the_largest_float() -> None:
    model = ModelBuilder()
    x = model.input("x", (1, 1, 1, 1))
    model.output(model.conv_2d(x, np.full((1, 1, 1, 1), 1e30, np.float32), np.zeros(1, np.float32)))
    (out,) = check_model(model, [np.full((1, 1, 1, 1), 1e30, np.float32)])
    assert out.item() == np.finfo(np.float32).max


def test_channels_that_do_not_fit_are_named() -> None:
    model = ModelBuilder()
    x, w = model.input("picture", (1, 6, 6, 5)), model.constant("w", np.zeros((4, 3, 3, 3), np.float32))
    model.output(model.conv_2d(x, w, np.zeros(4, np.float32)))
    with pytest.raises(RuntimeError, match=r"5 channels does not fit 4 filters of 3 channels.*picture.*CONV_2D"):
        run_delegant(model.to_bytes(), [np.zeros((1, 6, 6, 5), np.float32)])


def test_types_that_do_not_fit_are_named() -> None:
    model = ModelBuilder()
    x, w = model.input("x", (1, 6, 6, 3), np.int32), model.constant("w", np.zeros((4, 3, 3, 3), np.float32))
    model.output(model.conv_2d(x, w, np.zeros(4, np.float32)))
    with pytest.raises(RuntimeError, match="INT32 inputs with FLOAT32 weights are not supported by CONV_2D"):
        run_delegant(model.to_bytes(), [np.zeros((1, 6, 6, 3), np.int32)])


@pytest.mark.parametrize("seed", SEEDS)
def test_16_bits_with_a_bias_of_32(seed: int) -> None:
    """`quantized_bias_type` makes the sums 32 bits wide, with two roundings."""
    model, rng = ModelBuilder(), np.random.default_rng(seed)
    operands = cases.make_operands(model, rng, cases.INT16, (1, 7, 7, 5), (6, 3, 3, 5), 0, with_bias=False)
    bias = model.constant("b", random_values(rng, (6,), np.int32), quantization=(0.001, 0))
    options = {"stride_h": 1, "stride_w": 1, "quantized_bias_type": TensorType.INT32}
    inputs = [operands.source, operands.weights, bias]
    model.output(model.op("CONV_2D", inputs, options, shape=(1, 7, 7, 6), version=8, **operands.output))
    check_model(model, [operands.value])


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize("shape", [(1, 25, 22, 16), (2, 26, 27, 20), (1, 180, 90, 24)], ids=str)
@pytest.mark.parametrize(("width", "stride", "dilation"), [(3, 1, 1), (4, 2, 1), (5, 1, 2)])
def test_three_rows_of_taps(
    shape: tuple[int, ...], width: int, stride: int, dilation: int, padding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind an activation, so that the input is known to be finite; odd and even heights, one piece and several."""
    seen = []
    monkeypatch.setattr(row_pairs.RowPairConvolution, "bind", _noting(seen, row_pairs.RowPairConvolution.bind))
    rng, model = np.random.default_rng(9), ModelBuilder()
    x = model.op("RELU6", [model.input("x", shape)])
    weights = rng.standard_normal((24, 3, width, shape[3])).astype(np.float32)
    bias = rng.standard_normal(24).astype(np.float32)
    model.output(model.conv_2d(
        x, weights, bias, stride=(1, stride), dilation=(1, dilation), padding=padding, activation="RELU",
    ))  # fmt: skip
    check_model(model, [3 * rng.standard_normal(shape).astype(np.float32)])
    assert len(seen) == 1


def _noting(seen: list[object], method: Callable[[object], None]) -> Callable[[object], None]:
    def noted(self: object) -> None:
        seen.append(self)
        method(self)

    return noted


@pytest.mark.parametrize("clamped", [False, True])
def test_infinite_inputs_of_three_rows_of_taps(clamped: bool) -> None:
    """Taken as they are, they become the largest float; an activation before makes them finite."""
    rng, model = np.random.default_rng(10), ModelBuilder()
    x = model.input("x", (1, 13, 13, 16))
    weights = np.abs(rng.standard_normal((16, 3, 3, 16))).astype(np.float32)
    model.output(model.conv_2d(model.op("RELU6", [x]) if clamped else x, weights, np.zeros(16, np.float32)))
    value = rng.standard_normal((1, 13, 13, 16)).astype(np.float32)
    value[0, 4:6, 4, 3] = np.inf
    check_model(model, [value])
