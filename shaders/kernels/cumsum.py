"""Running sums along one dimension: one invocation goes along it and stores each."""

from __future__ import annotations

from collections.abc import Sequence

from ..call import KernelCall
from ..device_class import DeviceClass
from ..language.builder import KernelBuilder
from ..parts.nest import GROUP, Nest, Place, Walk
from .cells import distances
from .reduce import combine


def cumsum(
    device: DeviceClass, shape: Sequence[int], axis: int, exclusive: bool, reverse: bool, storage: str = "f32"
) -> KernelCall:
    """`y` [shape] = at each place along `axis` the sum of `x` up to it.

    Args:
        exclusive: without the element itself.
        reverse: from the end on.
    """
    cpu, length = device is DeviceClass.CPU, shape[axis]
    k = KernelBuilder(f"{storage}_cumsum", (1, 1, 1) if cpu else (GROUP, 1, 1))
    x, y = k.read("x", storage), k.write("y", storage)
    tracks = distances(shape)
    nest = Nest(tuple(1 if a == axis else n for a, n in enumerate(shape)), (tracks,)).merged()
    walk = Walk(k, nest, device, vectors=False, work=length)
    count, step = walk.arguments.size("count", length), walk.arguments.size("step", tracks[axis])

    def body(place: Place) -> None:
        total = k.var(x.type, 0, "total")
        with k.loop(0, count) as i:
            line = (count - 1) - i if reverse else i
            at = k.let(place.offsets[0] + line * step, "at")
            if exclusive:
                k.store(y, at, total)
            k.set(total, combine("sum", total, k.load(x, at, 1)))
            if not exclusive:
                k.store(y, at, total)

    groups = walk.emit(body)
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups)
