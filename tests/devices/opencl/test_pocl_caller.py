"""Small plans on PoCL run in the calling thread, on a device that nobody sees."""
from __future__ import annotations

import os
import threading
from collections.abc import Callable

import numpy as np
import pytest
from launch_plans import chain, expected

from delegant.devices.discovery import discover
from delegant.devices.opencl import pocl_caller
from delegant.devices.opencl.device import OpenCLDevice
from delegant.devices.opencl.plan import OpenCLPlan

pytestmark = pytest.mark.opencl
STEPS = [(2.0, 1), (-0.5, 3), (1.5, -2)]
COUNT = 100


@pytest.fixture(autouse=True)
def needs_caller(opencl_device: OpenCLDevice) -> None:
    if opencl_device._caller is None:
        pytest.skip("the OpenCL driver is not the pip wheel's PoCL")


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Settle by this time for waking threads instead of the right one, so that no test depends on the clock."""
    return lambda seconds: monkeypatch.setattr(pocl_caller, "WAKING", seconds)


def device_name(plan: OpenCLPlan) -> str:
    return str(plan._device.name)


@pytest.mark.parametrize(("most", "name"), [(np.inf, "basic-"), (0.0, "pthread-")])
def test_a_small_plan_stays_where_it_is_quick(
    opencl_device: OpenCLDevice, settled: Callable[[float], None], most: float, name: str
) -> None:
    settled(most)
    plan = opencl_device.load(chain(opencl_device, COUNT, STEPS))
    assert device_name(plan).startswith(name)
    x, y = np.arange(COUNT, dtype=np.float32), np.empty(COUNT, np.float32)
    plan.run([x], [y])
    np.testing.assert_array_equal(y, expected(x, STEPS))
    assert [time.seconds > 0 for time in plan.profile()] == [True] * len(STEPS)
    plan.close()


def test_a_large_plan_is_not_tried(opencl_device: OpenCLDevice, settled: Callable[[float], None]) -> None:
    settled(np.inf)
    plan = opencl_device.load(chain(opencl_device, pocl_caller.MOST_BYTES // 4, STEPS[:1]))
    assert device_name(plan).startswith("pthread-")
    plan.close()


def test_one_core_alone_is_always_quickest_where_there_is_no_other() -> None:
    assert pocl_caller.most_seconds(1) == np.inf
    assert pocl_caller.WAKING < pocl_caller.most_seconds(64) < pocl_caller.most_seconds(2)


def test_many_threads_share_the_device(opencl_device: OpenCLDevice, settled: Callable[[float], None]) -> None:
    settled(np.inf)
    plans = [opencl_device.load(chain(opencl_device, COUNT, STEPS)) for _ in range(4)]
    wrong: list[float] = []

    def run(plan: OpenCLPlan, first: float) -> None:
        y = np.empty(COUNT, np.float32)
        for start in range(200):
            x = np.full(COUNT, first + start, np.float32)
            plan.run([x], [y])
            wrong.extend(y[y != expected(x, STEPS)])

    threads = [threading.Thread(target=run, args=(plan, 1000.0 * i)) for i, plan in enumerate(plans)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    for plan in plans:
        plan.close()


def test_it_is_not_listed_and_its_variable_not_inherited() -> None:
    assert not any(info.name.startswith("basic-") for info in discover("opencl").devices)
    assert pocl_caller.VARIABLE not in os.environ


def test_devices_that_the_user_asked_for_are_all_listed(
    opencl_device: OpenCLDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(pocl_caller.VARIABLE, "pthread basic")
    with pocl_caller.offered():
        assert os.environ[pocl_caller.VARIABLE] == "pthread basic"
    assert any(info.name.startswith("basic-") for info in discover("opencl").devices)
