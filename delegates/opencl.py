"""The OpenCL delegate."""

from __future__ import annotations

from collections.abc import Mapping

from ..core.collector import no_collection
from ..core.delegate import Delegate
from .gpu.options import checked_options


def create(options: Mapping[str, str] | None = None) -> Delegate:
    """Opens an OpenCL device.

    Args:
        options: see `gpu.options.OPTIONS`.

    Raises:
        ValueError: an option is unknown.
        DeviceUnavailableError: there is no such device; the message says what to install.
    """
    given = checked_options("opencl", options)
    from ..devices.discovery import begin_to_open

    opened = begin_to_open("opencl", given.device)
    with no_collection():
        from .gpu.delegate import GpuDelegate  # it takes as long as the device

    return GpuDelegate("opencl", opened, given)
