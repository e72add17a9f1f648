"""DEPTHWISE_CONV_2D.

An invocation computes `pixels` neighbouring outputs of one line for the channels of one vector, so that neighbours
share what they load. On a CPU it walks along the whole line: the ends, whose windows leave the picture, are checked tap
by tap, the interior is not checked at all. On shader devices every load is masked instead; on llvmpipe an invocation
takes one channel, so that each load is one for the whole subgroup.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..call import MAX_GROUPS, KernelCall
from ..conv_window import ConvWindow
from ..device_class import DeviceClass
from ..language.builder import KernelBuilder
from ..language.expression import Expr, Operand, cast, f32, select, u32, vector
from ..language.functions import fma, masked, maximum, minimum
from ..language.kernel import Buffer, Kernel
from ..layout import ceil_div, pad_channels, padded
from ..parts.epilogue import NO_STEPS, Bound, Epilogue
from ..parts.lane_tile import chosen
from ..parts.launch import flat_groups, flat_id, flat_span
from ..schedules.select import LineTile, depthwise_schedule


def depthwise_conv_2d(
    device: DeviceClass,
    window: ConvWindow,
    weights: np.ndarray,
    epilogue: Epilogue = NO_STEPS,
    schedule: LineTile | None = None,
) -> KernelCall:
    """Depthwise convolution of x [n, h, w, padded(c)] to y [n, oh, ow, padded(c * multiplier)].

    Args:
        device: which schedules suit the device.
        window: the geometry.
        weights: float32 [kh, kw, c * multiplier]; output channel o sees input channel o // multiplier.
        epilogue: applied to y.
        schedule: instead of the default one (for tuners).
    """
    out = weights.shape[2]
    multiplier = out // window.x_shape[3]
    lines = window.x_shape[0] * window.y_size[0]
    if device is DeviceClass.LLVMPIPE and lines > MAX_GROUPS:
        device = DeviceClass.SOFTWARE_GPU
    tile = schedule or depthwise_schedule(device, window, padded(out))
    trace = _TRACES.get(device, _masked_kernel)
    constants = {"weights": pad_channels(weights.astype(np.float32), padded(out)), **epilogue.constants(out)}
    sizes = (*window.y_size, *window.x_shape[1:3], padded(window.x_shape[3]), padded(out), *window.padding)
    kernel = trace(tile, window, multiplier, epilogue)
    if device is DeviceClass.CPU:
        groups = (lines, ceil_div(padded(out), tile.across), 1)
        return KernelCall(kernel, (*sizes, *window.interior(1), tile.across), groups, constants)
    if device is DeviceClass.LLVMPIPE:
        groups = (ceil_div(padded(out), tile.group * tile.lanes), ceil_div(window.y_size[1], tile.pixels), lines)
        return KernelCall(kernel, (*sizes, window.kernel[0], tile.pixels), groups, constants)
    count = ceil_div(padded(out), tile.lanes) * ceil_div(window.y_size[1], tile.pixels) * lines
    extra = (lines, flat_span(count, tile.group))
    return KernelCall(kernel, (*sizes, *extra), flat_groups(count, tile.group), constants)


@dataclass(frozen=True, eq=False)
class _Frame:
    """Bindings and sizes that both kernels share."""

    tile: LineTile
    window: ConvWindow
    multiplier: int
    x: Buffer
    weights: Buffer
    y: Buffer
    bound: Bound
    out_height: Expr
    out_width: Expr
    height: Expr
    width: Expr
    channels: Expr
    columns: Expr
    above: Expr
    before: Expr

    def tap(self, k: KernelBuilder, ky: Expr, kx: Operand, channel: Expr) -> Expr:
        """The weights of tap (ky, kx) for the channels from `channel` on."""
        at = (ky * self.window.kernel[1] + kx) * self.columns + channel
        return k.load(self.weights, at, self.tile.lanes, "w")

    def load(self, k: KernelBuilder, pixel: Expr, channel: Expr) -> Expr:
        """What the output channels from `channel` on see of the input pixel that starts at `pixel`."""
        if self.multiplier == 1:
            return k.load(self.x, pixel + channel, self.tile.lanes)
        sources = [pixel + (channel + lane) // self.multiplier for lane in range(self.tile.lanes)]
        return k.let(vector(*(k.load(self.x, at, 1) for at in sources)), "x")

    def store(
        self, k: KernelBuilder, total: Expr, line: Expr, pixel: Expr, channel: Expr, loaded: dict[str, Any]
    ) -> None:
        """Writes one output through the epilogue."""
        at = k.let((line * self.out_width + pixel) * self.columns + channel, "out")
        k.store(self.y, at, self.bound.apply(k, total, at, channel, loaded))


def _frame(k: KernelBuilder, tile: LineTile, window: ConvWindow, multiplier: int, epilogue: Epilogue) -> _Frame:
    lanes = tile.lanes
    x, weights = k.read("x", f32, lanes if multiplier == 1 else 1), k.constant("weights", f32, lanes)
    bound, y = epilogue.declare(k, lanes), k.write("y", f32, lanes)
    names = ("out_height", "out_width", "height", "width", "channels", "columns", "above", "before")
    return _Frame(tile, window, multiplier, x, weights, y, bound, *k.sizes(*names))


def _name(kind: str, tile: LineTile, window: ConvWindow, multiplier: int, epilogue: Epilogue) -> str:
    times = f"_m{multiplier}" if multiplier > 1 else ""
    return f"f32_dwconv2d_{window.name}_nhwc_{kind}{tile.pixels}x{tile.lanes}{times}{epilogue.name}"


def _walk_kernel(tile: LineTile, window: ConvWindow, multiplier: int, epilogue: Epilogue) -> Kernel:
    """One invocation, one line of outputs, `across` channels: tile by tile, and in each all channels, as they lie in x.

    `first` to `end` are the outputs whose windows stay inside sideways.
    """
    k = KernelBuilder(_name("line", tile, window, multiplier, epilogue))
    f = _frame(k, tile, window, multiplier, epilogue)
    first, end, across = k.sizes("first", "end", "across")
    line, left = k.global_id(0), k.let(k.global_id(1) * across, "left")
    right = k.let(minimum(left + across, f.columns), "right")
    image = k.let(line // f.out_height, "image")
    top = k.let((line - image * f.out_height) * window.stride[0] - f.above, "top")
    picture = k.let(image * f.height, "picture")
    with k.loop(0, first + (f.out_width - end)) as i:
        pixel = k.let(select(i < first, i, i - first + end), "pixel")
        with channel_vectors(k, f.bound, tile.lanes, f.columns, left, right) as (channel, loaded):
            f.store(k, _end_pixel(k, f, top, picture, pixel, channel), line, pixel, channel, loaded)
    if tile.pixels:
        with k.loop(first, end, tile.pixels) as i:
            pixel = k.let(minimum(i, end - tile.pixels), "pixel")
            with channel_vectors(k, f.bound, tile.lanes, f.columns, left, right) as (channel, loaded):
                for p, total in enumerate(_interior(k, f, top, picture, pixel, channel)):
                    f.store(k, total, line, k.let(pixel + p, "here"), channel, loaded)
    return k.finish()


@contextlib.contextmanager
def channel_vectors(
    k: KernelBuilder, bound: Bound, lanes: int, columns: Expr, left: Expr, right: Expr
) -> Iterator[tuple[Expr, dict[str, Any]]]:
    """Loops over vectors of the channels `left` to `right`: (first channel, per-channel operands of the epilogue)."""
    with k.loop(left, right, lanes) as i:
        channel = k.let(minimum(i, columns - lanes), "channel")
        yield channel, bound.channel_values(k, channel, lanes)


@contextlib.contextmanager
def _inner_lines(k: KernelBuilder, f: _Frame, top: Expr, picture: Expr) -> Iterator[tuple[Expr, Expr]]:
    """Loops over the window's lines inside the picture: (line of the window, start of the line in x)."""
    with k.loop(0, f.window.kernel[0]) as ky:
        y = k.let(top + ky * f.window.dilation[0], "y")
        with k.when((y >= 0) & (y < f.height)):
            yield ky, k.let((picture + y) * (f.width * f.channels), "line")


