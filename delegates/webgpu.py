"""The WebGPU delegate."""

from __future__ import annotations

from collections.abc import Mapping

from ..core.collector import no_collection
from ..core.delegate import Delegate
from .gpu.options import checked_options


def create(options: Mapping[str, str] | None = None) -> Delegate:
    """Opens a WebGPU adapter.

    Args:
        options: see `gpu.options.OPTIONS`.

    Raises:
        ValueError: an option is unknown.
        DeviceUnavailableError: there is no such adapter; the message says what to install.
    """
    given = checked_options("webgpu", options)
    from ..devices.discovery import begin_to_open

    opened = begin_to_open("webgpu", given.device)
    with no_collection():
        from .gpu.delegate import GpuDelegate  # it takes as long as the device

    return GpuDelegate("webgpu", opened, given)
