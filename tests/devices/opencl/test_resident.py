"""A plan as one launch on PoCL: the same results for any number of slots, and a time for each launch."""
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from delegant.core.errors import CompileError, DelegantError
from delegant.core.run.arena import new_array
from delegant.devices.device import LoadedPlan
from delegant.devices.opencl.device import OpenCLDevice
from delegant.devices.opencl.plan import OpenCLPlan
from delegant.devices.opencl.resident import Resident, ResidentPlan, joined
from delegant.devices.opencl.stages import Unit, stages
from delegant.devices.plan import Binding, BufferSpec, KernelSource, Launch, LaunchPlan

pytestmark = pytest.mark.opencl
COUNT, STRIDE, PLACES = 1000, 4096, 6
_FRAME = """__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void {name}(__global const float* x, __global const float* w, __global float* y, const float a, const int n) {{
  const int i = get_global_id(0) + 10 * get_global_id(1) + 100 * get_group_id(2);
  if (i < n) y[i] = {value};
}}
"""


def kernel(name: str, value: str) -> KernelSource:
    """y[i] = `value`, of x[i], w[i] and a."""
    text = _FRAME.format(name=name, value=value)
    return KernelSource(name, text, "opencl", (1, 1, 1), (False, False, True), ("f32", "i32"))


def place(index: int) -> Binding:
    return Binding(0, STRIDE * index, 4 * COUNT)


def diamond(weights: np.ndarray) -> LaunchPlan:
    """0 -> 1 and 2 (independent) -> 3 = of both; 4 writes over 1 afterwards. Launches of 10 x 10 x 10 groups."""
    kernels = (kernel("scale", "x[i] * a + w[i]"), kernel("join", "x[i] - w[i] * a"))
    w = Binding(1, 0, 4 * COUNT)
    paths = [
        (0, (place(0), w, place(1)), 2.0),
        (0, (place(0), w, place(2)), 3.0),
        (1, (place(1), place(2), place(3)), 1.0),
        (1, (place(3), w, place(1)), 5.0),
        (1, (place(1), place(3), place(4)), 1.0),
    ]
    launches = [Launch(k, bindings, (a, COUNT), (10, 10, 10), nodes=(i,)) for i, (k, bindings, a) in enumerate(paths)]
    nothing = Launch(0, launches[0].bindings, (0.0, COUNT), (10, 0, 10))
    buffers = (BufferSpec(STRIDE * PLACES), BufferSpec(4 * COUNT, weights))
    return LaunchPlan(buffers, kernels, (*launches, nothing), (place(0),), (place(4),))


