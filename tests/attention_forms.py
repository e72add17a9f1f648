"""Attention as exporters write it: graphs of products, scales, masks and a softmax, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from delegant.core.build.builder import ModelBuilder
from delegant.core.build.builder_base import BuilderTensor

Form = Callable[[ModelBuilder], BuilderTensor]
Tensor = BuilderTensor
LOWEST = np.finfo(np.float32).min
QUERIES, KEYS, SIZE, HEADS = 9, 13, 8, 3
WIDTH = HEADS * SIZE
SCALE = np.float32(SIZE**-0.5)
SPLIT, KEYS_DOWN, SWAPPED = [0, 2, 1, 3], [0, 2, 3, 1], [0, 1, 3, 2]
CAUSAL = np.where(np.arange(KEYS) <= np.arange(QUERIES)[:, None], 0, LOWEST).astype(np.float32)
"""The second query sees two keys, the first one."""
UNSEEING = np.where(np.arange(QUERIES)[:, None] == 4, -1e9, CAUSAL).astype(np.float32)
"""With a query that sees no key, and so all alike."""


def inputs(g: ModelBuilder, batch: int = 2, heads: tuple[int, ...] = (HEADS,), size: int = SIZE) -> list[Tensor]:
    """q, k and v, with the matrix of a head in the last two axes."""
    rows = {"q": QUERIES, "k": KEYS, "v": KEYS}
    return [g.input(name, (batch, *heads, count, size)) for name, count in rows.items()]


def mixed(g: ModelBuilder, scores: Tensor, v: Tensor) -> Tensor:
    return g.batch_matmul(g.softmax(scores), v)


# --- scores


def plain(g: ModelBuilder) -> Tensor:
    q, k, v = inputs(g)
    return mixed(g, g.batch_matmul(q, k, adj_y=True), v)


def with_keys_transposed(g: ModelBuilder) -> Tensor:
    q, k, v = inputs(g)
    return mixed(g, g.mul(g.batch_matmul(q, g.transpose(k, SWAPPED)), SCALE), v)


def with_keys_given_transposed(g: ModelBuilder) -> Tensor:
    q, v = inputs(g)[::2]
    return mixed(g, g.batch_matmul(q, g.input("turned", (2, HEADS, SIZE, KEYS))), v)


def with_all_given_transposed(g: ModelBuilder) -> Tensor:
    q, k, v = (g.transpose(x, SWAPPED) for x in inputs(g))
    return g.batch_matmul(g.softmax(g.batch_matmul(q, k, adj_x=True)), v, adj_y=True)


def divided(g: ModelBuilder) -> Tensor:
    q, k, v = inputs(g)
    return mixed(g, g.div(g.batch_matmul(q, k, adj_y=True), np.float32(SIZE**0.5)), v)


def with_a_temperature(g: ModelBuilder) -> Tensor:
    q, k, v = inputs(g)
    return g.batch_matmul(g.softmax(g.batch_matmul(q, k, adj_y=True), beta=0.25), v)


def with_scaled_queries(g: ModelBuilder) -> Tensor:
    q, k, v = inputs(g)
    return mixed(g, g.batch_matmul(g.mul(q, SCALE), k, adj_y=True), v)


def with_both_scaled(g: ModelBuilder) -> Tensor:
    q, k, v = inputs(g)
    q, k = (g.mul(x, np.float32(SIZE**-0.25)) for x in (q, k))
    return mixed(g, g.batch_matmul(q, g.transpose(k, SWAPPED)), v)


def with_scaled_values(g: ModelBuilder) -> Tensor:
    q, k, v = inputs(g)
    return mixed(g, g.batch_matmul(q, k, adj_y=True), g.mul(v, SCALE))


def with_more_behind(g: ModelBuilder) -> Tensor:
    q, k, v = inputs(g)
    return g.add(mixed(g, g.batch_matmul(q, k, adj_y=True), v), q)


# --- masks


def masked(g: ModelBuilder, mask: Tensor | np.ndarray, first: bool = False) -> Tensor:
    q, k, v = inputs(g)
    scores = g.mul(g.batch_matmul(q, k, adj_y=True), SCALE)
    return mixed(g, g.add(mask, scores) if first else g.add(scores, mask), v)


def with_a_constant_mask(g: ModelBuilder) -> Tensor:
    return masked(g, UNSEEING[None, None])


def with_an_infinite_mask(g: ModelBuilder) -> Tensor:
    return masked(g, np.where(UNSEEING < 0, -np.inf, 0).astype(np.float32))


def with_a_mask(g: ModelBuilder) -> Tensor:
    return masked(g, g.input("mask", (2, 1, QUERIES, KEYS)))


def with_a_mask_for_each_head(g: ModelBuilder) -> Tensor:
    return masked(g, g.input("mask", (2, HEADS, QUERIES, KEYS)), first=True)


def with_a_mask_of_keys(g: ModelBuilder) -> Tensor:
    return masked(g, g.input("mask", (2, 1, 1, KEYS)))


def with_masks_of_heads_and_of_windows(g: ModelBuilder) -> Tensor:
    """Constants, one before and one after windows get an axis of their own, as in Swin transformers."""
    q, k, v = inputs(g)
    random = np.random.default_rng(1)
    scores = g.mul(g.batch_matmul(q, k, adj_y=True), SCALE)
    scores = g.add(scores, random.standard_normal((1, HEADS, QUERIES, KEYS)).astype(np.float32))
    scores = g.reshape(scores, (1, 2, HEADS, QUERIES, KEYS))
    unseen = random.random((1, 2, 1, QUERIES, KEYS)) < 0.3
    scores = g.add(scores, np.where(unseen, LOWEST, 0).astype(np.float32))
    return mixed(g, g.reshape(scores, (2, HEADS, QUERIES, KEYS)), v)


def with_a_mask_subtracted_and_scaled(g: ModelBuilder) -> Tensor:
    q, k, v = inputs(g)
    scores = g.sub(g.batch_matmul(q, k, adj_y=True), g.input("mask", (QUERIES, KEYS)))
    return mixed(g, g.mul(scores, SCALE), v)


# --- heads


def apart(g: ModelBuilder, x: Tensor, order: list[int] = SPLIT) -> Tensor:
    """[batch, row, column of all heads] with its heads apart."""
    return g.transpose(g.reshape(x, (x.shape[0], x.shape[1], HEADS, x.shape[2] // HEADS)), order)


def beside(g: ModelBuilder, x: Tensor) -> Tensor:
    """Heads side by side again."""
    batch, _, rows, size = x.shape
    return g.reshape(g.transpose(x, SPLIT), (batch, rows, HEADS * size))


def with_heads_split(g: ModelBuilder, size: int = SIZE) -> Tensor:
    q, k, v = inputs(g, heads=(), size=HEADS * size)
    scores = g.mul(g.batch_matmul(apart(g, q), apart(g, k, KEYS_DOWN)), SCALE)
    return beside(g, mixed(g, scores, apart(g, v)))


def with_odd_heads_split(g: ModelBuilder) -> Tensor:
    return with_heads_split(g, 6)


def with_heads_in_the_batch(g: ModelBuilder) -> Tensor:
    q, k, v = (g.reshape(apart(g, x), (2 * HEADS, x.shape[1], SIZE)) for x in inputs(g, heads=(), size=WIDTH))
    scores = g.reshape(g.batch_matmul(q, k, adj_y=True), (2, HEADS, QUERIES, KEYS))
    scores = g.reshape(g.add(scores, CAUSAL), (2 * HEADS, QUERIES, KEYS))
    return beside(g, g.reshape(mixed(g, scores, v), (2, HEADS, QUERIES, SIZE)))


def of_one_tensor(g: ModelBuilder, parts: Callable[[Tensor], list[Tensor]]) -> Tensor:
    q, k, v = parts(g.input("x", (2, KEYS, 3 * WIDTH)))
    return beside(g, mixed(g, g.mul(g.batch_matmul(q, k, adj_y=True), SCALE), v))


def with_one_tensor_split(g: ModelBuilder) -> Tensor:
    return of_one_tensor(g, lambda x: [apart(g, part) for part in g.split(x, 3, 2)])


def with_one_tensor_unpacked(g: ModelBuilder) -> Tensor:
    turned = [2, 0, 3, 1, 4]
    return of_one_tensor(
        g, lambda x: g.unpack(g.transpose(g.reshape(x, (2, KEYS, 3, HEADS, SIZE)), turned), 0)
    )


def of_itself(g: ModelBuilder) -> Tensor:
    x = g.input("x", (2, KEYS, SIZE))
    return mixed(g, g.batch_matmul(x, x, adj_y=True), x)


def with_keys_for_all(g: ModelBuilder) -> Tensor:
    q, *_ = inputs(g)
    k, v = (g.input(name, (1, 1, KEYS, SIZE)) for name in "ab")
    return mixed(g, g.batch_matmul(q, k, adj_y=True), v)


def with_keys_for_groups(g: ModelBuilder) -> Tensor:
    """Two heads of queries for each head of keys, which is repeated."""
    q = g.transpose(g.input("q", (1, QUERIES, 2 * HEADS, SIZE)), SPLIT)

    def repeated(x: Tensor) -> Tensor:
        shape = (1, HEADS, 2, KEYS, SIZE)
        operands = [g.reshape(x, (1, HEADS, 1, KEYS, SIZE)), g.constant("shape", np.int32(shape))]
        spread = g.op("BROADCAST_TO", operands, shape=shape, version=2)
        return g.reshape(spread, (1, 2 * HEADS, KEYS, SIZE))

    k, v = (repeated(g.transpose(g.input(name, (1, KEYS, HEADS, SIZE)), SPLIT)) for name in "ab")
    return mixed(g, g.batch_matmul(q, k, adj_y=True), v)


def without_a_batch(g: ModelBuilder) -> Tensor:
    q, k, v = (g.input(name, (rows, SIZE)) for name, rows in (("q", QUERIES), ("k", KEYS), ("v", KEYS)))
    scores = g.mul(g.fully_connected(q, k), SCALE)
    return g.fully_connected(g.softmax(scores), g.transpose(v, [1, 0]))


def of_one_query(g: ModelBuilder) -> Tensor:
    q = g.input("q", (1, HEADS, 1, SIZE))
    k, v = (g.input(name, (1, HEADS, KEYS, SIZE)) for name in "ab")
    return mixed(g, g.batch_matmul(q, k, adj_y=True), v)


@dataclass(frozen=True)
class Known:
    """A form, and how many kernels it takes beside attention, the host's edges apart."""

    form: Form
    others: int = 0

    def __str__(self) -> str:
        return self.form.__name__


