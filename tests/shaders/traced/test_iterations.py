"""Counting the loop iterations of a call before it is launched."""
from __future__ import annotations

import pytest

from delegant.shaders.call import KernelCall
from delegant.shaders.language import functions as fn
from delegant.shaders.language.builder import KernelBuilder
from delegant.shaders.language.expression import constant, f32
from delegant.shaders.traced.iterations import loop_iterations


def windows(inner: int) -> KernelCall:
    """10 invocations, each over a window of 2 * `reach` around its index, cut at the borders; inside, a loop."""
    k = KernelBuilder("windows", (5, 1, 1))
    y, reach = k.write("y", f32), k.scalar("reach")
    at = k.global_id(0)
    with k.loop(fn.maximum(at - reach, 0), fn.minimum(at + reach, 10)) as i, k.loop(0, inner):
        k.store(y, i, constant(f32, 1))
    return KernelCall(k.finish(), (2,), (2, 1, 1))


@pytest.mark.parametrize("inner", [0, 3, 100])
def test_nested_loops_count_together_in_the_busiest_invocation(inner: int) -> None:
    assert loop_iterations(windows(inner)) == 4 * (1 + inner)


def test_the_longer_branch_counts() -> None:
    k = KernelBuilder("branches", (1, 1, 1))
    y = k.write("y", f32)
    with k.when(k.global_id(0) < 5):
        k.store(y, 0, constant(f32, 1))
    with k.otherwise(), k.loop(0, 20, 3) as i:
        k.store(y, i, constant(f32, 1))
    assert loop_iterations(KernelCall(k.finish(), (), (10, 1, 1))) == 7
