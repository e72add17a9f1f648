"""The three ways to replay on WebGPU give the same: raw calls with mapped buffers, with a staging buffer, and wgpu-py's
public interface."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from launch_plans import chain, expected

from delegant.devices.device import Device
from delegant.devices.discovery import open_device
from delegant.devices.plan import Binding, BufferSpec, KernelSource, Launch, LaunchPlan
from delegant.devices.webgpu import native

pytestmark = pytest.mark.webgpu
STEPS = [(2.0, 1), (-0.5, 3)]


@pytest.fixture(params=["mapped", "staged", "api"])
def path(request: pytest.FixtureRequest, webgpu_device: Device, monkeypatch: pytest.MonkeyPatch) -> Device:
    """A device that uses one of the ways."""
    if request.param == "api":
        monkeypatch.setenv(native.SWITCH, "0")
    device: Any = open_device("webgpu")
    if request.param == "mapped" and not device._mappable:
        pytest.skip("the adapter's memory is not the host's")
    device._mappable = request.param == "mapped"
    return device


def test_every_way_computes_the_same(path: Device) -> None:
    plan = path.load(chain(path, 1001, STEPS))
    for seed in range(3):
        x, y = np.random.default_rng(seed).standard_normal(1001).astype(np.float32), np.empty(1001, np.float32)
        plan.run([x], [y])
        np.testing.assert_allclose(y, expected(x, STEPS), rtol=1e-6, atol=1e-6)
    assert len(plan.profile()) in (0, 2)
    plan.close()


@pytest.mark.parametrize("count", [1, 3, 4, 9])
def test_every_way_moves_odd_numbers_of_bytes(path: Device, count: int) -> None:
    stride = path.info.buffer_alignment
    buffers = (BufferSpec(stride + count), BufferSpec(count))
    bindings = (Binding(0, 0, count), Binding(0, stride, count), Binding(1, 0, count), Binding(1, 0, 0))
    plan = path.load(LaunchPlan(buffers, (), (), bindings, bindings))
    given = [np.arange(start, start + binding.size, dtype=np.uint8) for start, binding in enumerate(bindings)]
    taken = [np.zeros_like(array) for array in given]
    plan.run(given, taken)
    for sent, received in zip(given, taken, strict=True):
        np.testing.assert_array_equal(sent, received)
    plan.close()


def test_raw_calls_are_found_in_the_installed_wgpu(webgpu_device: Device) -> None:
    assert native.calls() is not None


def test_raw_calls_that_are_missing_are_not_used(webgpu_device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(native._NAMES, "submit", "wgpuNoSuchFunction")
    native._load.cache_clear()
    try:
        assert native.calls() is None
        plan = webgpu_device.load(chain(webgpu_device, 5, STEPS))
        x, y = np.ones(5, np.float32), np.empty(5, np.float32)
        plan.run([x], [y])
        np.testing.assert_array_equal(y, expected(x, STEPS))
        plan.close()
    finally:
        native._load.cache_clear()


def test_an_interrupt_during_the_wait_ends_the_run(webgpu_device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = native.calls()
    assert raw is not None
    store, interrupts = native._store_status(raw.ffi), [KeyboardInterrupt()]

    def interrupted_once(*arguments: Any) -> None:
        if interrupts:
            raise interrupts.pop()
        store(*arguments)

    monkeypatch.setattr(raw, "on_mapped", native.on_mapped(raw.ffi, interrupted_once))
    plan = webgpu_device.load(chain(webgpu_device, 5, STEPS))
    x, y = np.ones(5, np.float32), np.empty(5, np.float32)
    with pytest.raises(KeyboardInterrupt):
        plan.run([x], [y])
    plan.run([x], [y])
    np.testing.assert_array_equal(y, expected(x, STEPS))
    plan.close()


def test_a_device_iterates_as_often_as_it_says(webgpu_device: Device) -> None:
    limit = webgpu_device.info.limits.get("max_loop_iterations", 300 * 1000 + 300)
    text = """@group(0) @binding(0) var<storage, read_write> x: array<u32>;
@compute @workgroup_size(1) fn count() {
  var n = 0u;
  for (var i = 0i; i < 300i; i++) { for (var j = 0i; j < 1000i; j++) { n += 1u + min(x[0], 0u); } }
  x[0] = n;
}
"""
    whole = Binding(0, 0, 4)
    kernel = KernelSource("count", text, "wgsl", (1, 1, 1), (True,))
    launch = Launch(0, (whole,), (), (1, 1, 1))
    plan = webgpu_device.load(LaunchPlan((BufferSpec(4),), (kernel,), (launch,), (), (whole,)))
    counted = np.empty(1, np.uint32)
    plan.run([], [counted])
    plan.close()
    # Drivers count the iterations of the outer loop too.
    assert counted[0] >= limit - 300
