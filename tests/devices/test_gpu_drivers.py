"""A GPU that no driver offers: what is missing is named, with what mends it."""
from __future__ import annotations

import json
import platform
from pathlib import Path

import pytest

from delegant.devices.gpu_drivers import CAPABILITIES, environment, remedies

LIBRARIES = f"usr/lib/{platform.machine()}-linux-gnu"
VULKAN_LOADER = f"{LIBRARIES}/libvulkan.so.1"


def machine(root: Path, vendor: str, *files: str, **texts: str) -> Path:
    """A file system with a display controller of a maker, empty files, and files with a text."""
    pci = root / "sys/bus/pci/devices/0000:01:00.0"
    pci.mkdir(parents=True)
    (pci / "class").write_text("0x030200\n")
    (pci / "vendor").write_text(f"{vendor}\n")
    for name, text in [*((file, "") for file in files), *texts.items()]:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def sentence(api: str, root: Path) -> str:
    (remedy,) = remedies(api, root)
    return remedy.sentence


def test_a_library_without_a_manifest_is_announced_by_a_command(tmp_path: Path) -> None:
    root = machine(tmp_path, "0x10de", f"{LIBRARIES}/libnvidia-opencl.so.1")
    said = sentence("opencl", root)
    assert "which no manifest names: mkdir -p /etc/OpenCL/vendors && echo '" in said
    assert said.endswith("libnvidia-opencl.so.1' > /etc/OpenCL/vendors/nvidia.icd")


def test_a_missing_library_says_where_it_comes_from(tmp_path: Path) -> None:
    root = machine(tmp_path, "0x10de", VULKAN_LOADER)
    for api, package in (("opencl", "nvidia-opencl-icd"), ("webgpu", "nvidia-vulkan-icd")):
        said = sentence(api, root)
        assert f"apt install {package}" in said and CAPABILITIES in said


def test_a_gpu_is_seen_by_its_device_file_where_the_bus_is_hidden(tmp_path: Path) -> None:
    (tmp_path / "dev").mkdir()
    assert remedies("opencl", tmp_path) == []
    (tmp_path / "dev/nvidia0").touch()
    assert "a GPU of NVIDIA is here" in sentence("opencl", tmp_path)


def test_a_missing_loader_of_vulkan_comes_first(tmp_path: Path) -> None:
    first, second = remedies("webgpu", machine(tmp_path, "0x1002"))
    assert "apt install libvulkan1" in first.sentence
    assert "apt install mesa-vulkan-drivers" in second.sentence


def test_a_manifest_that_no_loader_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VK_DRIVER_FILES", raising=False)
    monkeypatch.delenv("VK_ICD_FILENAMES", raising=False)
    place = "usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json"
    root = machine(tmp_path, "0x10de", VULKAN_LOADER, **{place: '{"ICD": {"library_path": "libGLX_nvidia.so.0"}}'})
    assert sentence("webgpu", root).endswith(f"export VK_DRIVER_FILES={root / place}")
    assert environment(tmp_path, root)["VK_DRIVER_FILES"] == str(root / place)


def test_a_manifest_without_its_library(tmp_path: Path) -> None:
    manifest = {"etc/OpenCL/vendors/nvidia.icd": "libnvidia-opencl.so.1\n"}
    root = machine(tmp_path, "0x10de", **manifest)
    assert "its library (libnvidia-opencl.so.1) is not here: apt install" in sentence("opencl", root)
    library = root / LIBRARIES / "libnvidia-opencl.so.1"
    library.parent.mkdir(parents=True)
    library.write_text("no library")
    assert "its library cannot be loaded: " in sentence("opencl", root)


def test_without_a_gpu_nothing_is_missing(tmp_path: Path) -> None:
    root = machine(tmp_path, "0x1af4", f"{LIBRARIES}/libnvidia-opencl.so.1")
    assert remedies("opencl", root) == remedies("webgpu", root) == []
    assert environment(tmp_path, root) == {}


def test_variables_bring_in_what_has_no_manifest_beside_what_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OCL_ICD_VENDORS", "VK_DRIVER_FILES", "VK_ICD_FILENAMES"):
        monkeypatch.delenv(name, raising=False)
    libraries = (f"{LIBRARIES}/libnvidia-opencl.so.1", f"{LIBRARIES}/libEGL_nvidia.so.0", VULKAN_LOADER)
    others = {"etc/OpenCL/vendors/pocl.icd": "libpocl.so.2\n", "usr/share/vulkan/icd.d/lvp_icd.json": "{}"}
    root, folder = machine(tmp_path / "root", "0x10de", *libraries, **others), tmp_path / "new"
    folder.mkdir()
    made = environment(folder, root)
    assert made["OCL_ICD_VENDORS"] == str(folder)
    assert (folder / "nvidia.icd").read_text() == f"{root / libraries[0]}\n"
    assert (folder / "pocl.icd").read_text() == "libpocl.so.2\n"
    files = made["VK_DRIVER_FILES"].split(":")
    assert files == [str(folder / "nvidia_icd.json"), str(root / "usr/share/vulkan/icd.d/lvp_icd.json")]
    assert json.loads((folder / "nvidia_icd.json").read_text())["ICD"]["library_path"] == str(root / libraries[1])
    monkeypatch.setenv("OCL_ICD_VENDORS", "/own")
    assert "OCL_ICD_VENDORS" not in environment(folder, root)
