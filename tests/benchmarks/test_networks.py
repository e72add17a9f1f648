"""The benchmark networks: their operators, and that LiteRT runs them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from oracle import run_litert

from delegant.core.model.reader import read_model
from delegant.core.schema import operator_name

Networks = dict[str, Callable[..., bytes]]


@pytest.fixture(scope="module")
def networks() -> Any:
    folder = Path(__file__).resolve().parents[2] / "benchmarks"
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        import networks

        yield networks.NETWORKS


def operators(data: bytes) -> Counter[str]:
    model = read_model(data)
    return Counter(operator_name(model.operator_codes[op.opcode_index]) for op in model.subgraphs[0].operators)


EXPECTED = {  # without the softmax; the shape of the output; operators, as in Keras' models after conversion
    "mobilenet_v1": ((1, 1000), {"CONV_2D": 15, "DEPTHWISE_CONV_2D": 13, "MEAN": 1, "RESHAPE": 1}),
    "mobilenet_v2": ((1, 1000), {"CONV_2D": 35, "DEPTHWISE_CONV_2D": 17, "ADD": 10, "MEAN": 1, "FULLY_CONNECTED": 1}),
    "mobilenet_v3_small": (
        (1, 1000),
        {"CONV_2D": 43, "DEPTHWISE_CONV_2D": 11, "HARD_SWISH": 19, "MEAN": 10, "MUL": 19, "ADD": 7, "RESHAPE": 1},
    ),
    "efficientnet_b0": (
        (1, 1000),
        {"CONV_2D": 65, "DEPTHWISE_CONV_2D": 16, "LOGISTIC": 65, "MUL": 65, "MEAN": 17, "ADD": 9, "FULLY_CONNECTED": 1},
    ),
    "unet": (
        (1, 128, 128, 4),
        {"CONV_2D": 15, "MAX_POOL_2D": 3, "TRANSPOSE_CONV": 2, "CONCATENATION": 3, "RESIZE_BILINEAR": 1},
    ),
    "lstm_unrolled": (
        (1, 10),
        {"RESHAPE": 1, "UNPACK": 1, "FULLY_CONNECTED": 56, "SPLIT": 28, "ADD": 54, "MUL": 83, "LOGISTIC": 83,
         "TANH": 56},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPECTED)
def test_operators_and_shape(networks: Networks, name: str) -> None:
    data = networks[name](softmax=False)
    shape, expected = EXPECTED[name]
    assert operators(data) == expected
    model = read_model(data)
    size = model.subgraphs[0].tensors[model.subgraphs[0].inputs[0]].shape
    image = np.random.default_rng(0).uniform(-1, 1, size).astype(np.float32)
    (result,) = run_litert(data, [image], "BUILTIN")
    assert result.shape == shape
    assert 0.01 < result.std() < 100  # the signal neither dies nor explodes


@pytest.mark.parametrize("name", ["resnet_50", "inception_v3", "vit"])
def test_large_networks_run(networks: Networks, name: str) -> None:
    data = networks[name]()
    model = read_model(data)
    size = model.subgraphs[0].tensors[model.subgraphs[0].inputs[0]].shape
    (result,) = run_litert(data, [np.zeros(size, np.float32)], "BUILTIN")
    assert result.sum() == pytest.approx(1.0, abs=1e-4)


def test_the_same_seed_gives_the_same_file(networks: Networks) -> None:
    first = networks["lstm_unrolled"](seed=1)
    assert networks["lstm_unrolled"](seed=1) == first
    assert networks["lstm_unrolled"](seed=2) != first


def test_the_softmax_is_optional(networks: Networks) -> None:
    assert operators(networks["unet"]())["SOFTMAX"] == 1
    assert operators(networks["unet"](softmax=False))["SOFTMAX"] == 0


@pytest.mark.suites
@pytest.mark.parametrize("name", ["mobilenet_v1", "mobilenet_v2", "mobilenet_v3_small", "efficientnet_b0", "unet"])
def test_same_operators_as_the_converted_network(networks: Networks, suites: Path, name: str) -> None:
    folder = suites.parent / "bench-models"
    files = {
        "mobilenet_v1": "mobilenet_v1_224_int8", "mobilenet_v2": "mobilenet_v2_224_dynrange",
        "mobilenet_v3_small": "mobilenet_v3_small_224_int8", "efficientnet_b0": "efficientnet_b0_224_int8",
        "unet": "unet_128_float32",
    }  # fmt: skip
    path = folder / f"{files[name]}.tflite"
    if not path.exists():
        pytest.skip(f"{path.name} is not beside the frozen test data")
    converted = operators(path.read_bytes())
    for only_quantized in ("QUANTIZE", "DEQUANTIZE"):
        converted.pop(only_quantized, None)
    assert operators(networks[name](softmax=converted["SOFTMAX"] > 0)) == converted
