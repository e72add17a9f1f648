"""What a launch, a transfer and an invocation cost beside the work itself: chains of tiny kernels, copies of several
sizes, a model whose delegate does nothing.

    python benchmarks/overhead.py
    python benchmarks/overhead.py --json overhead.json opencl

"host" is processor time of the calling thread, "total" is time on the clock, "device" is what the device says that its
kernels took; all are medians, in microseconds. The aim for a launch: under 2 us of host time on OpenCL, 3 on WebGPU.
"""
from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from rich.console import Console
from rich.table import Table

from delegant import Interpreter
from delegant.core.build.builder import ModelBuilder
from delegant.core.delegate import CompiledPartition, Delegate, Partition, Supported, Verdict
from delegant.core.errors import DeviceUnavailableError
from delegant.core.graph import Graph, Node
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
    device_time: float = 0.0


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


def chain(device: Device, launches: int, group: int = 8) -> LaunchPlan:
    """`launches` dependent launches over 64 floats, in workgroups of `group`. On PoCL, those in groups of one work-item
    become one launch that goes through all of them."""
    language = device.info.language
    text = _TINY[language].replace("(8)", f"({group})")
    if language == "opencl":
        text = f"__attribute__((reqd_work_group_size({group}, 1, 1)))\n{text}"
    kernel = KernelSource("tiny", text, language, (group, 1, 1), (True,), ("u32",))
    launch = Launch(0, (Binding(0, 0, 256),), (64,), (64 // group, 1, 1))
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
    for group, what in ((8, "one launch"), (1, "one launch, groups of one")):
        many = device.load(chain(device, LAUNCHES, group))
        full = measure(lambda plan=many: plan.run([], []), rounds)  # type: ignore[misc]
        kernels = [1e6 * time.seconds for _ in range(5) for time in many.profile()]
        per_launch = [(f - b) / LAUNCHES for f, b in zip(full, base, strict=True)]
        yield Cost(name, f"{what} of {LAUNCHES}", *per_launch, statistics.median(kernels) if kernels else 0.0)
    for size in SIZES:
        data = np.ones(size, np.uint8)
        for up in (True, False):
            plan = device.load(transfer(device, size, up))
            arrays: tuple[list[np.ndarray], list[np.ndarray]] = ([data], []) if up else ([], [data])

            def run(plan: object = plan, arrays: object = arrays) -> None:
                plan.run(*arrays)  # type: ignore[attr-defined,misc]

            times = measure(run, rounds)
            yield Cost(name, f"{'upload' if up else 'download'} of {size >> 10} KiB", *times)


class Idle(Delegate):
    """A delegate that says that it computes everything, and computes nothing."""

    name, device, is_software = "idle", "nothing", True

    def supports(self, node: Node, graph: Graph) -> Verdict:
        return Supported()

    def compile(self, partition: Partition) -> CompiledPartition:
        return IdlePartition()


class IdlePartition(CompiledPartition):
    first = True

    def run(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:
        if self.first:  # the first run must write its outputs
            outputs[0].fill(0)
            self.first = False


def interpreter_costs(rounds: int) -> Iterator[Cost]:
    """What the interpreter itself needs around one partition: 100 calls, divided."""
    model = ModelBuilder()
    model.output(model.op("ABS", [model.input("x", (1, 8))]))
    with Interpreter(model_content=model.to_bytes(), delegates=[Idle()]) as interpreter:
        interpreter.allocate_tensors()
        x, output = np.ones((1, 8), np.float32), interpreter.get_output_details()[0]["index"]
        calls = {
            "invoke": interpreter.invoke,
            "set_tensor": lambda: interpreter.set_tensor(0, x),
            "get_tensor": lambda: interpreter.get_tensor(output),
            "invoke_async and result": lambda: interpreter.invoke_async().result(),
        }
        for what, call in calls.items():

            def hundred(call: Callable[[], object] = call) -> None:
                for _ in range(100):
                    call()

            host, total = measure(hundred, rounds)
            yield Cost("interpreter", what, host / 100, total / 100)


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
    table = Table("device", "what", "host us", "total us", "device us")
    for api in options.apis:
        try:
            for name, device in variants(api):
                console.print(f"{name}: {device.info.name}, {device.info.driver}")
                found += list(costs(device, name, options.rounds))
        except DeviceUnavailableError as error:
            console.print(f"{api}: {error}")
    found += interpreter_costs(options.rounds)
    for cost in found:
        told = f"{cost.device_time:.2f}" if cost.device_time else ""
        table.add_row(cost.device, cost.what, f"{cost.host:.2f}", f"{cost.total:.2f}", told)
    console.print(table)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump([asdict(cost) for cost in found], file, indent=1)


if __name__ == "__main__":
    main()
