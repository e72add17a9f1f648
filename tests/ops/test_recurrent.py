"""UNIDIRECTIONAL_SEQUENCE_LSTM and SVDF against LiteRT's reference kernels, over several invocations."""
from __future__ import annotations

import numpy as np
import pytest
from ops.harness import SEEDS, assert_close
from oracle import run_litert
from recurrent_models import (
    RELU,
    VARIANTS,
    Lstm,
    Variant,
    bidirectional_lstm,
    bidirectional_rnn,
    diagonal_lstm,
    lstm_of_8_bit_products,
    rnn,
    svdf,
    with_auxiliary_input,
)

from delegant.core.build.builder import ModelBuilder
from delegant.core.interpreter import Interpreter

STEPS = 3


def _check(
    model: ModelBuilder, shape: tuple[int, ...], dtype: str, rng: np.random.Generator, tolerance: float,
    resolver: str = "BUILTIN_REF",
) -> None:  # fmt: skip
    """State must carry over: compare the last of several invocations."""
    data = model.to_bytes()
    values = [
        rng.standard_normal(shape).astype(np.float32) if dtype == "float32"
        else rng.integers(-128, 128, shape).astype(np.int8)
        for _ in range(STEPS)
    ]
    expected = run_litert(data, [values[-1]], pre=[[v] for v in values[:-1]], resolver=resolver)
    interpreter = Interpreter(model_content=data)
    interpreter.allocate_tensors()
    for value in values:
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], value)
        interpreter.invoke()
    for detail, theirs in zip(interpreter.get_output_details(), expected, strict=True):
        assert_close(interpreter.get_tensor(detail["index"]), theirs, tolerance)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("variant", VARIANTS, ids=str)
@pytest.mark.parametrize("kind", ["float32", "hybrid", "int8"])
def test_lstm(kind: str, variant: Variant, seed: int) -> None:
    rng = np.random.default_rng(seed)
    lstm = Lstm(kind, variant, rng)
    model = lstm.build(asymmetric=bool(rng.integers(2)) and kind == "hybrid", clip=float(rng.choice([0.0, 1.5])))
    _check(model, (2, 3, lstm.depth), "int8" if kind == "int8" else "float32", rng, 1e-5)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", ["float32", "hybrid", "int8"])
def test_svdf(kind: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for rank in (1, 2):
        _check(*svdf(kind, rng, rank, RELU), "int8" if kind == "int8" else "float32", rng, 1e-5)


@pytest.mark.parametrize("kind", ["float32", "hybrid"])
@pytest.mark.parametrize("op", ["RNN", "UNIDIRECTIONAL_SEQUENCE_RNN"])
def test_rnn(op: str, kind: str) -> None:
    _check(*rnn(op, kind), "float32", np.random.default_rng(9), 1e-5)


@pytest.mark.parametrize("merged", [False, True])
def test_bidirectional_rnn(merged: bool) -> None:
    """In floats; with integer weights and no auxiliary input LiteRT reads memory that it never set."""
    _check(*bidirectional_rnn(merged), "float32", np.random.default_rng(10), 1e-5)


@pytest.mark.parametrize(("time_major", "merged"), [(True, False), (True, True), (False, False)])
@pytest.mark.parametrize("kind", ["float32", "hybrid"])
@pytest.mark.parametrize("variant", [Variant(), Variant(cifg=True, peephole=True, projection=True)], ids=str)
def test_bidirectional_lstm(variant: Variant, kind: str, time_major: bool, merged: bool) -> None:
    """Not merged with the batch first: there LiteRT finds the states at the wrong offsets."""
    _check(*bidirectional_lstm(variant, kind, time_major, merged), "float32", np.random.default_rng(11), 1e-5)


@pytest.mark.parametrize("kind", ["float32", "hybrid"])
def test_diagonal_recurrent_weights(kind: str) -> None:
    resolver = "BUILTIN_WITHOUT_DEFAULT_DELEGATES"
    _check(*diagonal_lstm(kind), "float32", np.random.default_rng(12), 1e-5, resolver=resolver)


AUXILIARY = [
    ("RNN", "float32", True, True), ("RNN", "float32", True, False), ("RNN", "float32", False, True),
    ("RNN", "hybrid", True, False), *(("LSTM", kind, linked, time_major) for kind in ("float32", "hybrid")
                                      for linked in (True, False) for time_major in (True, False)),
]  # fmt: skip


@pytest.mark.parametrize(("op", "kind", "linked", "time_major"), AUXILIARY)
def test_auxiliary_input(op: str, kind: str, linked: bool, time_major: bool) -> None:
    """With weights (linked) it adds to both cells, without it is what the backward cell reads.

    It is as wide as the input: where time comes first LiteRT's RNN walks it in the input's steps. With the batch first
    that reads the input instead where nothing is linked, and with integer weights it runs a sequence of t steps t
    times where time comes first, and reads memory that it never set where nothing is linked.
    """
    _check(*with_auxiliary_input(op, kind, linked, time_major), "float32", np.random.default_rng(13), 1e-5)


@pytest.mark.parametrize("seed", SEEDS)
def test_lstm_of_8_bit_products(seed: int) -> None:
    _check(*lstm_of_8_bit_products(seed), "int8", np.random.default_rng(seed), 0)
