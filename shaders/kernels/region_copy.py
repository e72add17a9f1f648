"""Data movement: one kernel family for every operator that only moves elements.

A region is a box of the output. Each of its axes says where along the source the coordinate is found: at a stride, at
a stride inside bounds (outside them the fill value), or through a table. Transpose, slice, pad, concatenation, gather,
tile, space-to-depth, nearest neighbour resize and changes of layout are all regions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..call import KernelCall
from ..device_class import DeviceClass
from ..language.builder import KernelBuilder
from ..language.expression import Expr, i32, vector
from ..language.functions import minimum
from ..language.kernel import Buffer
from ..layout import LANES
from ..parts.nest import AXES, GROUP, Nest, Place, Walk
from .short_rows import short_rows

OUTSIDE = -1
"""Table entry of a coordinate that holds the fill value."""


@dataclass(frozen=True)
class Axis:
    """One axis of a region; strides and offsets count elements of memory.

    Attributes:
        extent: how many coordinates of the output it has.
        to_stride: distance of neighbours in the output.
        from_stride: distance of neighbours in the source.
        bounds: the coordinates [low, high) that have a source; None for all.
        table: per coordinate the offset in the source (or `OUTSIDE`), in place of stride and bounds.
    """

    extent: int
    to_stride: int
    from_stride: int = 0
    bounds: tuple[int, int] | None = None
    table: tuple[int, ...] | None = None

    @property
    def is_plain(self) -> bool:
        return self.bounds is None and self.table is None


@dataclass(frozen=True)
class Region:
    """A box of the output and where its elements come from.

    Attributes:
        axes: outermost first; at least one. Every element is written once.
        to_offset: of the first element, in the output.
        from_offset: of coordinate zero in the source (it may lie outside where axes have bounds).
    """

    axes: tuple[Axis, ...]
    to_offset: int = 0
    from_offset: int = 0


@dataclass(frozen=True)
class _Plan:
    """A region after merging.

    `vector`: whole vectors move, both sides aligned; `packs`: stores are whole vectors; `pads`: also beyond a row.
    """

    nest: Nest
    axes: tuple[Axis, ...]
    vector: bool
    packs: bool
    pads: bool


def region_copy(
    device: DeviceClass, region: Region, fill: float = 0.0, storage: str = "f32", pads: bool = False
) -> KernelCall:
    """Copies one region of `x` to `y`.

    Args:
        region: what goes where; the part of `y` outside it is left alone.
        fill: value of coordinates outside the source; finite.
        storage: kind of the elements.
        pads: the innermost axis takes whole rows of `y`: what pads them may be written, so that stores are whole
            vectors.
    """
    plan = _plan(region, device, pads)
    if device is DeviceClass.CPU and _are_short_rows(plan.axes, region):
        rows, inner = plan.axes
        return short_rows(rows.extent, inner.extent, region.from_offset, region.to_offset, storage)
    group = (1, 1, 1) if device is DeviceClass.CPU else (GROUP, 1, 1)
    k = KernelBuilder(f"{storage}_{_name(plan)}", group)
    wide = 16 if device is DeviceClass.CPU else LANES
    x = k.read("x", storage, wide if plan.vector else 1)
    y = k.write("y", storage, wide if plan.vector or plan.packs else 1)
    tables = np.concatenate([[0], *(a.table for a in plan.axes if a.table)]).astype(np.int32)[1:]
    table = k.constant("table", i32) if tables.size else None
    walk = Walk(k, plan.nest, device)
    source = _Source(walk, plan, x, table, region, _fill_argument(walk, storage, fill))
    to_offset = _offset(walk, "to_offset", region.to_offset)

    def body(place: Place) -> None:
        at = k.let(to_offset + place.offsets[1], "to")
        if plan.vector or (plan.packs and place.lanes > 1):
            k.store(y, at, source.value(place))
        elif place.lanes == 1:
            k.store(y, at, source.element(place, place.coordinates[-1]))
        else:
            source.scatter(place, y, at)

    groups = walk.emit(body)
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups, {"table": tables} if table else {})


def fill_call(device: DeviceClass, elements: int, value: float = 0.0, storage: str = "f32") -> KernelCall:
    """Sets `elements` (a multiple of 4) of `y` to `value`."""
    k = KernelBuilder(f"{storage}_fill", (1, 1, 1) if device is DeviceClass.CPU else (GROUP, 1, 1))
    y = k.write("y", storage, 16 if device is DeviceClass.CPU else LANES)
    walk = Walk(k, Nest((elements,), ((1,),)), device)
    fill = _fill_argument(walk, storage, value)
    groups = walk.emit(lambda place: k.store(y, place.offsets[0], _spread(fill, place.lanes)))
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups)


def _offset(walk: Walk, name: str, value: int) -> Expr:
    """On llvmpipe, which takes long to compile a text, none is part of it."""
    return walk.arguments.size(name, value, folds=walk.device is not DeviceClass.LLVMPIPE)


def _fill_argument(walk: Walk, storage: str, value: float) -> Expr:
    return walk.arguments.size("fill", int(value)) if storage != "f32" else walk.arguments.number("fill", value)


def _spread(value: Expr, lanes: int) -> Expr:
    """A scalar on all lanes."""
    return Expr("splat", value.type.of(lanes), (value,)) if lanes > 1 else value


def _name(plan: _Plan) -> str:
    kinds = "".join("t" if a.table else "b" if a.bounds else "p" for a in plan.axes)
    return f"copy_{kinds}_{'vector' if plan.vector else 'packed' if plan.packs else 'scalar'}"


def _plan(region: Region, device: DeviceClass, pads: bool) -> _Plan:
    axes = _merged(region.axes)
    nest = Nest(tuple(a.extent for a in axes), (tuple(a.from_stride for a in axes), tuple(a.to_stride for a in axes)))
    stores = _stores_vectors(axes, region, device, pads)
    beyond = pads and device is not DeviceClass.CPU and axes[-1].extent % LANES != 0
    return _Plan(nest, axes, stores and _moves_vectors(axes, region, device), stores, beyond)


def _merged(axes: tuple[Axis, ...]) -> tuple[Axis, ...]:
    """The same region with fewer axes: plain ones of length 1 go, plain neighbours join where both sides run on."""
    made: list[Axis] = []
    for axis in axes:
        before = made[-1] if made and made[-1].is_plain and axis.is_plain else None
        n = axis.extent
        if before and (before.to_stride, before.from_stride) == (axis.to_stride * n, axis.from_stride * n):
            made[-1] = Axis(before.extent * n, axis.to_stride, axis.from_stride)
        elif n != 1 or not axis.is_plain:
            made.append(axis)
    return tuple(made) or (Axis(1, 1, 1),)


def _are_short_rows(axes: tuple[Axis, ...], region: Region) -> bool:
    """Whether dense rows of 2 or 3 elements become whole rows of the padded layout."""
    if len(axes) != 2 or not all(a.is_plain for a in axes) or region.to_offset % LANES:
        return False
    outer, inner = axes
    dense = (inner.from_stride, inner.to_stride, outer.from_stride) == (1, 1, inner.extent)
    return dense and 1 < inner.extent < LANES and outer.to_stride == LANES


def _aligned(axes: tuple[Axis, ...], offset: int, strides: list[int]) -> bool:
    return offset % LANES == 0 and all(s % LANES == 0 for s in strides)


def _stores_vectors(axes: tuple[Axis, ...], region: Region, device: DeviceClass, pads: bool) -> bool:
    inner, outer = axes[-1], axes[:-1]
    if inner.to_stride != 1 or (inner.extent < LANES and device is DeviceClass.CPU):
        return False
    if device is DeviceClass.CPU:
        return True
    whole = inner.extent % LANES == 0 or pads
    return whole and _aligned(axes, region.to_offset, [a.to_stride for a in outer])


def _moves_vectors(axes: tuple[Axis, ...], region: Region, device: DeviceClass) -> bool:
    inner, outer = axes[-1], axes[:-1]
    if inner.table or inner.from_stride != 1:
        return False
    if device is DeviceClass.CPU:
        return inner.bounds is None
    if inner.extent % LANES:
        return False
    steps = [a.from_stride for a in outer] + [t for a in outer for t in a.table or () if t != OUTSIDE]
    return _aligned(axes, region.from_offset, steps) and all(b % LANES == 0 for b in inner.bounds or ())


class _Source:
    """Reads elements of the source at a place of the walk."""

    def __init__(self, walk: Walk, plan: _Plan, x: Buffer, table: Buffer | None, region: Region, fill: Expr) -> None:
        self.k, self.plan, self.x, self.table, self.fill = walk.k, plan, x, table, fill
        self.strides, self.steps, self.width = walk.strides[0], walk.strides[1], walk.extents[-1]
        self.offset = _offset(walk, "from_offset", region.from_offset)
        self.bounds: dict[int, tuple[Expr, Expr]] = {}
        self.rows: dict[int, Expr] = {}
        start = 0
        for i, axis in enumerate(plan.axes):
            letter = AXES[i]
            if axis.table:
                self.rows[i] = walk.arguments.size(f"row_{letter}", start)
                start += axis.extent
            elif axis.bounds:
                low, high = axis.bounds
                size = walk.arguments.size
                self.bounds[i] = (size(f"low_{letter}", low), size(f"high_{letter}", high))

    def _address(self, coordinates: tuple[Expr, ...]) -> tuple[Expr, Expr | None]:
        """Offset in the source, and whether there is one (None: always)."""
        k, at, valid = self.k, self.offset, None
        for i, coordinate in enumerate(coordinates):
            condition = None
            if i in self.rows and self.table is not None:
                entry = k.load(self.table, self.rows[i] + coordinate, hint="entry")
                at, axis_table = at + entry, self.plan.axes[i].table or ()
                condition = entry >= 0 if OUTSIDE in axis_table else None
            else:
                at = at + coordinate * self.strides[i]
                if i in self.bounds:
                    low, high = self.bounds[i]
                    condition = (coordinate >= low) & (coordinate < high)
            valid = condition if valid is None else valid if condition is None else valid & condition
        return at, valid

    def _read(self, coordinates: tuple[Expr, ...], lanes: int) -> Expr:
        k = self.k
        at, valid = self._address(coordinates)
        if valid is None:
            return k.load(self.x, at, lanes)
        inside = k.let(valid, "inside")
        value = k.var(self.fill.type.of(lanes), _spread(self.fill, lanes), "value")
        with k.when(inside):
            k.set(value, k.load(self.x, at, lanes))
        return value

    def element(self, place: Place, column: Expr) -> Expr:
        """The scalar at `column` of the place's row."""
        return self._read((*place.coordinates[:-1], column), 1)

    def value(self, place: Place) -> Expr:
        """A vector: one load, or lane by lane; what lies beyond the row is its last element again."""
        if self.plan.vector:
            return self._read(place.coordinates, place.lanes)
        columns = [place.coordinates[-1] + lane for lane in range(place.lanes)]
        if self.plan.pads:
            columns = [self.k.let(minimum(column, self.width - 1), "column") for column in columns]
        return vector(*(self.element(place, column) for column in columns))

    def scatter(self, place: Place, y: Buffer, at: Expr) -> None:
        """The elements one by one, as many as the row has."""
        k, width = self.k, self.plan.axes[-1].extent
        for lane in range(min(place.lanes, width)):
            column = k.let(place.coordinates[-1] + lane, "column")
            if width % LANES == 0 or width < LANES:
                k.store(y, at + self.steps[-1] * lane, self.element(place, column))
            else:
                with k.when(column < self.width):
                    k.store(y, at + self.steps[-1] * lane, self.element(place, column))
