"""A whole launch plan as one launch, for OpenCL on processors, where each launch costs what a small kernel does.

PoCL wakes its threads anew for every launch: 13 us on two cores. Here they are woken once. There is one work-item (a
slot) for each of the threads, and each goes through all launches of the plan, which are functions of one kernel.

Work: the workgroups of a launch are split among the slots, each range with a counter of its own. A slot claims from its
own range, which keeps the same rows on the same core, and then from the others'.

Order: launches that do not touch each other's memory make up a stage, and after each stage the slots wait until all of
its workgroups are done. A slot waits only for workgroups that another has claimed, so nothing depends on how many slots
run at the same time: one alone does everything.
"""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..core.errors import DelegantError
from .device import DeviceInfo, LaunchTime
from .opencl_plan import OpenCLPlan
from .opencl_stages import stages
from .plan import Binding, BufferSpec, KernelSource, Launch, LaunchPlan
from .validate import check_plan, scalar_value

MAX_SLOTS = 64
MAX_ARGUMENTS = 48
"""Buffers bound at once; OpenCL promises 1024 bytes of arguments."""
ALIGNMENT = 256
LINE = 16
"""Counters lie this many integers apart: a cache line each."""
PIECES = 16
"""Claims that a slot needs at least for its own range."""
WEIGHTS_PER_ACTIVATION = 2
"""Bytes of weights that may be read by all cores, for each byte of activations that stays on one."""
HEADER = 8
"""Integers at the start of a launch's row in the table: see `_row`."""


@dataclass(frozen=True, eq=False)
class Resident:
    """A plan of one launch.

    Attributes:
        plan: what the device runs.
        places: where each buffer of the original plan lies in it: (buffer, offset in bytes).
        order: the original launches in the order in which they run; those with nothing to do are left out.
        stamps: buffer of the processor's clock, int64: at the start, and after each launch of `order`.
        sizes: of the original buffers, in bytes.
        launches: how many the original plan has.
    """

    plan: LaunchPlan
    places: tuple[tuple[int, int], ...]
    order: tuple[int, ...]
    stamps: int
    sizes: tuple[int, ...]
    launches: int


def joined(plan: LaunchPlan, info: DeviceInfo) -> Resident | None:
    """The plan as one launch; None where it is better left alone or a kernel of it cannot be a function.

    Raises:
        DeviceMemoryError, DelegantError: the plan does not fit the device.
    """
    check_plan(plan, info)
    functions = [_function(kernel, index) for index, kernel in enumerate(plan.kernels)]
    order = stages(plan)
    constants, places = _constants(plan)
    memory = [i for i, buffer in enumerate(plan.buffers) if buffer.contents is None]
    if None in functions or len(plan.launches) < 2 or len(memory) + 4 > MAX_ARGUMENTS:
        return None
    if constants.nbytes > info.max_binding_size:
        return None
    places |= {index: (1 + position, 0) for position, index in enumerate(memory)}
    slots = min(info.limits.get("compute_units", 1), MAX_SLOTS)
    table = _table(plan, order, places, slots)
    flat = [launch for stage in order for launch in stage]
    counters = LINE * (1 + len(flat) * (slots + 1))
    buffers = (
        BufferSpec(constants.nbytes, constants, "constants"),
        *(plan.buffers[i] for i in memory),
        BufferSpec(table.nbytes, table.reshape(-1), "launches"),
        BufferSpec(4 * counters, None, "counters"),
        BufferSpec(8 * (len(flat) + 1), None, "stamps"),
    )
    kernel = _kernel(plan, [f for f in functions if f is not None], memory, table.shape[1])
    everything = tuple(Binding(i, 0, buffer.size) for i, buffer in enumerate(buffers))
    nodes = tuple(sorted({node for launch in plan.launches for node in launch.nodes}))
    launch = Launch(0, everything, (len(flat), slots), (slots, 1, 1), "resident", nodes)

    def moved(binding: Binding) -> Binding:
        buffer, offset = places[binding.buffer]
        return Binding(buffer, offset + binding.offset, binding.size)

    ends = tuple(map(moved, plan.inputs)), tuple(map(moved, plan.outputs))
    merged = LaunchPlan(buffers, (kernel,), (launch,), *ends)
    where = tuple(places[i] for i in range(len(plan.buffers)))
    sizes = tuple(buffer.size for buffer in plan.buffers)
    return Resident(merged, where, tuple(flat), len(buffers) - 1, sizes, len(plan.launches))


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


