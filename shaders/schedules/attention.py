"""Which schedule of attention is used by default, what a tuner tries beside it, and what attention pays for.

The figures behind the rules: on PoCL a tile of three vectors of queries takes 1.0, of two 1.02 and of one 1.25 times as
long for each query; on llvmpipe an invocation with r queries takes as long as 27 + 15.5 r. One kernel takes 0.4 to 0.95
times the processor time of two products and a softmax on PoCL, 0.35 to 1.0 times on llvmpipe, from 1 query to 1024 and
from 16 to 256 columns (`benchmarks/attention.py`); nothing was found where it takes longer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..attention_shape import AttentionShape
from ..call import MAX_GROUPS
from ..device_class import LLVMPIPE_LANES, DeviceClass
from ..layout import LANES, ceil_div, padded
from .select import split_lanes


@dataclass(frozen=True)
class TileAttention:
    """An invocation takes some queries, a lane of a vector for each.

    Args:
        vectors: lanes of each vector across the queries.
        rows: keys whose scores are computed together.
        columns: columns of v that are summed up together.
        block: keys between two looks at the largest score, a multiple of `rows`.
    """

    vectors: tuple[int, ...]
    rows: int
    columns: int
    block: int

    @property
    def queries(self) -> int:
        """Of an invocation."""
        return sum(self.vectors)

    @property
    def name(self) -> str:
        """As part of kernel names."""
        return f"q{self.queries}k{self.rows}v{self.columns}b{self.block}"


@dataclass(frozen=True)
class LaneAttention:
    """An invocation takes `rows` queries, and `block` keys between two looks at the largest score.

    Args:
        group: invocations of a workgroup.
        shares: lanes of a subgroup load for one another.
    """

    rows: int
    block: int
    group: int
    shares: bool

    @property
    def name(self) -> str:
        """As part of kernel names."""
        return f"{'lanes' if self.shares else 'q'}{self.rows}b{self.block}"


@dataclass(frozen=True)
class GroupAttention:
    """A workgroup takes `queries` queries, and `keys` keys at a time, in workgroup memory.

    Args:
        rows: queries of an invocation.
        across: invocations that share them.
    """

    queries: int
    keys: int
    rows: int
    across: int

    @property
    def name(self) -> str:
        """As part of kernel names."""
        return f"wg{self.queries}x{self.keys}_t{self.rows}by{self.across}"


AttentionSchedule = TileAttention | LaneAttention | GroupAttention

MAX_COLUMNS = 256
"""Columns of q and v that kernels are made for."""

TILE_COSTS = {3: 48 * 1.0, 2: 32 * 1.02, 1: 16 * 1.25}
"""Time of a tile on a CPU, by its vectors of 16 queries."""

TILE_ROWS = {3: (4, 5), 2: (6, 7, 8, 5), 1: (12, 10, 8, 9)}
"""Keys whose scores are computed together, the best first."""

TILE_COLUMNS = {3: 8, 2: 8, 1: 16}
BUSY_TILES = 8
"""Invocations that keep a CPU busy; narrower tiles are taken where wider ones would make fewer."""

LONGEST_BLOCK = 320
"""Keys of a block on a CPU: its scores stay in the second cache."""

LANE_HEIGHTS = {8: 3, 16: 4, 32: 3, 64: 1}
"""Most queries of an invocation on a shader API in software, by the vectors of a row.

