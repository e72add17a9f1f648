"""`precision="fp16"`: half floats in memory, float32 where that would not do, and nothing lost on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from conftest import EACH_API, open_or_skip
from quantized_cases import CASES, Draft

import delegant
from delegant.core.build.builder import GraphBuilder, ModelBuilder
from delegant.core.build.builder_base import BuilderTensor
from delegant.core.delegate import Delegate, Partition
from delegant.core.kernels import builtin_kernels
from delegant.core.run.loading import load_graphs
from delegant.delegates.gpu import HalfPartition
from delegant.delegates.gpu.delegate import optimized
from delegant.delegates.gpu.lower import judge
from delegant.delegates.gpu.options import Wishes
from delegant.delegates.gpu.passes import keep_half
from delegant.delegates.gpu.passes.keep_half import ASKED, BEYOND
from delegant.delegates.gpu.program.half_weights import fits_half
from delegant.shaders.traced.storage import Half

SHAPE = (1, 32, 32, 8)
STORED = "its result is stored as float16"
Build = Callable[[GraphBuilder, BuilderTensor], BuilderTensor]
RNG = np.random.default_rng(11)
WEIGHTS = [RNG.standard_normal((8, 1, 1, 8)).astype(np.float32) / 3 for _ in range(4)]


def convolved(g: GraphBuilder, x: BuilderTensor, layer: int, scale: float = 1.0) -> BuilderTensor:
    return g.conv_2d(x, WEIGHTS[layer] * np.float32(scale), np.zeros(8, np.float32))


def three_layers(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
    for layer in range(3):
        x = convolved(g, x, layer)
    return x


def too_large_inside(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
    """The second of four results is beyond float16, the third, of the one after, is not."""
    x = convolved(g, x, 0)
    x = convolved(g, x, 1, 1e5)
    x = convolved(g, x, 2, 1e-5)
    return convolved(g, x, 3)


def model(build: Build, shape: tuple[int, ...] = SHAPE) -> bytes:
    m = ModelBuilder()
    m.output(build(m, m.input("x", shape)))
    return m.to_bytes()


def picture(shape: tuple[int, ...] = SHAPE) -> np.ndarray:
    return np.random.default_rng(3).uniform(-1, 1, shape).astype(np.float32)


@pytest.fixture(scope="module", params=EACH_API)
def half(request: pytest.FixtureRequest) -> Iterator[Callable[..., Delegate]]:
    """Opens a delegate of each API with half floats, and more options."""
    opened: list[Delegate] = []

    def load(**options: str) -> Delegate:
        made = open_or_skip(
            request.param, lambda api: delegant.load_delegate(api, {"precision": "fp16", **options})
        )
        opened.append(made)
        return made

    yield load
    for each in opened:
        each.close()


class Ran:
    """A model run on a delegate, and on the CPU."""

    def __init__(self, content: bytes, delegate: Delegate, x: np.ndarray, times: int = 1) -> None:
        results = []
        for delegates in ([delegate], None):
            with delegant.Interpreter(model_content=content, delegates=delegates, policy="require") as interpreter:
                interpreter.allocate_tensors()
                interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x)
                for _ in range(times):
                    interpreter.invoke()
                results.append(interpreter.get_tensor(interpreter.get_output_details()[0]["index"]))
                if delegates:
                    self._read(interpreter)
        self.actual, self.expected = results

    def _read(self, interpreter: delegant.Interpreter) -> None:
        self.rules: Mapping[int, tuple[str, str]] = {p.node: (p.rule, p.reason) for p in interpreter.placement}
        self.report = interpreter.placement_report()
        compiled: Any = interpreter._executions[0].delegation.partitions[0].compiled
        assert isinstance(compiled, HalfPartition)
        buffers = compiled.compiled.plan.buffers
        self.arena = sum(b.size for b in buffers if b.label == "arena")

    @property
    def error(self) -> float:
        return float(np.abs(self.actual - self.expected).max() / np.abs(self.expected).max())


def test_tensors_and_weights_take_half_the_memory(half: Callable[..., Delegate]) -> None:
    ran = Ran(model(three_layers), half(), picture())
    assert 1e-6 < ran.error < 3e-3
    assert ran.arena == 2 * SHAPE[1] * SHAPE[2] * SHAPE[3] * 2
    assert ran.rules[0] == ran.rules[1] == ("fp16", STORED)
    assert ran.rules[2] == ("supported", "")  # the host's


def test_an_overflow_loses_nothing(half: Callable[..., Delegate]) -> None:
    ran = Ran(model(too_large_inside), half(), picture())
    assert ran.error < 3e-3
    assert [ran.rules[n] for n in range(3)] == [("fp16", STORED), ("fp32", BEYOND), ("fp16", STORED)]
    assert any(r.reason == BEYOND and r.nodes == (1,) for r in ran.report.remarks)
    assert BEYOND in str(ran.report)


def test_a_nan_in_the_input_goes_through(half: Callable[..., Delegate]) -> None:
    x = picture()
    x[0, 5, 6, 7] = np.nan
    ran = Ran(model(three_layers), half(), x)
    np.testing.assert_array_equal(np.isnan(ran.actual), np.isnan(ran.expected))
    np.testing.assert_allclose(ran.actual, ran.expected, atol=1e-2)


def test_padding_may_hold_anything(half: Callable[..., Delegate]) -> None:
    def build(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
        x = g.relu(g.div(x, g.add(x, x)))  # 0 / 0 in the padding
        return g.tanh(g.max_pool_2d(x, (2, 2), padding="VALID"))

    ran = Ran(model(build, (1, 64, 64, 5)), half(), picture((1, 64, 64, 5)) + 3, times=2)
    assert ran.error < 3e-3
    assert BEYOND not in {reason for _, reason in ran.rules.values()}


@pytest.mark.parametrize(("fp32", "kept"), [("1", (1,)), ("conv_2d", (0, 1)), ("CONV_2D, 7", (0, 1)), ("ADD", ())])
def test_the_user_keeps_nodes_in_float32(half: Callable[..., Delegate], fp32: str, kept: tuple[int, ...]) -> None:
    ran = Ran(model(three_layers), half(fp32=fp32), picture())
    assert {n for n, (_, reason) in ran.rules.items() if reason == ASKED} == set(kept)


def _softmax(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
    return convolved(g, g.softmax(convolved(g, x, 0)), 1)


def _exponential(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
    return convolved(g, g.op("EXP", [convolved(g, x, 0)]), 1)


def _sum(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
    return g.op("ABS", [g.reduce("SUM", x, (0,), keep_dims=True)])


def _rnn(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
    """32 sequences of 32 steps."""
    weights = [g.constant(name, WEIGHTS[k].reshape(8, 8)) for k, name in enumerate("wr")]
    inputs = [g.reshape(x, (32, 32, 8)), *weights, g.constant("b", np.zeros(8, np.float32)), g.variable("h", (32, 8))]
    return g.op("UNIDIRECTIONAL_SEQUENCE_RNN", inputs, {"fused_activation_function": 4}, shape=(32, 32, 8))


@pytest.mark.parametrize(
    ("build", "node", "why"),
    [
        (_softmax, 0, "SOFTMAX reads it"),
        (_exponential, 1, "EXP may leave"),
        (_sum, 0, "a sum may leave"),
        (_rnn, 1, "later steps build on"),
    ],
    ids=["softmax", "exp", "sum", "rnn"],
)
def test_what_needs_the_range_or_the_bits_stays_float32(
    half: Callable[..., Delegate], build: Build, node: int, why: str
) -> None:
    ran = Ran(model(build), half(), picture())
    rule, reason = ran.rules[node]
    assert rule == "fp32" and why in reason
    assert ran.error < 3e-3


@pytest.mark.parametrize("half", EACH_API[1:], indirect=True)
def test_a_device_without_half_floats_packs_them_and_keeps_single_numbers(half: Callable[..., Delegate]) -> None:
    def build(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
        x = g.depthwise_conv_2d(convolved(g, x, 0), np.ones((1, 3, 3, 8), np.float32), np.zeros(8, np.float32))
        return convolved(g, x, 1)

    delegate: Any = half()
    if delegate.info.device_class != "llvmpipe":
        pytest.skip("kernels that store single numbers are llvmpipe's")
    delegate._device.info = replace(delegate.info, features=delegate.info.features - {"fp16"})
    ran = Ran(model(build), delegate, picture())
    assert ran.error < 3e-3
    assert [ran.rules[n] for n in range(2)] == [("fp16", STORED), ("fp32", keep_half.SINGLY)]


@pytest.mark.parametrize("name", CASES)
def test_whole_numbers_of_quantized_models_are_left_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keep_half, "SMALL", 1)
    draft = Draft("int8", np.random.default_rng(1))
    made = CASES[name](draft)
    draft.g.output(*([made] if isinstance(made, BuilderTensor) else made))
    (graph,) = load_graphs(draft.g.build(), builtin_kernels())
    nodes = tuple(n.index for n in graph.nodes)
    assert all(judge(graph.nodes[n], graph) for n in nodes)
    program = optimized(Partition(graph, nodes, graph.inputs, graph.outputs))
    kept = keep_half.keep_half(program, real=keep_half.dequantizing(graph, nodes))
    halves = {v.name for v in kept.values.values() if isinstance(v.kept, Half)}
    real = {graph.tensors[t].name for n in graph.nodes for t in n.outputs if graph.tensors[t].type.name == "FLOAT32"}
    assert halves <= real


def test_words_name_operators_and_nodes() -> None:
    (graph,) = load_graphs(_built(too_large_inside), builtin_kernels())
    assert Wishes.of(" 2,relu,").nodes(graph, range(4)) == {2}
    assert Wishes.of("Conv_2D").nodes(graph, (0, 3)) == {0, 3}
    assert Wishes.of("").nodes(graph, range(4)) == set()


def _built(build: Build) -> Any:
    m = ModelBuilder()
    m.output(build(m, m.input("x", SHAPE)))
    return m.build()


@pytest.mark.parametrize(
    ("largest", "fits"), [(1.0, True), (65504.0, True), (65505.0, False), (1e-3, True), (1e-6, False), (np.nan, False)]
)
def test_constants_fit_by_their_largest_number(largest: float, fits: bool) -> None:
    data = np.float32(largest) * np.linspace(-1, 1, 101, dtype=np.float32)
    assert fits_half(data) is fits
