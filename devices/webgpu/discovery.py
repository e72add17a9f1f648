"""Which WebGPU adapters are here, and what is known of each."""
from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...core.errors import DeviceUnavailableError
from .. import host_cpu
from ..device import DeviceInfo
from . import startup, types

INSTALL = (
    "pip install wgpu, and a Vulkan driver: your GPU vendor's, or on Debian and Ubuntu `apt install "
    "mesa-vulkan-drivers` (runs on the CPU)"
)
WANTED_FEATURES = {
    "fp16": "shader-f16",
    "subgroups": "subgroup",
    "subgroup_barrier": "subgroup-barrier",
    "timestamp": "timestamp-query",
    "immediates": "immediates",
    "mappable": "mappable-primary-buffers",
}
"""Our name of an optional feature -> wgpu's. Each is requested where the adapter has it."""
LANGUAGE = frozenset({"integer_dot_product"})
"""Features of the language: every wgpu translates products of packed bytes. wgpu-native does not list such features."""
LLVMPIPE_LOOP_ITERATIONS = 65535
"""Iterations after which llvmpipe of Mesa 22 ends an invocation's loops, all counted together, without a word."""
NO_LIMIT_SINCE = 25
"""Version of Mesa that does not. Where between the two it changed is not known."""
_GRANULE = 16
_TYPES = ("DiscreteGPU", "IntegratedGPU", "Unknown", "CPU")
_BACKENDS = ("Metal", "D3D12", "Vulkan", "OpenGL", "OpenGLES")
_LIMITS = {
    "max_buffer_size": "max-buffer-size",
    "max_binding_size": "max-storage-buffer-binding-size",
    "max_workgroup_size": "max-compute-invocations-per-workgroup",
    "max_workgroup_memory": "max-compute-workgroup-storage-size",
    "max_groups": "max-compute-workgroups-per-dimension",
    "max_workgroup_size_x": "max-compute-workgroup-size-x",
    "max_workgroup_size_y": "max-compute-workgroup-size-y",
    "max_workgroup_size_z": "max-compute-workgroup-size-z",
    "max_storage_buffers": "max-storage-buffers-per-shader-stage",
    "uniform_alignment": "min-uniform-buffer-offset-alignment",
    "storage_alignment": "min-storage-buffer-offset-alignment",
}
REQUESTED_LIMITS = tuple(name for name in _LIMITS.values() if not name.startswith("min-"))
"""wgpu's names of the limits that are raised to what the adapter allows."""


@dataclass(frozen=True)
class AdapterEntry:
    """An adapter that could be opened: what is known of it, and wgpu's handle."""

    info: DeviceInfo
    handle: Any = field(repr=False)


def enumerate_adapters() -> list[AdapterEntry]:
    """Every adapter, real GPUs first; one entry for a GPU that several backends offer.

    Raises:
        DeviceUnavailableError: wgpu is missing or broken, or there is no adapter.
    """
    # Mesa prints a warning to the terminal where the variable is missing; any folder will do.
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    try:
        backend = types.import_backend()
        import wgpu
    except Exception as error:
        message = f"wgpu cannot be imported ({error}): {INSTALL}"
        raise DeviceUnavailableError(message, delegate="webgpu") from error
    startup.parse_types(backend.ffi)
    try:
        adapters = wgpu.gpu.enumerate_adapters_sync()
    except Exception as error:
        message = f"wgpu cannot list adapters: {INSTALL}"
        raise DeviceUnavailableError(message, delegate="webgpu", log=str(error)) from error
    if not adapters:
        raise DeviceUnavailableError(f"no WebGPU adapter: {INSTALL}", delegate="webgpu")
    return [AdapterEntry(adapter_info(adapter), adapter) for adapter in unique_adapters(adapters)]


def unique_adapters(adapters: Sequence[Any]) -> list[Any]:
    """The adapters in order of preference, each GPU once, through its best backend."""
    best: dict[str, str] = {}
    ordered = sorted(adapters, key=_preference)
    return [a for a in ordered if best.setdefault(a.info["device"], a.info["backend_type"]) == a.info["backend_type"]]


def adapter_info(adapter: Any) -> DeviceInfo:
    """What wgpu tells of an adapter."""
    about: Mapping[str, Any] = adapter.info
    limits = {name: int(adapter.limits[key]) for name, key in _LIMITS.items()}
    is_cpu = about["adapter_type"] == "CPU"
    if is_cpu and (memory := host_cpu.total_memory()):
        limits["total_memory"] = memory
    if about["device"].startswith("llvmpipe") and _ends_loops(about["description"]):
        limits["max_loop_iterations"] = LLVMPIPE_LOOP_ITERATIONS
    return DeviceInfo(
        api="webgpu",
        name=about["device"] or "unnamed adapter",
        vendor=about["vendor"],
        driver=f"{about['backend_type']}; {about['description']}",
        device_class=_device_class(about, adapter.features) if is_cpu else "gpu",
        language="wgsl",
        buffer_alignment=limits["storage_alignment"],
        max_buffer_size=limits["max_buffer_size"] // _GRANULE * _GRANULE,
        max_binding_size=limits["max_binding_size"],
        max_workgroup_size=limits["max_workgroup_size"],
        max_workgroup_memory=limits["max_workgroup_memory"],
        features=frozenset(name for name, key in WANTED_FEATURES.items() if key in adapter.features) | LANGUAGE,
        limits=limits,
    )


def _ends_loops(description: str) -> bool:
    """Whether this Mesa counts the iterations of loops; one that does not say its version is taken to."""
    version = re.search(r"Mesa (\d+)\.", description)
    return version is None or int(version[1]) < NO_LIMIT_SINCE


def _device_class(about: Mapping[str, Any], features: Any) -> str:
    """Of an adapter that is the processor. llvmpipe puts the bits of its vectors into its name."""
    eight_lanes = about["device"].startswith("llvmpipe") and "256 bits" in about["device"]
    return "llvmpipe" if eight_lanes and "subgroup" in features else "software_gpu"


def shares_memory(adapter: Any) -> bool:
    """Whether the adapter's memory is the host's, so that mapping a buffer copies nothing."""
    return adapter.info["adapter_type"] in ("CPU", "IntegratedGPU")


def _preference(adapter: Any) -> tuple[int, int]:
    kind, backend = adapter.info["adapter_type"], adapter.info["backend_type"]
    return (
        _TYPES.index(kind) if kind in _TYPES else _TYPES.index("Unknown"),
        _BACKENDS.index(backend) if backend in _BACKENDS else len(_BACKENDS),
    )
