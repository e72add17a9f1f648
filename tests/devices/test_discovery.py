"""Devices are found, chosen and explained, and nothing that is missing or broken is more than a reason."""
from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from delegant.core.errors import DeviceUnavailableError
from delegant.devices import discovery, probe
from delegant.devices.device import Device, DeviceInfo
from delegant.devices.discovery import APIS, CLASS, SELECTORS, available, discover, open_device
from delegant.devices.opencl import discovery as opencl_discovery
from delegant.devices.webgpu import discovery as webgpu_discovery


def test_what_is_found_is_described(device: Device) -> None:
    found = discover(device.info.api)
    assert found.reason == "" and found.devices
    for info in found.devices:
        assert info.api == device.info.api and info.name and info.driver
        assert info.device_class in ("cpu", "software_gpu", "llvmpipe", "gpu")
        assert info.language == {"opencl": "opencl", "webgpu": "wgsl"}[info.api]
        assert info.buffer_alignment & (info.buffer_alignment - 1) == 0
        assert min(info.max_buffer_size, info.max_binding_size, info.max_workgroup_size) > 0
        assert info.is_software or info.device_class == "gpu"
    assert [info.name for info in available() if info.api == device.info.api] == [info.name for info in found.devices]


def test_real_gpus_come_first(device: Device) -> None:
    software = [info.is_software for info in discover(device.info.api).devices]
    assert software == sorted(software)


