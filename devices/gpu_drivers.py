"""GPUs of a Linux machine that no driver offers: what is missing, and how to get it.

A driver announces itself to a loader by a manifest: for OpenCL an `.icd` file with the library's name, for Vulkan a
JSON file. Containers often have a driver's libraries without the manifests, or with manifests where no loader looks.
"""
from __future__ import annotations

import ctypes
import json
import os
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

MANIFESTS = {
    "opencl": ("etc/OpenCL/vendors",),
    "webgpu": ("usr/share/vulkan/icd.d", "etc/vulkan/icd.d", "usr/local/share/vulkan/icd.d"),
}
"""Folders in which the loaders look."""
ELSEWHERE = ("usr/local/nvidia/share/vulkan/icd.d", "opt/amdgpu/share/vulkan/icd.d", "opt/amdgpu/etc/vulkan/icd.d")
"""Folders with manifests for Vulkan in which they do not."""
LIBRARIES = (
    "usr/lib/{machine}-linux-gnu", "usr/lib64", "usr/lib", "lib/{machine}-linux-gnu", "usr/local/nvidia/lib64",
    "usr/local/nvidia/lib", "usr/lib/wsl/lib", "usr/lib/{machine}-linux-gnu/intel-opencl", "opt/rocm/lib",
    "usr/local/lib",
)  # fmt: skip
CAPABILITIES = "in a container, start it with NVIDIA_DRIVER_CAPABILITIES=compute,graphics,utility"
VULKAN_LOADER = "libvulkan.so.1"


@dataclass(frozen=True)
class Maker:
    """Who makes GPUs.

    Attributes:
        vendor: its number on the PCI bus.
        nodes: files in /dev that show a GPU where the bus cannot be seen.
        libraries: by API, the driver's library (any of them).
        install: by API, where it comes from.
    """

    name: str
    vendor: str
    nodes: tuple[str, ...]
    libraries: Mapping[str, tuple[str, ...]]
    install: Mapping[str, str]


