"""QUANTIZE and DEQUANTIZE between float32 and 8-bit codes, both dense."""

from __future__ import annotations

from .call import KernelCall
from .device_class import DeviceClass
from .expression import Expr, cast, f32, i32, select
from .functions import absolute, clamp, sign, trunc
from .language import KernelBuilder
from .layout import LANES, padded
from .nest import GROUP, Nest, Place, Walk

RANGES = {"i8": (-128, 127), "u8": (0, 255)}
"""Codes of each storage kind."""


def _builder(name: str, device: DeviceClass) -> tuple[KernelBuilder, int]:
    cpu = device is DeviceClass.CPU
    return KernelBuilder(name, (1, 1, 1) if cpu else (GROUP, 1, 1)), 16 if cpu else LANES


def dequantize(device: DeviceClass, count: int, storage: str, scale: float, zero_point: int) -> KernelCall:
    """`y` float32 = scale * (x - zero point) for `count` codes `x` of storage "i8" or "u8"."""
    k, lanes = _builder(f"{storage}_dequantize", device)
    x, y = k.read("x", storage, lanes), k.write("y", f32, lanes)
    walk = Walk(k, Nest((padded(count),), ((1,),)), device)
    factor, zero = walk.arguments.number("scale", scale), walk.arguments.size("zero_point", zero_point)

    def body(place: Place) -> None:
        codes = k.load(x, place.offsets[0], place.lanes)
        k.store(y, place.offsets[0], cast(codes - zero, f32) * factor)

    groups = walk.emit(body)
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups)


def quantize(device: DeviceClass, count: int, storage: str, scale: float, zero_point: int) -> KernelCall:
    """`y` codes = round(x / scale) + zero point, halves away from zero, kept in the range of `storage`."""
    k, lanes = _builder(f"{storage}_quantize", device)
    x, y = k.read("x", f32, lanes), k.write("y", storage, lanes)
    walk = Walk(k, Nest((padded(count),), ((1,),)), device)
    divisor, zero = walk.arguments.number("scale", scale), walk.arguments.size("zero_point", zero_point)
    low, high = RANGES[storage]

    def body(place: Place) -> None:
        reach = k.let(clamp(k.load(x, place.offsets[0], place.lanes) / divisor, -512.0, 512.0), "reach")
        codes = cast(_rounded(k, reach), i32) + zero
        k.store(y, place.offsets[0], clamp(codes, low, high))

    groups = walk.emit(body)
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups)


def _rounded(k: KernelBuilder, x: Expr) -> Expr:
    """The nearest whole number, halves away from zero."""
    whole = k.let(trunc(x), "whole")
    return select(absolute(x - whole) >= 0.5, whole + sign(x), whole)
