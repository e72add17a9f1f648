"""Products of bytes against integer sums in NumPy: exact, whatever lies in the padding, with any zero point."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

import numpy as np
import pytest
from byte_places import ZERO, Place, codes
from kernel_machines import run

from delegant.core.arithmetic.numerics import quantize_multipliers, requantize
from delegant.devices.device import Device
from delegant.shaders.call import KernelCall
from delegant.shaders.conv_window import ConvWindow
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.kernels.byte_depthwise import Group, byte_depthwise_conv_2d, takes
from delegant.shaders.kernels.byte_products import byte_conv_2d, byte_matmul, byte_transpose_conv
from delegant.shaders.kernels.elementwise import Operand, elementwise
from delegant.shaders.parts.code_table import Lookup
from delegant.shaders.parts.epilogue import Beside, Epilogue
from delegant.shaders.parts.requantize import Requantize, Sum
from delegant.shaders.schedules.byte_schedules import word_steps
from delegant.shaders.schedules.select import GroupTile, LaneTile, LineTile, MatmulSchedule, RegisterTile, SliceTile
from delegant.shaders.traced.storage import Codes, stored

FRESH = random.SystemRandom().randrange(1 << 31)


def weights(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.integers(-128, 128, shape).astype(np.int8)


def offsets_for(rng: np.random.Generator, channels: int, wanted: bool) -> np.ndarray | None:
    return rng.integers(-100, 100, channels) if wanted else None


def moved(w: np.ndarray, offsets: np.ndarray | None, axis: int = 0) -> np.ndarray:
    """The true weights of those with offsets, int64."""
    shape = [1] * w.ndim
    shape[axis] = -1
    return w.astype(np.int64) + (0 if offsets is None else offsets.reshape(shape))


def scaling(
    rng: np.random.Generator, channels: int, excess: np.ndarray, wide: bool = True
) -> tuple[Requantize, np.ndarray, np.ndarray]:
    """A step that scales sums, and its multipliers."""
    m, s = quantize_multipliers(np.exp(rng.uniform(np.log(1e-4), np.log(0.02), channels)))
    bias = rng.integers(-5000, 5000, channels)
    return Requantize(m, s, bias, (-100, 155), 1 << 24, excess, wide=wide), m, s


def finished(sums: np.ndarray, step: Requantize, m: np.ndarray, s: np.ndarray) -> np.ndarray:
    return np.clip(requantize(sums + step.bias, m, s), -100, 155) + 100


def as_codes(call: KernelCall) -> KernelCall:
    return stored(call, {"y": Codes("u8", 100)})


def tiles(kind: DeviceClass, rows: int, columns: int, words: int) -> Iterator[MatmulSchedule | None]:
    """Schedules that a class of devices may be given, and its default one."""
    yield None
    steps, groups = word_steps(words), {DeviceClass.CPU: 1, DeviceClass.SOFTWARE_GPU: 8, DeviceClass.GPU: 64}
    if kind is DeviceClass.LLVMPIPE:
        yield from (LaneTile(min(rows, 2), (4,), across) for across in (1, 4))
        yield from (LaneTile(rows, (4, 4), 8), LaneTile(rows, (4,), 4, spread=True))
        return
    yield RegisterTile(min(rows, 2), (16, 8) if kind is DeviceClass.CPU else (4, 4), steps, groups[kind])
    yield RegisterTile(1, (4,), group=groups[kind], split=3)
    if kind is DeviceClass.GPU:
        yield from (GroupTile(4, 16, 8, 2), GroupTile(2, 8, 4, 1), SliceTile(min(rows, 2), 16, 4))


SHAPES = [(7, 24, 12), (3, 33, 30), (1, 40, 5), (1, 24, 16), (5, 30, 64)]


@pytest.mark.parametrize("seed", [1, FRESH])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_matmul(place: Place, shape: tuple[int, int, int], seed: int) -> None:
    rows, columns, depth = shape
    rng = np.random.default_rng([seed, *shape])
    x, w, offsets = codes(rng, rows, depth), weights(rng, columns, depth), offsets_for(rng, columns, depth % 4 == 0)
    true = moved(w, offsets)
    step, m, s = scaling(rng, columns, place.zero * true.sum(1), place.wide)
    expected = finished((x.astype(np.int64) - ZERO) @ true.T, step, m, s)
    for tile in tiles(place.kind, rows, columns, -(-depth // 4)):
        call = byte_matmul(place.kind, rows, w, Epilogue((step.step("table"),)), offsets, tile)
        made = place.run(call, x, (rows, columns))
        np.testing.assert_array_equal(made, expected, err_msg=f"seed {seed} {tile}")


@pytest.mark.parametrize("window", [((3, 3), (1, 1)), ((1, 1), (1, 1)), ((2, 3), (2, 1))], ids=str)
@pytest.mark.parametrize("channels", [(8, 24, 2), (16, 8, 2), (6, 9, 3), (12, 36, 3)], ids=str)
def test_grouped_conv_2d(place: Place, window: tuple, channels: tuple[int, int, int]) -> None:
    depth, columns, groups = channels
    rng = np.random.default_rng([8, *channels])
    x, w = codes(rng, 2, 6, 7, depth), weights(rng, columns, *window[0], depth // groups)
    geometry = ConvWindow.of(x.shape, *window, padding="SAME")
    step, m, s = scaling(rng, columns, place.zero * w.sum((1, 2, 3), dtype=np.int64), place.wide)
    call = byte_conv_2d(place.kind, geometry, w, place.zero, Epilogue((step.step("table"),)), groups=groups)
    parts = zip(np.split(x, groups, axis=3), np.split(w, groups), strict=True)
    expected = finished(np.concatenate([convolved(*part, geometry) for part in parts], axis=3), step, m, s)
    np.testing.assert_array_equal(place.run(call, x, expected.shape), expected)


TRANSPOSED = [((3, 3), (2, 2), (1, 0)), ((2, 2), (2, 2), (0, 0)), ((4, 1), (1, 3), (2, 0)), ((1, 2), (3, 3), (0, 0))]


@pytest.mark.parametrize("window", TRANSPOSED, ids=str)
@pytest.mark.parametrize("channels", [(3, 8), (12, 20), (18, 5)], ids=str)
def test_transpose_conv(place: Place, window: tuple, channels: tuple[int, int]) -> None:
    """Also where the window has fewer taps than the stride, so that some outputs receive nothing."""
    (kernel, stride, padding), (depth, columns) = window, channels
    rng = np.random.default_rng([9, *kernel, depth])
    x, w = codes(rng, 2, 4, 9, depth), weights(rng, columns, *kernel, depth)
    offsets = offsets_for(rng, columns, depth % 4 == 0)
    size = [(n - 1) * s + k - p for n, s, k, p in zip(x.shape[1:3], stride, kernel, padding, strict=True)]
    geometry = ConvWindow(x.shape, (size[0], size[1]), kernel, stride, padding=padding)
    sums = np.zeros((2, *(n + p + s for n, p, s in zip(size, padding, stride, strict=True)), columns), np.int64)
    for (row, column), (ky, kx) in itertools.product(np.ndindex(x.shape[1:3]), np.ndindex(kernel)):
        seen = x[:, row, column].astype(np.int64) - ZERO
        sums[:, row * stride[0] + ky, column * stride[1] + kx] += seen @ moved(w, offsets)[:, ky, kx].T
    sums = sums[:, padding[0] : padding[0] + size[0], padding[1] : padding[1] + size[1]]
    step, m, s = scaling(rng, columns, np.zeros(columns, np.int64), place.wide)
    call = byte_transpose_conv(place.kind, geometry, w, place.zero, Epilogue((step.step("table"),)), offsets)
    np.testing.assert_array_equal(place.run(call, x, sums.shape), finished(sums, step, m, s))


def convolved(x: np.ndarray, w: np.ndarray, window: ConvWindow) -> np.ndarray:
    """Sums [n, oh, ow, o] of x less the zero point by w [o, kh, kw, c]; padding adds nothing."""
    n, height, width, _ = x.shape
    made = np.zeros((n, *window.y_size, w.shape[0]), np.int64)
    for row, column, ky, kx in np.ndindex(*window.y_size, *window.kernel):
        y = row * window.stride[0] + ky * window.dilation[0] - window.padding[0]
        at = column * window.stride[1] + kx * window.dilation[1] - window.padding[1]
        if 0 <= y < height and 0 <= at < width:
            made[:, row, column] += (x[:, y, at].astype(np.int64) - ZERO) @ w[:, ky, kx].T.astype(np.int64)
    return made


WINDOWS = [((3, 3), (1, 1), (1, 1)), ((3, 2), (2, 1), (1, 1)), ((5, 5), (1, 2), (1, 1)), ((2, 7), (2, 2), (1, 1))]


@pytest.mark.parametrize("window", [*WINDOWS, ((3, 3), (1, 1), (2, 2)), ((1, 1), (2, 2), (1, 1))], ids=str)
@pytest.mark.parametrize("channels", [(3, 8), (12, 20), (18, 5)], ids=str)
def test_conv_2d(place: Place, window: tuple, channels: tuple[int, int]) -> None:
    depth, columns = channels
    rng = np.random.default_rng([5, depth])
    x, w = codes(rng, 2, 9, 11, depth), weights(rng, columns, *window[0], depth)
    offsets = offsets_for(rng, columns, depth % 4 == 0)
    true, geometry = moved(w, offsets), ConvWindow.of(x.shape, *window, padding="SAME")
    step, m, s = scaling(rng, columns, place.zero * true.sum((1, 2, 3)), place.wide)
    call = byte_conv_2d(place.kind, geometry, w, place.zero, Epilogue((step.step("table"),)), offsets)
    expected = finished(convolved(x, true, geometry), step, m, s)
    np.testing.assert_array_equal(place.run(call, x, expected.shape), expected)


@pytest.mark.parametrize("window", WINDOWS, ids=str)
@pytest.mark.parametrize(("channels", "width"), [(4, 14), (8, 5), (23, 14), (40, 5)])
@pytest.mark.parametrize("offset", [False, True])
def test_depthwise(byte_machine: Device | None, window: tuple, channels: int, width: int, offset: bool) -> None:
    rng = np.random.default_rng([6, channels, width])
    x, w = codes(rng, 2, 6, width, channels), weights(rng, *window[0], channels)
    geometry = ConvWindow.of(x.shape, *window, padding="SAME")
    assert takes(geometry, channels)
    offsets = offsets_for(rng, channels, offset)
    true = moved(w, offsets, 2)
    step, m, s = scaling(rng, channels, ZERO * true.sum((0, 1)))
    call = as_codes(byte_depthwise_conv_2d(geometry, w, ZERO, Epilogue((step.step("table"),)), offsets))
    diagonal = np.zeros((channels, *window[0], channels), np.int64)
    for channel in range(channels):
        diagonal[channel, ..., channel] = true[..., channel]
    expected = finished(convolved(x, diagonal, geometry), step, m, s)
    np.testing.assert_array_equal(run(call, {"x": x}, expected.shape, byte_machine), expected)


@pytest.mark.parametrize("tile", [LineTile(1, 16), LineTile(2, 8, across=8), LineTile(4, 4, across=12)], ids=str)
def test_depthwise_schedules(byte_machine: Device | None, tile: LineTile) -> None:
    rng = np.random.default_rng(7)
    x, w = codes(rng, 1, 5, 9, 20), weights(rng, 3, 3, 20)
    geometry = ConvWindow.of(x.shape, (3, 3))
    step, *_ = scaling(rng, 20, ZERO * w.sum((0, 1), dtype=np.int64))
    made = (byte_depthwise_conv_2d(geometry, w, ZERO, Epilogue((step.step("t"),)), schedule=t) for t in (tile, None))
    one, other = (run(as_codes(call), {"x": x}, (1, 5, 9, 20), byte_machine) for call in made)
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("taps", "stride", "pixels"), [(3, 1, 2), (3, 2, 1), (5, 1, 4), (5, 2, 2), (4, 1, 1), (1, 1, 4)]
)
def test_how_many_outputs_share_words(taps: int, stride: int, pixels: int) -> None:
    assert Group.of(taps, stride, 9).pixels == pixels
    assert Group.of(taps, stride, 1).pixels == 1


@pytest.mark.parametrize("seed", [1, 2, FRESH])
def test_wide_scaling_is_that_of_the_reference(byte_machine: Device | None, seed: int) -> None:
    rng = np.random.default_rng(seed)
    real = np.exp(rng.uniform(np.log(1e-6), np.log(0.9), 16))
    real[:2] = 0.5, 2.0**-7
    m, s = quantize_multipliers(real)
    halves = (rng.integers(-300, 300, (12, 16)) + 0.5) / real
    sums = np.clip(np.rint(halves) + rng.integers(-1, 2, halves.shape), -(2**24), 2**24).astype(np.int64)
    step = Requantize(m, s, np.zeros(16, np.int64), (-100, 155), 1 << 25, wide=True)
    call = elementwise(DeviceClass.CPU, sums.shape, [Operand("x", sums.shape)], (step.step("t"),))
    made = run(call, {"x": sums.astype(np.float32)}, sums.shape, byte_machine)
    np.testing.assert_array_equal(made, np.clip(requantize(sums, m, s), -100, 155), err_msg=f"seed {seed}")


@pytest.mark.parametrize("sign", [1, -1])
def test_wide_sum_equals_the_narrow_one(byte_machine: Device | None, sign: int) -> None:
    rng = np.random.default_rng(3)
    arguments = ((1 << 30, 0), (1932735283, -3), (1524713389, -18), (-90, 165), sign)
    a, b = (rng.integers(-255, 256, (3, 80)).astype(np.float32) for _ in range(2))
    operands = [Operand("x", a.shape), Operand("other", a.shape)]
    made = []
    for wide in (False, True):
        step = Sum(*arguments, wide=wide).step("t", Beside("other"), False)
        call = elementwise(DeviceClass.CPU, a.shape, operands, (step,))
        made.append(run(call, {"x": a, "other": b}, a.shape, byte_machine))
    np.testing.assert_array_equal(*made)
    assert len(np.unique(made[0])) > 20


@pytest.mark.parametrize("channels", [5, 64])
def test_packed_table_equals_the_plain_one(byte_machine: Device | None, channels: int) -> None:
    rng = np.random.default_rng(4)
    results, lowest = rng.integers(-40, 215, 256).astype(np.float32), -131
    x = rng.integers(lowest, lowest + 256, (9, channels)).astype(np.float32)
    step = Lookup(results, lowest, packed=True).step("table")
    call = elementwise(DeviceClass.CPU, x.shape, [Operand("x", x.shape)], (step,))
    np.testing.assert_array_equal(run(call, {"x": x}, x.shape, byte_machine), results[x.astype(int) - lowest])
