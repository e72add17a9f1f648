"""A loaded plan computes what it says, with offsets, scalars, constants, several inputs and outputs, and threads."""
from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest
from launch_plans import add, aligned, axpb, chain, expected

from delegant.core.errors import DelegantError
from delegant.devices.device import Device
from delegant.devices.plan import Binding, BufferSpec, KernelSource, Launch, LaunchPlan

STEPS = [(2.0, 1), (-0.5, 3), (1.5, -7)]


def values(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(count).astype(np.float32)


@pytest.mark.parametrize("count", [1, 7, 8, 1000])
def test_launches_run_in_order_over_ranges_of_one_buffer(device: Device, count: int) -> None:
    plan = device.load(chain(device, count, STEPS))
    for seed in range(3):
        x, y = values(count, seed), np.empty(count, np.float32)
        plan.run([x], [y])
        np.testing.assert_allclose(y, expected(x, STEPS), rtol=1e-6, atol=1e-6)
    plan.close()


def test_more_kernels_than_one_are_told_apart(device: Device) -> None:
    info, plan = device.info, chain(device, 16, STEPS[:2])
    other = axpb(info)
    product = {"opencl": "a * x[i]", "wgsl": "s.a * x[g.x]"}[info.language]
    other = replace(other, text=other.text.replace(product, f"{product} - {product} * 3.0f"))
    launches = (plan.launches[0], replace(plan.launches[1], kernel=1))
    loaded = device.load(replace(plan, kernels=(*plan.kernels, other), launches=launches))
    x, y = values(16), np.empty(16, np.float32)
    loaded.run([x], [y])
    (a, b), (c, d) = STEPS[:2]
    middle = a * x + b
    np.testing.assert_allclose(y, -2 * c * middle + d, rtol=1e-5, atol=1e-5)
    loaded.close()


def test_constants_several_inputs_and_outputs_in_three_dimensions(device: Device) -> None:
    info, size, stride = device.info, 128, aligned(128, device.info)
    constant = values(32, 9)
    buffers = (BufferSpec(3 * stride, label="arena"), BufferSpec(size, constant.reshape(4, 8)), BufferSpec(size))
    first = Launch(0, (Binding(0, 0, size), Binding(1, 0, size), Binding(2, 0, size)), (), (1, 2, 2))
    second = Launch(0, (Binding(2, 0, size), Binding(0, stride, size), Binding(0, 2 * stride, size)), (), (1, 2, 2))
    inputs = (Binding(0, 0, size), Binding(0, stride, size))
    outputs = (Binding(0, 2 * stride, size), Binding(2, 0, size), Binding(1, 0, size))
    plan = device.load(LaunchPlan(buffers, (add(info),), (first, second), inputs, outputs))
    x, y = values(32, 1).reshape(2, 16), values(32, 2)
    results = [np.empty((4, 8), np.float32) for _ in outputs]
    plan.run([x, y], results)
    np.testing.assert_array_equal(results[1].ravel(), x.ravel() + constant)
    np.testing.assert_array_equal(results[0].ravel(), (x.ravel() + constant) + y)
    np.testing.assert_array_equal(results[2].ravel(), constant)
    plan.close()


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_bytes_that_do_not_fill_a_word_come_and_go_alone(device: Device, count: int) -> None:
    stride = aligned(8, device.info)
    inputs = (Binding(0, 0, count), Binding(0, stride, count))
    plan = device.load(LaunchPlan((BufferSpec(2 * stride),), (), (), inputs, inputs))
    given = [np.arange(1, count + 1, dtype=np.uint8), np.arange(101, count + 101, dtype=np.uint8)]
    frame = [np.full(count + 2, 77, np.uint8) for _ in given]
    plan.run(given, [whole[1:-1] for whole in frame])
    for whole, data in zip(frame, given, strict=True):
        assert whole.tolist() == [77, *data.tolist(), 77]
    plan.close()


def test_tensors_of_no_bytes_are_allowed(device: Device) -> None:
    info, stride = device.info, device.info.buffer_alignment
    nothing = Binding(0, stride, 0)
    launch = Launch(0, (nothing, nothing), (1.0, 0, 0), (0, 1, 1))
    harmless = Launch(0, (nothing, nothing), (1.0, 0, 0), (1, 1, 1))
    buffers = (BufferSpec(stride), BufferSpec(0), BufferSpec(0, np.empty(0, np.float32)))
    plan = device.load(LaunchPlan(buffers, (axpb(info),), (launch, harmless), (nothing,), (Binding(1, 0, 0),)))
    plan.run([np.empty((0, 3), np.float32)], [np.empty((5, 0), np.float32)])
    assert len(plan.profile()) in (0, 2)
    plan.close()


def test_inputs_need_not_be_contiguous(device: Device) -> None:
    plan = device.load(chain(device, 12, [(2.0, 0)]))
    x, y = values(24).reshape(4, 6)[:, ::2], np.empty((4, 3), np.float32)
    plan.run([x], [y])
    np.testing.assert_array_equal(y, 2 * x)
    plan.close()


def test_read_gives_what_the_last_run_left(device: Device) -> None:
    plan = device.load(chain(device, 10, STEPS))
    x, y = values(10), np.empty(10, np.float32)
    plan.run([x], [y])
    stride = aligned(40, device.info)
    middle = np.frombuffer(plan.read(0, stride + 4, 12), np.float32)
    np.testing.assert_allclose(middle, expected(x, STEPS[:1])[1:4], rtol=1e-6)
    assert plan.read(0, 3, 2) == x.tobytes()[3:5]
    with pytest.raises(DelegantError, match="bytes 0 to 100000"):
        plan.read(0, 0, 100000)
    plan.close()


def test_profile_times_every_launch(device: Device) -> None:
    plan = device.load(chain(device, 4096, STEPS))
    plan.run([values(4096)], [np.empty(4096, np.float32)])
    times = plan.profile()
    if "timestamp" in device.info.features:
        assert len(times) == len(STEPS)
        assert all(0 <= t.seconds < 1 and 0 <= t.start < 1 for t in times) and sum(t.seconds for t in times) > 0
        assert [t.start for t in times] == sorted(t.start for t in times) and times[0].start == 0
    else:
        assert times == ()
    plan.close()


def test_plans_on_one_device_run_in_threads(device: Device) -> None:
    plans = [device.load(chain(device, 500, STEPS[: i + 1])) for i in range(3)]
    failures: list[BaseException] = []

    def work(index: int) -> None:
        try:
            for seed in range(20):
                x, y = values(500, seed), np.empty(500, np.float32)
                plans[index % 3].run([x], [y])
                np.testing.assert_allclose(y, expected(x, STEPS[: index % 3 + 1]), rtol=1e-5, atol=1e-5)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    assert not failures, failures[0]
    for plan in plans:
        plan.close()


def test_one_plan_may_be_closed_while_another_runs_on(device: Device) -> None:
    first, second = (device.load(chain(device, 8, STEPS)) for _ in range(2))
    first.close()
    x, y = values(8), np.empty(8, np.float32)
    second.run([x], [y])
    np.testing.assert_allclose(y, expected(x, STEPS), rtol=1e-6, atol=1e-6)
    second.close()


def test_a_kernel_may_have_neither_scalars_nor_be_launched(device: Device) -> None:
    unused = KernelSource("unused", add(device.info).text.replace("add", "unused"), device.info.language, (8, 1, 1),
                          add(device.info).writable)
    plan = chain(device, 8, STEPS)
    loaded = device.load(replace(plan, kernels=(*plan.kernels, unused)))
    x, y = values(8), np.empty(8, np.float32)
    loaded.run([x], [y])
    np.testing.assert_allclose(y, expected(x, STEPS), rtol=1e-6, atol=1e-6)
    loaded.close()


_SLOW = {
    "opencl": """__kernel void slow(__global float* x) {
  float a = x[0];
  for (int i = 0; i < 60000; i++) a = a * 0.5f + 1.0f;
  x[0] = a;
}
""",
    "wgsl": """@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@compute @workgroup_size(1) fn slow() {
  var a = x[0];
  for (var i = 0i; i < 60000i; i++) { a = a * 0.5f + 1f; }
  x[0] = a;
}
""",
}


def test_python_runs_on_while_the_device_works(device: Device) -> None:
    kernel = KernelSource("slow", _SLOW[device.info.language], device.info.language, (1, 1, 1), (True,))
    x = Binding(0, 0, 4)
    # Many short launches, because llvmpipe ends a launch after 65535 iterations.
    launches = (Launch(0, (x,), (), (1, 1, 1)),) * 1000
    plan = device.load(LaunchPlan((BufferSpec(4),), (kernel,), launches, (x,), (x,)))
    turns, done, started = 0, threading.Event(), threading.Event()

    def turn() -> None:
        nonlocal turns
        while not done.wait(0.001):
            turns += 1
            started.set()

    thread = threading.Thread(target=turn)
    thread.start()
    started.wait(10)
    turns, y = 0, np.empty(1, np.float32)
    plan.run([np.ones(1, np.float32)], [y])
    seen = turns
    done.set()
    thread.join(10)
    assert y[0] == 2 and seen >= 5
    plan.close()
