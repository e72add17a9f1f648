"""Which tensors share memory: lifetimes from the order of the steps, in-place reuse, then a layout of the arena."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from .arena import Layout, Request, plan_layout


@dataclass(frozen=True)
class Use:
    """What one step of an execution does with memory.

    Attributes:
        reads, writes: tensor indices.
        reusable: read tensors whose memory the first written one may take over, if nothing reads them later.
        scratch: sizes in bytes of memory that only this step uses.
    """

    reads: tuple[int, ...]
    writes: tuple[int, ...]
    reusable: tuple[int, ...] = ()
    scratch: tuple[int, ...] = ()


@dataclass(frozen=True)
class MemoryPlan:
    """Offsets in the arena, in bytes.

    Attributes:
        tensors: offset of each placed tensor.
        owners: for each of them the tensor whose memory it uses, itself if it is its own.
        scratch: per step, the offsets of its scratch memory.
        requests, layout: what was asked of the arena and how it was placed; tensors that share memory are one request.
    """

    tensors: dict[int, int]
    owners: dict[int, int]
    scratch: tuple[tuple[int, ...], ...]
    requests: tuple[Request, ...]
    layout: Layout

    @property
    def size(self) -> int:
        return self.layout.size


def plan_memory(
    uses: Sequence[Use], sizes: Mapping[int, int], from_start: AbstractSet[int], to_end: AbstractSet[int]
) -> MemoryPlan:
    """Place the tensors of `sizes` (bytes, by index) for steps that run in the order of `uses`.

    Args:
        from_start: tensors that hold something before the first step (inputs of the graph).
        to_end: tensors that must survive the last step (inputs and outputs of the graph).
    """
    last_step = max(len(uses) - 1, 0)
    first = {i: 0 for i in sizes if i in from_start}
    last = {i: last_step for i in sizes if i in to_end}
    for step, use in enumerate(uses):
        for index in (*use.reads, *use.writes):
            if index in sizes:
                first.setdefault(index, step)
                if index not in to_end:
                    last[index] = step
    owner = _owners(uses, sizes, last, from_start | to_end)
    placed = sorted(set(first) | set(last))
    spans: dict[int, tuple[int, int]] = {}
    for index in placed:
        start, end = spans.get(owner[index], (last_step, 0))
        spans[owner[index]] = min(start, first.get(index, 0)), max(end, last.get(index, last_step))
    requests = [Request(sizes[index], *span) for index, span in spans.items()]
    requests += [Request(size, step, step) for step, use in enumerate(uses) for size in use.scratch]
    layout = plan_layout(requests)
    position = {index: layout.offsets[k] for k, index in enumerate(spans)}
    rest = iter(layout.offsets[len(spans) :])
    scratch = tuple(tuple(next(rest) for _ in use.scratch) for use in uses)
    offsets = {i: position[owner[i]] for i in placed}
    return MemoryPlan(offsets, {i: owner[i] for i in placed}, scratch, tuple(requests), layout)


def _owners(
    uses: Sequence[Use], sizes: Mapping[int, int], last: Mapping[int, int], kept: AbstractSet[int]
) -> dict[int, int]:
    """For each tensor the one whose memory it uses: its own, or that of an input that dies where it is born."""
    owner = {i: i for i in sizes}
    for step, use in enumerate(uses):
        if not use.writes or use.writes[0] not in sizes:
            continue
        output = use.writes[0]
        for index in use.reusable:
            if index in sizes and index not in kept and last.get(index) == step and sizes[index] == sizes[output]:
                owner[output] = owner[index]
                break
    return owner
