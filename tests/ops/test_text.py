"""SKIP_GRAM and LSH_PROJECTION against LiteRT."""
from __future__ import annotations

import numpy as np
import pytest
from ops.harness import SEEDS, check_model

from delegant.core.arithmetic.fingerprint import fingerprint64
from delegant.core.build.builder import ModelBuilder

SPARSE, DENSE = 1, 2
TEXTS = [b"the quick brown fox jumps", b"one", b"", b" a leading space", b"two  spaces and an end ", b"a\tb\nc", b" x"]


@pytest.mark.parametrize("everything", [False, True])
@pytest.mark.parametrize(("size", "skip"), [(1, 0), (2, 0), (2, 2), (3, 1), (4, 3)])
@pytest.mark.parametrize("text", TEXTS)
def test_skip_gram(text: bytes, size: int, skip: int, everything: bool) -> None:
    model = ModelBuilder()
    options = {"ngram_size": size, "max_skip_size": skip, "include_all_ngrams": everything}
    model.output(model.op("SKIP_GRAM", [model.input("x", (1,), "string")], options, shape=(0,), dtype="string"))
    check_model(model, [np.array([text], np.bytes_)])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", [SPARSE, DENSE])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("width", [0, 1, 2, 3, 5, 9, 14, 16, 30, 33, 60, 100])
def test_lsh_projection(width: int, weighted: bool, kind: int, seed: int) -> None:
    """Item lengths reach every branch of the fingerprint: it hashes four bytes of the seed, then the item."""
    rng = np.random.default_rng(seed)
    model = ModelBuilder()
    items = rng.integers(-(2**31), 2**31, (3, width), np.int32) if width else rng.integers(-9, 9, (3,), np.int32)
    seeds = rng.standard_normal((4, 9)).astype(np.float32)
    operands = [model.constant("seeds", seeds), model.input("x", items.shape, "int32")]
    values = [items]
    if weighted:
        operands.append(model.input("w", (3,)))
        values.append(rng.standard_normal(3).astype(np.float32))
    shape = (4,) if kind == SPARSE else (36,)
    model.output(model.op("LSH_PROJECTION", operands, {"type": kind}, shape=shape, dtype="int32"))
    check_model(model, values)


@pytest.mark.parametrize("length", range(1, 12))
def test_lsh_projection_of_bytes(length: int) -> None:
    """Items of any number of bytes."""
    rng = np.random.default_rng(length)
    items = rng.integers(-128, 128, (2, length)).astype(np.int8)
    model = ModelBuilder()
    seeds = rng.standard_normal((3, 32)).astype(np.float32)
    operands = [model.constant("seeds", seeds), model.input("x", items.shape, "int8")]
    model.output(model.op("LSH_PROJECTION", operands, {"type": SPARSE}, shape=(3,), dtype="int32"))
    check_model(model, [items])


def test_fingerprints_differ() -> None:
    rng = np.random.default_rng(0)
    data = rng.integers(0, 256, 300, np.uint8).tobytes()
    assert len({fingerprint64(data[:n]) for n in range(301)}) == 301
    assert all(0 <= fingerprint64(data[:n]) < 2**64 for n in range(301))
