"""Smallest models of docs/litert-differences.md on which LiteRT is wrong: what it gives, and what is right."""
from __future__ import annotations

import numpy as np
import pytest
from ops.harness import run_delegant
from oracle import run_litert

from delegant.core.builder import ModelBuilder

RESOLVERS = ("BUILTIN_REF", "BUILTIN_WITHOUT_DEFAULT_DELEGATES")


@pytest.mark.parametrize("resolver", RESOLVERS)
def test_prelu_reads_int16_slopes_as_bytes(resolver: str) -> None:
    model, codes = ModelBuilder(), (0.5, 0)
    x = model.input("x", (1, 3), "int16", quantization=codes)
    slopes = model.constant("slopes", np.array([1, 2, 3], np.int16), quantization=codes)
    model.output(model.op("PRELU", [x, slopes], quantization=codes))
    value = np.full((1, 3), -100, np.int16)
    assert run_litert(model.to_bytes(), [value], resolver)[0].tolist() == [[-50, 0, -100]]
    assert run_delegant(model.to_bytes(), [value])[0].tolist() == [[-50, -100, -150]]


@pytest.mark.parametrize("resolver", RESOLVERS)
def test_broadcast_moves_bytes_of_two_codes(resolver: str) -> None:
    model = ModelBuilder()
    x, shape = model.input("x", (1, 3), "int4"), model.constant("shape", np.array([2, 3], np.int32))
    model.output(model.op("BROADCAST_TO", [x, shape], shape=(2, 3), version=4))
    value = np.array([[1, 2, 3]], np.int8)
    assert run_litert(model.to_bytes(), [value], resolver)[0].tolist() != [[1, 2, 3], [1, 2, 3]]
    assert run_delegant(model.to_bytes(), [value])[0].tolist() == [[1, 2, 3], [1, 2, 3]]


def test_fake_quant_of_other_types_is_refused() -> None:
    model = ModelBuilder()
    model.output(model.op("FAKE_QUANT", [model.input("x", (2,), "int8")], {"min": 0.0, "max": 1.0, "num_bits": 8}))
    with pytest.raises(RuntimeError, match="INT8 of x is not supported by FAKE_QUANT"):
        run_delegant(model.to_bytes(), [np.zeros(2, np.int8)])
