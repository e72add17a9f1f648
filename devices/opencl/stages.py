"""Which launches of a plan can run at the same time: those that do not touch each other's memory."""
from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..plan import Binding, Launch, LaunchPlan


@dataclass(frozen=True)
class Unit:
    """What is handed out together: one launch, or a bundle of strips.

    Attributes:
        launches: indices in the plan.
        parts: launches of each strip; 0 for a launch of its own.
    """

    launches: tuple[int, ...]
    parts: int = 0


def stages(plan: LaunchPlan) -> tuple[tuple[Unit, ...], ...]:
    """The units of a plan, stage by stage. Within a stage none reads or writes what another writes; a unit stands one
    stage after the last before it that it has memory in common with. Launches with nothing to do are left out."""
    seen = np.empty((0, 5), np.int64)
    made: dict[int, list[Unit]] = {}
    for unit in _units(plan.launches):
        ranges = np.array(sorted({r for i in unit.launches for r in _ranges(plan, i)}), np.int64).reshape(-1, 4)
        depth = max((_after(seen, entry) for entry in ranges), default=0)
        made.setdefault(depth, []).append(unit)
        seen = np.concatenate([seen, np.pad(ranges, ((0, 0), (0, 1)), constant_values=depth)])
    return tuple(tuple(made[depth]) for depth in sorted(made))


def one_by_one(plan: LaunchPlan) -> tuple[tuple[Unit, ...], ...]:
    """Every launch as a stage of its own, in the plan's order; those with nothing to do are left out."""
    return tuple((Unit((i,)),) for i, launch in enumerate(plan.launches) if 0 not in launch.groups)


def _units(launches: Sequence[Launch]) -> Iterator[Unit]:
    busy = [i for i, launch in enumerate(launches) if 0 not in launch.groups]

    def bundle(index: int) -> tuple[bool, int]:
        strip = launches[index].strip
        return (False, index) if strip is None else (True, strip[0])

    for (is_bundle, _), members in itertools.groupby(busy, bundle):
        indices = tuple(members)
        strips = {launches[i].strip for i in indices}
        yield Unit(indices, len(indices) // len(strips) if is_bundle else 0)


def _ranges(plan: LaunchPlan, index: int) -> Iterator[tuple[int, int, int, int]]:
    """(buffer, first byte, byte after the last, whether it is written) of what a launch touches, constants and scratch
    apart."""
    launch = plan.launches[index]
    binding: Binding
    for binding, written in zip(launch.bindings, plan.kernels[launch.kernel].writable, strict=True):
        buffer = plan.buffers[binding.buffer]
        if buffer.contents is None and not buffer.scratch:
            yield binding.buffer, binding.offset, binding.offset + binding.size, int(written)


def _after(seen: np.ndarray, entry: np.ndarray) -> int:
    """The first stage in which a launch may touch `entry`, after those in `seen` (with their stages at the end)."""
    buffer, start, end, written = entry
    meets = (seen[:, 0] == buffer) & (seen[:, 1] < end) & (seen[:, 2] > start) & ((seen[:, 3] == 1) | (written == 1))
    return int(seen[meets, 4].max(initial=-1)) + 1
