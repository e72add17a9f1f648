"""Plans of one device share compiled kernels and weights as long as one of them lives."""
from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from launch_plans import chain, expected

from delegant.devices.device import Device
from delegant.devices.opencl import program as opencl_program
from delegant.devices.plan import Binding, BufferSpec, LaunchPlan
from delegant.devices.shared_buffers import SMALLEST, SharedBuffers

COUNT = SMALLEST // 4
WEIGHTS = np.random.default_rng(0).standard_normal(COUNT).astype(np.float32)


def halved(device: Device, weights: np.ndarray) -> LaunchPlan:
    """Half of the weights: no inputs."""
    plan = chain(device, COUNT, [(0.5, 0)])
    buffers = (BufferSpec(weights.nbytes, weights), BufferSpec(4 * COUNT))
    made = Binding(1, 0, 4 * COUNT)
    launches = tuple(replace(x, bindings=(Binding(0, 0, 4 * COUNT), made)) for x in plan.launches)
    return replace(plan, buffers=buffers, launches=launches, inputs=(), outputs=(made,))


def run(loaded: Any, *inputs: np.ndarray) -> np.ndarray:
    y = np.empty(COUNT, np.float32)
    loaded.run(list(inputs), [y])
    return y


def test_buffers_are_shared_by_content_and_size() -> None:
    shared, made = SharedBuffers(), iter(range(10))
    take = [shared.take(x, n, lambda: next(made)) for x, n in (
        (WEIGHTS, 4096), (WEIGHTS.copy(), 4096), (WEIGHTS, 8192), (WEIGHTS + 1, 4096), (WEIGHTS.view(np.int32), 4096)
    )]  # fmt: skip
    assert take == [(0, True), (0, False), (1, True), (2, True), (0, False)]
    assert [shared.give_back(buffer) for buffer in (0, 2, 0, 0)] == [False, True, False, True]
    assert shared.take(WEIGHTS, 4096, lambda: next(made)) == (3, True)


def test_small_buffers_are_not_looked_for() -> None:
    shared, made = SharedBuffers(), iter(range(10))
    taken = [shared.take(WEIGHTS[:8], 32, lambda: next(made)) for _ in range(2)]
    assert taken == [(0, True), (1, True)] and shared.give_back(0) and shared.give_back(1)


def test_contents_that_differ_where_nobody_samples_are_told_apart() -> None:
    large = np.zeros(1 << 20, np.uint8)
    other = large.copy()
    other[1] = 1
    shared, made = SharedBuffers(), iter(range(10))
    assert [shared.take(x, x.size, lambda: next(made))[0] for x in (large, other)] == [0, 1]


def test_weights_are_there_as_long_as_a_plan_needs_them(device: Device) -> None:
    first, second = (device.load(halved(device, WEIGHTS.copy())) for _ in range(2))
    other = device.load(halved(device, WEIGHTS + 1))
    assert first.nbytes == other.nbytes == 2 * WEIGHTS.nbytes and second.nbytes == WEIGHTS.nbytes
    first.close()
    np.testing.assert_array_equal(run(second), WEIGHTS / 2)
    np.testing.assert_array_equal(run(other), (WEIGHTS + 1) / 2)
    second.close()
    again = device.load(halved(device, WEIGHTS))
    assert again.nbytes == 2 * WEIGHTS.nbytes
    np.testing.assert_array_equal(run(again), WEIGHTS / 2)
    again.close()
    other.close()


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that were compiled for OpenCL."""
    texts: list[str] = []
    build = opencl_program._build

    def noted(context: Any, text: str, kernel: str) -> Any:
        texts.append(text)
        return build(context, text, kernel)

    monkeypatch.setattr(opencl_program, "_build", noted)
    return texts


@pytest.mark.opencl
def test_kernels_are_compiled_once_while_a_plan_has_them(opencl_device: Device, built: list[str]) -> None:
    steps, x = [(2.0, 1), (-0.5, 3), (4.0, 0)], WEIGHTS
    first = opencl_device.load(chain(opencl_device, COUNT, steps, kernels=2))
    (text,) = built
    second = opencl_device.load(chain(opencl_device, COUNT, steps[:2], kernels=2))
    assert built == [text]
    third = opencl_device.load(chain(opencl_device, COUNT, steps, kernels=3))
    assert len(built) == 2 and "axpb2" in built[1] and "axpb1" not in built[1]
    for loaded, count in ((first, 3), (second, 2), (third, 3)):
        np.testing.assert_array_equal(run(loaded, x), expected(x, steps[:count]))
        loaded.close()
    opencl_device.load(chain(opencl_device, COUNT, steps, kernels=2)).close()
    assert len(built) == 3
