"""What a launch and a transfer cost beside the work itself: chains of tiny kernels and copies of several sizes.

    python benchmarks/overhead.py
    python benchmarks/overhead.py --json overhead.json opencl

"host" is processor time of the calling thread, "total" is time on the clock; both are medians, in microseconds.
"""
from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

import numpy as np
from rich.console import Console
from rich.table import Table

from delegant.core.errors import DeviceUnavailableError
from delegant.devices.device import Device
from delegant.devices.discovery import APIS, open_device
from delegant.devices.plan import Binding, BufferSpec, KernelSource, Launch, LaunchPlan

LAUNCHES = 100
SIZES = (4 << 10, 600 << 10, 4 << 20)
_TINY = {
    "opencl": """__kernel void tiny(__global float* x, const uint n) {
  const uint i = get_global_id(0);
  if (i < n) x[i] += 1.0f;
}
""",
    "wgsl": """struct Sizes { n: u32 }
@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<uniform> s: Sizes;
@compute @workgroup_size(8) fn tiny(@builtin(global_invocation_id) g: vec3<u32>) {
  if (g.x < s.n) { x[g.x] += 1f; }
}
""",
}


@dataclass(frozen=True)
class Cost:
    """Microseconds of one thing on one device."""

    device: str
    what: str
    host: float
    total: float


def measure(function: Callable[[], None], rounds: int) -> tuple[float, float]:
    """(processor time of this thread, time on the clock) of one call: medians, in microseconds."""
    function()
    host, total = [], []
    for _ in range(rounds):
        cpu, wall = time.thread_time_ns(), time.perf_counter_ns()
        function()
        total.append((time.perf_counter_ns() - wall) / 1e3)
        host.append((time.thread_time_ns() - cpu) / 1e3)
    return statistics.median(host), statistics.median(total)


def chain(device: Device, launches: int) -> LaunchPlan:
    """`launches` dependent launches over 64 floats."""
    language = device.info.language
    kernel = KernelSource("tiny", _TINY[language], language, (8, 1, 1), (True,), ("u32",))
    launch = Launch(0, (Binding(0, 0, 256),), (64,), (8, 1, 1))
    return LaunchPlan((BufferSpec(256),), (kernel,), (launch,) * launches, (), ())


def transfer(device: Device, size: int, up: bool) -> LaunchPlan:
    """Only an input or an output of `size` bytes."""
    there = (Binding(0, 0, size),)
    return LaunchPlan((BufferSpec(size),), (), (), there if up else (), () if up else there)


def costs(device: Device, name: str, rounds: int) -> Iterator[Cost]:
    """All costs of a device."""
    empty = device.load(chain(device, 0))
    base = measure(lambda: empty.run([], []), rounds)
    yield Cost(name, "a run without launches", *base)
    many = device.load(chain(device, LAUNCHES))
    full = measure(lambda: many.run([], []), rounds)
    yield Cost(name, f"one launch of {LAUNCHES}", *((f - b) / LAUNCHES for f, b in zip(full, base, strict=True)))
    for size in SIZES:
        data = np.ones(size, np.uint8)
        for up in (True, False):
            plan = device.load(transfer(device, size, up))
            arrays: tuple[list[np.ndarray], list[np.ndarray]] = ([data], []) if up else ([], [data])

            def run(plan: object = plan, arrays: object = arrays) -> None:
                plan.run(*arrays)  # type: ignore[attr-defined,misc]

            times = measure(run, rounds)
            yield Cost(name, f"{'upload' if up else 'download'} of {size >> 10} KiB", *times)


def variants(api: str) -> Iterator[tuple[str, Device]]:
    """(name, device) for each way that an API is used."""
    device = open_device(api)
    yield api, device
    if api == "webgpu":
        os.environ["DELEGANT_WEBGPU_RAW"] = "0"
        yield f"{api} by wgpu-py", device
        del os.environ["DELEGANT_WEBGPU_RAW"]
    device.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("apis", nargs="*", default=list(APIS), help="opencl, webgpu")
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--json", metavar="FILE", help="write the costs here too")
    options = parser.parse_args()
    console, found = Console(), []
    table = Table("device", "what", "host us", "total us")
    for api in options.apis:
        try:
            for name, device in variants(api):
                console.print(f"{name}: {device.info.name}, {device.info.driver}")
                found += list(costs(device, name, options.rounds))
        except DeviceUnavailableError as error:
            console.print(f"{api}: {error}")
    for cost in found:
        table.add_row(cost.device, cost.what, f"{cost.host:.2f}", f"{cost.total:.2f}")
    console.print(table)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump([asdict(cost) for cost in found], file, indent=1)


if __name__ == "__main__":
    main()
