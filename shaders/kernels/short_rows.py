"""Dense rows of two or three elements to rows of the padded layout, on a CPU: pictures of RGB, as the host gives them.

A row is moved as a vector of four. What lies behind it ends in the padding, which may hold anything; only the last row,
behind which the source may end, goes element by element.
"""

from __future__ import annotations

from ..call import KernelCall
from ..device_class import DeviceClass
from ..language.builder import KernelBuilder
from ..layout import LANES
from ..parts.nest import CPU_LANES, Nest, Place, Walk


def short_rows(rows: int, width: int, from_offset: int, to_offset: int, storage: str) -> KernelCall:
    """Copies rows of `width` < 4 elements of `x`, that lie one behind the other, to every fourth element of `y`."""
    k = KernelBuilder(f"{storage}_rows_of_{width}")
    x, y = k.read("x", storage, CPU_LANES), k.write("y", storage, CPU_LANES)
    walk = Walk(k, Nest((rows,), ((width,), (LANES,))), DeviceClass.CPU, vectors=False, work=LANES)
    last = walk.arguments.size("last", rows - 1)
    first, target = walk.arguments.size("from_offset", from_offset), walk.arguments.size("to_offset", to_offset)

    def body(place: Place) -> None:
        source, at = k.let(first + place.offsets[0], "from"), k.let(target + place.offsets[1], "to")
        with k.when(place.coordinates[0] < last):
            k.store(y, at, k.load(x, source, LANES))
        with k.otherwise():
            for column in range(width):
                k.store(y, at + column, k.load(x, source + column, 1))

    groups = walk.emit(body)
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups)
