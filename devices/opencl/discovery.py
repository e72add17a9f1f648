"""Which OpenCL devices are here, and what is known of each."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ...core.errors import DeviceUnavailableError
from .. import host_cpu
from ..device import DeviceInfo
from ..environment import default_variable
from . import pocl, pocl_caller, pocl_threads

INSTALL = 'pip install "pyopencl[pocl]" (runs on the CPU), or your GPU\'s OpenCL driver'
MAX_GROUPS = 2**31 - 1
_DEFAULT_ALIGNMENT = 128
ACROSS_ITEMS = ("rusticl",)
"""Platforms whose processor devices (rusticl's: llvmpipe) make vectors of neighbouring work-items and not of vectors:
workgroups of one, as the class "cpu" has them, take 15 times as long there."""


@dataclass(frozen=True)
class OpenCLDeviceEntry:
    """A device that could be opened.

    Attributes:
        info: what is known of it.
        handle: pyopencl's.
        caller: pyopencl's handle of the same driver's device that works in the calling thread, if it has one; see
            `pocl_caller`.
    """

    info: DeviceInfo
    handle: Any = field(repr=False)
    caller: Any | None = field(default=None, repr=False)


def enumerate_devices() -> list[OpenCLDeviceEntry]:
    """Every OpenCL device: GPUs first, then processors by drivers made for them, PoCL before others.

    Raises:
        DeviceUnavailableError: pyopencl is missing, or no driver offers a device.
    """
    with pocl.own_cache(), pocl_threads.pinned(), pocl_caller.offered() as with_caller:
        entries = sorted(_entries(with_caller), key=lambda entry: _preference(entry.info))
    if not entries:
        raise DeviceUnavailableError(f"no OpenCL device: {INSTALL}", delegate="opencl")
    return entries


def _preference(info: DeviceInfo) -> tuple[bool, bool, bool]:
    return info.is_software, info.device_class != "cpu", "pocl" not in info.features


def _entries(with_caller: bool) -> Iterator[OpenCLDeviceEntry]:
    cl = _import_pyopencl()
    try:
        platforms = cl.get_platforms()
    except cl.Error as error:
        raise DeviceUnavailableError(f"no OpenCL driver: {INSTALL}", delegate="opencl", log=str(error)) from error
    for platform in platforms:
        try:
            devices = platform.get_devices()
        except cl.Error:
            continue  # a driver without devices says so by an error
        caller = pocl_caller.of_platform(devices) if with_caller else None
        for device in devices:
            if device.available and device.compiler_available and device != caller:
                yield OpenCLDeviceEntry(device_info(device), device, caller)


def _import_pyopencl() -> Any:
    """pyopencl without its own caches on disk: where they cannot be written, it raises."""
    try:
        with default_variable("PYOPENCL_NO_CACHE", "1"):
            import pyopencl
    except Exception as error:
        message = f"pyopencl cannot be imported ({error}): {INSTALL}"
        raise DeviceUnavailableError(message, delegate="opencl") from error
    return pyopencl


def device_info(device: Any) -> DeviceInfo:
    """What OpenCL tells of a pyopencl device."""
    import pyopencl as cl

    is_cpu = bool(device.type & cl.device_type.CPU)
    info = DeviceInfo(
        api="opencl",
        name=f"{device.name.strip()} ({device.platform.name.strip()})",
        vendor=device.vendor.strip(),
        driver=f"{device.platform.version.strip()}; {device.driver_version.strip()}",
        device_class="cpu" if is_cpu else "gpu",
        language="opencl",
        buffer_alignment=max(device.mem_base_addr_align // 8, _DEFAULT_ALIGNMENT),
        max_buffer_size=int(device.max_mem_alloc_size),
        max_binding_size=int(device.max_mem_alloc_size),
        max_workgroup_size=int(device.max_work_group_size),
        max_workgroup_memory=int(device.local_mem_size),
        features=_features(device, is_cpu),
        limits={
            "compute_units": int(device.max_compute_units),
            "total_memory": int(device.global_mem_size),
            "max_groups": MAX_GROUPS,
            **{f"max_workgroup_size_{axis}": int(n) for axis, n in zip("xyz", device.max_work_item_sizes, strict=True)},
        },
    )
    return info.of_class("gpu") if is_cpu and device.platform.name.strip() in ACROSS_ITEMS else info


def _features(device: Any, is_cpu: bool) -> frozenset[str]:
    extensions = set(device.extensions.split())
    named = {
        "fp16": "cl_khr_fp16", "fp64": "cl_khr_fp64", "subgroups": "cl_khr_subgroups",
        "integer_dot_product": "cl_khr_integer_dot_product", "command_buffer": "cl_khr_command_buffer",
    }
    found = {name for name, extension in named.items() if extension in extensions} | {"timestamp"}
    if pocl.is_pocl(device):
        found.add("pocl")
    return frozenset(found | (host_cpu.features() if is_cpu else frozenset()))