More take longer to compile than they save: with 8 vectors 6 queries are 7 to 20 % faster than 3, and take 0.1 (Mesa 22)
to 0.4 s (Mesa 25) longer.
"""

LARGE = 1 << 26
"""Multiply-adds from which 6 queries are worth that."""

GROUP_MEMORY = 16384
"""Bytes of workgroup memory that every WebGPU adapter has."""


def pays(device: DeviceClass, shape: AttentionShape) -> bool:
    """Whether one kernel is quicker than two products and a softmax."""
    return max(shape.depth, shape.width) <= MAX_COLUMNS and shape.matrices <= MAX_GROUPS


def attention_schedule(device: DeviceClass, shape: AttentionShape) -> AttentionSchedule:
    """The schedule for a shape."""
    if device is DeviceClass.CPU:
        return tile_schedule(shape)
    return group_schedule(shape) if device is DeviceClass.GPU else lane_schedule(device, shape)


def tile_schedule(shape: AttentionShape) -> TileAttention:
    """For a CPU."""
    queries = padded(shape.queries)
    if queries < 16:
        return _tile(shape, split_lanes(queries), 1)
    counts = [n for n in TILE_COSTS if 16 * n <= queries]
    busy = [n for n in counts if ceil_div(queries, 16 * n) * shape.matrices >= BUSY_TILES] or counts[-1:]
    best = min(busy, key=lambda n: ceil_div(queries, 16 * n) * TILE_COSTS[n])
    return _tile(shape, (16,) * best, best)


def _tile(shape: AttentionShape, vectors: tuple[int, ...], count: int) -> TileAttention:
    """With tiles of keys that leave no rest, if there are such."""
    even = (r for r in TILE_ROWS[count] if shape.keys % r == 0)
    rows = min(next(even, TILE_ROWS[count][0]), shape.keys)
    blocks = ceil_div(shape.keys, LONGEST_BLOCK)
    block = ceil_div(ceil_div(shape.keys, blocks), rows) * rows
    return TileAttention(vectors, rows, min(TILE_COLUMNS[count], padded(shape.width)), block)


def lane_schedule(device: DeviceClass, shape: AttentionShape) -> LaneAttention:
    """For a shader API in software."""
    vectors = ceil_div(max(shape.depth, shape.width), LANES)
    work = shape.matrices * shape.queries * shape.keys * (shape.depth + shape.width)
    tall = next(height for widest, height in LANE_HEIGHTS.items() if vectors <= widest)
    heights = range(1, (6 if vectors <= 8 and work >= LARGE else tall) + 1)
    rows = min(heights, key=lambda r: ceil_div(shape.queries, LLVMPIPE_LANES * r) * (27 + 15.5 * r))
    return LaneAttention(rows, 8, LLVMPIPE_LANES, device is DeviceClass.LLVMPIPE)


def group_schedule(shape: AttentionShape) -> GroupAttention:
    """For a GPU: as many keys at a time as workgroup memory takes."""
    fitting = (a for a in (8, 4, 2) if group_bytes(GroupAttention(32, 4 * a, 4, a), shape) <= GROUP_MEMORY)
    across = next(fitting)
    return GroupAttention(32, LANES * across, max(1, across // 2), across)


def group_bytes(s: GroupAttention, shape: AttentionShape) -> int:
    """Workgroup memory that a schedule takes."""
    staged = s.keys * padded(max(shape.depth, shape.width))
    return 4 * (staged + s.queries * (s.keys + s.across))


def attention_candidates(device: DeviceClass, shape: AttentionShape) -> tuple[AttentionSchedule, ...]:
    """What a tuner tries, the default apart."""
    default = attention_schedule(device, shape)
    return tuple(s for s in dict.fromkeys(_candidates(default, shape)) if s != default)


def _candidates(default: AttentionSchedule, shape: AttentionShape) -> Iterable[AttentionSchedule]:
    if isinstance(default, TileAttention):
        counts = (n for n in TILE_COSTS if 16 * n <= padded(shape.queries))
        return [replace(_tile(shape, (16,) * n, n), columns=c) for n in counts for c in (8, 16)]
    if isinstance(default, LaneAttention):
        heights = (r for r in range(default.rows - 1, default.rows + 4) if r > 0)
        return [*(replace(default, rows=r) for r in heights), replace(default, block=4)]
    tiles = [GroupAttention(q, 4 * a, r, a) for q in (16, 32, 64) for a in (8, 4) for r in (2, 4)]
    return [t for t in tiles if group_bytes(t, shape) <= GROUP_MEMORY]
