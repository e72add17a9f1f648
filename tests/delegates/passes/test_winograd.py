"""Which convolutions are done by Winograd's filtering, and that a model with them computes what the CPU does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from gpu_cases import weights
from gpu_programs import POCL, program, program_of
from quantized_cases import Draft

import delegant
from delegant.core.build.builder import GraphBuilder, ModelBuilder
from delegant.core.build.builder_base import BuilderTensor
from delegant.core.delegate import Delegate
from delegant.delegates.gpu.emission.memory import lifetimes
from delegant.delegates.gpu.emission.strip_works import strip_scratch
from delegant.delegates.gpu.passes import winograd
from delegant.delegates.gpu.passes.winograd import WinogradConv2D, join_winograd
from delegant.delegates.gpu.program import ir

SHAPE = (2, 21, 18, 32)
Build = Callable[[GraphBuilder, BuilderTensor], BuilderTensor]


def convolution(g: GraphBuilder, x: BuilderTensor, **options: object) -> BuilderTensor:
    """Its sums are about as large as what it reads."""
    scaled = weights(32, 3, 3, x.shape[-1]) / np.float32(17)
    return g.conv_2d(x, scaled, weights(32), activation="RELU6", **options)


def residual(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
    return g.add(x, convolution(g, convolution(g, x)))


OTHERS: dict[str, Build] = {
    "stride": lambda g, x: convolution(g, x, stride=2),
    "dilation": lambda g, x: convolution(g, x, dilation=2),
    "5x5": lambda g, x: g.conv_2d(x, weights(32, 5, 5, 32), weights(32)),
    "groups": lambda g, x: g.conv_2d(x, weights(32, 3, 3, 16), weights(32)),
    "few channels": lambda g, x: g.conv_2d(x, weights(8, 3, 3, 32), weights(8)),
}


def joined(build: Build) -> list[WinogradConv2D]:
    return [op for op in join_winograd(program(SHAPE, build), POCL).ops if isinstance(op, WinogradConv2D)]


def test_a_convolution_keeps_its_steps_and_nodes() -> None:
    first, second = joined(residual)
    assert [len(op.steps) for op in (first, second)] == [1, 2]
    assert [op.nodes for op in (first, second)] == [(0,), (1, 2)]


@pytest.mark.parametrize("name", OTHERS)
def test_others_stay(name: str) -> None:
    assert not joined(OTHERS[name])


def test_nothing_is_joined_on_shader_devices() -> None:
    made = program(SHAPE, residual)
    assert join_winograd(made, replace(POCL, device_class="gpu")).ops == made.ops


@pytest.fixture(params=["strips", "all cores"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How convolutions are done whatever their weights; a few squares at a time."""
    monkeypatch.setattr(winograd, "SHARED_WEIGHTS", 1 << 30 if request.param == "strips" else 0)
    monkeypatch.setattr(winograd, "SCRATCH", 0)
    monkeypatch.setattr(winograd, "FEWEST", 5)
    return str(request.param)


def test_parts_cover_all_squares_and_leave_no_core_idle(way: str) -> None:
    for op in joined(residual):
        parts = -(-op.squares.count // op.part)
        assert parts * op.part - op.squares.count < parts
        assert op.part <= 5 * (2 if way == "all cores" else 1) and (way == "all cores" or parts % 2 == 0)


def test_scratch_memory_is_that_of_a_strip_or_lives_no_longer_than_the_operation(way: str) -> None:
    made = join_winograd(program(SHAPE, residual), POCL)
    spans = {life.value: (life.first, life.last) for life in lifetimes(made)}
    for place, op in enumerate(made.ops):
        if isinstance(op, WinogradConv2D):
            assert (strip_scratch(op, made) > 0) == (way == "strips") == (not op.scratch)
            assert [spans[value] for value in op.scratch] == [(place, place)] * len(op.scratch)


@pytest.mark.opencl
def test_a_model_computes_what_the_cpu_does(way: str) -> None:
    builder = ModelBuilder()
    x = builder.input("x", SHAPE)
    builder.output(residual(builder, x))
    model = builder.to_bytes()
    data = np.random.default_rng(0).standard_normal(SHAPE, np.float32)
    results = []
    for delegates in ([], ["opencl"]):
        interpreter = delegant.Interpreter(model_content=model, delegates=delegates)
        interpreter.allocate_tensors()
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], data)
        interpreter.invoke()
        results.append(interpreter.get_tensor(interpreter.get_output_details()[0]["index"]))
        interpreter.close()
    np.testing.assert_allclose(results[1], results[0], rtol=1e-4, atol=1e-5 * float(np.abs(results[0]).max()))


@pytest.mark.opencl
def test_half_floats_stay_plain_sums() -> None:
    delegate = delegant.load_delegate("opencl", {"precision": "fp16"})
    assert "winograd" not in " ".join(kernel_names(delegate))
    delegate.close()
    delegate = delegant.load_delegate("opencl")
    assert "winograd" in " ".join(kernel_names(delegate))
    delegate.close()


def kernel_names(delegate: Delegate) -> list[str]:
    """Of the model, as they are profiled."""
    builder = ModelBuilder()
    builder.output(residual(builder, builder.input("x", SHAPE)))
    report = delegant.profile(builder.to_bytes(), delegate, runs=1)
    return [kernel.kernel for kernel in report.kernels]


@pytest.mark.parametrize("dtype", ["int8", "uint8"])
def test_codes_stay_exact_sums(dtype: str) -> None:
    d = Draft(dtype, np.random.default_rng(3))
    d.g.output(d.g.conv_2d(d.x(*SHAPE), d.weights(32, 3, 3, 32), d.bias(32), quantization=d.quantization()))
    made = join_winograd(program_of(d.g), POCL)
    assert any(isinstance(op, ir.Conv2D) for op in made.ops)
    assert not any(isinstance(op, WinogradConv2D) for op in made.ops)


def test_whole_numbers_stay_exact_sums() -> None:
    """As those of activations that are quantized when the model runs."""
    plain = program(SHAPE, convolution)
    whole = {i: replace(value, whole=value.data is None) for i, value in plain.values.items()}
    made = join_winograd(replace(plain, values=whole), POCL)
    assert made.ops == plain.ops
