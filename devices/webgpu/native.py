"""Calls of wgpu-native without wgpu-py's wrappers, which cost more than half of the host's time for a launch.

They are not part of wgpu-py's public interface. So each name is looked up here and nowhere else, and where one is
missing, `calls` is None and everything goes through the public interface (`webgpu_replay.ApiReplay`).
"""
from __future__ import annotations

import functools
import os
from collections import deque
from types import SimpleNamespace
from typing import Any

SWITCH = "DELEGANT_WEBGPU_RAW"
"""Set to 0, only wgpu-py's public interface is used."""
_NAMES = {
    "create_encoder": "wgpuDeviceCreateCommandEncoder",
    "begin_pass": "wgpuCommandEncoderBeginComputePass",
    "set_pipeline": "wgpuComputePassEncoderSetPipeline",
    "set_bind_group": "wgpuComputePassEncoderSetBindGroup",
    "dispatch": "wgpuComputePassEncoderDispatchWorkgroups",
    "end_pass": "wgpuComputePassEncoderEnd",
    "release_pass": "wgpuComputePassEncoderRelease",
    "copy_buffer": "wgpuCommandEncoderCopyBufferToBuffer",
    "finish": "wgpuCommandEncoderFinish",
    "release_encoder": "wgpuCommandEncoderRelease",
    "submit": "wgpuQueueSubmit",
    "release_commands": "wgpuCommandBufferRelease",
    "write_buffer": "wgpuQueueWriteBuffer",
    "map_async": "wgpuBufferMapAsync",
    "mapped_range": "wgpuBufferGetMappedRange",
    "const_mapped_range": "wgpuBufferGetConstMappedRange",
    "unmap": "wgpuBufferUnmap",
    "poll": "wgpuDevicePoll",
}
_TRUSTED = "wgpuDeviceCreateShaderModuleTrusted"
MAP_READ, MAP_WRITE = 1, 2
MAP_SUCCESS = 1
map_failures: deque[str] = deque(maxlen=1)
"""What wgpu-native said of the last mapping that failed."""
escaped: deque[BaseException] = deque(maxlen=1)
"""What a callback raised: mostly Ctrl-C, which Python can only notice there, because everything else waits in C. cffi
would print it and go on, and the run would look like a failed mapping."""


def calls() -> Any | None:
    """The raw functions and prebuilt structures, or None where they are missing or switched off."""
    return _load() if os.environ.get(SWITCH, "1") != "0" else None


@functools.lru_cache(maxsize=1)
def _load() -> Any | None:
    try:
        from wgpu.backends.wgpu_native import _api, ffi, lib

        found = SimpleNamespace(**{ours: getattr(lib, theirs) for ours, theirs in _NAMES.items()})
        found.ffi, found.null = ffi, ffi.NULL
        found.errors = _api.error_handler
        found.encoder_descriptor = ffi.new("WGPUCommandEncoderDescriptor *")
        found.pass_descriptor = ffi.new("WGPUComputePassDescriptor *")
        found.commands_descriptor = ffi.new("WGPUCommandBufferDescriptor *")
        found.on_mapped = on_mapped(ffi, _store_status(ffi))
        found.errors.capture, found.errors.release  # noqa: B018  (missing: fall back)
        found.map_mode = lib.WGPUCallbackMode_AllowProcessEvents
        return found
    except (ImportError, AttributeError, KeyError, TypeError):
        return None


def on_mapped(ffi: Any, function: Any) -> Any:
    """`function(status, message, target, unused)` as wgpu-native's callback; what it raises is put into `escaped`."""

    def keep(kind: type[BaseException], error: BaseException, trace: Any) -> None:
        escaped.append(error)

    return ffi.callback("void(WGPUMapAsyncStatus, WGPUStringView, void *, void *)", function, onerror=keep)


def _store_status(ffi: Any) -> Any:
    def store(status: int, message: Any, target: Any, unused: Any) -> None:
        ffi.cast("int *", target)[0] = status
        if status != MAP_SUCCESS and message.data:
            map_failures.append(ffi.unpack(message.data, message.length).decode(errors="replace"))

    return store


def nanoseconds_per_tick(device: Any) -> float:
    """The unit of resolved timestamps. By WebGPU it is 1 ns; wgpu-native leaves the driver's ticks as they are."""
    try:
        from wgpu.backends.wgpu_native import lib

        return float(lib.wgpuQueueGetTimestampPeriod(device.queue._internal))
    except (ImportError, AttributeError):
        return 1.0


def create_module(device: Any, text: str) -> Any | None:
    """A shader module without loop bounding (kernels have no endless loops) but with bounds checks; None if no such
    call exists. Raises wgpu's errors."""
    if calls() is None:
        return None
    from wgpu.backends.wgpu_native import _api, ffi, lib

    create = getattr(_api.libf, _TRUSTED, None)
    if create is None:
        return None
    code = text.encode()
    characters = ffi.new("char[]", code)
    source = ffi.new("WGPUShaderSourceWGSL *")
    source.chain.sType = lib.WGPUSType_ShaderSourceWGSL
    source.code.data, source.code.length = characters, len(code)
    descriptor = ffi.new("WGPUShaderModuleDescriptor *")
    descriptor.nextInChain = ffi.cast("WGPUChainedStruct *", source)
    handle = create(device._internal, descriptor, lib.WGPUShaderRuntimeChecks_BoundsChecks)
    return _api.GPUShaderModule("", handle, device)
