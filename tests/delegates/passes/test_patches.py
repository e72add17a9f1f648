"""Convolutions with windows side by side are products of rearranged pictures on llvmpipe."""

from __future__ import annotations

import numpy as np
import pytest
from gpu_programs import program_of, work

import delegant
from delegant.core.build.builder import ModelBuilder
from delegant.core.delegate import Delegate
from delegant.delegates.gpu.passes.patches import multiply_patches
from delegant.delegates.gpu.program import ir
from delegant.shaders.device_class import DeviceClass

LLVMPIPE = DeviceClass.LLVMPIPE
SIDE_BY_SIDE = [
    ((2, 16, 24, 3), (8, 8), (8, 8)),
    ((1, 12, 12, 1), (4, 4), (4, 4)),
    ((1, 9, 7, 8), (2, 3), (2, 3)),
]
"""Shape of the picture, window, stride."""
OTHERS = [
    ((1, 16, 16, 3), (3, 3), (3, 3)),
    ((1, 16, 16, 4), (3, 3), (2, 2)),
    ((1, 16, 16, 4), (1, 1), (1, 1)),
]


def convolution(shape: tuple[int, ...], window: tuple[int, int], stride: tuple[int, int]) -> ModelBuilder:
    """One of six filters, with a bias and an activation."""
    b, seed = ModelBuilder(), np.random.default_rng(0)
    weights, bias = seed.normal(size=(6, *window, shape[3])), seed.normal(size=6)
    x = b.input("x", shape)
    options = {"stride": stride, "padding": "VALID", "activation": "RELU"}
    b.output(b.conv_2d(x, weights.astype(np.float32), bias.astype(np.float32), **options))
    return b


def kinds(made: ir.Program) -> list[type]:
    return [type(op) for op in work(made)]


@pytest.mark.parametrize(("shape", "window", "stride"), SIDE_BY_SIDE)
def test_a_copy_and_a_product_take_its_place(
    shape: tuple[int, ...], window: tuple[int, int], stride: tuple[int, int]
) -> None:
    made = multiply_patches(program_of(convolution(shape, window, stride)), LLVMPIPE)
    assert kinds(made)[:2] == [ir.Copy, ir.FullyConnected]


def test_what_is_added_to_the_reshaped_product_is_added_by_its_kernel() -> None:
    b = ModelBuilder()
    x = b.input("x", (1, 16, 16, 3))
    x = b.conv_2d(x, np.ones((8, 8, 8, 3), np.float32), np.ones(8, np.float32), stride=8, padding="VALID")
    b.output(b.add(b.reshape(x, (1, 4, 8)), np.ones((1, 4, 8), np.float32)))
    made = multiply_patches(program_of(b), LLVMPIPE)
    assert kinds(made)[:2] == [ir.Copy, ir.FullyConnected] and ir.Elementwise not in kinds(made)
    assert [step.function for step in work(made)[1].steps] == ["ADD"]


@pytest.mark.parametrize(("shape", "window", "stride"), OTHERS)
def test_others_stay(shape: tuple[int, ...], window: tuple[int, int], stride: tuple[int, int]) -> None:
    made = program_of(convolution(shape, window, stride))
    assert kinds(multiply_patches(made, LLVMPIPE)) == kinds(made)


@pytest.mark.parametrize("device", [d for d in DeviceClass if d is not LLVMPIPE])
def test_other_devices_have_convolutions(device: DeviceClass) -> None:
    made = program_of(convolution(*SIDE_BY_SIDE[0]))
    assert multiply_patches(made, device) is made


@pytest.mark.parametrize(("shape", "window", "stride"), SIDE_BY_SIDE + OTHERS)
def test_results_are_those_of_the_cpu(
    delegate: Delegate, shape: tuple[int, ...], window: tuple[int, int], stride: tuple[int, int]
) -> None:
    content = convolution(shape, window, stride).to_bytes()
    x = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    results = []
    for delegates in (None, [delegate]):
        with delegant.Interpreter(model_content=content, delegates=delegates) as interpreter:
            interpreter.allocate_tensors()
            interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x)
            interpreter.invoke()
            results.append(interpreter.get_tensor(interpreter.get_output_details()[0]["index"]))
    np.testing.assert_allclose(results[1], results[0], rtol=1e-5, atol=1e-5)
