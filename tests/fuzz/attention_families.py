"""Models of attention: heads apart, side by side or counted with the batch, with scales and masks; floats and int8."""
from __future__ import annotations

import numpy as np
from fuzz.draft import Draft

from delegant.core.build.builder import BuilderTensor

LOWEST = float(np.finfo(np.float32).min)


def attention(d: Draft) -> None:
    dtype = d.pick(("float32", "float32", "int8"))
    batch, heads, size = d.integer(1, 2), d.integer(1, 3), d.pick((1, 3, 4, 8, 20))
    queries, keys, width = d.integer(1, 40), d.integer(1, 40), d.pick((size, 4, 5))
    lead, d.magnitude = (batch, heads), 4.0
    q = _heads(d, "q", (*lead, queries, size), dtype)
    k = _heads(d, "k", (*lead, keys, size), dtype)
    v = _heads(d, "v", (*lead, keys, width), dtype)
    if dtype == "float32" and d.flag():
        q = d.model.mul(q, d.constant("q_scale", d.scale(0.1, 2.0), np.float32))
    if d.flag():
        q, k, v = (d.model.reshape(x, (batch * heads, *x.shape[2:])) for x in (q, k, v))
        lead = (batch * heads,)
    scores = _product(d, q, k, (*lead, queries, keys), dtype, adj_y=True)
    if dtype == "float32":
        scores = _masked(d, _scaled(d, scores), (*lead, queries, keys))
    fixed = (1 / 256, -128) if dtype == "int8" else None
    weights = d.model.softmax(scores, beta=d.scale(0.5, 2.0), quantization=fixed)
    mixed = _product(d, weights, v, (*lead, queries, width), dtype)
    if d.flag():
        mixed = d.model.reshape(mixed, (batch, heads, queries, width))
        mixed = d.model.transpose(mixed, [0, 2, 1, 3])
        mixed = d.model.reshape(mixed, (batch, queries, heads * width))
    d.model.output(mixed)


def _heads(d: Draft, name: str, shape: tuple[int, ...], dtype: str) -> BuilderTensor:
    """[batch, head, row, column]; perhaps from heads side by side."""
    quantization = d.quantization(dtype, 0.01, 0.1)
    if not d.flag():
        return d.input(name, shape, dtype, quantization=quantization)
    order = [0, 2, 1, 3]
    beside = d.input(name, [shape[axis] for axis in order], dtype, quantization=quantization)
    return d.model.transpose(beside, order)


def _product(
    d: Draft, left: BuilderTensor, right: BuilderTensor, shape: tuple[int, ...], dtype: str, adj_y: bool = False
) -> BuilderTensor:
    """left times right, or its transpose, which may be made by an operator of its own."""
    if adj_y and d.flag():
        axes = [*range(len(shape) - 2), len(shape) - 1, len(shape) - 2]
        right, adj_y = d.model.transpose(right, axes), False
    quantization = d.quantization(dtype, 0.05, 0.5)
    return d.model.op("BATCH_MATMUL", [left, right], {"adj_y": adj_y}, shape=shape, dtype=dtype,
                      quantization=quantization, version=2)  # fmt: skip


def _scaled(d: Draft, scores: BuilderTensor) -> BuilderTensor:
    op = d.pick(("", "MUL", "DIV"))
    return d.model.binary(op, scores, d.constant("scale", d.scale(0.3, 3.0), np.float32)) if op else scores


def _masked(d: Draft, scores: BuilderTensor, shape: tuple[int, ...]) -> BuilderTensor:
    """With a mask that broadcasts: numbers, or 0 and something so low that a query sees only some keys, or none."""
    op = d.pick(("", "ADD", "SUB"))
    if not op:
        return scores
    whole = tuple(1 if axis < len(shape) - 1 and d.flag() else n for axis, n in enumerate(shape))
    low = d.pick((0.0, -1e9, LOWEST))

    def values() -> np.ndarray:
        if not low:
            return d.rng.standard_normal(whole).astype(np.float32)
        return np.where(d.rng.random(whole) < 0.5, low if op == "ADD" else -low, 0).astype(np.float32)

    mask = d.constant("mask", values(), np.float32) if d.flag() else d.input("mask", whole, values=values)
    return d.model.binary(op, *((mask, scores) if op == "ADD" and d.flag() else (scores, mask)))


FAMILIES = {"attention": attention}
