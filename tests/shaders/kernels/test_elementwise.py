"""Elementwise kernels against NumPy, with garbage in the padding."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_machines import run

from delegant.devices.device import Device
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.kernels.elementwise import Operand, binary, elementwise, unary
from delegant.shaders.parts.epilogue import Beside

Target = tuple[Device | None, DeviceClass]

SHAPES = [
    ((2, 3, 5), (2, 3, 5)),
    ((2, 3, 5), (5,)),
    ((2, 3, 5), (3, 1)),
    ((2, 1, 5), (2, 4, 5)),
    ((3, 8), (1,)),
    ((4, 16), (4, 16)),
    ((2, 3, 4, 8), (3, 1, 8)),
    ((), ()),
]


@pytest.mark.parametrize(("left", "right"), SHAPES)
def test_broadcasting(target: Target, left: tuple[int, ...], right: tuple[int, ...]) -> None:
    device, kind = target
    rng = np.random.default_rng(1)
    values = {"x": rng.standard_normal(left, np.float32), "side_a": rng.standard_normal(right, np.float32)}
    values = {name: np.asarray(value) for name, value in values.items()}
    output = np.broadcast_shapes(left, right)
    steps = [unary("RELU"), binary("SUB", Beside("side_a"), reverse=True)]
    call = elementwise(kind, output, [Operand("x", left), Operand("side_a", right)], steps)
    got = run(call, {n: v.reshape(v.shape or (1,)) for n, v in values.items()}, output or (1,), device)
    expected = values["side_a"] - np.maximum(values["x"], 0)
    np.testing.assert_allclose(got, expected.reshape(got.shape), rtol=1e-6, atol=1e-6)


def test_an_operand_may_be_used_twice(target: Target) -> None:
    device, kind = target
    x = np.arange(12, dtype=np.float32).reshape(2, 6)
    call = elementwise(kind, (2, 6), [Operand("x", (2, 6))], [binary("MUL", Beside("x")), binary("ADD", Beside("x"))])
    np.testing.assert_array_equal(run(call, {"x": x}, (2, 6), device), x * x + x)


def test_long_rows_are_shared(target: Target) -> None:
    device, kind = target
    x = np.arange(50001, dtype=np.float32).reshape(1, -1)
    call = elementwise(kind, x.shape, [Operand("x", x.shape)], [binary("ADD", 1.0)])
    np.testing.assert_array_equal(run(call, {"x": x}, x.shape, device), x + 1)


@pytest.mark.parametrize(("name", "function"), [("SIN", np.sin), ("COS", np.cos)])
def test_sine_and_cosine_far_from_zero(target: Target, name: str, function: np.ufunc) -> None:
    device, kind = target
    near = np.linspace(-30, 30, 2000, dtype=np.float32)
    far = np.random.default_rng(2).uniform(-20000, 20000, 998).astype(np.float32)
    x = np.concatenate([near, far, np.float32([0, -0.0])]).reshape(3, 1000)
    got = run(elementwise(kind, x.shape, [Operand("x", x.shape)], [unary(name)]), {"x": x}, x.shape, device)
    np.testing.assert_allclose(got, function(x.astype(np.float64)), rtol=0, atol=3e-7)
