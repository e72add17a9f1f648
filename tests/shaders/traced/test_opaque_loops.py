"""Loops of constant length become loops to a scalar, and compute the same."""

from __future__ import annotations

import numpy as np
from kernel_machines import run

from delegant.shaders.call import KernelCall
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.kernels.softmax import softmax
from delegant.shaders.language.builder import KernelBuilder
from delegant.shaders.language.expression import f32
from delegant.shaders.printing.wgsl import WGSL
from delegant.shaders.traced.iterations import loop_iterations
from delegant.shaders.traced.opaque_loops import opaque_loops


def _looping(*ends: int) -> KernelCall:
    """Loops to these ends, one after the other, counted into y."""
    k = KernelBuilder("looping")
    y = k.write("y", f32)
    count = k.var(f32, 0)
    for end in ends:
        with k.when(k.global_id(0) >= 0), k.loop(0, end, 2):
            k.set(count, count + 1.0)
    k.store(y, 0, count)
    return KernelCall(k.finish(), (), (1, 1, 1))


def test_the_kernel_computes_the_same() -> None:
    x = np.random.default_rng(0).standard_normal((3, 40)).astype(np.float32)
    call = softmax(DeviceClass.LLVMPIPE, x.shape)
    made = opaque_loops(call)
    assert len(made.sizes) > len(call.sizes)
    np.testing.assert_array_equal(run(made, {"x": x}, x.shape, None), run(call, {"x": x}, x.shape, None))


def test_equal_ends_share_a_scalar_and_short_loops_stay() -> None:
    call = opaque_loops(_looping(9, 4, 12, 9))
    assert call.sizes == (9, 12)
    assert [s.name for s in call.kernel.scalars] == ["end_a", "end_b"]
    text = WGSL().source(call.kernel)
    assert text.count("< end_a") == 2 and text.count("< end_b") == 1 and "< 4i" in text
    assert float(run(call, {}, (1,), None)[0]) == 5 + 2 + 6 + 5


def test_iterations_are_counted_as_before() -> None:
    call = _looping(9, 12)
    assert loop_iterations(opaque_loops(call)) == loop_iterations(call) == 11


def test_a_kernel_without_such_loops_stays_itself() -> None:
    call = _looping(4)
    assert opaque_loops(call) is call
