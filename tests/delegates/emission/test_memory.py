"""The arena of a GPU partition."""

from __future__ import annotations

import numpy as np
import pytest

from delegant.delegates.gpu.emission.memory import Lifetime, lifetimes, plan
from delegant.delegates.gpu.program import ir


def random_lifetimes(seed: int) -> tuple[Lifetime, ...]:
    rng = np.random.default_rng(seed)
    starts = rng.integers(0, 30, 40)
    return tuple(
        Lifetime(v, 16 * int(rng.integers(1, 200)), int(first), int(first + rng.integers(0, 8)))
        for v, first in enumerate(starts)
    )


@pytest.mark.parametrize("seed", range(20))
def test_values_alive_together_never_overlap(seed: int) -> None:
    values = random_lifetimes(seed)
    arena = plan(values, 256)
    for a in values:
        assert arena.offsets[a.value] % 256 == 0
        assert arena.offsets[a.value] + a.size <= arena.size
        for b in values:
            if a.value < b.value and a.meets(b):
                first, second = sorted((a, b), key=lambda v: arena.offsets[v.value])
                assert arena.offsets[first.value] + first.size <= arena.offsets[second.value]


def test_memory_is_used_again() -> None:
    chain = tuple(Lifetime(v, 1024, v, v + 1) for v in range(10))
    assert plan(chain, 256).size == 2 * 1024


def test_an_empty_program_needs_no_memory() -> None:
    assert plan((), 256).size == 0


def test_lifetimes_follow_aliases() -> None:
    values = {v: ir.Value(v, (8,)) for v in range(5)}
    step = (ir.Unary("RELU"),)
    ops = (
        ir.Elementwise(inputs=(0,), output=1, nodes=(0,), steps=step),
        ir.Alias(inputs=(1,), output=2, nodes=(1,)),
        ir.Elementwise(inputs=(0,), output=3, nodes=(2,), steps=step),
        ir.Elementwise(inputs=(3,), output=4, nodes=(3,), steps=(ir.Binary("ADD", 2),)),
    )
    program = ir.Program(values, ops, (0,), (4,))
    assert lifetimes(program) == (Lifetime(1, 32, 0, 3), Lifetime(3, 32, 2, 3))