FORMS = (
    *map(Known, (
        plain, with_keys_transposed, with_all_given_transposed, divided, with_a_temperature, with_scaled_queries,
        with_both_scaled, with_a_constant_mask, with_a_mask_of_keys, with_heads_split, with_heads_in_the_batch,
        with_one_tensor_split, with_one_tensor_unpacked, of_itself, with_keys_for_all, with_keys_for_groups,
        without_a_batch, of_one_query, with_masks_of_heads_and_of_windows,
        with_an_infinite_mask,
    )),
    Known(with_keys_given_transposed, 1), Known(with_scaled_values, 1), Known(with_more_behind, 1),
    Known(with_a_mask, 1), Known(with_a_mask_for_each_head, 1), Known(with_a_mask_subtracted_and_scaled, 1),
    Known(with_odd_heads_split, 4),
)  # fmt: skip


# --- what only looks like it


def with_scores_as_output(g: ModelBuilder) -> Tensor:
    q, k, v = inputs(g)
    scores = g.batch_matmul(q, k, adj_y=True)
    g.output(scores)
    return mixed(g, scores, v)


def with_weights_as_output(g: ModelBuilder) -> Tensor:
    q, k, v = inputs(g)
    weights = g.softmax(g.batch_matmul(q, k, adj_y=True))
    g.output(weights)
    return g.batch_matmul(weights, v)