def test_a_device_is_chosen_by_name_number_or_environment(device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    api, name = device.info.api, device.info.name
    for selector in (None, "", "0", name, name.upper(), name[3:9]):
        opened = open_device(api, selector)
        assert opened.info.name == name
        opened.close()
    for selector in ("no such device", "99"):
        with pytest.raises(DeviceUnavailableError) as caught:
            open_device(api, selector)
        assert name in str(caught.value)
    monkeypatch.setenv(SELECTORS[api], "no such device")
    with pytest.raises(DeviceUnavailableError):
        open_device(api)


def test_the_environment_gives_devices_another_class(device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    api, before = device.info.api, discover(device.info.api).devices[0]
    monkeypatch.setenv(CLASS, "gpu")
    opened = open_device(api)
    opened.close()
    assert opened.info.device_class == "gpu" and opened.info.is_software == before.is_software
    assert not opened.info.features & {"pocl", "avx512"}
    monkeypatch.setenv(CLASS, {"opencl": "llvmpipe", "webgpu": "cpu"}[api])
    assert discover(api).devices[0] == before  # a class of the other API's
    monkeypatch.setenv(CLASS, "cuda")
    assert "names no class of devices: 'cuda'" in discover(api).reason
    with pytest.raises(DeviceUnavailableError):
        open_device(api)


PROCESSOR = DeviceInfo("opencl", "", "", "", "cpu", "opencl", 128, 1, 1, 1, 1)


def test_processors_come_by_drivers_made_for_them() -> None:
    across, others, pocl = PROCESSOR.of_class("gpu"), PROCESSOR, replace(PROCESSOR, features=frozenset({"pocl"}))
    gpu = replace(PROCESSOR, device_class="gpu")
    assert across.is_software and not gpu.is_software
    assert sorted((across, others, pocl, gpu), key=opencl_discovery._preference) == [gpu, pocl, others, across]


def test_an_unknown_api_is_a_mistake_of_the_caller() -> None:
    for call in (discover, open_device, probe.probe):
        with pytest.raises(ValueError, match="unknown API 'cuda'"):
            call("cuda")


@pytest.mark.parametrize(("api", "module"), [("opencl", "pyopencl"), ("webgpu", "wgpu")])
def test_a_missing_module_says_how_to_install_it(api: str, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    found = discover(api)
    assert found.devices == () and "pip install" in found.reason
    with pytest.raises(DeviceUnavailableError, match="pip install"):
        open_device(api)
    assert all(info.api != api for info in available())


@pytest.mark.webgpu
def test_no_adapter_says_what_to_install(webgpu_device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    import wgpu

    monkeypatch.setattr(wgpu.gpu, "enumerate_adapters_sync", list)
    assert "Vulkan driver" in discover("webgpu").reason

    def fail() -> list[Any]:
        raise RuntimeError("the loader is broken")

    monkeypatch.setattr(wgpu.gpu, "enumerate_adapters_sync", fail)
    assert "the loader is broken" in discover("webgpu").reason


@pytest.mark.opencl
def test_no_platform_says_what_to_install(opencl_device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    import pyopencl as cl

    monkeypatch.setattr(cl, "get_platforms", list)
    assert "pip install" in discover("opencl").reason


def test_any_other_failure_is_a_reason_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(api: str) -> list[Any]:
        raise OSError("what nobody thought of")

    monkeypatch.setattr(discovery, "_enumerate", fail)
    assert [discover(api).reason for api in APIS] == ["OSError: what nobody thought of"] * len(APIS)
    assert available() == []


def test_one_adapter_of_several_backends_is_listed_once() -> None:
    class Adapter:
        features: frozenset[str] = frozenset({"shader-f16"})

        def __init__(self, device: str, kind: str, backend: str) -> None:
            self.info = {"device": device, "vendor": "v", "description": "", "adapter_type": kind,
                         "backend_type": backend}  # fmt: skip
            self.limits = dict.fromkeys(webgpu_discovery._LIMITS.values(), 256)

    adapters = [
        Adapter("llvmpipe", "CPU", "Vulkan"), Adapter("Radeon", "IntegratedGPU", "OpenGL"),
        Adapter("Radeon", "IntegratedGPU", "Vulkan"), Adapter("GeForce", "DiscreteGPU", "Vulkan"),
        Adapter("GeForce", "DiscreteGPU", "Vulkan"), Adapter("GeForce", "DiscreteGPU", "OpenGL"),
    ]
    unique = webgpu_discovery.unique_adapters(adapters)
    assert [(a.info["device"], a.info["backend_type"]) for a in unique] == [
        ("GeForce", "Vulkan"), ("GeForce", "Vulkan"), ("Radeon", "Vulkan"), ("llvmpipe", "Vulkan"),
    ]
    assert [webgpu_discovery.adapter_info(a).device_class for a in unique] == ["gpu", "gpu", "gpu", "software_gpu"]


@pytest.mark.parametrize(
    ("device", "features", "expected"),
    [
        ("llvmpipe (LLVM 15.0.6, 256 bits)", {"subgroup"}, "llvmpipe"),
        ("llvmpipe (LLVM 15.0.6, 256 bits)", set(), "software_gpu"),
        ("llvmpipe (LLVM 15.0.6, 128 bits)", {"subgroup"}, "software_gpu"),
        ("SwiftShader Device", {"subgroup"}, "software_gpu"),
    ],
)
def test_llvmpipe_is_told_by_its_name_and_its_subgroups(device: str, features: set[str], expected: str) -> None:
    assert webgpu_discovery._device_class({"device": device}, features) == expected


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("Mesa 22.3.6 (LLVM 15.0.6)", True),
        ("Mesa 25.0.7-2~bpo12+1 (LLVM 15.0.6)", False),
        ("Mesa 24.3.0-devel (git-abc)", True),
        ("", True),
    ],
)
def test_mesa_before_25_ends_long_loops(description: str, expected: bool) -> None:
    assert webgpu_discovery._ends_loops(description) == expected


def test_a_probe_finds_the_same(device: Device) -> None:
    found, here = probe.probe(device.info.api), discover(device.info.api)
    assert [info.name for info in found.devices] == [info.name for info in here.devices]
    assert found.devices[0].features == here.devices[0].features and found.reason == ""


@pytest.mark.parametrize(
    ("code", "seconds", "reason"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", 60, "a driver crashed while devices were listed"),
        ("import sys; sys.exit(3)", 60, "exit status 3"),
        ("import time; time.sleep(60)", 0.5, "a driver hung for 0.5 s"),
    ],
)
def test_a_driver_that_crashes_or_hangs_is_a_reason(
    code: str, seconds: float, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda command, **options: run([command[0], "-c", code], **options))
    found = probe.probe("opencl", seconds=seconds)
    assert found.devices == () and reason in found.reason


def test_a_probe_speaks_json() -> None:
    info = json.loads(json.dumps(probe._encode(discovery.Discovery("opencl", (), "why"))))
    assert probe._decode(info) == discovery.Discovery("opencl", (), "why")