def _end_pixel(k: KernelBuilder, f: _Frame, top: Expr, picture: Expr, pixel: Expr, channel: Expr) -> Expr:
    """Sum of one output whose window may leave the picture."""
    total = k.var(f32.of(f.tile.lanes), 0, "sum")
    left = k.let(pixel * f.window.stride[1] - f.before, "left")
    with _inner_lines(k, f, top, picture) as (ky, start), k.loop(0, f.window.kernel[1]) as kx:
        at = k.let(left + kx * f.window.dilation[1], "at")
        with k.when((at >= 0) & (at < f.width)):
            tap = f.tap(k, ky, kx, channel)
            k.set(total, fma(f.load(k, start + at * f.channels, channel), tap, total))
    return total


def _interior(k: KernelBuilder, f: _Frame, top: Expr, picture: Expr, pixel: Expr, channel: Expr) -> list[Expr]:
    """Sums of `tile.pixels` outputs from `pixel` on, none of which looks beyond the sides of the picture."""
    stride, gap = f.window.stride[1], f.window.dilation[1]
    totals = [k.var(f32.of(f.tile.lanes), 0, "sum") for _ in range(f.tile.pixels)]
    left = k.let((pixel * stride - f.before) * f.channels, "left")
    with _inner_lines(k, f, top, picture) as (ky, start):
        seen: dict[int, Expr] = {}
        for kx in range(f.window.kernel[1]):
            tap = f.tap(k, ky, kx, channel)
            for p, total in enumerate(totals):
                step = p * stride + kx * gap
                if step not in seen:
                    seen[step] = f.load(k, start + left + f.channels * step, channel)
                k.set(total, fma(seen[step], tap, total))
    return totals


