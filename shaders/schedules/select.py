"""Which schedule a kernel family uses by default: one readable table per family and device class.

The figures behind the rules: on PoCL, tiles of 7 x 32 reach 85-97 % of peak as long as few columns are computed twice,
more rows cost more registers for their addresses than there are, and a vector of 8 lanes costs what one of 16 does; on
lavapipe loads cost far more than arithmetic, so the biggest tile wins. `candidates` has what a tuner tries beside them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..call import MAX_GROUPS
from ..conv_window import ConvWindow
from ..device_class import LLVMPIPE_LANES, DeviceClass
from ..layout import LANES, ceil_div


@dataclass(frozen=True)
class RegisterTile:
    """An invocation computes rows x width outputs.

    Args:
        rows: rows of the tile.
        vectors: lanes of each vector across the tile, such as (16, 16, 8).
        steps: values of k that one load of x brings (1 or 4).
        group: invocations in a workgroup (along axis 0).
        split: independent partial sums.
    """

    rows: int
    vectors: tuple[int, ...]
    steps: int = 1
    group: int = 1
    split: int = 1

    @property
    def width(self) -> int:
        """Columns of a tile."""
        return sum(self.vectors)

    @property
    def lanes(self) -> int:
        """The widest vector."""
        return max(self.vectors)

    @property
    def starts(self) -> tuple[int, ...]:
        """First column of each vector."""
        return tuple(sum(self.vectors[:j]) for j in range(len(self.vectors)))

    @property
    def name(self) -> str:
        """rows x columns, as part of kernel names."""
        return f"t{self.rows}x{self.width}" + (f"k{self.split}" if self.split > 1 else "")


@dataclass(frozen=True)
class LaneTile:
    """`across` neighbouring lanes of a subgroup compute rows x width outputs each: the same rows, panels side by side.

    Args:
        rows: rows of the tile.
        vectors: lanes of each vector across the tile: 4 each.
        across: a power of two, at most a subgroup.
        spread: each lane loads rows of its own, for one k at a time, instead of all rows, for one of `across` values of
            k. Shorter, quicker and compiled in half the time, but a text of its own for each `across`.
    """

    rows: int
    vectors: tuple[int, ...]
    across: int
    spread: bool = False

    @property
    def width(self) -> int:
        """Columns of a tile."""
        return sum(self.vectors)

    @property
    def starts(self) -> tuple[int, ...]:
        """First column of each vector."""
        return tuple(range(0, self.width, 4))

    @property
    def name(self) -> str:
        """rows x columns, as part of kernel names."""
        return f"lanes{self.rows}x{self.width}" + (f"by{self.across}" if self.spread else "")

    @property
    def can_spread(self) -> bool:
        """Whether nearly all lanes have rows of their own to load."""
        return self.across > 1 and 4 * ceil_div(self.rows, self.across) * self.across <= 5 * self.rows


@dataclass(frozen=True)
class GroupTile:
    """A workgroup computes rows x columns outputs, `depth` values of k at a time, thread_rows x 4 per invocation.

    `slices` invocations share the same outputs: each takes every so manieth block of k.
    """

    rows: int
    columns: int
    depth: int
    thread_rows: int
    slices: int = 1


@dataclass(frozen=True)
class SliceTile:
    """A workgroup computes rows x columns outputs; `slices` (at least `rows`) invocations share each vector of 4."""

    rows: int
    columns: int
    slices: int


@dataclass(frozen=True)
class LineTile:
    """An invocation computes `pixels` neighbouring outputs at a time, for `lanes` channels.

    pixels = 0 on a CPU: no window stays inside the picture. group: invocations in a workgroup. across: channels that an
    invocation takes on a CPU, a multiple of `lanes`.
    """

    pixels: int
    lanes: int
    group: int = 1
    across: int = 16


ConvSchedule = RegisterTile | LaneTile | GroupTile
MatmulSchedule = ConvSchedule | SliceTile

GROUP_TILES = (GroupTile(64, 64, 16, 8), GroupTile(32, 64, 16, 4), GroupTile(32, 32, 16, 4), GroupTile(16, 32, 32, 2))
"""Those of a GPU, the largest first."""
SLICED_TILE = GroupTile(16, 32, 16, 2, 4)
"""Where those would make too few workgroups to hide that each waits for memory."""
GROUP_CHANNELS = 16
"""Channels on either side from which a convolution is worth staging in workgroup memory."""

FEW_ROWS, FEW_GROUPS = 64, 64
"""Where even the smallest tiles make so few workgroups of so few rows (pictures of 7x7), a GPU waits for memory most of
the time: dealing out k as well is then worth reading the weights more often."""

BUSY_GROUPS = 128
"""Workgroups that keep a GPU busy; smaller tiles are taken where larger ones would make fewer."""


MANY_LINES = 28
"""Lines of outputs that keep a CPU busy, so that each can take all channels and read memory as it lies."""

UNROLLED_LINE = 32
"""Products of one line of a window that are unrolled on a CPU (the first layer of a network: few channels)."""

CPU_ROWS = {1: 8, 2: 7, 3: 5, 4: 4}
"""Rows of a tile on a CPU, by the vectors across it."""

CPU_PANEL_COST = {1: 0.64, 2: 1.0, 3: 1.55, 4: 1.95}
"""Time of one row of such a tile."""

SHORT_LINE = 16
"""Products of a line that are quick to compile, in taller tiles."""


def matmul_schedule(device: DeviceClass, rows: int, columns: int) -> MatmulSchedule:
    """Schedule of `matmul` for `rows` x `columns` (padded) outputs."""
    if device is DeviceClass.CPU:
        return cpu_tile(rows, columns)
    if device is DeviceClass.LLVMPIPE:
        return lane_tile(rows, columns)
    if device is DeviceClass.SOFTWARE_GPU:
        return software_gpu_tile(rows, columns, 12 if rows >= 512 else 10)
    if rows <= 8:
        return SliceTile(min(rows, 4), 64, 16)
    least = GROUP_TILES[-1]
    if rows <= FEW_ROWS and ceil_div(rows, least.rows) * ceil_div(columns, least.columns) < FEW_GROUPS:
        return SliceTile(8, 32, 16)
    return group_tile(rows, columns)


def group_tile(rows: int, columns: int) -> ConvSchedule:
    """Workgroup tile for a GPU: the largest that makes enough workgroups."""
    fitting = [t for t in GROUP_TILES if ceil_div(rows, t.rows) <= MAX_GROUPS]
    busy = (t for t in fitting if ceil_div(rows, t.rows) * ceil_div(columns, t.columns) >= BUSY_GROUPS)
    return next(busy, SLICED_TILE) if fitting else plain_tile(DeviceClass.GPU, rows, columns)


def conv_2d_schedule(device: DeviceClass, pixels: int, columns: int, channels: int = 0) -> ConvSchedule:
    """Schedule of `conv_2d` for `pixels` x `columns` (padded, of one group) outputs.

    Args:
        channels: of x; 0 where they are in several groups.
    """
    if device is DeviceClass.GPU and channels >= GROUP_CHANNELS and columns >= GROUP_CHANNELS:
        return group_tile(pixels, columns)
    return lane_tile(pixels, columns) if device is DeviceClass.LLVMPIPE else plain_tile(device, pixels, columns, 4)


def plain_tile(device: DeviceClass, rows: int, columns: int, widest: int = 3) -> RegisterTile:
    """Register tile without partial sums. `widest`: vectors across it on a CPU."""
    if device is DeviceClass.CPU:
        return replace(cpu_tile(rows, columns, widest), split=1)
    if device.is_software_gpu:
        return software_gpu_tile(rows, columns)
    return RegisterTile(min(rows, 4), (4,) * min(columns // 4, 2), steps=4, group=64)


def conv_2d_line_schedule(
    device: DeviceClass, window: ConvWindow, columns: int, depth: int, longest: int = UNROLLED_LINE
) -> RegisterTile | None:
    """Schedule of `conv_2d_line` for `columns` (padded) outputs of a picture with `depth` channels; None: not for it.

    Long unrolled lines take long to compile, so their tiles are low.
    """
    products = window.kernel[1] * depth
    if device is not DeviceClass.CPU or products > longest:
        return None
    vectors = cpu_tile(window.pixels, columns, widest=4).vectors
    tall = 4 if products > SHORT_LINE or len(vectors) > 2 else 8
    first, end = window.interior(1)
    return RegisterTile(even_rows(end - first, tall), vectors) if end - first >= 2 else None


def phase_tiles(tile: RegisterTile | LaneTile, window: ConvWindow) -> tuple[int, int]:
    """Of a transposed convolution: (tiles of a phase of a line, tiles of all)."""
    blocks = ceil_div(ceil_div(window.y_size[1], window.stride[1]), tile.rows)
    return blocks, window.x_shape[0] * window.y_size[0] * window.stride[1] * blocks


def transpose_conv_schedule(device: DeviceClass, window: ConvWindow, columns: int) -> RegisterTile | LaneTile:
    """Schedule of `transpose_conv` for `columns` (padded) outputs; on llvmpipe a workgroup takes a tile of a line."""
    pixels = ceil_div(window.y_size[1], window.stride[1])
    lanes = replace(lane_tile(pixels, columns), across=LLVMPIPE_LANES)
    lanes = replace(lanes, spread=lanes.can_spread)
    fits = phase_tiles(lanes, window)[1] <= MAX_GROUPS
    return lanes if device is DeviceClass.LLVMPIPE and fits else plain_tile(device, pixels, columns)


def batch_matmul_schedule(device: DeviceClass, rows: int, columns: int) -> RegisterTile:
    """Schedule of `batch_matmul` whose right matrices are [k, n], or whose left are [k, m]."""
    return plain_tile(device, rows, columns)


def dot_schedule(device: DeviceClass, rows: int, columns: int) -> RegisterTile:
    """Schedule of `batch_matmul` whose right matrices are [n, k]: 4 columns, `steps` lanes along k."""
    if device is DeviceClass.CPU:
        return RegisterTile(even_rows(rows, 4), (4,), steps=16)
    return RegisterTile(even_rows(rows, 4), (4,), steps=4, group=8 if device.is_software_gpu else 64)


def depthwise_schedule(device: DeviceClass, window: ConvWindow, columns: int, lanes: int = 1) -> LineTile:
    """Schedule of `depthwise_conv_2d` for `columns` (padded) output channels, `lanes` at a time on llvmpipe."""
    if device is DeviceClass.CPU:
        first, end = window.interior(1)
        lanes = next(v for v in (16, 8, 4) if v <= columns)
        across = ceil_div(columns, lanes) * lanes if window.x_shape[0] * window.y_size[0] >= MANY_LINES else 8 * lanes
        return LineTile(even_rows(end - first, 8) if end > first else 0, lanes, across=across)
    if device is DeviceClass.LLVMPIPE:
        return LineTile(min(window.y_size[1], LANE_PIXELS), lanes, LLVMPIPE_LANES)
    wide = 8 if device.is_software_gpu else 4
    pixels = even_rows(window.y_size[1], wide)
    return LineTile(pixels, 4, 8 if device.is_software_gpu else 64)


def cpu_tile(rows: int, columns: int, widest: int = 3) -> RegisterTile:
    """Register tile for a CPU: the width that computes fewest vectors, then as many rows as have registers.

    Args:
        widest: vectors across.
    """
    if rows == 1:
        return _cpu_line(columns)
    widths = range(4, min(columns, 16 * widest) + 1, 4)
    few = (v for v in map(split_lanes, widths) if len(v) <= widest)
    vectors = min(few, key=lambda v: _panels_cost(v, columns))
    return RegisterTile(_fitting_rows(rows, CPU_ROWS[len(vectors)]), vectors)


def _cpu_line(columns: int) -> RegisterTile:
    """One row: partial sums hide the latency of additions, and the more loads are under way the better."""
    if columns >= 256:
        return RegisterTile(1, (16,) * 4, split=4)
    if columns >= 32:
        return RegisterTile(1, (16,) * 2, split=8)
    return RegisterTile(1, (16 if columns >= 16 else 4,), split=8)


LANE_ROWS = 14
"""Rows of a lane tile. It divides the pictures of most networks, and one height for all layers compiles fewer texts."""

NARROW_LANE_ROWS = 6
"""Rows of a lane tile with four columns: as quick as 14, and compiled in half of the time."""

LANE_PIXELS = 7
"""Pixels of a depthwise tile on llvmpipe, for the same reasons."""


def lane_tile(rows: int, columns: int, height: int | None = None) -> LaneTile:
    """Tile for llvmpipe: as many lanes side by side as loads are saved, but few without a panel.

    For each k a lane does the products, its shuffles, the loads of weights, and its share of the loads of x; a load
    costs about a dozen products. `height`: rows of each of several matrices.
    """
    tall = min(height or rows, LANE_ROWS if columns > LANES else NARROW_LANE_ROWS)
    vectors = min(2, columns // 4)
    panels, lanes = ceil_div(columns, 4 * vectors), LLVMPIPE_LANES
    work = tall * vectors * 4 + tall + 12 * 4 * vectors
    widths = [a for a in (1, 2, 4, 8) if ceil_div(rows, tall) * a <= MAX_GROUPS * lanes or a == 1]
    across = min(widths, key=lambda a: ceil_div(panels, a) * a * (work + 12 * tall / a))
    return LaneTile(tall, (4,) * vectors, across)


def software_gpu_tile(rows: int, columns: int, tall: int = 10) -> RegisterTile:
    """Register tile for a shader API in software: at most `tall` rows, and as wide as few columns are lost."""
    costs = {1: 1.7, 2: 1.3, 3: 1.06, 4: 1.0}
    widths = [v for v in costs if 4 * v <= columns]
    vectors = min(widths, key=lambda v: ceil_div(columns, 4 * v) * v * costs[v])
    return RegisterTile(even_rows(rows, tall), (4,) * vectors, steps=4, group=8)


def split_lanes(width: int) -> tuple[int, ...]:
    """`width` (a multiple of 4) as vectors of 16, then 8, then 4 lanes."""
    halves = ((8,) if width & 8 else ()) + ((4,) if width & 4 else ())
    return (16,) * (width // 16) + halves


def _panels_cost(vectors: tuple[int, ...], columns: int) -> tuple[float, int]:
    """Time of a row of all panels, measured, and the columns computed."""
    panels = ceil_div(columns, sum(vectors))
    return (panels * CPU_PANEL_COST[len(vectors)], panels * sum(vectors))


def _fitting_rows(rows: int, tall: int) -> int:
    """Rows of a tile, from three quarters of `tall` up: overlap is computed twice, and lower tiles load more."""
    if rows < 4 * tall:
        return even_rows(rows, tall)
    choices = range(ceil_div(3 * tall, 4), tall + 1)
    return min(choices, key=lambda r: ceil_div(rows, r) * r * (1 + 0.15 * (tall - r) / tall))


def even_rows(rows: int, tall: int) -> int:
    """Rows of a tile, at most `tall`, such that the last tile overlaps little."""
    return ceil_div(rows, ceil_div(rows, tall)) if rows < 4 * tall else tall
