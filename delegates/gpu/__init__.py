"""The pipeline that WebGPU and OpenCL share.

lower (nodes to operations) -> fuse -> separate -> emit (choose kernels, plan memory, print, record) -> load and replay.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .delegate import GpuDelegate, compile_plan
    from .half_partition import HalfPartition
    from .options import Options, checked_options
    from .partition import GpuPartition

__all__ = ["GpuDelegate", "GpuPartition", "HalfPartition", "Options", "checked_options", "compile_plan"]
_HOMES = {
    "GpuDelegate": "delegate", "GpuPartition": "partition", "HalfPartition": "half_partition", "Options": "options",
    "checked_options": "options", "compile_plan": "delegate",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """The pipeline is imported when it is used: a device is opened meanwhile."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
