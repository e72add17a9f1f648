"""What is wrong with a plan, a kernel or a driver is said by an error of ours that names it."""
from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from faulty_device import FaultyDevice
from launch_plans import chain

from delegant.core.errors import CompileError, DelegantError, DeviceLostError, DeviceMemoryError
from delegant.devices.device import Device
from delegant.devices.discovery import open_device
from delegant.devices.opencl import errors as opencl_errors
from delegant.devices.plan import Binding, BufferSpec, Launch, LaunchPlan
from delegant.devices.webgpu import errors as webgpu_errors

X, Y = np.ones(16, np.float32), np.empty(16, np.float32)


@pytest.fixture
def plan(device: Device) -> LaunchPlan:
    return chain(device, 16, [(2.0, 1), (3.0, 1)], kernels=2)


def broken(plan: LaunchPlan, old: str, new: str) -> LaunchPlan:
    """The plan with an edit in its second kernel."""
    first, second = plan.kernels
    return replace(plan, kernels=(first, replace(second, text=second.text.replace(old, new))))


def test_a_kernel_that_does_not_compile_is_named_and_its_log_kept(device: Device, plan: LaunchPlan) -> None:
    with pytest.raises(CompileError) as caught:
        device.load(broken(plan, "x[", "nonsense + x["))
    assert caught.value.kernel == "axpb1" and caught.value.delegate == device.info.api
    assert "nonsense" in caught.value.log and "nonsense" in str(caught.value)


@pytest.mark.parametrize("text", ["", "\0\1 \u00e9", "}" * 1000])
def test_any_text_is_refused_as_a_kernel(device: Device, plan: LaunchPlan, text: str) -> None:
    with pytest.raises(CompileError):
        device.load(replace(plan, kernels=(plan.kernels[0], replace(plan.kernels[1], text=text))))


def test_a_missing_entry_point_is_named(device: Device, plan: LaunchPlan) -> None:
    with pytest.raises(CompileError, match="axpb1"):
        device.load(broken(plan, "axpb1(", "other("))


def test_a_buffer_beyond_the_limit_does_not_fit(device: Device, plan: LaunchPlan) -> None:
    with pytest.raises(DeviceMemoryError, match=r"buffer 1 \(weights\) needs 1099511627776 bytes"):
        device.load(replace(plan, buffers=(*plan.buffers, BufferSpec(1 << 40, label="weights"))))


def test_buffers_beyond_the_memory_do_not_fit(device: Device, plan: LaunchPlan) -> None:
    memory = device.info.limits.get("total_memory")
    if memory is None:
        pytest.skip(f"{device.info.name} does not tell its memory")
    count = memory // device.info.max_buffer_size + 1
    with pytest.raises(DeviceMemoryError, match="the plan needs"):
        device.load(replace(plan, buffers=(*plan.buffers, *[BufferSpec(device.info.max_buffer_size)] * count)))