def expected(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    middle = (2 * x + w) - (3 * x + w)
    return (middle - 5 * w) - middle


def resident(device: OpenCLDevice, plan: LaunchPlan, slots: int = 2) -> Resident:
    made = joined(plan, device.info, slots)
    assert made is not None
    return made


def load(device: OpenCLDevice, made: Resident) -> ResidentPlan:
    assert device._opened is not None
    return ResidentPlan(device._opened.context, device._opened.handle, device.info, made)


def numbers(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(-99, 99, COUNT).astype(np.float32)


def indices(plan: LaunchPlan) -> list[list[int]]:
    return [[index for unit in stage for index in unit.launches] for stage in stages(plan)]


def test_launches_that_share_no_memory_make_a_stage() -> None:
    assert indices(diamond(numbers(0))) == [[0, 1], [2], [3], [4]]


def test_inputs_and_outputs_in_buffers_of_their_own_can_be_the_caller_s_arrays(opencl_device: OpenCLDevice) -> None:
    w = numbers(0)
    plan = diamond(w)
    first, last, size = Binding(2, 0, 4 * COUNT), Binding(3, 0, 4 * COUNT), BufferSpec(4 * COUNT)
    ends = {place(0): first, place(4): last}
    launches = tuple(
        replace(launch, bindings=tuple(ends.get(b, b) for b in launch.bindings)) for launch in plan.launches
    )
    plan = replace(plan, buffers=(*plan.buffers, size, size), launches=launches, inputs=(first,), outputs=(last,))
    loaded = load(opencl_device, resident(opencl_device, plan))
    x, y = (new_array((COUNT,), np.dtype(np.float32)) for _ in range(2))
    loaded.bind([x], [y])
    assert loaded._host is not None and len(loaded._host.hosted) == 2
    assert not loaded._host.copies_in and not loaded._host.copies_out
    for seed in (1, 2):
        x[...] = numbers(seed)
        loaded.run([x], [y])
        np.testing.assert_array_equal(y, expected(x, w))
    loaded.close()


@pytest.mark.parametrize("second", ["reads", "overwrites its input", "overwrites its output"])
def test_whoever_touches_what_another_writes_comes_later(second: str) -> None:
    plan = diamond(numbers(0))
    w = Binding(1, 0, 4 * COUNT)
    half = Binding(0, STRIDE + 2 * COUNT, 2 * COUNT)
    other = {
        "reads": (half, w, place(5)),
        "overwrites its input": (place(5), w, Binding(0, 2 * COUNT, 2 * COUNT)),
        "overwrites its output": (place(5), w, half),
    }[second]
    launches = (plan.launches[0], replace(plan.launches[0], bindings=other))
    assert indices(replace(plan, launches=launches)) == [[0], [1]]


@pytest.mark.parametrize("slots", [1, 2, 3, 7])
def test_any_number_of_slots_computes_the_plan_again_and_again(opencl_device: OpenCLDevice, slots: int) -> None:
    weights = numbers(1)
    plan = load(opencl_device, resident(opencl_device, diamond(weights), slots))
    for seed in range(20):
        x, y = numbers(seed), np.empty(COUNT, np.float32)
        plan.run([x], [y])
        np.testing.assert_array_equal(y, expected(x, weights))
    plan.close()


def test_the_device_runs_plans_for_processors_as_one_launch(opencl_device: OpenCLDevice) -> None:
    loaded = opencl_device.load(diamond(numbers(1)))
    assert isinstance(loaded, ResidentPlan) == ("pocl" in opencl_device.info.features)
    loaded.close()


def test_buffers_are_read_as_the_plan_numbers_them(opencl_device: OpenCLDevice) -> None:
    weights, x = numbers(1), numbers(2)
    plan = load(opencl_device, resident(opencl_device, diamond(weights)))
    plan.run([x], [np.empty(COUNT, np.float32)])
    assert plan.read(1, 8, 40) == weights.tobytes()[8:48]
    np.testing.assert_array_equal(np.frombuffer(plan.read(0, 2 * STRIDE, 4 * COUNT), np.float32), 3 * x + weights)
    with pytest.raises(DelegantError, match="of a buffer of 4000 bytes"):
        plan.read(1, 0, 4001)
    plan.close()


@pytest.mark.parametrize("slots", [1, 2])
def test_every_launch_has_its_time(opencl_device: OpenCLDevice, slots: int) -> None:
    plan = load(opencl_device, resident(opencl_device, diamond(numbers(1)), slots))
    times = plan.profile()
    assert len(times) == 6 and times[5].seconds == 0
    assert all(0 < t.seconds < 1 for t in times[:5])
    assert [t.start for t in times[:5]] == sorted(t.start for t in times[:5]) and times[0].start == 0
    plan.close()


def striped(weights: np.ndarray, length: int = 256) -> LaunchPlan:
    """y = (2 x + w) - w, strip by strip through scratch memory, and y - w after it in place 2."""
    plan, launches = diamond(weights), []
    for number, start in enumerate(range(0, COUNT, length)):
        count = min(length, COUNT - start)
        x, y, w = (Binding(b, o + 4 * start, 4 * count) for b, o in ((0, 0), (0, STRIDE), (1, 0)))
        passed = Binding(2, 0, 4 * count)
        common = ((10, 10, 3), "", (number,), (0, number))
        launches += [Launch(0, (x, w, passed), (2.0, count), *common), Launch(1, (passed, w, y), (1.0, count), *common)]
    last = replace(plan.launches[3], bindings=(place(1), Binding(1, 0, 4 * COUNT), place(2)), scalars=(1.0, COUNT))
    buffers = (*plan.buffers, BufferSpec(4 * length, None, "scratch", scratch=True))
    return replace(plan, buffers=buffers, launches=(*launches, last), outputs=(place(1), place(2)))


def test_a_bundle_of_strips_is_one_unit_whatever_its_scratch_memory() -> None:
    plan = striped(numbers(0))
    assert stages(plan) == ((Unit(tuple(range(8)), 2),), (Unit((8,)),))


@pytest.mark.parametrize("slots", [0, 1, 2, 3, 7])
def test_strips_pass_on_what_they_made(opencl_device: OpenCLDevice, slots: int) -> None:
    """0: launch by launch, as on devices that know no strips."""
    weights = numbers(1)
    plan: LoadedPlan
    if slots:
        plan = load(opencl_device, resident(opencl_device, striped(weights), slots))
    else:
        opened = opencl_device._opened
        assert opened is not None
        plan = OpenCLPlan(opened.context, opened.handle, opencl_device.info, striped(weights))
    for seed in range(20):
        x, y, z = numbers(seed), np.empty(COUNT, np.float32), np.empty(COUNT, np.float32)
        plan.run([x], [y, z])
        np.testing.assert_array_equal(y, 2 * x)
        np.testing.assert_array_equal(z, 2 * x - weights)
    times = plan.profile()
    assert len(times) == 9 and all(0 < t.seconds < 1 for t in times)
    plan.close()


def test_kernels_that_are_no_functions_stay_launches(opencl_device: OpenCLDevice) -> None:
    plan, info = diamond(numbers(1)), opencl_device.info
    local = replace(plan.kernels[0], text=plan.kernels[0].text.replace("const int i", "__local int s; const int i"))
    group = replace(plan.kernels[0], workgroup=(8, 1, 1))
    for other in (local, group):
        assert joined(replace(plan, kernels=(other, plan.kernels[1])), info, 2) is None
    assert joined(replace(plan, launches=plan.launches[:1]), info, 2) is None
    many = plan.buffers + tuple(BufferSpec(64) for _ in range(60))
    assert joined(replace(plan, buffers=many), info, 2) is None


def test_the_kernel_that_does_not_compile_is_named(opencl_device: OpenCLDevice) -> None:
    plan = diamond(numbers(1))
    wrong = kernel("wrong", "x[i] + undeclared")
    with pytest.raises(CompileError) as caught:
        opencl_device.load(replace(plan, kernels=(plan.kernels[0], wrong)))
    assert caught.value.kernel == "wrong" and "undeclared" in str(caught.value.log)


def test_a_plan_of_known_kernels_uses_their_text(opencl_device: OpenCLDevice) -> None:
    """As a model of another batch size may need some of the kernels, in another order, and fewer scalars."""
    weights, plan = numbers(0), diamond(numbers(0))
    more = replace(plan, kernels=(*plan.kernels[::-1], kernel("more", "x[i] + w[i] + a")), launches=tuple(
        replace(launch, kernel=1 - launch.kernel) for launch in plan.launches
    ))  # fmt: skip
    made = resident(opencl_device, more)
    again = joined(plan, opencl_device.info, 2, [made.shape])
    assert again is not None and again.plan.kernels[0].text == made.plan.kernels[0].text
    loaded, x, y = load(opencl_device, again), numbers(5), np.empty(COUNT, np.float32)
    loaded.run([x], [y])
    np.testing.assert_array_equal(y, expected(x, weights))
    assert len(loaded.profile()) == len(plan.launches)
    loaded.close()
    for other in (replace(plan, kernels=(plan.kernels[0], kernel("new", "x[i] * w[i]"))),
                  replace(plan, buffers=(*plan.buffers, BufferSpec(64)))):  # fmt: skip
        unknown, alone = joined(other, opencl_device.info, 2, [made.shape]), resident(opencl_device, other)
        assert unknown is not None and unknown.plan.kernels[0].text == alone.plan.kernels[0].text


def test_plans_that_are_closed_are_not_known_any_more(opencl_device: OpenCLDevice) -> None:
    plan = diamond(numbers(0))
    more = replace(plan, kernels=(*plan.kernels, kernel("more", "x[i]")))
    opened = opencl_device._opened
    assert opened is not None
    counts = []
    for close_first in (False, True):
        first = opened.load(more)
        if close_first:
            first.close()
        second = opened.load(plan)
        assert isinstance(second, ResidentPlan)
        counts.append(len(second.resident.shape.kernels))
        first.close()
        second.close()
    assert counts == [3, 2]
