"""Which launches of a plan can run at the same time: those that do not touch each other's memory."""
from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .plan import Binding, LaunchPlan


def stages(plan: LaunchPlan) -> tuple[tuple[int, ...], ...]:
    """Indices of the launches, stage by stage. Within a stage none reads or writes what another writes; each launch
    stands one stage after the last before it that it has memory in common with. Launches with nothing to do are left
    out."""
    seen = np.empty((0, 5), np.int64)
    made: dict[int, list[int]] = {}
    for index, launch in enumerate(plan.launches):
        if 0 in launch.groups:
            continue
        ranges = np.array(list(_ranges(plan, index)), np.int64).reshape(-1, 4)
        depth = max((_after(seen, entry) for entry in ranges), default=0)
        made.setdefault(depth, []).append(index)
        seen = np.concatenate([seen, np.pad(ranges, ((0, 0), (0, 1)), constant_values=depth)])
    return tuple(tuple(made[depth]) for depth in sorted(made))


def _ranges(plan: LaunchPlan, index: int) -> Iterator[tuple[int, int, int, int]]:
    """(buffer, first byte, byte after the last, whether it is written) of what a launch touches, constants apart."""
    launch = plan.launches[index]
    binding: Binding
    for binding, written in zip(launch.bindings, plan.kernels[launch.kernel].writable, strict=True):
        if plan.buffers[binding.buffer].contents is None:
            yield binding.buffer, binding.offset, binding.offset + binding.size, int(written)


def _after(seen: np.ndarray, entry: np.ndarray) -> int:
    """The first stage in which a launch may touch `entry`, after those in `seen` (with their stages at the end)."""
    buffer, start, end, written = entry
    meets = (seen[:, 0] == buffer) & (seen[:, 1] < end) & (seen[:, 2] > start) & ((seen[:, 3] == 1) | (written == 1))
    return int(seen[meets, 4].max(initial=-1)) + 1
