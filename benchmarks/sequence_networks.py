"""A vision transformer and an unrolled LSTM, with the operators Keras' versions have after conversion."""

from __future__ import annotations

import math

import numpy as np
from seeded_builder import SeededBuilder

from delegant.core.build.builder import BuilderTensor


def vit(*, softmax: bool = True, seed: int = 0) -> bytes:
    """A small vision transformer (Dosovitskiy et al. 2020), 96x96x3 -> 10: 144 patches, 4 layers of 4 heads."""
    m = SeededBuilder(seed)
    image = m.input("input", (1, 96, 96, 3))
    x = m.reshape(m.conv(image, 128, 8, 8, padding="VALID"), (1, 144, 128))
    x = m.add(x, m.weights((1, 144, 128), 4))
    for _ in range(4):
        x = m.add(x, _attention(m, _layer_norm(m, x), heads=4))
        y = m.gelu(m.dense(_layer_norm(m, x), 256, keep_num_dims=True))
        x = m.add(x, m.dense(y, 128, keep_num_dims=True))
    x = m.mean(_layer_norm(m, x), [1])
    return m.finish(image, m.dense(x, 10), softmax=softmax)


def _layer_norm(m: SeededBuilder, x: BuilderTensor) -> BuilderTensor:
    """x * g - mean * g with g = gamma / sqrt(variance + 0.001), the form the converter leaves."""
    mean = m.mean(x, [-1], keep_dims=True)
    negative = m.op("NEG", [mean])
    variance = m.mean(m.binary("SQUARED_DIFFERENCE", x, mean), [-1], keep_dims=True)
    scale = m.op("RSQRT", [m.add(variance, m.scalar("epsilon", 1e-3))])
    gain = m.mul(scale, np.ones((1, 1, x.shape[-1]), np.float32))
    return m.add(m.mul(x, gain), m.mul(negative, gain))


def _attention(m: SeededBuilder, x: BuilderTensor, heads: int) -> BuilderTensor:
    batch, length, width = x.shape
    size = width // heads

    def split(permutation: list[int]) -> BuilderTensor:
        projected = m.dense(x, width, keep_num_dims=True)
        return m.transpose(m.reshape(projected, (batch, length, heads, size)), permutation)

    keys, queries = split([0, 2, 3, 1]), split([0, 2, 1, 3])
    scores = m.mul(m.batch_matmul(queries, keys), m.scalar("scale", 1 / math.sqrt(size)))
    mixed = m.batch_matmul(m.softmax(scores), split([0, 2, 1, 3]))
    mixed = m.reshape(m.transpose(mixed, [0, 2, 1, 3]), (batch, length, width))
    return m.dense(mixed, width, keep_num_dims=True)


def lstm_unrolled(*, softmax: bool = True, seed: int = 0) -> bytes:
    """An LSTM of 64 units unrolled over 28 steps of 28 features -> 10 (Hochreiter and Schmidhuber 1997)."""
    m = SeededBuilder(seed)
    sequence = m.input("input", (1, 28, 28))
    steps = m.unpack(m.reshape(sequence, (28, 1, 28)), 0)
    units = 64
    weights = m.constant("weights", m.weights((4 * units, 28), 28))
    recurrent = m.constant("recurrent_weights", m.weights((4 * units, units), units))
    bias = m.constant("bias", m.bias(4 * units))
    hidden = cell = None
    for step in steps:
        gates = m.fully_connected(step, weights, bias)
        if hidden is not None:
            gates = m.add(gates, m.fully_connected(hidden, recurrent))
        i, f, g, o = m.split(gates, 4, 1)
        fresh = m.mul(m.logistic(i), m.tanh(g))
        cell = fresh if cell is None else m.add(m.mul(m.logistic(f), cell), fresh)
        hidden = m.mul(m.logistic(o), m.tanh(cell))
    assert hidden is not None
    return m.finish(sequence, m.dense(hidden, 10), softmax=softmax)
