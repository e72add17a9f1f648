"""Checks a launch plan against a device before the driver sees it: what drivers answer to a bad one is not always an
error."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np

from ..core.errors import DelegantError, DeviceMemoryError
from .device import DeviceInfo
from .plan import Binding, KernelSource, Launch, LaunchPlan

_SCALAR_TYPES = {"i32": np.dtype(np.int32), "u32": np.dtype(np.uint32), "f32": np.dtype(np.float32)}
_INTEGER_RANGES = {"i32": (-(2**31), 2**31 - 1), "u32": (0, 2**32 - 1)}


def check_plan(plan: LaunchPlan, info: DeviceInfo) -> None:
    """Check sizes, indices, alignments and limits.

    Raises:
        DeviceMemoryError: a buffer or binding is larger than the device allows, or all are larger than its memory.
        DelegantError: anything else; names the kernel.
    """
    _check_buffers(plan, info)
    for kernel in plan.kernels:
        _check_kernel(kernel, info)
    for launch in plan.launches:
        _check_launch(launch, plan, info)
    for binding in (*plan.inputs, *plan.outputs):
        _check_binding(binding, plan, info, "the plan's input or output")


def scalar_value(kind: str, value: int | float) -> Any:
    """A scalar argument of type `kind` ("i32", "u32" or "f32") as a NumPy scalar."""
    return np.array(value, _SCALAR_TYPES[kind])[()]


def check_arrays(kind: str, arrays: Sequence[np.ndarray], bindings: Sequence[Binding], delegate: str) -> None:
    """Check that `arrays` have the number and byte sizes that the plan's `bindings` say.

    Raises:
        DelegantError: they do not; `kind` is "input" or "output" and goes into the message.
    """
    if len(arrays) != len(bindings):
        raise DelegantError(f"{len(arrays)} {kind}s given, the plan has {len(bindings)}", delegate=delegate)
    for index, (array, binding) in enumerate(zip(arrays, bindings, strict=True)):
        if array.nbytes != binding.size:
            message = f"{kind} {index} has {array.nbytes} bytes ({array.dtype} {array.shape}), not {binding.size}"
            raise DelegantError(message, delegate=delegate)
        if kind == "output" and not (array.flags.c_contiguous and array.flags.writeable):
            raise DelegantError(f"output {index} is not a writable C-contiguous array", delegate=delegate)


def _check_buffers(plan: LaunchPlan, info: DeviceInfo) -> None:
    for index, buffer in enumerate(plan.buffers):
        name = f"buffer {index}" + (f" ({buffer.label})" if buffer.label else "")
        if buffer.size < 0 or (buffer.contents is not None and buffer.contents.nbytes > buffer.size):
            raise DelegantError(f"{name} of {buffer.size} bytes cannot hold its contents", delegate=info.api)
        if buffer.size > info.max_buffer_size:
            message = f"{name} needs {buffer.size} bytes; {info.name} allows {info.max_buffer_size} for one buffer"
            raise DeviceMemoryError(message, delegate=info.api)
    total, available = sum(buffer.size for buffer in plan.buffers), info.limits.get("total_memory")
    if available is not None and total > available:
        message = f"the plan needs {total} bytes; {info.name} has {available}"
        raise DeviceMemoryError(message, delegate=info.api)


def _check_kernel(kernel: KernelSource, info: DeviceInfo) -> None:
    def refuse(message: str) -> NoReturn:
        raise DelegantError(message, delegate=info.api, kernel=kernel.name)

    if kernel.language != info.language:
        refuse(f"a kernel in {kernel.language} on a device that takes {info.language}")
    if unknown := set(kernel.scalars) - set(_SCALAR_TYPES):
        refuse(f"unknown scalar types {sorted(unknown)}")
    size = int(np.prod(kernel.workgroup, dtype=np.int64))
    if len(kernel.workgroup) != 3 or min(kernel.workgroup) < 1 or size > info.max_workgroup_size:
        refuse(f"workgroups of {kernel.workgroup}; {info.name} allows 1 to {info.max_workgroup_size} work-items")
    for axis, count in zip("xyz", kernel.workgroup, strict=True):
        if count > info.limits.get(f"max_workgroup_size_{axis}", count):
            refuse(f"workgroups of {kernel.workgroup} are too large along {axis}")
    most = info.limits.get("max_storage_buffers")
    if most is not None and len(kernel.writable) > most:
        refuse(f"{len(kernel.writable)} buffers; {info.name} allows {most} in one kernel")


def _check_launch(launch: Launch, plan: LaunchPlan, info: DeviceInfo) -> None:
    if not 0 <= launch.kernel < len(plan.kernels):
        raise DelegantError(f"a launch of kernel {launch.kernel} of {len(plan.kernels)}", delegate=info.api)
    kernel = plan.kernels[launch.kernel]

    def refuse(message: str) -> NoReturn:
        raise DelegantError(message, delegate=info.api, kernel=kernel.name, nodes=launch.nodes)

    if len(launch.bindings) != len(kernel.writable):
        refuse(f"{len(launch.bindings)} bindings for {len(kernel.writable)} buffers")
    if len(launch.scalars) != len(kernel.scalars):
        refuse(f"{len(launch.scalars)} scalars for {len(kernel.scalars)}")
    for kind, value in zip(kernel.scalars, launch.scalars, strict=True):
        if not _fits(kind, value):
            refuse(f"scalar {value!r} is no {kind}")
    most = info.limits["max_groups"]
    if len(launch.groups) != 3 or not all(0 <= count <= most for count in launch.groups):
        refuse(f"{launch.groups} workgroups; {info.name} allows up to {most} along each axis")
    for binding in launch.bindings:
        _check_binding(binding, plan, info, f"kernel {kernel.name}")


def _fits(kind: str, value: int | float) -> bool:
    if kind == "f32":
        return True
    lowest, highest = _INTEGER_RANGES[kind]
    return value == int(value) and lowest <= value <= highest


def _check_binding(binding: Binding, plan: LaunchPlan, info: DeviceInfo, where: str) -> None:
    if not 0 <= binding.buffer < len(plan.buffers):
        raise DelegantError(f"{where} binds buffer {binding.buffer} of {len(plan.buffers)}", delegate=info.api)
    size = plan.buffers[binding.buffer].size
    if binding.offset < 0 or binding.size < 0 or binding.offset + binding.size > size:
        message = f"{where} binds {binding.size} bytes at {binding.offset} of a buffer of {size} bytes"
        raise DelegantError(message, delegate=info.api)
    if binding.offset % info.buffer_alignment:
        message = f"{where} binds a buffer at {binding.offset}, not a multiple of {info.buffer_alignment}"
        raise DelegantError(message, delegate=info.api)
    if binding.size > info.max_binding_size:
        message = f"{where} binds {binding.size} bytes; {info.name} allows {info.max_binding_size}"
        raise DeviceMemoryError(message, delegate=info.api)
