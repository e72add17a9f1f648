"""Kernels announced before their plan is loaded are compiled by then, once, and plans share what is compiled."""
from __future__ import annotations

import gc
import os
import threading
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from launch_plans import axpb, chain, expected

from delegant.core.errors import CompileError
from delegant.devices.device import Device
from delegant.devices.discovery import open_device
from delegant.devices.plan import KernelSource
from delegant.devices.webgpu import program as webgpu_program

pytestmark = pytest.mark.webgpu
STEPS = [(2.0, 1), (-0.5, 3)]


@pytest.fixture
def built(webgpu_device: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the kernels that become pipelines of the device; those of further devices do not count."""
    names: list[str] = []
    original = webgpu_program._build

    def build(device: Any, kernel: Any, layout: Any) -> Any:
        if device is webgpu_device._device:
            names.append(kernel.name)
        return original(device, kernel, layout)

    monkeypatch.setattr(webgpu_program, "_build", build)
    return names


def test_an_announced_kernel_is_compiled_once(webgpu_device: Device, built: list[str]) -> None:
    for _ in range(2):
        webgpu_device.expect(axpb(webgpu_device.info, "axpb1"))
    loaded = webgpu_device.load(chain(webgpu_device, 16, STEPS, kernels=2))
    x, y = np.arange(16, dtype=np.float32), np.empty(16, np.float32)
    loaded.run([x], [y])
    np.testing.assert_array_equal(y, expected(x, STEPS))
    assert sorted(built) == ["axpb", "axpb1"]
    loaded.close()


def test_plans_share_pipelines_while_one_of_them_lives(webgpu_device: Device, built: list[str]) -> None:
    plan = chain(webgpu_device, 16, STEPS)
    first = webgpu_device.load(plan)
    second = webgpu_device.load(plan)
    first.close()
    webgpu_device.load(plan).close()
    assert built == ["axpb"]
    second.close()
    gc.collect()
    webgpu_device.load(plan).close()
    assert built == ["axpb", "axpb"]


def test_what_is_wrong_with_an_announced_kernel_is_said_when_its_plan_is_loaded(webgpu_device: Device) -> None:
    plan = chain(webgpu_device, 16, STEPS)
    wrong = axpb(webgpu_device.info, extra="nonsense")
    webgpu_device.expect(wrong)
    webgpu_device.load(plan).close()
    for _ in range(2):
        with pytest.raises(CompileError, match="nonsense"):
            webgpu_device.load(chain_of(webgpu_device, wrong))


def test_of_the_kernels_that_wait_the_longest_is_compiled_first(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, names = threading.Event(), list[str]()

    def build(device: Any, kernel: KernelSource, layout: Any) -> Any:
        begun.wait()
        names.append(kernel.name)
        return webgpu_program.Pipeline(None, None, ())

    monkeypatch.setattr(webgpu_program, "_build", build)
    monkeypatch.setattr(webgpu_program, "_layout", lambda device, kinds: None)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    compiler = webgpu_program.Compiler(None, SimpleNamespace(is_software=False), lambda: None)  # type: ignore[arg-type]
    kernels = [KernelSource(name, name * 5, "wgsl", (1, 1, 1), (), ()) for name in ("ab", "a", "abcd", "abc")]
    for kernel in kernels:
        compiler.begin(kernel)
    begun.set()
    assert len(compiler.pipelines(kernels)) == 4
    assert names[-3:] == sorted(names[-3:], key=len, reverse=True) and set(names) == {"a", "ab", "abc", "abcd"}
    compiler.close()


def chain_of(device: Device, kernel: Any) -> Any:
    """A plan whose only kernel is another one."""
    return replace(chain(device, 16, STEPS), kernels=(kernel,))


def test_a_closed_device_takes_no_announcements(webgpu_device: Device) -> None:
    device = open_device("webgpu")
    device.close()
    device.expect(axpb(webgpu_device.info))
