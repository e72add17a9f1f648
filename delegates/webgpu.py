"""The WebGPU delegate."""

from __future__ import annotations

from collections.abc import Mapping

from ..core.delegate import Delegate
from .gpu import GpuDelegate, checked_options


def create(options: Mapping[str, str] | None = None) -> Delegate:
    """Opens a WebGPU adapter.

    Args:
        options: see `gpu.options.OPTIONS`.

    Raises:
        ValueError: an option is unknown.
        DeviceUnavailableError: there is no such adapter; the message says what to install.
    """
    given = checked_options("webgpu", options)
    from ..devices.discovery import open_device

    return GpuDelegate("webgpu", lambda: open_device("webgpu", given.device), given)
