"""Makes WebGPU start faster: most of the time before a first inference goes into parsing the names of C types.

wgpu-py names C types by strings ("WGPULimits *"), and cffi parses each new string together with all 430 type names of
the WebGPU headers: 15 ms apiece on a quick machine, 48 times. Here they are parsed in one go, as the arguments of one
function type, and put where cffi keeps what it has parsed. That place is not public, so whatever is not as expected
leaves all as it was.
"""
from __future__ import annotations

from typing import Any

_POINTERS = (
    "WGPUAdapterInfo *", "WGPUBindGroupDescriptor *", "WGPUBindGroupEntry *", "WGPUBindGroupLayoutDescriptor *",
    "WGPUBindGroupLayoutEntry *", "WGPUBufferBindingLayout *", "WGPUBufferDescriptor *",
    "WGPUBufferMapCallbackInfo *", "WGPUChainedStruct *", "WGPUChainedStruct * ", "WGPUCommandBufferDescriptor *",
    "WGPUCommandEncoderDescriptor *", "WGPUComputePassDescriptor *", "WGPUComputePipelineDescriptor *",
    "WGPUComputeState *", "WGPUDeviceDescriptor *", "WGPUDeviceExtras *", "WGPUDeviceLostCallbackInfo *",
    "WGPUInstanceDescriptor *", "WGPULimits *", "WGPUNativeLimits *", "WGPUPassTimestampWrites *",
    "WGPUPipelineLayoutDescriptor *", "WGPUQuerySetDescriptor *", "WGPUQueueDescriptor *",
    "WGPURequestDeviceCallbackInfo *", "WGPUShaderModuleDescriptor *", "WGPUShaderSourceWGSL *", "WGPUStringView *",
    "WGPUUncapturedErrorCallbackInfo *", "int *", "intptr_t", "uint8_t *", "uintptr_t",
)  # fmt: skip
_ARRAYS = (
    "WGPUAdapter[]", "WGPUBindGroupEntry[]", "WGPUBindGroupLayout[]", "WGPUBindGroupLayoutEntry[]",
    "WGPUCommandBuffer[1]", "WGPUCommandBuffer[]", "WGPUFeatureName[]", "char []", "char[]", "int[1]", "uint32_t []",
    "uint8_t []",
)  # fmt: skip
_FUNCTIONS = (
    "void(WGPUDevice const *, WGPUDeviceLostReason, WGPUStringView, void *, void *)",
    "void(WGPUDevice const *, WGPUErrorType, WGPUStringView, void *, void *)",
    "void(WGPUMapAsyncStatus, WGPUStringView, void *, void *)",
    "void(WGPURequestDeviceStatus, WGPUDevice, WGPUStringView, void *, void *)",
)


def parse_types(ffi: Any) -> bool:
    """Parse the types that wgpu-py and `native` name. Returns whether it could be done."""
    parsed = getattr(ffi, "_parsed_types", None)
    if not isinstance(parsed, dict):
        return False
    # An argument that is an array would become a pointer, hence pointers to arrays.
    arguments = [*_POINTERS]
    arguments += [f"{base} (*)[{size}" for base, size in (name.split("[") for name in _ARRAYS)]
    arguments += [name.replace("(", "(*)(", 1) for name in _FUNCTIONS]
    try:
        types = ffi.typeof(f"void (*)({', '.join(arguments)})").args
        for name, ctype in zip((*_POINTERS, *_ARRAYS, *_FUNCTIONS), types, strict=True):
            parsed.setdefault(name, (ctype.item if name in _ARRAYS else ctype, name in _FUNCTIONS))
    except Exception:
        return False
    return True
