"""Integers between host and device: booleans are bytes and int64 are pairs of words there, and both are int32 here."""

from __future__ import annotations

from ..call import KernelCall
from ..device_class import DeviceClass
from ..language.builder import KernelBuilder
from ..language.expression import equal, not_equal, select
from ..layout import LANES, padded
from ..parts.integer import HIGHEST, LOWEST, from_bool
from ..parts.nest import GROUP, Nest, Place, Walk


def _builder(name: str, device: DeviceClass) -> tuple[KernelBuilder, int]:
    cpu = device is DeviceClass.CPU
    return KernelBuilder(name, (1, 1, 1) if cpu else (GROUP, 1, 1)), 16 if cpu else LANES


def load_bools(device: DeviceClass, count: int) -> KernelCall:
    """`y` int32 = 1 where the byte `x` is not 0, else 0."""
    k, lanes = _builder("bool_load", device)
    x, y = k.read("x", "u8", lanes), k.write("y", "i32", lanes)
    walk = Walk(k, Nest((padded(count),), ((1,),)), device)

    def body(place: Place) -> None:
        k.store(y, place.offsets[0], from_bool(not_equal(k.load(x, place.offsets[0], place.lanes), 0)))

    groups = walk.emit(body)
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups)


def store_bools(device: DeviceClass, count: int) -> KernelCall:
    """`y` bytes = `x`, int32 of 0 and 1."""
    k, lanes = _builder("bool_store", device)
    x, y = k.read("x", "i32", lanes), k.write("y", "u8", lanes)
    walk = Walk(k, Nest((padded(count),), ((1,),)), device)
    groups = walk.emit(lambda place: k.store(y, place.offsets[0], k.load(x, place.offsets[0], place.lanes)))
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups)


def load_words(device: DeviceClass, count: int) -> KernelCall:
    """`y` int32 = `x`, pairs of words, low first; what does not fit saturates."""
    k, _ = _builder("i64_load", device)
    x, y = k.read("x", "i32"), k.write("y", "i32")
    walk = Walk(k, Nest((count,), ((2,), (1,))), device, vectors=False)

    def body(place: Place) -> None:
        low, high = k.load(x, place.offsets[0], 1, "low"), k.load(x, place.offsets[0] + 1, 1, "high")
        beyond = select(high < 0, low.lift(LOWEST), low.lift(HIGHEST))
        k.store(y, place.offsets[1], select(equal(high, low >> 31), low, beyond))

    groups = walk.emit(body)
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups)


def store_words(device: DeviceClass, count: int) -> KernelCall:
    """`y` pairs of words = `x` int32."""
    k, _ = _builder("i64_store", device)
    x, y = k.read("x", "i32"), k.write("y", "i32")
    walk = Walk(k, Nest((count,), ((1,), (2,))), device, vectors=False)

    def body(place: Place) -> None:
        low = k.load(x, place.offsets[0], 1, "low")
        k.store(y, place.offsets[1], low)
        k.store(y, place.offsets[1] + 1, low >> 31)

    groups = walk.emit(body)
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups)
