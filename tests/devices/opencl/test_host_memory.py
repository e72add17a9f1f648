"""A plan that is told its arrays computes in their memory where the device can, and copies everywhere else."""
from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from launch_plans import aligned, chain, expected

from delegant.core.errors import DelegantError
from delegant.core.run.arena import new_array
from delegant.devices.device import Device, LoadedPlan
from delegant.devices.opencl.host_memory import can_share, shareable
from delegant.devices.plan import Binding, BufferSpec, LaunchPlan

STEPS = [(2.0, 1), (-0.5, 3), (1.5, -7)]
COUNT = 1000


def with_hosts(device: Device) -> LaunchPlan:
    """`chain`, its first and last range in buffers of their own, as delegates make them."""
    plan, size = chain(device, COUNT, STEPS), 4 * COUNT
    first, last = Binding(1, 0, size), Binding(2, 0, size)
    launches = list(plan.launches)
    launches[0] = replace(launches[0], bindings=(first, launches[0].bindings[1]))
    launches[-1] = replace(launches[-1], bindings=(launches[-1].bindings[0], last))
    buffers = (*plan.buffers, BufferSpec(size), BufferSpec(size))
    return replace(plan, buffers=buffers, launches=tuple(launches), inputs=(first,), outputs=(last,))


@pytest.fixture
def plan(device: Device) -> Iterator[LoadedPlan]:
    loaded = device.load(with_hosts(device))
    yield loaded
    loaded.close()


def arrays(seed: int, offset: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """An input and an output that begin `offset` floats after a multiple of 64 bytes."""
    x, y = (new_array((COUNT + offset,), np.dtype(np.float32))[offset:] for _ in range(2))
    x[...] = np.random.default_rng(seed).standard_normal(COUNT)
    return x, y


def assert_computed(y: np.ndarray, x: np.ndarray) -> None:
    np.testing.assert_allclose(y, expected(x, STEPS), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("offset", [0, 1])
def test_bound_arrays_are_read_and_written_at_each_run(plan: LoadedPlan, device: Device, offset: int) -> None:
    x, y = arrays(0, offset)
    plan.bind([x], [y])
    for factor in (1, 2):
        x *= factor
        plan.run([x], [y])
        assert_computed(y, x)
    if can_share(device.info):
        host: Any = plan._host  # type: ignore[attr-defined]
        assert (len(host.copies_in), len(host.copies_out)) == ((0, 0) if offset == 0 else (1, 1))


def test_one_side_may_be_copied_while_the_other_is_not(plan: LoadedPlan) -> None:
    for x, y in ((arrays(1)[0], arrays(2, 3)[1]), (arrays(3, 3)[0], arrays(4)[1])):
        plan.bind([x], [y])
        plan.run([x], [y])
        assert_computed(y, x)


def test_arrays_shorter_than_their_buffer_are_copied(device: Device) -> None:
    plan = with_hosts(device)
    short = [replace(b, size=4 * (COUNT - 1)) for b in (*plan.inputs, *plan.outputs)]  # the buffers are padded
    loaded = device.load(replace(plan, inputs=(short[0],), outputs=(short[1],)))
    x, y = (array[:-1] for array in arrays(0))
    loaded.bind([x], [y])
    for factor in (1, 2):
        x *= factor
        loaded.run([x], [y])
        assert_computed(y, x)
    loaded.close()


def test_a_run_with_other_arrays_leaves_the_bound_ones_alone(plan: LoadedPlan) -> None:
    x, y = arrays(0)
    plan.bind([x], [y])
    other, result = arrays(1)
    plan.run([other], [result])
    assert_computed(result, other)
    assert not y.any()
    plan.run([x], [y])
    assert_computed(y, x)


def test_the_last_binding_counts_and_the_first_array_is_let_go(plan: LoadedPlan) -> None:
    x, y = arrays(0)
    plan.bind([x], [y])
    plan.run([x], [y])
    gone = weakref.ref(x.base)
    other, result = arrays(1)
    plan.bind([other], [result])
    del x, y
    gc.collect()
    assert gone() is None
    plan.run([other], [result])
    assert_computed(result, other)


def test_profile_and_read_see_the_bound_arrays(plan: LoadedPlan) -> None:
    x, y = arrays(0)
    plan.bind([x], [y])
    plan.run([x], [y])
    plan.profile()
    assert_computed(y, x)
    assert plan.read(1, 8, 4) == x[2:3].tobytes()
    assert plan.read(2, 0, 4 * COUNT) == y.tobytes()


def test_a_read_only_input_may_be_bound(plan: LoadedPlan) -> None:
    x, y = arrays(0)
    x.flags.writeable = False
    plan.bind([x], [y])
    plan.run([x], [y])
    assert_computed(y, x)


@pytest.mark.opencl
def test_arrays_of_another_size_are_refused_when_they_are_bound(opencl_device: Device) -> None:
    loaded = opencl_device.load(with_hosts(opencl_device))
    x, y = arrays(0)
    with pytest.raises(DelegantError, match="input 0 has 3996 bytes"):
        loaded.bind([x[1:]], [y])
    loaded.close()
    with pytest.raises(DelegantError, match="closed"):
        loaded.bind([x], [y])


def test_only_buffers_of_one_input_or_output_alone_are_shared(opencl_device: Device) -> None:
    plan: Any = with_hosts(opencl_device)
    assert shareable(plan) == {1, 2}
    assert shareable(chain(opencl_device, COUNT, STEPS)) == frozenset()  # ranges of one arena
    assert shareable(replace(plan, outputs=plan.inputs)) == frozenset()
    (launch, *rest), begin = plan.launches, aligned(4, opencl_device.info)
    shifted = replace(launch, bindings=(Binding(1, begin, 4), launch.bindings[1]))
    assert shareable(replace(plan, launches=(shifted, *rest))) == {2}
    in_place = replace(launch, bindings=(launch.bindings[1], launch.bindings[0]))
    assert shareable(replace(plan, launches=(in_place, *rest))) == {2}
