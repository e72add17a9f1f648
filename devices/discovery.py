"""What devices this machine has, and opening one."""
from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any

from ..core.errors import DelegantError, DeviceUnavailableError
from .device import Device, DeviceInfo

APIS = ("webgpu", "opencl")
"""The APIs, in the order in which devices are listed."""
SELECTORS = {"opencl": "DELEGANT_OPENCL_DEVICE", "webgpu": "DELEGANT_WEBGPU_ADAPTER"}
"""Environment variables that choose a device, as the `selector` of `open_device` does."""
CLASS = "DELEGANT_DEVICE_CLASS"
"""Environment variable that names the class of schedules to use, in the place of the one that was found out."""
CLASSES = {"opencl": ("cpu", "gpu"), "webgpu": ("software_gpu", "llvmpipe", "gpu")}
"""The classes that each API's kernels can be of."""


@dataclass(frozen=True)
class Discovery:
    """What was found for one API.

    Attributes:
        devices: the devices, the preferred one first.
        reason: why there are none, with what to install; "" where there are some.
    """

    api: str
    devices: tuple[DeviceInfo, ...]
    reason: str


def discover(api: str) -> Discovery:
    """The devices of one API. Never raises for a driver's failure: the reason says it.

    Raises:
        ValueError: there is no such API.
    """
    try:
        return Discovery(api, tuple(entry.info for entry in _enumerate(api)), "")
    except DelegantError as error:
        return Discovery(api, (), str(error))
    except Exception as error:
        if api not in APIS:
            raise
        return Discovery(api, (), f"{type(error).__name__}: {error}")


def available() -> list[DeviceInfo]:
    """Every device of every API. Never raises; `discover` tells why an API has none."""
    return [info for api in APIS for info in discover(api).devices]


def open_device(api: str, selector: str | None = None) -> Device:
    """Open a device of an API.

    Args:
        api: "opencl" or "webgpu".
        selector: part of the device's name, vendor or driver (any case), or its index as `discover` lists them. By
            default what the API's environment variable says, else the first.

    Raises:
        ValueError: there is no such API.
        DeviceUnavailableError: no device, or none that fits; the message says what to install or what there is.
        DelegantError: the driver failed to open it.
    """
    entries = _enumerate(api)
    chosen = selector if selector is not None else os.environ.get(SELECTORS[api], "")
    entry = _choose(api, entries, chosen)
    return _opener(api)(entry)


def begin_to_open(api: str, selector: str | None = None) -> Callable[[], Device]:
    """Open a device in another thread. Returns what waits for it, with the result and errors of `open_device`."""
    opened: Future[Device] = Future()

    def work() -> None:
        try:
            opened.set_result(open_device(api, selector))
        except BaseException as error:
            opened.set_exception(error)

    threading.Thread(target=work, name=f"opening {api}", daemon=True).start()
    return opened.result


def _choose(api: str, entries: Sequence[Any], selector: str) -> Any:
    wanted = selector.strip().lower()
    if wanted.isdigit() and int(wanted) < len(entries):
        return entries[int(wanted)]
    for entry in entries:
        info: DeviceInfo = entry.info
        if wanted in f"{info.name} {info.vendor} {info.driver}".lower():
            return entry
    names = "; ".join(f"{index} is {entry.info.name}" for index, entry in enumerate(entries))
    raise DeviceUnavailableError(f"no {api} device fits {selector!r}: {names}", delegate=api)


def _enumerate(api: str) -> Sequence[Any]:
    found, wanted = _found(api), os.environ.get(CLASS, "")
    if not wanted:
        return found
    if wanted not in {kind for kinds in CLASSES.values() for kind in kinds}:
        known = "; ".join(f"{name}: {', '.join(kinds)}" for name, kinds in CLASSES.items())
        raise DeviceUnavailableError(f"{CLASS} names no class of devices: {wanted!r} ({known})", delegate=api)
    if wanted not in CLASSES[api]:
        return found
    return [replace(entry, info=entry.info.of_class(wanted)) for entry in found]


def _found(api: str) -> Sequence[Any]:
    if api == "opencl":
        from .opencl.discovery import enumerate_devices

        return enumerate_devices()
    if api == "webgpu":
        from .webgpu.discovery import enumerate_adapters

        return enumerate_adapters()
    raise ValueError(f"unknown API {api!r}: one of {', '.join(APIS)}")


def _opener(api: str) -> Callable[[Any], Device]:
    if api == "opencl":
        from .opencl.device import OpenCLDevice

        return OpenCLDevice
    from .webgpu.device import WebGPUDevice

    return WebGPUDevice