# --- the table of launches


def _table(
    plan: LaunchPlan, order: Sequence[Sequence[int]], places: dict[int, tuple[int, int]], slots: int
) -> np.ndarray:
    """One row for each launch, in order."""
    rows = []
    for stage in order:
        total = sum(_tiles(plan.launches[index]) for index in stage)
        for position, index in enumerate(stage):
            rows.append(_row(plan, plan.launches[index], places, slots, total if position == len(stage) - 1 else 0))
    table = np.zeros((len(rows), max(map(len, rows), default=HEADER)), np.int32)
    for made, row in zip(table, rows, strict=True):
        made[: len(row)] = row
    return table


def _tiles(launch: Launch) -> int:
    return launch.groups[0] * launch.groups[1] * launch.groups[2]


def _row(plan: LaunchPlan, launch: Launch, places: dict[int, tuple[int, int]], slots: int, total: int) -> list[int]:
    """The integers of a launch: function, groups along two axes, workgroups, workgroups of a claim, those of the whole
    stage after its last launch (else 0), whether slots share axis 0, and 0; then (buffer, offset in units of 4 bytes)
    of each binding, then the scalars' bits."""
    tiles, kernel = _tiles(launch), plan.kernels[launch.kernel]
    piece, split = max(1, tiles // (slots * PIECES)), int(_split(plan, launch))
    row = [launch.kernel, *launch.groups[:2], tiles, piece, total, split, 0]
    for binding in launch.bindings:
        buffer, offset = places[binding.buffer]
        row += [buffer, (offset + binding.offset) // 4]
    for kind, value in zip(kernel.scalars, launch.scalars, strict=True):
        row.append(int(scalar_value(kind, value).view(np.int32)))
    return row


def _split(plan: LaunchPlan, launch: Launch) -> bool:
    """Whether each slot shall take its part of axis 0 and all of the others, which by convention is a part of the
    activations' rows and all weights; else each takes its part of all workgroups, axis 0 innermost.

    What one core has written another reads at a quarter of the speed, so the same rows stay on the same core from
    launch to launch, unless the weights that all cores then read weigh more.
    """
    constant = sum(b.size for b in launch.bindings if plan.buffers[b.buffer].contents is not None)
    return constant <= WEIGHTS_PER_ACTIVATION * (sum(b.size for b in launch.bindings) - constant)


# --- the text


def _function(kernel: KernelSource, index: int) -> str | None:
    """The kernel as a function that is told its workgroup; None where it needs more than that."""
    head = re.compile(
        rf"__attribute__\(\(reqd_work_group_size\(1, 1, 1\)\)\)\s+__kernel void {re.escape(kernel.name)}\("
    )
    needs = any(word in kernel.text for word in ("__local", "barrier(", "get_local_", "get_num_", "get_global_size"))
    if kernel.workgroup != (1, 1, 1) or needs or len(head.findall(kernel.text)) != 1:
        return None
    places = "const int place_0, const int place_1, const int place_2"
    return head.sub(f"static void launch_{index}({places}, ", kernel.text)


def _call(kernel: KernelSource, index: int) -> str:
    """The call of a kernel's function with the arguments of a row."""
    count = len(kernel.writable)
    pointers = (HEADER + 2 * i for i in range(count))
    arguments = [f"(__global void*)(memory[row[{at}]] + 4L * row[{at + 1}])" for at in pointers]
    for i, kind in enumerate(kernel.scalars):
        word = f"row[{HEADER + 2 * count + i}]"
        arguments.append({"f32": f"as_float({word})", "u32": f"as_uint({word})"}.get(kind, word))
    return f"          case {index}: launch_{index}(x, y, z, {', '.join(arguments)}); break;\n"


def _kernel(plan: LaunchPlan, functions: Sequence[str], memory: Sequence[int], width: int) -> KernelSource:
    cases = "".join(_call(kernel, index) for index, kernel in enumerate(plan.kernels))
    names = [f"memory_{i}" for i in range(len(memory))]
    text = _TEXT.format(
        functions="".join(functions),
        parameters="".join(f"__global char* {name}, " for name in names),
        memory=", ".join(["(__global char*)constants", *names]),
        cases=cases,
        width=width,
        line=LINE,
    )
    written = {
        binding.buffer
        for launch in plan.launches
        for binding, writes in zip(launch.bindings, plan.kernels[launch.kernel].writable, strict=True)
        if writes
    }
    writable = (False, *(i in written for i in memory), False, True, True)
    return KernelSource("resident", text, "opencl", (1, 1, 1), writable, ("i32", "i32"))


_TEXT = """#define get_global_id(axis) place_##axis
#define get_group_id(axis) place_##axis
{functions}#undef get_global_id
#undef get_group_id
#if defined(__x86_64__)
static ulong resident_clock(void) {{
  uint low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
  return ((ulong)high << 32) | low;
}}
#define RESIDENT_PAUSE __asm__ volatile("pause" ::: "memory")
#elif defined(__aarch64__)
static ulong resident_clock(void) {{
  ulong now;
  __asm__ volatile("mrs %0, cntvct_el0" : "=r"(now));
  return now;
}}
#define RESIDENT_PAUSE __asm__ volatile("yield" ::: "memory")
#else
#define resident_clock() 0
#define RESIDENT_PAUSE
#endif
__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void resident(
    __global const char* constants, {parameters}__global const int* launches, __global int* counters,
    __global ulong* stamps, const int count, const int slots) {{
  __global char* const memory[] = {{{memory}}};
  const int me = (int)get_global_id(0);
  __global int* const leavers = counters;
  __global int* done = counters + {line};
  int finished = 0;
  if (me == 0) stamps[0] = resident_clock();
  for (int step = 0; step < count; ++step) {{
    __global const int* const row = launches + step * {width};
    __global int* const claims = counters + {line} * (1 + count + step * slots);
    const int across = row[1], down = row[2], tiles = row[3], piece = row[4], total = row[5], split = row[6];
    for (int turn = 0; turn < slots; ++turn) {{
      const int owner = me + turn < slots ? me + turn : me + turn - slots;
      __global int* const claim = claims + {line} * owner;
      const int part = split ? across : tiles;
      const int begin = (int)((long)part * owner / slots), parts = (int)((long)part * (owner + 1) / slots) - begin;
      const int left = split ? begin : 0, width = split ? max(parts, 1) : across, first = split ? 0 : begin;
      const int size = split ? parts * (tiles / across) : parts;
      while (*(volatile __global int*)claim < size) {{
        const int taken = atomic_add(claim, piece);
        const int end = min(taken + piece, size);
        for (int tile = taken; tile < end; ++tile) {{
          const int x = left + (first + tile) % width, rest = (first + tile) / width;
          const int y = rest % down, z = rest / down;
          switch (row[0]) {{
{cases}          }}
        }}
        finished += max(end - taken, 0);
      }}
    }}
    if (total) {{
      if (finished) atomic_add(done, finished);
      while (*(volatile __global int*)done < total) RESIDENT_PAUSE;
      atomic_or(done, 0);
      done += {line};
      finished = 0;
    }}
    if (me == 0) stamps[step + 1] = resident_clock();
  }}
  if (atomic_inc(leavers) == slots - 1) {{
    for (int i = 0; i < (1 + count * (slots + 1)) * {line}; i += {line}) counters[i] = 0;
  }}
}}
"""


class ResidentPlan(OpenCLPlan):
    """A launch plan that runs as one launch."""

    def __init__(self, context: Any, device: Any, info: DeviceInfo, resident: Resident, heading: str = "") -> None:
        """
        Raises:
            CompileError, DeviceMemoryError, DelegantError: see `Device.load`.
        """
        self._resident = resident
        super().__init__(context, device, info, resident.plan, heading)

    def profile(self) -> tuple[LaunchTime, ...]:
        """As the processor's clock tells them inside the one launch, in parts of that launch's time."""
        (whole,) = super().profile()
        resident = self._resident
        size = 8 * (len(resident.order) + 1)
        stamps = np.frombuffer(super().read(resident.stamps, 0, size), np.int64).astype(np.float64)
        ticks = stamps[-1] - stamps[0]
        if ticks <= 0:
            return ()
        times = [LaunchTime()] * resident.launches
        starts = (stamps - stamps[0]) * (whole.seconds / ticks)
        for index, start, end in zip(resident.order, starts[:-1], starts[1:], strict=True):
            times[index] = LaunchTime(float(start), float(end - start))
        return tuple(times)

    def read(self, buffer: int, offset: int, size: int) -> bytes:
        place, start = self._resident.places[buffer]
        if not 0 <= offset <= offset + size <= self._resident.sizes[buffer]:
            message = f"bytes {offset} to {offset + size} of a buffer of {self._resident.sizes[buffer]} bytes"
            raise DelegantError(message, delegate="opencl")
        return super().read(place, start + offset, size)
