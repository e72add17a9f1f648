"""Kernels rewritten for half floats compute as the float kernels do, on rounded numbers, and tell what does not fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from kernel_machines import run

from delegant.devices.device import Device
from delegant.shaders.call import KernelCall
from delegant.shaders.conv_window import ConvWindow
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.kernels.conv_2d import conv_2d
from delegant.shaders.kernels.depthwise_conv_2d import depthwise_conv_2d
from delegant.shaders.kernels.elementwise import Operand, elementwise, unary
from delegant.shaders.kernels.matmul import matmul
from delegant.shaders.kernels.region_copy import Axis, Region, region_copy
from delegant.shaders.printing.wgsl import WGSL
from delegant.shaders.traced.evaluate import evaluate
from delegant.shaders.traced.storage import FLAGS, MAX_HALF, Half, stored

Target = tuple[Device | None, DeviceClass]
SHAPE = (1, 6, 7, 12)
RNG = np.random.default_rng(6)
WINDOW = ConvWindow.of(SHAPE, (3, 3))


def halves(*shape: int) -> np.ndarray:
    """Random numbers that float16 has."""
    return RNG.standard_normal(shape).astype(np.float16).astype(np.float32)


WEIGHTS = halves(12, 3, 3, 12)
NARROW = (*SHAPE[:3], 4)
FAMILIES: dict[str, Callable[[DeviceClass], KernelCall]] = {
    "conv": lambda device: conv_2d(device, WINDOW, WEIGHTS[:4]),
    "depthwise": lambda device: depthwise_conv_2d(device, WINDOW, WEIGHTS[0]),
    "matmul": lambda device: matmul(device, 42, WEIGHTS[:, 0, 0]),
    "elementwise": lambda device: elementwise(device, SHAPE, [Operand("x", SHAPE)], [unary("HARD_SWISH")]),
    "copy": lambda device: region_copy(device, Region((Axis(42, 12, 12), Axis(12, 1, 1)))),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_equals_the_float_kernel_on_rounded_numbers(target: Target, family: str) -> None:
    device, schedules = target
    x, shape = halves(*SHAPE), NARROW if family == "conv" else SHAPE
    expected = run(FAMILIES[family](schedules), {"x": x}, shape, device)
    call = stored(FAMILIES[family](schedules), {"x": Half(), "y": Half(), "weights": Half()})
    made = run(call, {"x": x}, shape, device)
    assert made.dtype == np.float16
    assert {b.storage for b in call.kernel.buffers} <= {"f16"} | ({"i32"} if family == "copy" else set())
    np.testing.assert_allclose(made, expected, rtol=2e-3, atol=1e-3)


def test_every_half_reads_back_as_itself(machine: Device | None) -> None:
    kind = DeviceClass.CPU if machine is None else DeviceClass(machine.info.device_class)
    bits = np.arange(2**16, dtype=np.uint16)
    x = bits.view(np.float16)[np.isfinite(bits.view(np.float16))].astype(np.float32)
    call = elementwise(kind, x.shape, [Operand("x", x.shape)], [unary("NEG")])
    np.testing.assert_array_equal(run(stored(call, {"x": Half(), "y": Half()}), {"x": x}, x.shape, machine), -x)


@pytest.mark.webgpu
@pytest.mark.parametrize("family", ["conv", "matmul", "elementwise"])
def test_without_half_floats_of_its_own_a_device_packs_them(
    webgpu_device: Device, family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = replace(webgpu_device.info, features=webgpu_device.info.features - {"fp16"})
    monkeypatch.setattr(webgpu_device, "info", without)
    x, shape = halves(*SHAPE), NARROW if family == "conv" else SHAPE
    call = stored(FAMILIES[family](DeviceClass.LLVMPIPE), {"x": Half(), "y": Half(), "weights": Half()})
    assert "f16" not in WGSL(packs_halves=True).source(call.kernel).replace("_f16", "").replace("x16float", "")
    expected = run(FAMILIES[family](DeviceClass.LLVMPIPE), {"x": x}, shape, None)
    np.testing.assert_allclose(run(call, {"x": x}, shape, webgpu_device), expected, rtol=2e-3, atol=1e-3)


def test_single_numbers_cannot_be_packed() -> None:
    call = stored(FAMILIES["depthwise"](DeviceClass.LLVMPIPE), {"y": Half()})
    with pytest.raises(ValueError, match="without shader-f16"):
        WGSL(packs_halves=True).source(call.kernel)


def _flag(values: np.ndarray, row: int) -> int:
    """Whether storing rows of `row` numbers that count, in memory of padded rows, is flagged."""
    call = elementwise(DeviceClass.GPU, values.shape, [Operand("x", values.shape)], [unary("NEG")])
    flags = np.zeros(3, np.int32)
    kept = stored(call, {"y": Half(1, values.shape[-1], row)})
    evaluate(kept, {"x": values.ravel(), "y": np.zeros(values.size, np.float16), FLAGS: flags})
    assert not flags[[0, 2]].any()
    return int(flags[1])


@pytest.mark.parametrize("number", [65505.0, -1e9, np.inf, np.nan])
def test_a_number_that_float16_cannot_hold_is_flagged(number: float) -> None:
    values = np.zeros((5, 8), np.float32)
    values[2, 1] = number
    assert _flag(values, 8)


def test_what_fits_and_what_does_not_count_is_not_flagged() -> None:
    values = np.full((5, 8), MAX_HALF, np.float32)
    assert not _flag(values, 8)
    values[:, 5:] = np.nan
    assert not _flag(values, 5)
    values[4, 4] = np.inf
    assert _flag(values, 5)


def test_slots_and_rows_are_scalars_so_that_kernels_are_shared() -> None:
    calls = [stored(FAMILIES["conv"](DeviceClass.CPU), {"y": Half(slot, 8, true)}) for slot, true in ((0, 5), (3, 6))]
    assert calls[0].kernel.scalars == calls[1].kernel.scalars
    assert (calls[0].sizes[-3:], calls[1].sizes[-3:]) == ((0, 8, 5), (3, 8, 6))
