"""The text of the one kernel of `resident` for one slot: all launches in order, with nobody to wait for."""
from __future__ import annotations

from collections.abc import Sequence

from ..plan import KernelSource, LaunchPlan
from .resident_text import CLOCK, call, writable_memory


def sequence_kernel(plan: LaunchPlan, functions: Sequence[str], memory: Sequence[int], width: int) -> KernelSource:
    """The kernel that goes through all launches.

    Args:
        functions: of the plan's kernels.
        memory: the plan's buffers without contents, in the order of their arguments.
        width: integers of a launch's row.
    """
    names = [f"memory_{i}" for i in range(len(memory))]
    cases = "".join(
        f"      case {index}:\n        EACH_PLACE {call(kernel, index)}\n        break;\n"
        for index, kernel in enumerate(plan.kernels)
    )
    text = _TEXT.format(
        clock=CLOCK,
        functions="".join(functions),
        parameters="".join(f"__global char* {name}, " for name in names),
        memory=", ".join(["(__global char*)constants", *names]),
        cases=cases,
        width=width,
    )
    writable = (False, *writable_memory(plan, memory), False, True)
    return KernelSource("sequence", text, "opencl", (1, 1, 1), writable, ("i32", "i32"))


_TEXT = """#define get_global_id(axis) place_##axis
#define get_group_id(axis) place_##axis
{functions}#undef get_global_id
#undef get_group_id
{clock}#define EACH_PLACE for (int z = 0; z < deep; ++z) for (int y = 0; y < down; ++y) for (int x = 0; x < wide; ++x)
__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void sequence(
    __global const char* constants, {parameters}__global const int* launches, __global ulong* stamps,
    const int count, const int timed) {{
  __global char* const memory[] = {{{memory}}};
  if (timed) stamps[0] = resident_clock();
  for (int step = 0; step < count; ++step) {{
    __global const int* const row = launches + step * {width};
    const int wide = row[1], down = row[2], deep = row[3] / (wide * down);
    switch (row[0]) {{
{cases}    }}
    if (timed) stamps[step + 1] = resident_clock();
  }}
}}
"""
