"""What a GPU delegate refuses, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from gpu_cases import weights
from ops.regions import region

import delegant
from delegant.core.build.builder import GraphBuilder, ModelBuilder
from delegant.core.build.builder_base import BuilderTensor, quantized
from delegant.core.delegate import Unsupported, Verdict
from delegant.core.graph import Graph
from delegant.core.kernels import builtin_kernels
from delegant.core.run.loading import load_graphs
from delegant.delegates import opencl, webgpu
from delegant.delegates.gpu.lower import judge
from delegant.delegates.gpu.lower.registry import lowering

Build = Callable[..., BuilderTensor]


def graph_of(build: Build, shape: tuple[int, ...] = (2, 3, 4), dtype: str = "float32", **more: object) -> Graph:
    builder = ModelBuilder()
    builder.output(build(builder, builder.input("picture", shape, dtype, **more)))  # type: ignore[arg-type]
    (graph,) = load_graphs(builder.build(), builtin_kernels())
    return graph


def verdict(build: Build, shape: tuple[int, ...] = (2, 3, 4), dtype: str = "float32", **more: object) -> Verdict:
    graph = graph_of(build, shape, dtype, **more)
    return judge(graph.nodes[-1], graph)


def _dynamic_weights(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
    """In two groups."""
    w = g.input("computed_weights", (4, 1, 1, 2))
    return g.op("CONV_2D", [x, w], {"stride_h": 1, "stride_w": 1}, shape=(1, 5, 5, 4))


def _hybrid_with_computed_bias(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
    w = g.constant("codes", np.ones((5, 4), np.int8), quantization=quantized(0.5))
    return g.op("FULLY_CONNECTED", [x, w, g.input("offsets", (5,))], shape=(3, 5))


def _product_of(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
    return g.op("REDUCE_PROD", [x, g.constant("axis", np.int32([0]))], shape=(3, 4))


REFUSED = (
    ("op", "no GPU kernel for COMPLEX_ABS", lambda g, x: g.op("COMPLEX_ABS", [x]), {}),
    ("dtype", "picture (INT32 2x3x4) is INT32", lambda g, x: g.op("EXP", [x]), {"dtype": "int32"}),
    ("dtype", "may hold numbers beyond 32 bits", lambda g, x: _product_of(g, x), {"dtype": "int64"}),
    ("dtype", "the constant big", lambda g, x: g.add(x, g.constant("big", np.int64(2**40))), {"dtype": "int64"}),
    ("boundary", "the CPU is faster", lambda g, x: g.op("ABS", [x]), {"dtype": "int32", "shape": (4,)}),
    ("constant", "computed_weights", _dynamic_weights, {"shape": (1, 5, 5, 4)}),
    ("constant", "the bias values offsets", _hybrid_with_computed_bias, {"shape": (3, 4)}),
    ("rank", "more than 6 dimensions", lambda g, x: g.relu(x), {"shape": (1,) * 7}),
    ("options", "fused activation", lambda g, x: g.op("L2_NORMALIZATION", [x], {"fused_activation_function": 1}), {}),
)


@pytest.mark.parametrize(("rule", "part", "build", "more"), REFUSED, ids=[case[1] for case in REFUSED])
def test_reasons_name_the_rule_and_the_tensor(rule: str, part: str, build: Build, more: dict) -> None:
    answer = verdict(build, **more)
    assert isinstance(answer, Unsupported)
    assert answer.rule == rule
    assert part in answer.reason


SHORT_REFUSALS = (
    ("quantized", "has a zero point", (2, 3, 4), lambda g, x: g.add(x, x, quantization=quantized(0.5, 1))),
    ("options", "both operands", (2, 3, 3), lambda g, x: g.batch_matmul(x, x, quantization=quantized(0.5))),
    ("exactness", "stays below", (1, 4), lambda g, x: _product(g, x, 4, 1 << 40)),
    ("exactness", "float32 adds up exactly", (1, 1000), lambda g, x: _product(g, x, 1000, 0)),
)


def _product(g: GraphBuilder, x: BuilderTensor, depth: int, bias: int) -> BuilderTensor:
    weights = g.constant("weights", np.full((2, depth), 100, np.int8), quantization=quantized(0.01))
    offsets = g.constant("bias", np.full(2, bias, np.int64), quantization=quantized(0.005))
    return g.fully_connected(x, weights, offsets, quantization=quantized(0.5))


@pytest.mark.parametrize(("rule", "part", "shape", "build"), SHORT_REFUSALS)
def test_what_the_kernels_of_16_bits_do_not_take(rule: str, part: str, shape: tuple[int, ...], build: Build) -> None:
    answer = verdict(build, shape, "int16", quantization=quantized(0.5))
    assert isinstance(answer, Unsupported)
    assert answer.rule == rule
    assert part in answer.reason


def test_an_operator_has_one_lowering() -> None:
    with pytest.raises(ValueError, match="CONV_2D is registered already"):
        lowering("CONV_2D", check=lambda node, graph: None)(lambda node, lowered: None)


def test_an_empty_tensor_is_refused() -> None:
    answer = verdict(lambda g, x: g.relu(x), (2, 0))
    assert isinstance(answer, Unsupported)
    assert "empty" in answer.reason


@pytest.mark.parametrize("create", [opencl.create, webgpu.create])
def test_unknown_options_are_errors_that_name_the_known_ones(create: Callable) -> None:
    with pytest.raises(ValueError, match=r"no option 'presicion'; it knows device .*precision"):
        create({"presicion": "fp16"})
    with pytest.raises(ValueError, match=r"'bf16': .* knows 'fp32' and 'fp16'"):
        create({"precision": "bf16"})
    with pytest.raises(ValueError, match="under precision 'fp16', which is not asked for"):
        create({"fp32": "CONV_2D"})


def test_weights_of_any_constant_kind_will_do() -> None:
    def build(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
        codes = g.constant("codes", np.ones((4, 4), np.int8), quantization=quantized(0.5))
        return g.op("FULLY_CONNECTED", [x, codes, g.constant("bias", weights(4))], shape=(3, 4))

    assert verdict(build, (3, 4))


def test_a_file_without_options_means_the_defaults() -> None:
    graph = graph_of(lambda g, x: g.op("CUMSUM", [x, g.constant("axis", np.int32(0))], {"exclusive": True}))
    (node,) = graph.nodes
    assert judge(replace(node, options=None), graph)


def _squares(g: ModelBuilder, x: BuilderTensor) -> BuilderTensor:
    body = region(g, "float32", lambda graph, a, b: graph.op("ADD", [a, graph.op("MUL", [b, b])]))
    start = g.constant("start", np.float32(0))
    return g.op("STABLEHLO_REDUCE", [x, start], {"dimensions": (1,), "body_subgraph_index": body}, shape=(2, 4))


def _columns(g: ModelBuilder, x: BuilderTensor) -> BuilderTensor:
    """Slices that lie across the rows of the updates, whose places along them are computed."""
    options = {
        "update_window_dims": (0, 2), "inserted_window_dims": (1,), "scatter_dims_to_operand_dims": (0, 1),
        "index_vector_dim": 1, "update_computation_subgraph_index": region(g, "float32", None),
    }  # fmt: skip
    tensors = [x, g.input("at", (3, 2), "int32"), g.input("updates", (2, 3, 4))]
    return g.op("STABLEHLO_SCATTER", tensors, options, shape=(2, 3, 4))


@pytest.mark.parametrize(("part", "build"), [("that is not one of ADD", _squares), ("which of several", _columns)])
def test_subgraphs_that_the_kernels_do_not_combine_by(part: str, build: Build) -> None:
    model = ModelBuilder()
    model.output(build(model, model.input("x", (2, 3, 4))))
    with delegant.Interpreter(model_content=model.to_bytes(), delegates=["opencl"]) as interpreter:
        interpreter.allocate_tensors()
        (placement,) = (p for p in interpreter.placement if p.op.startswith("STABLEHLO"))
    assert placement.rule == "options"
    assert part in placement.reason
