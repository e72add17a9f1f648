"""Turns pyopencl's errors into Delegant's."""
from __future__ import annotations

from typing import Any

from ...core.errors import CompileError, DelegantError, DeviceLostError, DeviceMemoryError
from ..translation import translating

_MEMORY = frozenset({
    "MEM_OBJECT_ALLOCATION_FAILURE", "OUT_OF_RESOURCES", "OUT_OF_HOST_MEMORY", "INVALID_BUFFER_SIZE",
})
_LOST = frozenset({"DEVICE_NOT_AVAILABLE", "INVALID_DEVICE", "INVALID_CONTEXT", "INVALID_COMMAND_QUEUE"})
_COMPILE = frozenset({
    "BUILD_PROGRAM_FAILURE", "COMPILE_PROGRAM_FAILURE", "LINK_PROGRAM_FAILURE", "INVALID_KERNEL_NAME",
    "INVALID_PROGRAM_EXECUTABLE", "INVALID_BINARY", "COMPILER_NOT_AVAILABLE",
})


def status_name(error: BaseException) -> str:
    """The OpenCL status that `error` carries ("OUT_OF_RESOURCES", ...), or ""."""
    import pyopencl as cl

    status_code: Any = cl.status_code
    code = getattr(error, "code", None)
    try:
        return "" if code is None else str(status_code.to_string(code))
    except (ValueError, TypeError):
        return f"status {code}"


def translate(error: BaseException, doing: str, **context: Any) -> DelegantError:
    """The Delegant error for a driver's `error`. `context`: the keyword arguments of `DelegantError`."""
    if isinstance(error, DelegantError):
        return error
    status = status_name(error)
    kind: type[DelegantError] = DelegantError
    if status in _MEMORY or isinstance(error, MemoryError):
        kind = DeviceMemoryError
    elif status in _LOST:
        kind = DeviceLostError
    elif status in _COMPILE:
        kind = CompileError
    context.setdefault("log", str(error))
    return kind(f"OpenCL failed while {doing}: {status or type(error).__name__}", delegate="opencl", **context)


translated = translating(translate)
