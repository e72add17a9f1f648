"""The text of the one kernel of `resident`: the plan's kernels as functions, and the loop that calls them."""
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from operator import add

from ..plan import KernelSource, LaunchPlan

ROW, UNIT = 4, 8
"""Integers at the start of a launch's row, and of a unit: see `resident`."""
LINE = 16
"""Counters lie this many integers apart: a cache line each."""


def function_of(kernel: KernelSource, index: int) -> str | None:
    """The kernel as a function that is told its workgroup; None where it needs more than that."""
    head = re.compile(
        rf"__attribute__\(\(reqd_work_group_size\(1, 1, 1\)\)\)\s+__kernel void {re.escape(kernel.name)}\("
    )
    needs = any(word in kernel.text for word in ("__local", "barrier(", "get_local_", "get_num_", "get_global_size"))
    if kernel.workgroup != (1, 1, 1) or needs or len(head.findall(kernel.text)) != 1:
        return None
    places = "const int place_0, const int place_1, const int place_2"
    return head.sub(f"static void launch_{index}({places}, ", kernel.text)


def call(kernel: KernelSource, index: int) -> str:
    """The call of a kernel's function with the arguments of a row."""
    count = len(kernel.writable)
    pointers = (ROW + 2 * i for i in range(count))
    arguments = [f"(__global void*)(memory[row[{at}]] + 4L * row[{at + 1}])" for at in pointers]
    for i, kind in enumerate(kernel.scalars):
        word = f"row[{ROW + 2 * count + i}]"
        arguments.append({"f32": f"as_float({word})", "u32": f"as_uint({word})"}.get(kind, word))
    return f"launch_{index}(x, y, z, {', '.join(arguments)});"


def writable_memory(plan: LaunchPlan, memory: Sequence[int]) -> Iterator[bool]:
    """Whether a kernel writes each of these buffers."""
    written = {
        binding.buffer
        for launch in plan.launches
        for binding, writes in zip(launch.bindings, plan.kernels[launch.kernel].writable, strict=True)
        if writes
    }
    return (index in written for index in memory)


def resident_kernel(plan: LaunchPlan, functions: Sequence[str], memory: Sequence[int], width: int) -> KernelSource:
    """The kernel that goes through all launches.

    Args:
        functions: of the plan's kernels.
        memory: the plan's buffers without contents, in the order of their arguments.
        width: integers of a launch's row.
    """
    cases = "".join(f"          case {i}: {call(kernel, i)} break;\n" for i, kernel in enumerate(plan.kernels))
    names = [f"memory_{i}" for i in range(len(memory))]
    own = [" + (long)me * scratch" if plan.buffers[i].scratch else "" for i in memory]
    text = _TEXT.format(
        clock=CLOCK,
        functions="".join(functions),
        parameters="".join(f"__global char* {name}, " for name in names),
        memory=", ".join(["(__global char*)constants", *map(add, names, own)]),
        cases=cases,
        width=width,
        unit=UNIT,
        line=LINE,
    )
    writable = (False, *writable_memory(plan, memory), False, False, True, True)
    return KernelSource("resident", text, "opencl", (1, 1, 1), writable, ("i32", "i32", "i32"))


CLOCK = """#if defined(__x86_64__)
static ulong resident_clock(void) {
  uint low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
  return ((ulong)high << 32) | low;
}
#define RESIDENT_PAUSE __asm__ volatile("pause" ::: "memory")
#elif defined(__aarch64__)
static ulong resident_clock(void) {
  ulong now;
  __asm__ volatile("mrs %0, cntvct_el0" : "=r"(now));
  return now;
}
#define RESIDENT_PAUSE __asm__ volatile("yield" ::: "memory")
#else
#define resident_clock() 0
#define RESIDENT_PAUSE
#endif
"""
"""The processor's clock, and what to do while waiting."""
_TEXT = """#define get_global_id(axis) place_##axis
#define get_group_id(axis) place_##axis
{functions}#undef get_global_id
#undef get_group_id
{clock}__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void resident(
    __global const char* constants, {parameters}__global const int* launches, __global const int* units,
    __global int* counters, __global ulong* stamps, const int count, const int slots, const int scratch) {{
  const int me = (int)get_global_id(0);
  __global char* const memory[] = {{{memory}}};
  __global int* const leavers = counters;
  __global int* done = counters + {line};
  int finished = 0;
  if (me == 0) stamps[0] = resident_clock();
  for (int step = 0; step < count; ++step) {{
    __global const int* const unit = units + step * {unit};
    __global const int* const rows = launches + unit[0] * {width};
    __global int* const claims = counters + {line} * (1 + count + step * slots);
    const int parts = unit[1], pieces = unit[2], claim = unit[3], total = unit[4], split = unit[5];
    const int across = split || !parts ? rows[1] : 1;
    for (int turn = 0; turn < slots; ++turn) {{
      const int owner = me + turn < slots ? me + turn : me + turn - slots;
      __global int* const claimed = claims + {line} * owner;
      const int range = split ? across : pieces;
      const int begin = (int)((long)range * owner / slots), length = (int)((long)range * (owner + 1) / slots) - begin;
      const int size = split ? length * (pieces / across) : length;
      while (*(volatile __global int*)claimed < size) {{
        const int taken = atomic_add(claimed, claim), end = min(taken + claim, size);
        const int jobs = parts ? (end - taken) * parts : 1;
        for (int job = 0; job < jobs; ++job) {{
          const int index = parts ? (begin + taken) * parts + job : 0;
          __global const int* const row = rows + index * {width};
          const int left = split ? begin : 0, first = parts || split ? 0 : begin;
          const int width = split ? max(length, 1) : row[1], down = row[2];
          const int stop = parts ? row[3] : end;
          const ulong start = parts ? resident_clock() : 0;
          for (int tile = parts ? 0 : taken; tile < stop; ++tile) {{
            const int x = left + (first + tile) % width, rest = (first + tile) / width;
            const int y = rest % down, z = rest / down;
            switch (row[0]) {{
{cases}            }}
          }}
          if (parts) stamps[1 + count + unit[0] + index] = resident_clock() - start;
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
