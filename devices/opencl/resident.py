"""A whole launch plan as one launch, for OpenCL on processors, where each launch costs what a small kernel does.

PoCL wakes its threads anew for every launch: 13 us on two cores. Here they are woken once. There is one work-item (a
slot) for each of the threads, and each goes through all launches of the plan, which are functions of one kernel.

Work: the workgroups of a launch are split among the slots, each range with a counter of its own. A slot claims from its
own range, which keeps the same rows on the same core, and then from the others'.

Strips: a bundle of strips (`plan.Launch.strip`) is split among the slots like workgroups. A slot runs all launches of
its strip, with scratch memory of its own, so that what they pass on never leaves the core.

Order: launches that do not touch each other's memory make up a stage, and after each stage the slots wait until all of
its workgroups are done. A slot waits only for workgroups that another has claimed, so nothing depends on how many slots
run at the same time: one alone does everything.
"""
from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...core.errors import DelegantError
from ..device import DeviceInfo, LaunchTime
from ..plan import Binding, BufferSpec, KernelSource, Launch, LaunchPlan
from ..validate import check_plan, scalar_value
from .plan import OpenCLPlan, Shared
from .resident_text import LINE, ROW, UNIT, function_of, resident_kernel
from .sequence_text import sequence_kernel
from .stages import Unit, one_by_one, stages

MAX_SLOTS = 64
MAX_ARGUMENTS = 48
"""Buffers bound at once; OpenCL promises 1024 bytes of arguments."""
ALIGNMENT = 256
PIECES = 16
"""Claims that a slot needs at least for its own range."""
WEIGHTS_PER_ACTIVATION = 2
"""Bytes of weights that may be read by all cores, for each byte of activations that stays on one."""


@dataclass(frozen=True, eq=False)
class Shape:
    """What the text of a plan of one launch depends on.

    Attributes:
        kernels: in the order of their functions.
        memory: of each buffer without contents, whether it is scratch memory.
        width: integers of a launch's row.
    """

    kernels: tuple[KernelSource, ...]
    memory: tuple[bool, ...]
    width: int


@dataclass(frozen=True, eq=False)
class Resident:
    """A plan of one launch.

    Attributes:
        plan: what the device runs.
        places: where each buffer of the original plan lies in it: (buffer, offset in bytes).
        order: the units of the original launches in the order in which they run.
        slots: work-items.
        stamps: buffer of the processor's clock, int64: at the start and after each unit of `order`; then how long each
            launch of a strip took.
        sizes: of the original buffers, in bytes.
        launches: how many the original plan has.
        shape: what the text depends on.
    """

    plan: LaunchPlan
    places: tuple[tuple[int, int], ...]
    order: tuple[Unit, ...]
    slots: int
    stamps: int
    sizes: tuple[int, ...]
    launches: int
    shape: Shape


def joined(plan: LaunchPlan, info: DeviceInfo, slots: int, known: Iterable[Shape] = ()) -> Resident | None:
    """The plan as one launch; None where it is better left alone or a kernel of it cannot be a function.

    Args:
        slots: how many threads share the work; one alone goes through the launches without counting.
        known: of plans that are compiled: if one has all kernels of this plan, its text is used.

    Raises:
        DeviceMemoryError, DelegantError: the plan does not fit the device.
    """
    check_plan(plan, info)
    plan, width = _like_known(plan, known)
    functions = [function_of(kernel, index) for index, kernel in enumerate(plan.kernels)]
    order = stages(plan) if slots > 1 else one_by_one(plan)
    constants, places = _constants(plan)
    memory = [i for i, buffer in enumerate(plan.buffers) if buffer.contents is None]
    if None in functions or len(plan.launches) < 2 or len(memory) + 5 > MAX_ARGUMENTS:
        return None
    if constants.nbytes > info.max_binding_size:
        return None
    places |= {index: (1 + position, 0) for position, index in enumerate(memory)}
    flat = tuple(unit for stage in order for unit in stage)
    rows = _rows(plan, flat, places, width)
    scratch = sum(plan.buffers[i].size for i in memory if plan.buffers[i].scratch)
    text = resident_kernel if slots > 1 else sequence_kernel
    kernel = text(plan, [f for f in functions if f is not None], memory, rows.shape[1])
    buffers = (
        BufferSpec(constants.nbytes, constants, "constants"),
        *(_for_slots(plan.buffers[i], slots) for i in memory),
        BufferSpec(rows.nbytes, rows.reshape(-1), "launches"),
        *(_shared_work(plan, order, slots) if slots > 1 else ()),
        BufferSpec(8 * (len(flat) + 1 + len(rows)), None, "stamps"),
    )
    everything = tuple(Binding(i, 0, buffer.size) for i, buffer in enumerate(buffers))
    nodes = tuple(sorted({node for launch in plan.launches for node in launch.nodes}))
    scalars = (len(flat), slots, scratch) if slots > 1 else (len(flat), 0)
    launch = Launch(0, everything, scalars, (slots, 1, 1), kernel.name, nodes)

    def moved(binding: Binding) -> Binding:
        buffer, offset = places[binding.buffer]
        return Binding(buffer, offset + binding.offset, binding.size)

    ends = tuple(map(moved, plan.inputs)), tuple(map(moved, plan.outputs))
    merged = LaunchPlan(buffers, (kernel,), (launch,), *ends)
    where = tuple(places[i] for i in range(len(plan.buffers)))
    sizes = tuple(buffer.size for buffer in plan.buffers)
    shape = Shape(plan.kernels, _memory(plan), rows.shape[1])
    return Resident(merged, where, flat, slots, len(buffers) - 1, sizes, len(plan.launches), shape)


