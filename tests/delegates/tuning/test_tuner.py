"""The tuner picks what is fastest on the device, remembers it, and no candidate computes anything else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gpu_cases import weights
from kernel_machines import run
from quantized_cases import Draft

import delegant
from delegant.core.arithmetic.numerics import quantize_multipliers
from delegant.core.build.builder import ModelBuilder
from delegant.core.build.builder_base import quantized
from delegant.core.delegate import Partition
from delegant.core.errors import DelegantError
from delegant.core.kernels import builtin_kernels
from delegant.core.model.reader import read_model
from delegant.core.run.loading import load_graphs
from delegant.delegates.gpu import GpuDelegate, checked_options
from delegant.delegates.gpu.delegate import optimized
from delegant.delegates.gpu.options import tuning_seconds
from delegant.delegates.gpu.passes.keep_bytes import multiplies_bytes
from delegant.delegates.gpu.program import ir
from delegant.delegates.gpu.tuning import tuner as tuning
from delegant.delegates.gpu.tuning.tuner import Tuner
from delegant.devices import cache
from delegant.devices.device import Device, DeviceInfo, LaunchTime, LoadedPlan
from delegant.devices.plan import LaunchPlan
from delegant.shaders.call import KernelCall
from delegant.shaders.conv_window import ConvWindow
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.kernels.batch_matmul import BatchShape, batch_matmul
from delegant.shaders.kernels.byte_products import byte_conv_2d, byte_matmul
from delegant.shaders.kernels.conv_2d import conv_2d
from delegant.shaders.kernels.depthwise_conv_2d import depthwise_conv_2d
from delegant.shaders.kernels.matmul import matmul
from delegant.shaders.parts.epilogue import Epilogue
from delegant.shaders.parts.requantize import Requantize
from delegant.shaders.schedules import candidates as tried
from delegant.shaders.schedules.byte_schedules import byte_conv_2d_schedule, byte_matmul_schedule

INFO = DeviceInfo("opencl", "test", "", "", "cpu", "opencl", 128, 2**31, 2**31, 4096, 2**15)
Times = Callable[[str], float]


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cache.ENVIRONMENT, str(tmp_path))


def model() -> bytes:
    """A 3x3, a depthwise and two equal 1x1 convolutions, and a product of two computed matrices."""
    builder = ModelBuilder()
    x = builder.input("x", (1, 12, 12, 8))
    x = builder.conv_2d(x, weights(48, 3, 3, 8), weights(48), activation="RELU")
    x = builder.depthwise_conv_2d(x, weights(1, 3, 3, 48), weights(48))
    for seed in (1, 2):
        x = builder.conv_2d(x, weights(48, 1, 1, 48) * seed, weights(48))
    rows = builder.reshape(x, (144, 48))
    builder.output(builder.batch_matmul(rows, builder.transpose(rows, [1, 0])))
    return builder.to_bytes()


def program() -> ir.Program:
    (graph,) = load_graphs(read_model(model()), builtin_kernels())
    return optimized(Partition(graph, tuple(n.index for n in graph.nodes), graph.inputs, graph.outputs))


class ClockPlan(LoadedPlan):
    """Computes nothing; takes as long as its device says."""

    def __init__(self, plan: LaunchPlan, times: Times | None) -> None:
        self.plan, self.times = plan, times

    def run(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:
        pass

    def profile(self) -> tuple[LaunchTime, ...]:
        names = [self.plan.kernels[launch.kernel].name for launch in self.plan.launches]
        return tuple(LaunchTime(0.0, self.times(name)) for name in names) if self.times else ()

    def read(self, buffer: int, offset: int, size: int) -> bytes:
        return b""

    def close(self) -> None:
        pass


class ClockDevice(Device):
    """A device on which a kernel takes as long as a function of its name says; without one it cannot tell."""

    def __init__(self, times: Times | None) -> None:
        self.info, self.times, self.loads = INFO, times, 0

    def load(self, plan: LaunchPlan) -> LoadedPlan:
        self.loads += 1
        return ClockPlan(plan, self.times)

    def close(self) -> None:
        pass


def fast(word: str, seconds: float = 1.0) -> Times:
    return lambda name: seconds if word in name else 2.0


def schedules(made: ir.Program) -> dict[str, list[object]]:
    kinds = (ir.Conv2D, ir.DepthwiseConv2D, ir.BatchMatMul)
    found: dict[str, list[object]] = {}
    for op in made.ops:
        if isinstance(op, kinds):
            found.setdefault(type(op).__name__, []).append(op.schedule)
    return found


def test_the_fastest_schedule_is_chosen_and_used_by_later_programs() -> None:
    made = schedules(Tuner(ClockDevice(fast("t10x16")), seconds=60).tuned(program()))
    tile = tried.RegisterTile(10, (16,))
    assert made == {"Conv2D": [tile] * 3, "DepthwiseConv2D": [None], "BatchMatMul": [tile]}
    later = ClockDevice(None)
    assert schedules(Tuner(later).tuned(program())) == made
    assert later.loads == 0


def test_what_gains_little_leaves_the_default() -> None:
    made = schedules(Tuner(ClockDevice(fast("t10x16", 1.95)), seconds=60).tuned(program()))
    assert {schedule for found in made.values() for schedule in found} == {None}


def test_outcomes_tell_what_was_measured_and_what_was_known() -> None:
    device = ClockDevice(fast("t10x16"))
    for fresh in (True, False):
        tuner = Tuner(device, seconds=60)
        tuner.tuned(program())
        outcome = tuner.outcomes["matmul 144x48x48"]
        assert (outcome.uses, outcome.seconds, outcome.default_seconds, outcome.fresh) == (2, 1.0, 2.0, fresh)
    assert device.loads == 4


def test_nothing_is_begun_after_the_time_is_up() -> None:
    told: list[tuple[str, int, int]] = []
    device = ClockDevice(fast("t10x16"))
    tuner = Tuner(device, seconds=1e-9, progress=lambda *step: told.append(step))
    tuner.tuned(program())
    assert device.loads == 1 and len(tuner.outcomes) == 1
    assert told == [("tuning batch_matmul", 0, 4)]


def test_a_device_that_does_not_tell_times_tunes_nothing() -> None:
    tuner = Tuner(ClockDevice(None), seconds=60)
    assert {s for found in schedules(tuner.tuned(program())).values() for s in found} == {None}
    assert tuner.outcomes == {}


def test_a_failing_driver_costs_the_family_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    device = ClockDevice(fast("t10x16"))
    load = device.load

    def failing(plan: LaunchPlan) -> LoadedPlan:
        if any("conv2d_3x3_nhwc_t" in kernel.name for kernel in plan.kernels):
            raise DelegantError("out of memory")
        return load(plan)

    monkeypatch.setattr(device, "load", failing)
    tuner = Tuner(device, seconds=60)
    tuner.tuned(program())
    assert [name.split()[0] for name in tuner.outcomes] == ["batch_matmul", "matmul", "depthwise_conv_2d"]


@pytest.mark.parametrize("value", ["fast", "-1", "inf", "nan", ""])
def test_a_wrong_option_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="'cached', 'off' or a number of seconds"):
        tuning_seconds({"tune": value})


def test_the_option_says_whether_to_tune() -> None:
    assert [tuning_seconds(o) for o in ({}, {"tune": "cached"}, {"tune": "off"}, {"tune": "2.5"})] == [0, 0, None, 2.5]


@pytest.mark.parametrize("name", [pytest.param(n, marks=getattr(pytest.mark, n)) for n in ("opencl", "webgpu")])
def test_a_tuned_model_computes_the_same(name: str, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue(f"{name}_device")
    x = np.random.default_rng(0).uniform(-1, 1, (1, 12, 12, 8)).astype(np.float32)
    results = []
    for tune in ("off", "0.5", "cached"):
        delegate = delegant.load_delegate(name, {"tune": tune})
        interpreter = delegant.Interpreter(model_content=model(), delegates=[delegate], policy="require")
        interpreter.allocate_tensors()
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x)
        interpreter.invoke()
        results.append(interpreter.get_tensor(interpreter.get_output_details()[0]["index"]))
        interpreter.close()
    for other in results[1:]:
        np.testing.assert_allclose(other, results[0], rtol=1e-4, atol=1e-4 * np.ptp(results[0]))


def codes_model() -> tuple[bytes, np.ndarray]:
    """A 3x3, a depthwise and a 1x1 convolution of INT8, with an input."""
    draft = Draft("int8", np.random.default_rng(4))
    x = draft.x(1, 9, 9, 8)
    for size in (3, 1):
        if size == 1:
            taps = draft.weights(1, 3, 3, 20, axis=3)
            x = draft.g.depthwise_conv_2d(x, taps, draft.bias(20), quantization=quantized(0.5, 3))
        weights_of = draft.weights(20, size, size, x.shape[-1])
        x = draft.g.conv_2d(x, weights_of, draft.bias(20), quantization=quantized(0.5, 3))
    draft.g.output(x)
    return draft.g.to_bytes(), draft.inputs[0]


@pytest.mark.parametrize("name", [pytest.param(n, marks=getattr(pytest.mark, n)) for n in ("opencl", "webgpu")])
def test_products_of_bytes_are_tuned_and_keep_their_bits(
    name: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tuning, "ROUND_SECONDS", 0.0)
    device = request.getfixturevalue(f"{name}_device")
    content, x = codes_model()
    results = []
    for delegates in ([], [GpuDelegate(name, lambda: device, checked_options(name, {"tune": "60"}))]):
        interpreter = delegant.Interpreter(model_content=content, delegates=delegates)
        interpreter.allocate_tensors()
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x)
        interpreter.invoke()
        results.append(interpreter.get_tensor(interpreter.get_output_details()[0]["index"]))
    np.testing.assert_array_equal(*results)
    (delegate,) = delegates
    assert delegate.tuner is not None
    families = {shape.split()[0] for shape in delegate.tuner.outcomes}
    kind = "byte_" if multiplies_bytes(device.info) else ""
    own = {} if kind and name == "opencl" else {f"{kind}depthwise_conv_2d"}
    assert families == {f"{kind}matmul", f"{kind}conv_2d", *own}


# --- every candidate


def _normal(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).standard_normal(shape, np.float32)


def _codes(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).integers(0, 256, shape).astype(np.uint8)


def _scaled(channels: int) -> Epilogue:
    """Sums of bytes as codes."""
    m, s = quantize_multipliers(np.full(channels, 0.003))
    step = Requantize(m, s, np.zeros(channels, np.int64), (-128, 127), 1 << 24)
    return Epilogue((step.step("table"),))


Make = Callable[[DeviceClass, Any], KernelCall]
X, PICTURE = _normal(17, 9), _normal(1, 18, 18, 16)
WINDOW = ConvWindow.of((1, 18, 18, 16), (3, 3))
FAMILIES: dict[str, tuple[Callable[[DeviceClass], tuple[Any, ...]], Make, dict[str, np.ndarray], tuple[int, ...]]] = {
    "matmul": (
        lambda kind: tried.matmul_candidates(kind, 17, 96),
        lambda kind, s: matmul(kind, 17, _normal(93, 9), schedule=s),
        {"x": X},
        (17, 93),
    ),
    "matmul of one row": (
        lambda kind: tried.matmul_candidates(kind, 1, 96),
        lambda kind, s: matmul(kind, 1, _normal(96, 41), schedule=s),
        {"x": _normal(1, 41)},
        (1, 96),
    ),
    "conv_2d": (
        lambda kind: tried.conv_2d_candidates(kind, 324, 64),
        lambda kind, s: conv_2d(kind, WINDOW, _normal(64, 3, 3, 16), schedule=s),
        {"x": PICTURE},
        (1, 18, 18, 64),
    ),
    "depthwise_conv_2d": (
        lambda kind: tried.depthwise_candidates(kind, WINDOW, 16),
        lambda kind, s: depthwise_conv_2d(kind, WINDOW, _normal(3, 3, 16), schedule=s),
        {"x": PICTURE},
        (1, 18, 18, 16),
    ),
    "depthwise_conv_2d by four": (
        lambda kind: tried.depthwise_candidates(kind, WINDOW, 16, 4),
        lambda kind, s: depthwise_conv_2d(kind, WINDOW, _normal(3, 3, 16), schedule=s),
        {"x": PICTURE},
        (1, 18, 18, 16),
    ),
    "byte_matmul": (
        lambda kind: tried.byte_candidates(
            byte_matmul_schedule(kind, 17, 96, 6), tried.matmul_candidates(kind, 17, 96), 6
        ),
        lambda kind, s: byte_matmul(kind, 17, _codes(93, 22).view(np.int8), _scaled(93), schedule=s),
        {"x": _codes(17, 22)},
        (17, 93),
    ),
    "byte_conv_2d": (
        lambda kind: tried.byte_candidates(
            byte_conv_2d_schedule(kind, 30, 64, 2), tried.conv_2d_candidates(kind, 30, 64), 2
        ),
        lambda kind, s: byte_conv_2d(
            kind, ConvWindow.of((1, 6, 5, 8), (3, 3)), _codes(64, 3, 3, 8).view(np.int8), 5, _scaled(64), schedule=s
        ),
        {"x": _codes(1, 6, 5, 8)},
        (1, 6, 5, 64),
    ),
    "batch_matmul": (
        lambda kind: tried.batch_matmul_candidates(kind, 17, 52),
        lambda kind, s: batch_matmul(kind, BatchShape(2, 17, 50, 9), schedule=s),
        {"x": _normal(2, 17, 9), "w": _normal(2, 9, 50)},
        (2, 17, 50),
    ),
    "batch_matmul of lines": (
        lambda kind: tried.dot_candidates(kind, 17, 12),
        lambda kind, s: batch_matmul(kind, BatchShape(2, 17, 10, 9, adj_y=True), schedule=s),
        {"x": _normal(2, 17, 9), "w": _normal(2, 10, 9)},
        (2, 17, 10),
    ),
}


@pytest.mark.parametrize("kind", DeviceClass, ids=lambda kind: kind.name)
@pytest.mark.parametrize("family", FAMILIES)
def test_every_candidate_computes_what_the_default_does(family: str, kind: DeviceClass) -> None:
    candidates, make, inputs, shape = FAMILIES[family]
    expected = run(make(kind, None), inputs, shape, None)
    made = candidates(kind)
    assert made or family.split()[0] in ("matmul", "batch_matmul")
    assert np.unique(expected).size > 20
    for schedule in made:
        got = run(make(kind, schedule), inputs, shape, None)
        np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-4, err_msg=str(schedule))