MAKERS = (
    Maker(
        "NVIDIA", "0x10de", ("nvidia0", "nvidiactl"),
        {"opencl": ("libnvidia-opencl.so.1",), "webgpu": ("libGLX_nvidia.so.0", "libEGL_nvidia.so.0")},
        {
            "opencl": f"apt install nvidia-opencl-icd (Ubuntu: libnvidia-compute-VERSION); {CAPABILITIES}",
            "webgpu": f"apt install nvidia-vulkan-icd (Ubuntu: libnvidia-gl-VERSION); {CAPABILITIES}",
        },
    ),
    Maker(
        "AMD", "0x1002", ("kfd",),
        {"opencl": ("libamdocl64.so",), "webgpu": ("libvulkan_radeon.so", "amdvlk64.so")},
        {
            "opencl": "AMD's rocm-opencl-runtime, or apt install mesa-opencl-icd and set RUSTICL_ENABLE=radeonsi",
            "webgpu": "apt install mesa-vulkan-drivers",
        },
    ),
    Maker(
        "Intel", "0x8086", (),
        {"opencl": ("libigdrcl.so",), "webgpu": ("libvulkan_intel.so", "libvulkan_intel_hasvk.so")},
        {
            "opencl": "apt install intel-opencl-icd, or mesa-opencl-icd with RUSTICL_ENABLE=iris",
            "webgpu": "apt install mesa-vulkan-drivers",
        },
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Remedy:
    """What one API lacks to reach a GPU.

    Attributes:
        sentence: what is missing, with the command that mends it.
        name, manifest: a file for the loader that would mend it, and its text; "" where none does.
        existing: a manifest that no loader finds.
    """

    api: str
    sentence: str
    name: str = ""
    manifest: str = ""
    existing: str = ""


def remedies(api: str, root: Path = Path("/")) -> list[Remedy]:
    """What keeps an API from the GPUs of this machine, as far as files tell; nothing on other systems than Linux.

    Args:
        api: one that has no real GPU to offer.
        root: where the file system begins.
    """
    found = [_remedy(maker, api, root) for maker in MAKERS if _is_here(maker, root)]
    made = [remedy for remedy in found if remedy is not None]
    if found and api == "webgpu" and _library((VULKAN_LOADER,), root) is None:
        made.insert(0, Remedy(api, f"Vulkan's loader ({VULKAN_LOADER}) is missing: apt install libvulkan1"))
    closed = [str(node) for node in sorted(root.glob("dev/dri/renderD*")) if not os.access(node, os.R_OK | os.W_OK)]
    if closed:
        sentence = f"{closed[0]} may not be opened: sudo usermod -aG render,video $USER, and log in again"
        made.append(Remedy(api, sentence))
    return made


def environment(folder: Path, root: Path = Path("/")) -> dict[str, str]:
    """Environment variables that make the loaders see the drivers whose manifests are missing or out of place; empty
    where nothing is to be done. What the user has set stays.

    Args:
        folder: where manifests are written.
    """
    variables: dict[str, str] = {}
    opencl = [remedy for remedy in remedies("opencl", root) if remedy.manifest]
    if opencl and "OCL_ICD_VENDORS" not in os.environ:
        for name, text in [(m.name, m.read_text()) for m in _manifests("opencl", root)] + [
            (remedy.name, remedy.manifest) for remedy in opencl
        ]:
            (folder / name).write_text(text)
        variables["OCL_ICD_VENDORS"] = str(folder)
    vulkan = [remedy for remedy in remedies("webgpu", root) if remedy.manifest or remedy.existing]
    if vulkan and not {"VK_DRIVER_FILES", "VK_ICD_FILENAMES"} & set(os.environ):
        for remedy in vulkan:
            if remedy.manifest:
                (folder / remedy.name).write_text(remedy.manifest)
        new = [remedy.existing or str(folder / remedy.name) for remedy in vulkan]
        files = os.pathsep.join([*new, *(str(m) for m in _manifests("webgpu", root))])
        variables |= {"VK_DRIVER_FILES": files, "VK_ICD_FILENAMES": files}
    return variables


def _remedy(maker: Maker, api: str, root: Path) -> Remedy | None:
    """None: the driver is there and can be loaded."""
    libraries = maker.libraries[api]
    named = next((m for m in _manifests(api, root) if _names(m, libraries)), None)
    if named is not None:
        return _announced(maker, api, named, _library(libraries, root))
    here, kind = f"a GPU of {maker.name} is here", "OpenCL" if api == "opencl" else "Vulkan"
    if api == "webgpu":
        folders = (root / folder for folder in ELSEWHERE)
        for manifest in (m for folder in folders for m in sorted(folder.glob("*.json")) if _names(m, libraries)):
            sentence = f"{here}, and the manifest of its Vulkan driver, but not where the loader looks: "
            return Remedy(api, f"{sentence}export VK_DRIVER_FILES={manifest}", existing=str(manifest))
    library = _library(libraries, root)
    if library is None:
        return Remedy(api, f"{here} without its {kind} driver ({libraries[0]}): {maker.install[api]}")
    name, text = _manifest(maker, api, library)
    target = f"/{MANIFESTS[api][0]}"
    command = f"mkdir -p {target} && echo '{text.strip()}' > {target}/{name}"
    return Remedy(api, f"{here}, and its {kind} driver ({library}), which no manifest names: {command}", name, text)


def _announced(maker: Maker, api: str, manifest: Path, library: Path | None) -> Remedy | None:
    """Of a driver whose manifest is there."""
    said = f"{manifest} announces a driver for GPUs of {maker.name}, but "
    if library is None:
        return Remedy(api, f"{said}its library ({maker.libraries[api][0]}) is not here: {maker.install[api]}")
    try:
        ctypes.CDLL(str(library))
    except OSError as error:
        return Remedy(api, f"{said}its library cannot be loaded: {error}")
    return None


def _manifest(maker: Maker, api: str, library: Path) -> tuple[str, str]:
    """(name, text) of a manifest of a library."""
    name = maker.name.lower()
    if api == "opencl":
        return f"{name}.icd", f"{library}\n"
    text = json.dumps({"file_format_version": "1.0.0", "ICD": {"library_path": str(library), "api_version": "1.3.0"}})
    return f"{name}_icd.json", text


def _is_here(maker: Maker, root: Path) -> bool:
    if any((root / "dev" / node).exists() for node in maker.nodes):
        return True
    return any(vendor == maker.vendor for vendor in _displays(root))


def _displays(root: Path) -> Iterator[str]:
    """The makers of display controllers and accelerators on the PCI bus."""
    for device in root.glob("sys/bus/pci/devices/*"):
        try:
            kind, vendor = ((device / name).read_text().strip() for name in ("class", "vendor"))
        except OSError:
            continue
        if kind.startswith(("0x03", "0x12")):
            yield vendor


def _manifests(api: str, root: Path) -> list[Path]:
    """The manifests that the API's loader finds by itself."""
    ending = "*.icd" if api == "opencl" else "*.json"
    return [file for folder in MANIFESTS[api] for file in sorted((root / folder).glob(ending))]


def _names(manifest: Path, libraries: tuple[str, ...]) -> bool:
    """Whether a manifest names one of the libraries, whatever their versions."""
    try:
        text = manifest.read_text()
    except (OSError, UnicodeDecodeError):
        return False
    return any(library.partition(".so")[0] in text for library in libraries)


def _library(names: tuple[str, ...], root: Path) -> Path | None:
    """Where one of the libraries is."""
    own = [Path(folder) for folder in os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep) if folder]
    places = [*own, *(root / folder.format(machine=platform.machine()) for folder in LIBRARIES)]
    return next((place / name for name in names for place in places if (place / name).exists()), None)
