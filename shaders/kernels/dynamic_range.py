"""Dynamic-range quantization of float activations, for products with integer weights: LiteRT's x86 kernels, to the bit.

A row (for convolutions a whole picture) is quantized to codes of 8 bits with a scale of its own, and where the form is
asymmetric a zero point. Codes lie as float32 less the zero point; products add them up exactly, and the sums are scaled
back. `core.arithmetic.hybrid` has the same in NumPy and names the source.

An activation lies as [rows, lines, width], each line padded. Per row there are four numbers, `INVERSE`, ... say which.
Rows whose numbers all lie within `SMALLEST` of each other count as zeros.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..call import KernelCall
from ..device_class import DeviceClass
from ..language.builder import KernelBuilder
from ..language.expression import (
    Expr,
    bitcast,
    cast,
    constant,
    equal,
    f32,
    i32,
    lane_tree,
    not_equal,
    select,
    u32,
    vector,
)
from ..language.functions import absolute, clamp, floor, mask_lanes, maximum, minimum, settled
from ..layout import LANES, ceil_div, pad_channels, padded
from ..parts.epilogue import Step
from ..parts.nest import CPU_LANES, GROUP, Nest, Place, Walk
from ..parts.real_division import exponent, mantissa, quotient
from ..parts.scaled_back import INVERSE, SCALE, ZERO, scaled_back
from ..parts.team import LONG_ROW, RowTeam, row_groups

LOW, HIGH = 0, 1
"""Places of the range of a part of a row."""
SMALLEST = 2.0**-118
BLOCK = 8
"""Elements in whole blocks of so many are rounded by adding a half, the rest of a row exactly."""
HALF_BITS = 0x3EFFFFFF
"""Of the largest float32 below a half: the one number where that makes a difference."""
PARTS = {DeviceClass.CPU: 8}
MOST_PARTS = 64
"""Parts of a long row whose ranges are looked for at the same time."""
SHORT_ROW = {DeviceClass.CPU: 1 << 15}
SHORT = 1 << 11
"""Elements up to which a row stays in one part."""


@dataclass(frozen=True)
class Rows:
    """How an activation is split: rows that are quantized apart, each of lines as wide as they lie in memory."""

    rows: int
    lines: int
    width: int

    def parts(self, device: DeviceClass) -> int:
        """Into how many parts a row is split to find its range."""
        if self.lines * self.width <= SHORT_ROW.get(device, SHORT):
            return 1
        return min(self.lines, PARTS.get(device, MOST_PARTS))


def _builder(name: str, device: DeviceClass) -> tuple[KernelBuilder, int]:
    cpu = device is DeviceClass.CPU
    return KernelBuilder(name, (1, 1, 1) if cpu else (GROUP, 1, 1)), CPU_LANES if cpu else LANES


def row_ranges(device: DeviceClass, shape: Rows, asymmetric: bool | None = None) -> KernelCall:
    """`y` [rows * parts, 4] = lowest and highest number of each part of a row of `x`, and of 0.

    Args:
        asymmetric: of rows in one part: their numbers instead, as `row_scales` has them.
    """
    parts = shape.parts(device)
    if asymmetric is not None and parts > 1:
        raise ValueError("the numbers of a row follow from all of its parts")
    if device is DeviceClass.GPU and ceil_div(shape.lines, parts) * shape.width >= LONG_ROW:
        return _ranges_by_teams(shape, parts, asymmetric)
    k, lanes = _builder(_ranges_name(asymmetric), device)
    lanes = lanes if shape.width >= lanes else LANES
    tail = shape.width % lanes
    k.name += f"_{lanes}" + ("_tail" if tail else "")
    x, y = k.read("x", f32, lanes), k.write("y", f32, LANES)
    span = ceil_div(shape.lines, parts)
    walk = Walk(k, Nest((shape.rows * parts,), ((LANES,),)), device, vectors=False, work=span * shape.width)
    size = walk.arguments.size
    count, lines, distance, stride = (
        size(n, v)
        for n, v in (("parts", parts), ("lines", shape.lines), ("distance", span), ("stride", padded(shape.width)))
    )
    whole, width = size("whole", shape.width - tail), size("width", shape.width)

    def body(place: Place) -> None:
        row = k.let(place.coordinates[0] // count, "row")
        start = k.let((place.coordinates[0] - row * count) * distance, "start")
        low, high = (k.var(f32.of(lanes), 0, hint) for hint in ("low", "high"))
        least, most = (k.var(f32, 0, hint) for hint in ("least", "most"))
        with k.loop(start, k.let(minimum(start + distance, lines), "stop")) as line:
            at = k.let((row * lines + line) * stride, "at")
            with k.loop(0, whole, lanes) as i:
                value = k.load(x, at + i, lanes)
                k.set(low, minimum(low, value))
                k.set(high, maximum(high, value))
            if tail:
                with k.loop(whole, width) as i:
                    value = k.load(x, at + i, 1)
                    k.set(least, minimum(least, value))
                    k.set(most, maximum(most, value))
        lowest = k.let(minimum(lane_tree(low, minimum), least), "lowest")
        highest = k.let(maximum(lane_tree(high, maximum), most), "highest")
        k.store(y, place.offsets[0], _range_or_numbers(k, lowest, highest, asymmetric))

    groups = walk.emit(body)
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups)


def _ranges_name(asymmetric: bool | None) -> str:
    return "row_ranges" if asymmetric is None else f"row_numbers_{_form(asymmetric)}"


def _range_or_numbers(k: KernelBuilder, low: Expr, high: Expr, asymmetric: bool | None) -> Expr:
    """What `row_ranges` stores of a part of a row."""
    zero = constant(f32, 0)
    return vector(*((low, high, zero, zero) if asymmetric is None else row_numbers(k, low, high, asymmetric)))


def _ranges_by_teams(shape: Rows, parts: int, asymmetric: bool | None) -> KernelCall:
    """A workgroup for each part of a row."""
    tail, vectors = shape.width % LANES, ceil_div(shape.width, LANES)
    k = KernelBuilder(f"{_ranges_name(asymmetric)}_wg{GROUP}{'_tail' if tail else ''}", (GROUP, 1, 1))
    x, y = k.read("x", f32, LANES), k.write("y", f32, LANES)
    count, lines, distance, across, last, span = k.sizes("parts", "lines", "distance", "vectors", "last", "span")
    (width,) = k.sizes("width") if tail else (None,)
    team, groups = RowTeam(k), row_groups(shape.rows * parts)
    part = k.let(team.row(last, span), "part")
    row = k.let(part // count, "row")
    start = k.let((part - row * count) * distance, "start")
    stop = k.let(minimum(start + distance, lines), "stop")
    low, high = (k.var(f32.of(LANES), 0, hint) for hint in ("low", "high"))
    first, end = k.let((row * lines + start) * across, "first"), k.let((row * lines + stop) * across, "end")
    with team.loop(k, 0, end - first) as i:
        at = k.let(first + i, "at")
        value = k.load(x, at * LANES)
        if width is not None:
            value = k.let(mask_lanes(value, width - at % across * LANES), "valid")
        k.set(low, minimum(low, value))
        k.set(high, maximum(high, value))
    ends = [k.var(f32, lane_tree(v, join), "end") for v, join in ((low, minimum), (high, maximum))]
    for value, join in zip(ends, (minimum, maximum), strict=True):
        team.join(k, value, join)
    with k.when(team.lane < 1):
        k.store(y, part * LANES, _range_or_numbers(k, ends[0], ends[1], asymmetric))
    sizes = (parts, shape.lines, ceil_div(shape.lines, parts), vectors, shape.rows * parts - 1, groups[0])
    return KernelCall(k.finish(), (*sizes, *((shape.width,) if tail else ())), groups)


def row_scales(device: DeviceClass, shape: Rows, asymmetric: bool) -> KernelCall:
    """`y` [rows, 4]: the numbers of each row, of `x`, the ranges of its parts."""
    parts = shape.parts(device)
    k, _ = _builder(f"row_scales_{_form(asymmetric)}", device)
    x, y = k.read("x", f32), k.write("y", f32, LANES)
    walk = Walk(k, Nest((shape.rows,), ((LANES,),)), device, vectors=False, work=50 + parts)
    count = walk.arguments.size("parts", parts)

    def body(place: Place) -> None:
        low, high = k.var(f32, 0, "low"), k.var(f32, 0, "high")
        with k.loop(0, count) as part:
            at = k.let(place.offsets[0] * count + part * LANES, "at")
            k.set(low, minimum(low, k.load(x, at + LOW, 1)))
            k.set(high, maximum(high, k.load(x, at + HIGH, 1)))
        k.store(y, place.offsets[0], vector(*row_numbers(k, low, high, asymmetric)))

    groups = walk.emit(body)
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups)


def _form(asymmetric: bool) -> str:
    return "asymmetric" if asymmetric else "symmetric"


def row_numbers(k: KernelBuilder, low: Expr, high: Expr, asymmetric: bool) -> tuple[Expr, ...]:
    """A row's numbers, of its range with 0."""
    return (_asymmetric if asymmetric else _symmetric)(k, low, high)


