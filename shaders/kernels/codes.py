"""Codes between the host, where they are dense integers of 8 or 16 bits, and device: float32 less the zero point."""

from __future__ import annotations

from ..call import KernelCall
from ..device_class import DeviceClass
from ..language.builder import KernelBuilder
from ..language.expression import cast, f32, i32
from ..language.functions import clamp
from ..layout import LANES, padded
from ..parts.nest import GROUP, Nest, Place, Walk

RANGES = {"i8": (-128, 127), "u8": (0, 255), "i16": (-(1 << 15), (1 << 15) - 1)}
"""Codes of each storage kind."""


def _builder(name: str, device: DeviceClass) -> tuple[KernelBuilder, int]:
    cpu = device is DeviceClass.CPU
    return KernelBuilder(name, (1, 1, 1) if cpu else (GROUP, 1, 1)), 16 if cpu else LANES


def load_codes(device: DeviceClass, count: int, storage: str, zero_point: int) -> KernelCall:
    """`y` float32 = x - zero point for `count` codes `x` of storage "i8", "u8" or "i16"."""
    k, lanes = _builder(f"{storage}_load", device)
    x, y = k.read("x", storage, lanes), k.write("y", f32, lanes)
    walk = Walk(k, Nest((padded(count),), ((1,),)), device)
    zero = walk.arguments.size("zero_point", zero_point)

    def body(place: Place) -> None:
        k.store(y, place.offsets[0], cast(k.load(x, place.offsets[0], place.lanes) - zero, f32))

    groups = walk.emit(body)
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups)


def store_codes(device: DeviceClass, count: int, storage: str, zero_point: int) -> KernelCall:
    """`y` codes of storage "i8", "u8" or "i16" = x + zero point, for `count` whole numbers `x`."""
    k, lanes = _builder(f"{storage}_store", device)
    x, y = k.read("x", f32, lanes), k.write("y", storage, lanes)
    walk = Walk(k, Nest((padded(count),), ((1,),)), device)
    zero = walk.arguments.size("zero_point", zero_point)
    low, high = RANGES[storage]

    def body(place: Place) -> None:
        codes = cast(k.load(x, place.offsets[0], place.lanes), i32) + zero
        k.store(y, place.offsets[0], clamp(codes, low, high))

    groups = walk.emit(body)
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups)