def _like_known(plan: LaunchPlan, known: Iterable[Shape]) -> tuple[LaunchPlan, int]:
    """The plan with the kernels of one that is compiled and has all of them, and the least width of its rows."""
    texts, memory = {kernel.text for kernel in plan.kernels}, _memory(plan)
    for shape in known:
        places = {kernel.text: index for index, kernel in enumerate(shape.kernels)}
        if texts <= places.keys() and memory == shape.memory:
            moved = (replace(x, kernel=places[plan.kernels[x.kernel].text]) for x in plan.launches)
            return replace(plan, kernels=shape.kernels, launches=tuple(moved)), shape.width
    return plan, 0


def _memory(plan: LaunchPlan) -> tuple[bool, ...]:
    """Of each buffer without contents, whether it is scratch memory."""
    return tuple(buffer.scratch for buffer in plan.buffers if buffer.contents is None)


def slots_of(info: DeviceInfo) -> int:
    """How many threads a device has for the work of a plan."""
    return min(info.limits.get("compute_units", 1), MAX_SLOTS)


def _shared_work(plan: LaunchPlan, order: Sequence[Sequence[Unit]], slots: int) -> tuple[BufferSpec, BufferSpec]:
    """What slots need to share the work: the table of units, and counters."""
    units = _units(plan, order, slots)
    counters = 4 * LINE * (1 + len(units) * (slots + 1))
    return BufferSpec(units.nbytes, units.reshape(-1), "units"), BufferSpec(counters, None, "counters")


def _for_slots(buffer: BufferSpec, slots: int) -> BufferSpec:
    """A scratch buffer for each of the slots; others stay."""
    return BufferSpec(buffer.size * slots, None, buffer.label) if buffer.scratch else buffer


