"""Loading and closing plans over and over leaves nothing behind."""
from __future__ import annotations

import gc
import os
import sys

import numpy as np
import pytest
from launch_plans import chain

from delegant.devices.device import Device

CYCLES, BUFFER = 100, 1 << 20


def resident() -> int:
    """Bytes of memory that the process holds."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def cycle(device: Device, count: int) -> None:
    x = np.ones(BUFFER // 4, np.float32)
    y = np.empty_like(x)
    for _ in range(count):
        plan = device.load(chain(device, x.size, [(2.0, 1), (1.0, 0)], kernels=2))
        plan.run([x], [y])
        plan.close()
    gc.collect()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc/self")
def test_memory_and_files_do_not_grow(device: Device) -> None:
    cycle(device, 10)
    memory, files = resident(), len(os.listdir("/proc/self/fd"))
    cycle(device, CYCLES)
    # Each cycle uses 3 MiB; one that stayed in fifty would show.
    assert resident() - memory < CYCLES // 50 * 3 * BUFFER + 16 * BUFFER
    assert len(os.listdir("/proc/self/fd")) <= files + 2


@pytest.mark.webgpu
def test_no_object_of_wgpu_stays(webgpu_device: Device) -> None:
    import wgpu

    def counts() -> dict[str, int]:
        gc.collect()
        webgpu_device._device._poll_wait()  # type: ignore[attr-defined]
        report = wgpu.diagnostics.wgpu_native_counts.get_dict()
        names = ("Buffer", "BindGroup", "ComputePipeline", "ShaderModule", "CommandBuffer", "QuerySet")
        return {name: report[name]["count"] for name in names}

    cycle(webgpu_device, 2)
    before = counts()
    cycle(webgpu_device, 10)
    assert counts() == before
