"""RANDOM_UNIFORM, RANDOM_STANDARD_NORMAL, MULTINOMIAL: LiteRT's own streams for given seeds."""
from __future__ import annotations

from math import prod

import numpy as np

from ..arithmetic.philox import Generator, to_unit_double, to_unit_float
from ..op import Bind, Op, Run
from ..preparation import dynamic, known_ints, options_of, positive_shape
from ..schema import RandomOptions
from .registry import kernel

_SMALLEST = np.float32(1e-7)
_SKIP_PER_SAMPLE = 256
"""Blocks a multinomial draw sets aside for each output, as TensorFlow does."""


def _generator(op: Op) -> Generator:
    options = options_of(op, RandomOptions)
    return Generator(options.seed, options.seed2)


@kernel("RANDOM_UNIFORM", "RANDOM_STANDARD_NORMAL")
def prepare(op: Op) -> Bind:
    requested = known_ints(op.input(0))
    if requested is None:
        return dynamic(op)
    op.output().resize(positive_shape(op, requested))
    generator, count = _generator(op), prod(requested)
    draw = _uniform if op.node.op == "RANDOM_UNIFORM" else _normal
    return lambda: lambda: np.copyto(op.output().array, draw(generator, count).reshape(requested))


def _uniform(generator: Generator, count: int) -> np.ndarray:
    return to_unit_float(generator.words(count))


def _normal(generator: Generator, count: int) -> np.ndarray:
    """Box-Muller: each pair of words gives a sine, then a cosine."""
    units = to_unit_float(generator.words(count + count % 2))
    radius = np.sqrt(np.float32(-2) * np.log(np.maximum(units[0::2], _SMALLEST)))
    angle = np.float32(2 * np.pi) * units[1::2]
    return np.stack([np.sin(angle) * radius, np.cos(angle) * radius], axis=1).reshape(-1)[:count]


@kernel("MULTINOMIAL")
def prepare_multinomial(op: Op) -> Bind:
    """Draw indices [batch, samples] with probabilities in proportion to exp(logits [batch, classes])."""
    logits, requested = op.input(0), known_ints(op.input(1))
    if requested is None:
        return dynamic(op)
    batches, samples = logits.shape[0], requested[0]
    op.output().resize((batches, samples))
    generator = _generator(op)

    def bind() -> Run:
        target = op.output().array

        def run() -> None:
            weights = logits.array.astype(np.float64)
            sums = np.exp(weights - weights.max(axis=1, keepdims=True)).cumsum(axis=1)
            words = generator.words(2 * batches * samples)
            points = to_unit_double(words).reshape(batches, samples) * sums[:, -1:]
            for row in range(batches):
                target[row] = np.searchsorted(sums[row], points[row], side="right")
            used = -(-2 * batches * samples // 4)
            generator.skip(batches * -(-samples // 4) * 4 * 2 * _SKIP_PER_SAMPLE - used)

        return run

    return bind
