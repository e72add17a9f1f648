"""A launch plan is data: the same for the same graph, complete, and within the device's rules."""

from __future__ import annotations

import pickle
from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest
from gpu_cases import CASES, Case

from delegant.core.build.builder import ModelBuilder
from delegant.core.delegate import Partition
from delegant.core.errors import DelegantError
from delegant.core.kernels import builtin_kernels
from delegant.core.model.reader import read_model
from delegant.core.run.loading import load_graphs
from delegant.delegates.gpu import compile_plan
from delegant.devices.device import DeviceInfo
from delegant.devices.plan import Binding, LaunchPlan

CPU = DeviceInfo("opencl", "test", "", "", "cpu", "opencl", 128, 2**31, 2**31, 4096, 2**15)
SOFTWARE = replace(CPU, api="webgpu", device_class="software_gpu", language="wgsl", buffer_alignment=256)
SHADERS = tuple(replace(SOFTWARE, device_class=kind) for kind in ("software_gpu", "llvmpipe", "gpu"))
DEVICES = (CPU, replace(CPU, device_class="gpu"), *SHADERS)


def launch_plan(case: Case, info: DeviceInfo) -> LaunchPlan:
    (graph,) = load_graphs(read_model(case.model()), builtin_kernels())
    return compile_plan(Partition(graph, tuple(n.index for n in graph.nodes), graph.inputs, graph.outputs), info)[1]


def same(a: object, b: object) -> bool:
    """Equality that looks into arrays and into records without one."""
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and a.dtype == b.dtype and np.array_equal(a, b)
    if isinstance(a, tuple):
        return isinstance(b, tuple) and len(a) == len(b) and all(map(same, a, b))
    if is_dataclass(a) and not isinstance(a, type):
        return type(a) is type(b) and all(same(getattr(a, f.name), getattr(b, f.name)) for f in fields(a))
    return a == b


def overlap(a: Binding, b: Binding) -> bool:
    return a.buffer == b.buffer and a.offset < b.offset + b.size and b.offset < a.offset + a.size


@pytest.mark.parametrize("info", DEVICES, ids=lambda info: f"{info.language}-{info.device_class}")
@pytest.mark.parametrize("case", CASES[::7], ids=lambda case: case.name)
def test_plans_are_deterministic_data(case: Case, info: DeviceInfo) -> None:
    made = launch_plan(case, info)
    assert same(made, launch_plan(case, info))
    assert same(made, pickle.loads(pickle.dumps(made)))


@pytest.mark.parametrize("info", DEVICES, ids=lambda info: f"{info.language}-{info.device_class}")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_launch_writes_what_it_also_binds(case: Case, info: DeviceInfo) -> None:
    made = launch_plan(case, info)
    for launch in made.launches:
        kernel = made.kernels[launch.kernel]
        assert len(launch.bindings) == len(kernel.writable)
        for i, written in enumerate(launch.bindings):
            assert written.offset % info.buffer_alignment == 0
            assert written.offset + written.size <= made.buffers[written.buffer].size
            others = launch.bindings[:i] + launch.bindings[i + 1 :]
            assert not (kernel.writable[i] and any(overlap(written, other) for other in others))


def test_equal_kernels_are_kept_once() -> None:
    case = next(c for c in CASES if c.name == "SPLIT")
    made = launch_plan(case, CPU)
    texts = [kernel.text for kernel in made.kernels]
    assert len(texts) == len(set(texts)) < len(made.launches)


def test_equal_constants_are_kept_once() -> None:
    case = next(c for c in CASES if c.name == "CONV_2D_residual")
    contents = [b.contents.tobytes() for b in launch_plan(case, CPU).buffers if b.contents is not None]
    assert len(contents) == len(set(contents))


def test_host_values_are_dense_and_whole() -> None:
    case = next(c for c in CASES if c.name == "CONV_2D")
    made = launch_plan(case, CPU)
    assert [b.size for b in made.inputs] == [4 * int(np.prod(case.shape))]
    assert [b.size for b in made.outputs] == [4 * 9 * 7 * 6]


def test_a_kernel_whose_loops_the_driver_would_cut_short_is_refused() -> None:
    builder = ModelBuilder()
    builder.output(builder.mean(builder.input("x", (1, 40, 40, 4)), (1, 2)))
    (graph,) = load_graphs(read_model(builder.to_bytes()), builtin_kernels())
    partition = Partition(graph, (0,), graph.inputs, graph.outputs)
    compile_plan(partition, replace(SOFTWARE, limits={"max_loop_iterations": 65535}))
    with pytest.raises(DelegantError, match="ends loops after 1000 iterations"):
        compile_plan(partition, replace(SOFTWARE, limits={"max_loop_iterations": 1000}))
