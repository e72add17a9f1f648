"""Layer normalization in the forms that converters write becomes one operation; what only looks like it does not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from gpu_programs import program, work

import delegant
from delegant.core.build.builder import GraphBuilder, ModelBuilder
from delegant.core.build.builder_base import BuilderTensor
from delegant.core.delegate import Delegate
from delegant.delegates.gpu.program import ir

SHAPE = (1, 6, 20)
GAMMA, BETA = (np.random.default_rng(seed).uniform(0.5, 2, 20).astype(np.float32) for seed in (1, 2))
Build = Callable[[GraphBuilder, BuilderTensor], BuilderTensor]


def scale(g: GraphBuilder, x: BuilderTensor, mean: BuilderTensor, axes: tuple[int, ...] = (-1,)) -> BuilderTensor:
    variance = g.mean(g.binary("SQUARED_DIFFERENCE", x, mean), axes, keep_dims=True)
    return g.op("RSQRT", [g.add(variance, np.float32(0.01))])


def with_negative_mean(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
    mean = g.mean(x, [-1], keep_dims=True)
    gain = g.mul(scale(g, x, mean), GAMMA)
    return g.add(g.mul(x, gain), g.mul(g.op("NEG", [mean]), gain))


def with_beta(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
    mean = g.mean(x, [-1], keep_dims=True)
    gain = g.mul(scale(g, x, mean), GAMMA)
    return g.add(g.mul(gain, x), g.sub(BETA, g.mul(mean, gain)))


def without_gamma(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
    mean = g.mean(x, [-1], keep_dims=True)
    gain = scale(g, x, mean)
    return g.add(g.sub(BETA, g.mul(mean, gain)), g.mul(x, gain))


def of_another_mean(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
    mean = g.mean(x, [-1], keep_dims=True)
    gain = g.mul(scale(g, x, g.mean(g.op("EXP", [x]), [-1], keep_dims=True)), GAMMA)
    return g.add(g.mul(x, gain), g.mul(g.op("NEG", [mean]), gain))


def over_other_axes(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
    mean = g.mean(x, [1], keep_dims=True)
    gain = scale(g, x, mean, (1,))
    return g.add(g.mul(x, gain), g.mul(g.op("NEG", [mean]), gain))


def with_a_wrong_sign(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
    mean = g.mean(x, [-1], keep_dims=True)
    gain = g.mul(scale(g, x, mean), GAMMA)
    return g.add(g.mul(x, gain), g.mul(g.op("ABS", [mean]), gain))


@pytest.mark.parametrize("build", [with_negative_mean, with_beta, without_gamma])
def test_a_normalization_is_one_operation(build: Build) -> None:
    made = program(SHAPE, build)
    (op,) = [op for op in work(made) if not isinstance(op, ir.Copy)]
    assert isinstance(op, ir.LayerNormalization)
    np.testing.assert_array_equal(op.gamma, np.ones(20) if build is without_gamma else GAMMA)
    np.testing.assert_array_equal(op.beta, np.zeros(20) if build is with_negative_mean else BETA)
    assert op.epsilon == np.float32(0.01)
    assert op.nodes == tuple(range(max(op.nodes) + 1))


@pytest.mark.parametrize("build", [of_another_mean, over_other_axes, with_a_wrong_sign])
def test_what_is_something_else_stays(build: Build) -> None:
    assert not any(isinstance(op, ir.LayerNormalization) for op in program(SHAPE, build).ops)


def test_parts_that_others_read_stay() -> None:
    def build(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
        mean = g.mean(x, [-1], keep_dims=True)
        gain = g.mul(scale(g, x, mean), GAMMA)
        return g.mul(g.add(g.mul(x, gain), g.mul(g.op("NEG", [mean]), gain)), mean)

    kinds = {type(op) for op in work(program(SHAPE, build))}
    assert ir.LayerNormalization in kinds and ir.Reduce in kinds


@pytest.mark.parametrize("build", [with_negative_mean, with_beta, without_gamma])
def test_it_computes_what_the_operators_do(delegate: Delegate, build: Build) -> None:
    builder = ModelBuilder()
    builder.output(build(builder, builder.input("x", SHAPE)))
    x, results = np.random.default_rng(0).normal(3, 2, SHAPE).astype(np.float32), []
    for delegates in ([], [delegate]):
        interpreter = delegant.Interpreter(model_content=builder.to_bytes(), delegates=delegates)
        interpreter.allocate_tensors()
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x)
        interpreter.invoke()
        results.append(interpreter.get_tensor(interpreter.get_output_details()[0]["index"]))
    np.testing.assert_allclose(*results, rtol=1e-4, atol=1e-4)
