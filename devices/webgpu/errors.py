"""Turns wgpu's errors into Delegant's."""
from __future__ import annotations

from typing import Any

from ...core.errors import DelegantError, DeviceLostError, DeviceMemoryError
from ..translation import translating

_LOST = ("device is lost", "device lost", "has been destroyed", "device was lost", "is destroyed")
_MEMORY = ("out of memory", "not enough memory")


def classify(text: str, kind_name: str = "") -> type[DelegantError]:
    """The kind of error that a message of wgpu's speaks of. `kind_name`: wgpu's class or type of the error."""
    lower = text.lower()
    if "OutOfMemory" in kind_name or any(word in lower for word in _MEMORY):
        return DeviceMemoryError
    if "DeviceLost" in kind_name or any(word in lower for word in _LOST):
        return DeviceLostError
    return DelegantError


def translate(error: BaseException, doing: str, **context: Any) -> DelegantError:
    """The Delegant error for wgpu's `error`. `context`: the keyword arguments of `DelegantError`."""
    if isinstance(error, DelegantError):
        return error
    name = type(error).__name__
    kind = DeviceMemoryError if isinstance(error, MemoryError) else classify(str(error), name)
    context.setdefault("log", str(error))
    return kind(f"WebGPU failed while {doing}: {name}", delegate="webgpu", **context)


translated = translating(translate)
