"""Kernels are traced once for steps that say what they do, and anew for those that do not."""

from __future__ import annotations

import numpy as np
import pytest

from delegant.shaders.conv_window import ConvWindow
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.kernels.conv_2d import conv_2d
from delegant.shaders.kernels.elementwise import binary, unary
from delegant.shaders.kernels.matmul import matmul
from delegant.shaders.language.kernel import Kernel
from delegant.shaders.parts.epilogue import Beside, Epilogue, Step, bias
from delegant.shaders.traced.opaque_loops import opaque_loops

LLVMPIPE = DeviceClass.LLVMPIPE


def product(*steps: Step, rows: int = 28) -> Kernel:
    return matmul(LLVMPIPE, rows, np.ones((64, 20), np.float32), Epilogue(steps)).kernel


def convolution(size: int, kernel: int) -> Kernel:
    window = ConvWindow.of((1, size, size, 8), (kernel, kernel))
    return conv_2d(LLVMPIPE, window, np.ones((64, kernel, kernel, 8), np.float32)).kernel


def test_layers_of_other_sizes_and_numbers_have_the_kernel_that_was_traced() -> None:
    zeros, ones = np.zeros(64, np.float32), np.ones(64, np.float32)
    assert product(bias(zeros), unary("RELU"), rows=28) is product(bias(ones), unary("RELU"), rows=42)
    assert convolution(8, 3) is convolution(12, 3)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (unary("RELU"), unary("RELU6")),
        (unary("LEAKY_RELU", 0.1), unary("LEAKY_RELU", 0.2)),
        (binary("SUB", 2.0), binary("SUB", 2.0, reverse=True)),
        (binary("MUL", 2.0), binary("MUL", 3.0)),
        (binary("MUL", 2.0), binary("MUL", Beside("side_a"))),
        (binary("MUL", Beside("side_a")), binary("MUL", Beside("side_b"))),
        (binary("MUL", Beside("side_a")), binary("MUL", Beside("side_a", True))),
    ],
)
def test_other_steps_have_other_kernels(one: Step, other: Step) -> None:
    assert product(one) is product(one) and product(one) is not product(other)


def test_other_windows_have_other_kernels() -> None:
    assert convolution(8, 3) is not convolution(8, 5)


def test_a_step_without_a_key_is_traced_each_time() -> None:
    step = Step("twice", lambda k, x: x + x)
    assert product(step) is not product(step)


def test_loops_are_made_opaque_once() -> None:
    first, second = (matmul(LLVMPIPE, rows, np.ones((64, 20), np.float32)) for rows in (28, 42))
    assert opaque_loops(first).kernel is opaque_loops(second).kernel
