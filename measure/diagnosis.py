"""What this machine has, what it lacks, and the command that installs it."""
from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from .. import __version__
from ..delegates.registry import known_delegates
from ..devices import cache, gpu_drivers, host_cpu
from ..devices.device import DeviceInfo
from ..devices.discovery import APIS, CLASS, SELECTORS, discover
from ..devices.opencl import pocl, pocl_caller, pocl_threads

PACKAGES = ("numpy", "flatbuffers", "wgpu", "pyopencl", "pocl-binary-distribution", "Pillow", "rich",
            "typer")  # fmt: skip
SWITCHES = ("DELEGANT_DEBUG", "DELEGANT_VALIDATE", cache.ENVIRONMENT, pocl.SWITCH, pocl_threads.VARIABLE,
            pocl_caller.VARIABLE, "DELEGANT_WEBGPU_RAW", CLASS, *SELECTORS.values())  # fmt: skip
_ICD_FOLDERS = {
    "vulkan": ("/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d"),
    "opencl": ("/etc/OpenCL/vendors",),
}


@dataclass(frozen=True)
class ApiDiagnosis:
    """One API.

    Attributes:
        drivers: the files by which its drivers announce themselves to the loader (Linux).
        problem: why there is no device, with what to install; "" where there is one.
    """

    api: str
    devices: tuple[DeviceInfo, ...]
    drivers: tuple[str, ...]
    problem: str


@dataclass(frozen=True)
class Diagnosis:
    """The state of a machine, as `delegant doctor` prints it.

    Attributes:
        packages: versions by name, "" where missing.
        cache: the cache folder, "" when switched off; cache_bytes: what it holds.
        pocl_workaround: "on" or "off"; pocl_cpu: the processor name given to PoCL where it needs one.
        environment: the variables that are set and that Delegant reads.
        notes: one sentence each on what deserves attention.
    """

    python: str
    system: str
    cpu: str
    packages: dict[str, str]
    delegates: tuple[str, ...]
    apis: tuple[ApiDiagnosis, ...]
    cache: str
    cache_bytes: int
    pocl_workaround: str
    pocl_cpu: str
    environment: dict[str, str]
    notes: tuple[str, ...]

    @property
    def healthy(self) -> bool:
        """Whether at least one API has a device."""
        return any(api.devices for api in self.apis)


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _drivers(api: str) -> tuple[str, ...]:
    """The loader's driver files: those its environment variables name, else those in its folders."""
    kind = "vulkan" if api == "webgpu" else api
    named = os.environ.get("VK_DRIVER_FILES") or os.environ.get("VK_ICD_FILENAMES") if kind == "vulkan" else None
    if named:
        return tuple(named.split(os.pathsep))
    folders = [Path(folder) for folder in _ICD_FOLDERS[kind]]
    return tuple(sorted(str(file) for folder in folders if folder.is_dir() for file in folder.iterdir()))


def _notes(apis: tuple[ApiDiagnosis, ...]) -> Iterator[str]:
    for api in apis:
        if api.problem:
            yield f"{api.api}: {' '.join(api.problem.split())}"
        elif all(device.is_software for device in api.devices):
            yield f"{api.api} has only software devices: they run on the CPU, through an accelerator's API"
        if all(device.is_software for device in api.devices):
            yield from (f"{api.api}: {remedy.sentence}" for remedy in gpu_drivers.remedies(api.api))
    if not pocl.enabled() and platform.system() == "Linux":
        yield f"the PoCL workaround is off ({pocl.SWITCH}=0); unset it if OpenCL kernels do not compile"
    if cache.location() is None:
        yield f"the cache is off ({cache.ENVIRONMENT}=off); every start compiles its kernels anew"


def _folder_bytes(folder: Path | None) -> int:
    if folder is None or not folder.is_dir():
        return 0
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink())


def diagnose() -> Diagnosis:
    """Look at versions, drivers, devices, caches and switches. What is missing is a result and no error."""
    found = [discover(api) for api in APIS]
    apis = tuple(ApiDiagnosis(d.api, d.devices, _drivers(d.api), d.reason) for d in found)
    folder = cache.location()
    return Diagnosis(
        python=platform.python_version(),
        system=platform.platform(),
        cpu=host_cpu.cpu_info()[0],
        packages={"delegant": __version__, **{name: _version(name) for name in PACKAGES}},
        delegates=known_delegates(),
        apis=apis,
        cache=str(folder or ""),
        cache_bytes=_folder_bytes(folder),
        pocl_workaround="on" if pocl.enabled() else "off",
        pocl_cpu=host_cpu.llvm_name() if pocl.enabled() else "",
        environment={name: os.environ[name] for name in SWITCHES if name in os.environ},
        notes=tuple(_notes(apis)),
    )