def with_logarithms(g: ModelBuilder) -> Tensor:
    q, k, v = inputs(g)
    return g.batch_matmul(g.op("LOG_SOFTMAX", [g.batch_matmul(q, k, adj_y=True)]), v)


def with_limited_scores(g: ModelBuilder) -> Tensor:
    q, k, v = inputs(g)
    return mixed(g, g.tanh(g.batch_matmul(q, k, adj_y=True)), v)


def with_factors_of_scores(g: ModelBuilder) -> Tensor:
    q, k, v = inputs(g)
    return mixed(g, g.mul(g.batch_matmul(q, k, adj_y=True), g.input("factors", (QUERIES, KEYS))), v)


def with_two_masks(g: ModelBuilder) -> Tensor:
    q, k, v = inputs(g)
    scores = g.add(g.batch_matmul(q, k, adj_y=True), g.input("bias", (HEADS, QUERIES, KEYS)))
    return mixed(g, g.add(scores, CAUSAL), v)


def with_weights_on_the_right(g: ModelBuilder) -> Tensor:
    q, k, _ = inputs(g)
    return g.batch_matmul(g.input("left", (2, HEADS, 5, QUERIES)), g.softmax(g.batch_matmul(q, k, adj_y=True)))


OTHERS: tuple[Form, ...] = (
    with_scores_as_output, with_weights_as_output, with_logarithms, with_limited_scores, with_factors_of_scores,
    with_two_masks, with_weights_on_the_right,
)  # fmt: skip