def _masked_kernel(tile: LineTile, window: ConvWindow, multiplier: int, epilogue: Epilogue) -> Kernel:
    """One invocation, `tile.pixels` outputs; loads outside the picture are moved inside and count as zero."""
    k = KernelBuilder(_name("t", tile, window, multiplier, epilogue), (tile.group, 1, 1))
    f = _frame(k, tile, window, multiplier, epilogue)
    lines, span = k.sizes("lines", "span")
    flat = flat_id(k, span)
    blocks = k.let(f.columns // tile.lanes, "blocks")
    rest = k.let(flat // blocks, "rest")
    channel = k.let((flat - rest * blocks) * tile.lanes, "channel")
    across = k.let((f.out_width + (tile.pixels - 1)) // tile.pixels, "across")
    line = k.let(minimum(rest // across, lines - 1), "line")
    pixel = k.let(maximum(minimum((rest % across) * tile.pixels, f.out_width - tile.pixels), 0), "pixel")
    image = k.let(line // f.out_height, "image")
    top = k.let((line - image * f.out_height) * window.stride[0] - f.above, "top")
    left = k.let(pixel * window.stride[1] - f.before, "left")
    totals = [k.var(f32.of(tile.lanes), 0, "sum") for _ in range(tile.pixels)]
    taps_across = range(window.kernel[1])
    steps = sorted({p * window.stride[1] + j * window.dilation[1] for p in range(tile.pixels) for j in taps_across})
    columns = {step: k.let(left + step, "column") for step in steps}
    with k.loop(0, window.kernel[0]) as ky:
        y = k.let(top + ky * window.dilation[0], "y")
        seen = {}
        for step, column in columns.items():
            ok = k.let((cast(y, u32) < cast(f.height, u32)) & (cast(column, u32) < cast(f.width, u32)), "ok")
            at = ((image * f.height + y) * f.width + column) * f.channels
            seen[step] = k.let(masked(f.load(k, k.let(select(ok, at, 0), "at"), channel), ok), "x")
        for j in taps_across:
            tap = f.tap(k, ky, j, channel)
            for p, total in enumerate(totals):
                k.set(total, fma(seen[p * window.stride[1] + j * window.dilation[1]], tap, total))
    loaded = f.bound.channel_values(k, channel, tile.lanes)
    for p, total in enumerate(totals):
        f.store(k, total, line, k.let(pixel + p, "here"), channel, loaded)
    return k.finish()


def _lane_kernel(tile: LineTile, window: ConvWindow, multiplier: int, epilogue: Epilogue) -> Kernel:
    """One workgroup, `tile.pixels` outputs of neighbouring channels. The compiler does not know how often loops run."""
    k = KernelBuilder(_name("lanes", tile, window, multiplier, epilogue), (tile.group, 1, 1))
    f = _frame(k, tile, window, multiplier, epilogue)
    taps, pixels = k.sizes("taps", "pixels")
    channel = k.let(minimum(k.global_id(0) * tile.lanes, f.columns - tile.lanes), "channel")
    pixel, line = k.let(minimum(k.group_id(1) * tile.pixels, f.out_width - tile.pixels), "pixel"), k.group_id(2)
    totals = _lane_sums(k, f, line, pixel, channel, taps)
    loaded = f.bound.channel_values(k, channel, tile.lanes)
    with k.loop(0, pixels) as p:
        f.store(k, chosen(k, totals, p), line, k.let(pixel + p, "here"), channel, loaded)
    return k.finish()


def _lane_sums(k: KernelBuilder, f: _Frame, line: Expr, pixel: Expr, channel: Expr, taps: Expr) -> list[Expr]:
    """Sums of `tile.pixels` outputs from `pixel` on. Only lines of the window inside the picture are looped over.

    Args:
        taps: lines of the window.
    """
    stride, gap = f.window.stride, f.window.dilation
    top, picture = _window_top(k, f, line)
    left = k.let(pixel * stride[1] - f.before, "left")
    totals = [k.var(f32.of(f.tile.lanes), 0, "sum") for _ in range(f.tile.pixels)]
    columns = {}
    for step in sorted({p * stride[1] + j * gap[1] for p in range(len(totals)) for j in range(f.window.kernel[1])}):
        column = k.let(left + step, "column")
        inside = k.let(cast(column, u32) < cast(f.width, u32), "ok")
        columns[step] = k.let(select(inside, column * f.channels, 0), "at"), inside
    first = k.let(maximum(gap[0] - 1 - top, 0) // gap[0], "first")
    last = k.let(minimum((f.height - top + (gap[0] - 1)) // gap[0], taps), "last")
    with k.loop(first, last) as ky:
        start = k.let((picture + top + ky * gap[0]) * (f.width * f.channels), "line")
        seen = {s: k.let(masked(f.load(k, start + at, channel), ok), "x") for s, (at, ok) in columns.items()}
        for j in range(f.window.kernel[1]):
            tap = f.tap(k, ky, j, channel)
            for p, total in enumerate(totals):
                k.set(total, fma(seen[p * stride[1] + j * gap[1]], tap, total))
    return totals


def _window_top(k: KernelBuilder, f: _Frame, line: Expr) -> tuple[Expr, Expr]:
    """(the window's first line in the picture, the picture's first line in x) for an output line of all pictures."""
    single = f.window.x_shape[0] == 1
    image = line.lift(0) if single else k.let(line // f.out_height, "image")
    return k.let((line - image * f.out_height) * f.window.stride[0] - f.above, "top"), image * f.height


_TRACES = {DeviceClass.CPU: _walk_kernel, DeviceClass.LLVMPIPE: _lane_kernel}