def _symmetric(k: KernelBuilder, low: Expr, high: Expr) -> tuple[Expr, ...]:
    """The numbers of a row between -r and r: its scale is r / 127."""
    zero, one = constant(f32, 0), constant(f32, 1)
    reach = k.let(maximum(-low, high), "reach")
    empty = k.let(reach < SMALLEST, "empty")
    safe, most = k.let(select(empty, one, reach), "safe"), constant(f32, 127)
    inverse = select(empty, zero, quotient(k, most, safe))
    return inverse, zero, select(empty, one, quotient(k, safe, most)), zero


def _asymmetric(k: KernelBuilder, low: Expr, high: Expr) -> tuple[Expr, ...]:
    """The numbers of a row: its scale is (high - low) / 255, rounded to float32 at each step."""
    zero, one = constant(f32, 0), constant(f32, 1)
    reach = k.let(settled(high - low), "reach")
    empty = k.let(reach < SMALLEST, "empty")
    safe = k.let(select(empty, one, reach), "safe")
    scale = quotient(k, safe, constant(f32, 255))
    inverse, middle = quotient(k, one, scale), _zero_point(k, low, high, safe)
    return select(empty, zero, inverse), select(empty, zero, middle), select(empty, one, scale), zero


def _zero_point(k: KernelBuilder, low: Expr, high: Expr, reach: Expr) -> Expr:
    """The zero point, a whole float, of a range from `low` <= 0 to `high` >= 0.

    With d = reach / 255 in float64 it is -128 - low / d or 127 - high / d, rounded, halves away from zero: the first
    where |low| is so much the smaller. v = |low| / d (or high / d) is 255 times a quotient of two float32 whose
    integer division says on which side of a half it lies. Where it is one half exactly, the roundings of d and v to
    float64 may move it by a unit in the last place, and where the subtraction keeps that, it decides.
    """
    below = k.let((high + low) * 255.0 > reach, "below")
    other = k.let(bitcast(absolute(select(below, low, high)), u32), "other")
    size = k.let(bitcast(reach, u32), "size")
    divisor = k.let(mantissa(size), "divisor")
    dividend = k.let(mantissa(other) * 255, "dividend")
    down = k.let(minimum(exponent(size) - exponent(other), 31), "down")
    share = k.let(dividend // divisor, "share")
    rest = k.let(dividend - share * divisor, "rest")
    fewer = k.let(maximum(down, 1) - 1, "fewer")
    near = equal(down, 0)
    twice = k.let(select(near, share * 2 + select(rest * 2 < divisor, share.lift(0), 1), share >> fewer), "twice")
    past = select(near, rest * 2, (share - ((share >> fewer) << fewer)) | rest)
    is_past = k.let(not_equal(past, 0) & ~(near & equal(past, divisor)), "is_past")
    moved = _moved(k, twice, divisor, below)
    whole = k.let(twice >> 1, "whole")
    stays = select(below | (whole < 127), moved <= 0, moved < 0)
    up = equal(twice & 1, 1) & (is_past | ~stays)
    steps = cast(bitcast(whole + select(up, whole.lift(1), 0), i32), f32)
    return k.let(clamp(select(below, steps - 128.0, 127.0 - steps), -128, 127), "middle")


def _moved(k: KernelBuilder, twice: Expr, divisor: Expr, below: Expr) -> Expr:
    """Whither float64 moves v = twice / 2, a whole number and a half: 1, -1, or 0 where it is or becomes exact.

    d is divisor * 2**j / 255, rounded to 53 bits, j = 37 or 36; what that rounding took off, r / 255 of its last bit,
    moves v by v * r / (255 d). That counts from half of v's last bit on: 2**-47, below 64 2**-48, though there only
    127 - v keeps it, and only where it is below 64 too.
    """
    large = k.let(divisor >= 16711680, "large")
    left = k.let(divisor % 255 * select(large, divisor.lift(16), 32) % 255, "left")
    rest = k.let(select(left > 127, bitcast(left, i32) - 255, bitcast(left, i32)), "rest")
    fine = k.let(equal(twice, 127) & ~below, "fine")
    weight = twice * bitcast(absolute(rest), u32)
    product = k.let(weight * select(large, divisor.lift(1024), 512) * select(fine, divisor.lift(2), 1), "product")
    counts = (product > divisor) | (equal(product, divisor) & (rest > 0))
    side = select(rest < 0, rest.lift(-1), 1)
    return k.let(select(((twice > 127) | fine) & counts, side, 0), "moved")


def row_codes(device: DeviceClass, shape: Rows, asymmetric: bool, centred: bool = True) -> KernelCall:
    """`y` = codes of `x`, by the numbers of each row in `scales`; less their zero points if `centred`."""
    rest = shape.lines * shape.width % BLOCK
    kind = _form(asymmetric) + ("" if centred else "_whole")
    k, lanes = _builder(f"row_codes_{kind}{'_tail' if rest else ''}", device)
    x, scales, y = k.read("x", f32, lanes), k.read("scales", f32), k.write("y", f32, lanes)
    stride = padded(shape.width)
    track = (shape.lines * stride, stride, 1)
    walk = Walk(k, Nest((shape.rows, shape.lines, stride), (track, track)), device, work=4)
    body_end = walk.arguments.size("exact_from", shape.lines * shape.width - rest)
    width = walk.arguments.size("width", shape.width)

    def body(place: Place) -> None:
        row, line, column = place.coordinates
        inverse, zero = (k.load(scales, row * LANES + i, 1) for i in (INVERSE, ZERO))
        exact = None
        if rest:
            first = k.let(line * width + column - body_end, "first")
            index = vector(*(constant(i32, lane) for lane in range(place.lanes))) if place.lanes > 1 else 0
            exact = ~(index < -first) if place.lanes > 1 else ~(first < 0)
        value = k.load(x, place.offsets[0], place.lanes)
        k.store(y, place.offsets[1], row_code(k, value, inverse, zero if asymmetric else None, exact, centred))

    groups = walk.emit(body)
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups)


