"""Which tensors share memory: lifetimes from the order of the steps, in-place reuse, then a layout of the arena."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from .arena import Layout, Request, plan_layout


@dataclass(frozen=True)
class View:
    """A tensor that may be a part of another one's memory, from so many bytes on."""

    tensor: int
    base: int
    offset: int


@dataclass(frozen=True)
class Use:
    """What one step of an execution does with memory.

    Attributes:
        reads, writes: tensor indices.
        reusable: read tensors whose memory the first written one may take over, if nothing reads them later.
        scratch: sizes in bytes of memory that only this step uses.
        views: written tensors that hold the same as a part of another one.
    """

    reads: tuple[int, ...]
    writes: tuple[int, ...]
    reusable: tuple[int, ...] = ()
    scratch: tuple[int, ...] = ()
    views: tuple[View, ...] = ()


@dataclass(frozen=True)
class MemoryPlan:
    """Offsets in the arena, in bytes.

    Attributes:
        tensors: offset of each placed tensor.
        owners: for each of them the tensor in whose memory it lies, itself if it is its own.
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
    shared = _sharing(uses, sizes, last, from_start | to_end)
    placed = sorted(set(first) | set(last))
    owner = {i: shared.places[i][0] for i in placed}
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
    offsets = {i: position[owner[i]] + shared.places[i][1] for i in placed}
    return MemoryPlan(offsets, owner, scratch, tuple(requests), layout)


class _Sharing:
    """Which tensors lie in the memory of others, and where.

    Attributes:
        places: for each tensor the one that owns the memory, and the offset in bytes from its start.
    """

    def __init__(self, sizes: Mapping[int, int]) -> None:
        self.places = {i: (i, 0) for i in sizes}
        self._sizes = sizes
        self._inside: dict[int, list[int]] = {}

    def put(self, tensor: int, base: int, offset: int) -> None:
        """Let a tensor that has no place of its own yet lie in another one's memory."""
        owner, start = self.places[base]
        self.places[tensor] = owner, start + offset
        self._inside.setdefault(owner, [owner]).append(tensor)

    def overlapping(self, tensor: int) -> list[int]:
        """The tensors that share bytes with one, itself included."""
        owner, start = self.places[tensor]
        end = start + self._sizes[tensor]
        others = ((i, self.places[i][1]) for i in self._inside.get(owner, [owner]))
        return [i for i, at in others if at < end and start < at + self._sizes[i]]

    def fills(self, tensor: int) -> bool:
        """Whether it takes all of the memory it lies in."""
        return self._sizes[self.places[tensor][0]] == self._sizes[tensor]


def _sharing(
    uses: Sequence[Use], sizes: Mapping[int, int], last: Mapping[int, int], kept: AbstractSet[int]
) -> _Sharing:
    """Views lie in what they are views of, and outputs where an input dies that they may take over. Tensors that are
    kept never lie in a part of others, since an array of the caller's may become their memory."""
    shared = _Sharing(sizes)
    for step, use in enumerate(uses):
        for view in use.views:
            if view.tensor in sizes and view.base in sizes and view.tensor not in kept:
                shared.put(view.tensor, view.base, view.offset)
        output = use.writes[0] if use.writes else -1
        if output not in sizes or shared.places[output][0] != output:
            continue
        for index in use.reusable:
            if index not in sizes or sizes[index] != sizes[output] or (output in kept and not shared.fills(index)):
                continue
            if all(i not in kept and last.get(i, step) <= step for i in shared.overlapping(index)):
                shared.put(output, index, 0)
                break
    return shared