def _constants(plan: LaunchPlan) -> tuple[np.ndarray, dict[int, tuple[int, int]]]:
    """All contents in one array of bytes, and where each buffer's lies in it."""
    places, size = {}, 0
    for index, buffer in enumerate(plan.buffers):
        if buffer.contents is not None:
            places[index] = (0, size)
            size += -(-max(buffer.size, 1) // ALIGNMENT) * ALIGNMENT
    data = np.zeros(max(size, ALIGNMENT), np.uint8)
    for index, (_, offset) in places.items():
        contents = plan.buffers[index].contents
        assert contents is not None
        flat = np.ascontiguousarray(contents).reshape(-1).view(np.uint8)
        data[offset : offset + flat.size] = flat
    return data, places


# --- the tables of launches and of units


def _rows(plan: LaunchPlan, units: Sequence[Unit], places: dict[int, tuple[int, int]], width: int) -> np.ndarray:
    """A row for each launch: function, groups along two axes, workgroups; then (buffer, offset in units of 4 bytes) of
    each binding, then the scalars' bits."""
    rows = []
    for launch in (plan.launches[index] for unit in units for index in unit.launches):
        row = [launch.kernel, *launch.groups[:2], _tiles(launch)]
        for binding in launch.bindings:
            buffer, offset = places[binding.buffer]
            row += [buffer, (offset + binding.offset) // 4]
        for kind, value in zip(plan.kernels[launch.kernel].scalars, launch.scalars, strict=True):
            row.append(int(scalar_value(kind, value).view(np.int32)))
        rows.append(row)
    table = np.zeros((len(rows), max(width, *map(len, rows), ROW)), np.int32)
    for made, row in zip(table, rows, strict=True):
        made[: len(row)] = row
    return table


def _tiles(launch: Launch) -> int:
    return launch.groups[0] * launch.groups[1] * launch.groups[2]


def _units(plan: LaunchPlan, order: Sequence[Sequence[Unit]], slots: int) -> np.ndarray:
    """For each unit: its first row, launches of a strip (or 0), pieces of work (workgroups or strips), of a claim, of
    the whole stage after its last unit (else 0), whether slots share axis 0, and two zeros."""
    made, row = [], 0
    for stage in order:
        sizes = [_size(plan, unit) for unit in stage]
        for unit, size in zip(stage, sizes, strict=True):
            total = sum(sizes) if unit is stage[-1] else 0
            claim = 1 if unit.parts else max(1, size // (slots * PIECES))
            split = not unit.parts and _split(plan, plan.launches[unit.launches[0]])
            made.append([row, unit.parts, size, claim, total, int(split), 0, 0])
            row += len(unit.launches)
    return np.array(made, np.int32).reshape(-1, UNIT)


def _size(plan: LaunchPlan, unit: Unit) -> int:
    return len(unit.launches) // unit.parts if unit.parts else _tiles(plan.launches[unit.launches[0]])


def _split(plan: LaunchPlan, launch: Launch) -> bool:
    """Whether each slot shall take its part of axis 0 and all of the others, which by convention is a part of the
    activations' rows and all weights; else each takes its part of all workgroups, axis 0 innermost.

    What one core has written another reads at a quarter of the speed, so the same rows stay on the same core from
    launch to launch, unless the weights that all cores then read weigh more.
    """
    constant = sum(b.size for b in launch.bindings if plan.buffers[b.buffer].contents is not None)
    return constant <= WEIGHTS_PER_ACTIVATION * (sum(b.size for b in launch.bindings) - constant)


class ResidentPlan(OpenCLPlan):
    """A launch plan that runs as one launch.

    Attributes:
        resident: that plan.
    """

    def __init__(
        self,
        context: Any,
        device: Any,
        info: DeviceInfo,
        resident: Resident,
        shared: Shared | None = None,
        lock: threading.Lock | None = None,
    ) -> None:
        """
        Raises:
            CompileError, DeviceMemoryError, DelegantError: see `Device.load`.
        """
        self.resident = resident
        super().__init__(context, device, info, resident.plan, shared, lock)
        self.resident = replace(resident, plan=resident.plan.without_contents())

    def profile(self) -> tuple[LaunchTime, ...]:
        """As the processor's clock tells them inside the one launch, in parts of its time. A launch of a strip
        takes its share of the slots' time, from the start of its bundle."""
        resident = self.resident
        self._time_launches(True)
        try:
            (whole,) = super().profile()
        finally:
            self._time_launches(False)
        count = len(resident.order)
        rows = sum(len(unit.launches) for unit in resident.order)
        clock = np.frombuffer(super().read(resident.stamps, 0, 8 * (count + 1 + rows)), np.int64).astype(np.float64)
        stamps, busy = clock[: count + 1] - clock[0], iter(clock[count + 1 :])
        if stamps[-1] <= 0:
            return ()
        scale = whole.seconds / stamps[-1]
        times = [LaunchTime()] * resident.launches
        for unit, start, end in zip(resident.order, stamps[:-1], stamps[1:], strict=True):
            for index in unit.launches:
                ticks = next(busy) / resident.slots
                times[index] = LaunchTime(float(start * scale), float(scale * (ticks if unit.parts else end - start)))
        return tuple(times)

    def _time_launches(self, timed: bool) -> None:
        """One slot looks at the clock only when it is told to."""
        if self.resident.slots == 1:
            with self._lock:
                self._check_open()
                kernel = self._launches[0][0]
                kernel.set_arg(kernel.num_args - 1, scalar_value("i32", int(timed)))

    def read(self, buffer: int, offset: int, size: int) -> bytes:
        place, start = self.resident.places[buffer]
        if not 0 <= offset <= offset + size <= self.resident.sizes[buffer]:
            message = f"bytes {offset} to {offset + size} of a buffer of {self.resident.sizes[buffer]} bytes"
            raise DelegantError(message, delegate="opencl")
        return super().read(place, start + offset, size)