def row_code(
    k: KernelBuilder, value: Expr, inverse: Expr, zero: Expr | None, exact: Expr | None, centred: bool = True
) -> Expr:
    """Codes of numbers less their zero point.

    Args:
        zero: the zero point; None where the form is symmetric.
        exact: whether they are rounded exactly, as those after the last whole block of a row are; None: they are not.
        centred: False: with their zero point.
    """
    value = k.let(settled(value * inverse), "value")
    size = k.let(absolute(value), "size")
    whole = k.let(floor(size + 0.5), "whole")
    if exact is not None:
        whole = k.let(select(exact & equal(bitcast(size, u32), HALF_BITS), whole.lift(0), whole), "whole")
    signed = k.let(select(value < 0, -whole, whole), "signed")
    if zero is None:
        return clamp(signed, -127, 127)
    code = clamp(signed + zero, -128, 127)
    return code - zero if centred else code


def scaled_sums(
    device: DeviceClass,
    shape: Rows,
    factors: np.ndarray,
    bias: np.ndarray | None,
    chained: bool,
    steps: Sequence[Step] = (),
) -> KernelCall:
    """`y` = sums of products `x` [rows, lines, width] times scales, plus a bias, then steps without operands.

    Args:
        factors: float32 [width], the weights' scales.
        bias: float32 [width], or None.
        chained: the sum times the factor, times the row's scale; else times the product of both.
    """
    name = f"scaled_sums{'_chained' if chained else ''}{'' if bias is None else '_bias'}"
    k, lanes = _builder("_".join([name, *(step.name for step in steps)]), device)
    x, scales, y = k.read("x", f32, lanes), k.read("scales", f32), k.write("y", f32, lanes)
    weights = k.constant("factors", f32, lanes)
    offsets = None if bias is None else k.constant("bias", f32, lanes)
    stride = padded(shape.width)
    track = (shape.lines * stride, stride, 1)
    walk = Walk(k, Nest((shape.rows, shape.lines, stride), (track, track)), device, work=4)

    def body(place: Place) -> None:
        row, _, column = place.coordinates
        scale = k.load(scales, row * LANES + SCALE, 1)
        factor = k.load(weights, column, place.lanes)
        total = k.load(x, place.offsets[0], place.lanes)
        offset = None if offsets is None else k.load(offsets, column, place.lanes)
        made = scaled_back(k, total, factor, scale, offset, chained)
        for step in steps:
            made = step.function(k, k.let(made))
        k.store(y, place.offsets[1], made)

    groups = walk.emit(body)
    constants = {"factors": pad_channels(factors, stride)}
    if bias is not None:
        constants["bias"] = pad_channels(bias, stride)
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups, constants)
