"""REVERSE_SEQUENCE against LiteRT."""
from __future__ import annotations

import numpy as np
import pytest
from ops.harness import SEEDS, check_model, random_values, run_delegant

from delegant.core.build.builder import ModelBuilder


def _model(shape: tuple[int, ...], dtype: str, seq_dim: int, batch_dim: int, lengths: str) -> ModelBuilder:
    model = ModelBuilder()
    operands = [model.input("x", shape, dtype), model.input("lengths", (shape[batch_dim],), lengths)]
    model.output(model.op("REVERSE_SEQUENCE", operands, {"seq_dim": seq_dim, "batch_dim": batch_dim}))
    return model


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("dtype", ["float32", "uint8", "int16", "int32", "int64"])
@pytest.mark.parametrize(
    ("shape", "seq_dim", "batch_dim"), [((3, 5, 2), 1, 0), ((4, 3), 0, 1), ((2, 3, 4, 5), 3, 1), ((5, 2, 3, 2), 0, 2)]
)
def test_reverse_sequence(shape: tuple[int, ...], seq_dim: int, batch_dim: int, dtype: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    kind = ("int32", "int64")[seed % 2]
    lengths = rng.integers(0, shape[seq_dim], shape[batch_dim], endpoint=True).astype(kind)
    check_model(_model(shape, dtype, seq_dim, batch_dim, kind), [random_values(rng, shape, dtype), lengths])


def test_a_length_beyond_the_tensor_is_refused() -> None:
    with pytest.raises(RuntimeError):
        run_delegant(_model((2, 3), "float32", 1, 0, "int32").to_bytes(),
                     [np.zeros((2, 3), np.float32), np.array([1, 4], np.int32)])
