"""Which pictures convolutions read as the host gives them, and that a model that does computes what the CPU does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from gpu_cases import weights
from gpu_programs import POCL, program, work

import delegant
from delegant.core.build.builder import GraphBuilder, ModelBuilder
from delegant.core.build.builder_base import BuilderTensor
from delegant.delegates.gpu.passes.dense_pictures import dense_pictures
from delegant.delegates.gpu.passes.strips import join_strips
from delegant.delegates.gpu.program import ir

Build = Callable[[GraphBuilder, BuilderTensor], BuilderTensor]
RGB = (2, 12, 32, 3)


def convolution(g: GraphBuilder, x: BuilderTensor, outputs: int = 8, **options: object) -> BuilderTensor:
    return g.conv_2d(x, weights(outputs, 3, 3, x.shape[-1]), weights(outputs), **options)


def scaled(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
    return g.add(g.mul(x, g.constant("factor", np.float32(3))), g.constant("offset", np.float32(-1)))


def block(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
    """Large enough for strips."""
    y = convolution(g, x, 32, stride=2, activation="RELU6")
    return g.conv_2d(g.depthwise_conv_2d(y, weights(1, 3, 3, 32), weights(32)), weights(16, 1, 1, 32), weights(16))


DENSE: dict[str, tuple[tuple[int, ...], Build]] = {
    "rgb": (RGB, convolution),
    "grey": ((1, 9, 11, 1), convolution),
    "two channels": ((1, 9, 11, 2), lambda g, x: convolution(g, x, stride=2)),
    "scaled before": (RGB, lambda g, x: convolution(g, scaled(g, x))),
    "read twice": (RGB, lambda g, x: g.add(convolution(g, x), convolution(g, x, dilation=2))),
    "strips": ((1, 256, 256, 3), block),
}
PADDED: dict[str, tuple[tuple[int, ...], Build]] = {
    "pointwise": (RGB, lambda g, x: g.conv_2d(x, weights(8, 1, 1, 3), weights(8))),
    "read by others": (RGB, lambda g, x: g.add(g.conv_2d(x, weights(3, 3, 3, 3), weights(3)), x)),
    "scaled by channel": (RGB, lambda g, x: convolution(g, g.mul(x, g.constant("s", weights(3))))),
    "a wide window": (RGB, lambda g, x: g.conv_2d(x, weights(8, 3, 17, 3), weights(8))),
    "lines that end where no strip may begin": ((1, 12, 40, 3), convolution),
}


def copies(made: ir.Program) -> int:
    return sum(isinstance(op, ir.Copy) for op in made.ops)


@pytest.mark.parametrize("name", DENSE)
def test_the_copy_is_saved(name: str) -> None:
    before = program(*DENSE[name])
    after = dense_pictures(before, POCL)
    assert (copies(before), copies(after)) == (1, 0)
    assert len(work(after)) == len(work(before)) - 1
    (picture,) = (value for value in after.values.values() if value.dense)
    assert picture.nbytes < before.values[picture.id].nbytes
    assert (name == "strips") == any(isinstance(op, ir.Strips) for op in join_strips(after, POCL).ops)


@pytest.mark.parametrize("name", PADDED)
def test_others_stay(name: str) -> None:
    before = program(*PADDED[name])
    assert dense_pictures(before, POCL).ops == before.ops


def test_nothing_changes_on_shader_devices() -> None:
    before = program(*DENSE["rgb"])
    assert dense_pictures(before, replace(POCL, device_class="gpu")).ops == before.ops


@pytest.mark.opencl
@pytest.mark.parametrize("name", DENSE)
def test_a_model_computes_what_the_cpu_does(name: str) -> None:
    shape, build = DENSE[name]
    builder = ModelBuilder()
    builder.output(build(builder, builder.input("x", shape)))
    data, results = np.random.default_rng(0).standard_normal(shape, np.float32), []
    for delegates in ([], ["opencl"]):
        interpreter = delegant.Interpreter(model_content=builder.to_bytes(), delegates=delegates)
        interpreter.allocate_tensors()
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], data)
        interpreter.invoke()
        results.append(interpreter.get_tensor(interpreter.get_output_details()[0]["index"]))
        interpreter.close()
    np.testing.assert_allclose(results[1], results[0], rtol=1e-4, atol=1e-5 * float(np.abs(results[0]).max()))