def launch(plan: LaunchPlan, **changes: Any) -> LaunchPlan:
    return replace(plan, launches=(plan.launches[0], replace(plan.launches[1], **changes)))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"groups": (2**32, 1, 1)}, "workgroups"),
        ({"groups": (1, -1, 1)}, "workgroups"),
        ({"scalars": (1.0, 2)}, "2 scalars for 3"),
        ({"bindings": (Binding(0, 0, 64),)}, "1 bindings for 2"),
        ({"bindings": (Binding(0, 0, 64), Binding(3, 0, 64))}, "buffer 3 of 1"),
        ({"bindings": (Binding(0, 0, 64), Binding(0, 0, 10**6))}, "binds 1000000 bytes at 0"),
        ({"bindings": (Binding(0, 0, 64), Binding(0, 4, 64))}, "not a multiple of"),
        ({"scalars": (1.0, 2**40, 1)}, "1099511627776 is no i32"),
        ({"scalars": (1.0, 2, -1)}, "-1 is no u32"),
        ({"scalars": (1.0, 2.5, 1)}, "2.5 is no i32"),
    ],
)
def test_a_launch_that_cannot_be_is_refused(
    device: Device, plan: LaunchPlan, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(DelegantError, match=message):
        device.load(launch(plan, **changes))


def test_a_kernel_that_cannot_be_is_refused(device: Device, plan: LaunchPlan) -> None:
    def change(**changes: Any) -> LaunchPlan:
        return replace(plan, kernels=(plan.kernels[0], replace(plan.kernels[1], **changes)))

    with pytest.raises(DelegantError, match="a kernel in metal"):
        device.load(change(language="metal"))
    with pytest.raises(DelegantError, match="work-items"):
        device.load(change(workgroup=(10**6, 1, 1)))
    with pytest.raises(DelegantError, match="unknown scalar types"):
        device.load(change(scalars=("f32", "f64", "i32")))
    with pytest.raises(DelegantError, match="cannot hold"):
        device.load(replace(plan, buffers=(BufferSpec(8, np.zeros(100)),)))
    with pytest.raises(DelegantError, match="kernel 7 of 2"):
        device.load(replace(plan, launches=(Launch(7, (), (), (1, 1, 1)),)))


def test_arrays_of_another_size_are_refused_and_the_plan_still_runs(device: Device, plan: LaunchPlan) -> None:
    loaded = device.load(plan)
    for inputs, outputs, message in (
        ([X[:5]], [Y], "input 0 has 20 bytes"),
        ([X], [Y.astype(np.float64)], "output 0 has 128 bytes"),
        ([X, X], [Y], "2 inputs given"),
        ([X], [], "0 outputs given"),
        ([X], [np.empty((16, 2), np.float32)[:, 0]], "C-contiguous"),
    ):
        with pytest.raises(DelegantError, match=message):
            loaded.run(inputs, outputs)
    loaded.run([X], [Y])
    np.testing.assert_array_equal(Y, 10)
    loaded.close()


def test_a_closed_plan_says_so_and_closes_again(device: Device, plan: LaunchPlan) -> None:
    loaded = device.load(plan)
    loaded.close()
    loaded.close()
    for use in (lambda: loaded.run([X], [Y]), loaded.profile, lambda: loaded.read(0, 0, 4)):
        with pytest.raises(DelegantError, match="closed"):
            use()


def test_a_closed_device_loads_nothing_and_closes_again(device: Device, plan: LaunchPlan) -> None:
    own = open_device(device.info.api)
    own.close()
    own.close()
    with pytest.raises(DelegantError, match="closed"):
        own.load(plan)


def test_a_failure_can_be_provoked(device: Device, plan: LaunchPlan) -> None:
    with pytest.raises(DeviceMemoryError):
        FaultyDevice(device, "load", DeviceMemoryError("none left")).load(plan)
    loaded = FaultyDevice(device, "run", DeviceLostError("gone"), after=1).load(plan)
    loaded.run([X], [Y])
    with pytest.raises(DeviceLostError):
        loaded.run([X], [Y])
    loaded.close()


@pytest.mark.webgpu
@pytest.mark.parametrize("mappable", [True, False])
@pytest.mark.parametrize("raw", ["1", "0"])
def test_a_webgpu_device_that_goes_away_is_told_as_lost(
    webgpu_device: Device, raw: str, mappable: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DELEGANT_WEBGPU_RAW", raw)
    own: Any = open_device("webgpu")
    own._mappable = own._mappable and mappable
    plan = chain(own, 16, [(2.0, 1)])
    loaded, silent = own.load(plan), own.load(replace(plan, inputs=(), outputs=()))
    own._device.destroy()
    for use in (
        lambda: loaded.run([X], [Y]), lambda: silent.run([], []), loaded.profile, lambda: loaded.read(0, 0, 4),
        lambda: own.load(plan),
    ):  # fmt: skip
        with pytest.raises(DeviceLostError):
            use()
    loaded.close()
    silent.close()
    own.close()


@pytest.mark.webgpu
def test_a_buffer_bound_for_reading_and_writing_at_once_is_refused(webgpu_device: Device) -> None:
    plan = chain(webgpu_device, 16, [(2.0, 1)])
    kernel = replace(plan.kernels[0], text=plan.kernels[0].text.replace("storage, read_write> x", "storage, read> x"),
                     writable=(False, True))
    with pytest.raises(DelegantError, match="both as read and as read_write"):
        webgpu_device.load(replace(plan, kernels=(kernel,)))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Not enough memory left.", DeviceMemoryError),
        ("Parent device is lost", DeviceLostError),
        ("Buffer with '' label has been destroyed", DeviceLostError),
        ("Usage flags do not match", DelegantError),
    ],
)
def test_messages_of_wgpu_are_told_apart(text: str, kind: type[DelegantError]) -> None:
    assert type(webgpu_errors.translate(RuntimeError(text), "testing")) is kind


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("MEM_OBJECT_ALLOCATION_FAILURE", DeviceMemoryError),
        ("OUT_OF_RESOURCES", DeviceMemoryError),
        ("DEVICE_NOT_AVAILABLE", DeviceLostError),
        ("BUILD_PROGRAM_FAILURE", CompileError),
        ("INVALID_KERNEL_ARGS", DelegantError),
    ],
)
def test_statuses_of_opencl_are_told_apart(status: str, kind: type[DelegantError]) -> None:
    cl = pytest.importorskip("pyopencl")
    error = RuntimeError("what the driver says")
    error.code = getattr(cl.status_code, status)  # type: ignore[attr-defined]
    raised = opencl_errors.translate(error, "testing", kernel="k")
    assert type(raised) is kind and status in str(raised) and raised.kernel == "k"
    assert raised.log == "what the driver says"
