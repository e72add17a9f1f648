"""The arena: no two live tensors share bytes, and it is not much larger than it must be."""
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from delegant.core.run.arena import ALIGNMENT, Layout, Request, allocate, lower_bound, new_array, overlaps, plan_layout
from delegant.core.run.memory import Use, View, plan_memory

requests = st.lists(
    st.builds(
        lambda size, first, length: Request(size, first, first + length),
        st.integers(0, 5000), st.integers(0, 30), st.integers(0, 10),
    ),
    max_size=40,
)  # fmt: skip


@given(requests)
def test_live_requests_never_overlap(wanted: list[Request]) -> None:
    layout = plan_layout(wanted)
    assert overlaps(wanted, layout) == []
    assert all(offset % ALIGNMENT == 0 for offset in layout.offsets)
    ends = [offset + r.size for offset, r in zip(layout.offsets, wanted, strict=True)]
    assert max(ends, default=0) <= layout.size


@given(requests)
def test_size_is_between_the_lower_bound_and_the_sum(wanted: list[Request]) -> None:
    padded = [Request(-(-r.size // ALIGNMENT) * ALIGNMENT, r.first, r.last) for r in wanted]
    layout = plan_layout(wanted)
    assert lower_bound(wanted) <= lower_bound(padded) <= layout.size <= sum(r.size for r in padded)


def test_a_chain_needs_no_more_than_its_widest_place() -> None:
    sizes = [100, 4000, 900, 4000, 100, 2000, 64]
    wanted = [Request(size * 64, k, k + 1) for k, size in enumerate(sizes)]
    assert plan_layout(wanted).size == lower_bound(wanted) == 4900 * 64


def test_smallest_gap_that_fits_is_taken() -> None:
    wall = [Request(64 * 9, 0, 9), Request(64 * 8, 0, 9)]
    wanted = [Request(64 * 20, 0, 1), *wall, Request(64 * 2, 2, 3), Request(64 * 10, 2, 3)]
    layout = plan_layout(wanted)
    assert layout.size == 64 * 37 and overlaps(wanted, layout) == []


def test_the_checker_finds_an_overlap() -> None:
    wanted = [Request(100, 0, 2), Request(100, 2, 3), Request(100, 3, 4)]
    assert overlaps(wanted, Layout((0, 64, 0), 164)) == [(0, 1), (1, 2)]
    assert overlaps(wanted, Layout((0, 128, 0), 228)) == []


def uses_of_chains(draw: st.DrawFn) -> list[Use]:
    """Steps that read earlier tensors and write one new one, with inputs they may reuse."""
    uses = []
    for step in range(draw(st.integers(1, 12))):
        reads = tuple(draw(st.sets(st.integers(0, step), min_size=1, max_size=3)))
        reusable = tuple(draw(st.permutations(reads)))[: draw(st.integers(0, 2))]
        scratch = tuple(draw(st.lists(st.integers(0, 500), max_size=2)))
        uses.append(Use(reads, (step + 1,), reusable, scratch))
    return uses


@given(st.composite(uses_of_chains)(), st.data())
def test_running_by_the_plan_computes_what_memory_of_one_s_own_does(uses: list[Use], data: st.DataObject) -> None:
    """Every step adds its inputs elementwise, in place where planned; scratch is overwritten with rubbish."""
    outputs = data.draw(st.sets(st.integers(0, len(uses)), max_size=3)) | {len(uses)}
    sizes = dict.fromkeys(range(len(uses) + 1), 256)
    plan = plan_memory(uses, sizes, {0}, outputs | {0})
    assert overlaps(plan.requests, plan.layout) == []
    block = allocate(plan.size)
    arrays = {i: block[offset : offset + 256].view(np.int64) for i, offset in plan.tensors.items()}
    own = {0: np.arange(32)}
    arrays[0][:] = own[0]
    for use, scratch in zip(uses, plan.scratch, strict=True):
        for offset, size in zip(scratch, use.scratch, strict=True):
            block[offset : offset + size] = 0xEE
        total = sum(arrays[i] for i in use.reads[1:]) + arrays[use.reads[0]]
        arrays[use.writes[0]][:] = total + 1
        own[use.writes[0]] = sum(own[i] for i in use.reads) + 1
    for i in outputs | {0}:
        np.testing.assert_array_equal(arrays[i], own[i])


def halves_and_sums(draw: st.DrawFn) -> tuple[list[Use], dict[int, int]]:
    """Steps that make a half of an earlier tensor, which may be a view of it, or add tensors of one size."""
    sizes, uses = {0: 256}, []
    for new in range(1, draw(st.integers(2, 16))):
        base = draw(st.integers(0, new - 1))
        if sizes[base] > 32 and draw(st.booleans()):
            sizes[new] = sizes[base] // 2
            uses.append(Use((base,), (new,), views=(View(new, base, draw(st.sampled_from((0, sizes[new])))),)))
            continue
        alike = [i for i in sizes if sizes[i] == sizes[base]]
        reads = (base, *draw(st.sets(st.sampled_from(alike), max_size=2)))
        sizes[new] = sizes[base]
        uses.append(Use(reads, (new,), tuple(draw(st.permutations(reads)))[: draw(st.integers(0, 2))]))
    return uses, sizes


@given(st.composite(halves_and_sums)(), st.data())
def test_views_hold_what_copies_do(drawn: tuple[list[Use], dict[int, int]], data: st.DataObject) -> None:
    uses, sizes = drawn
    outputs = data.draw(st.sets(st.sampled_from(sorted(sizes)), max_size=3)) | {len(sizes) - 1}
    plan = plan_memory(uses, sizes, {0}, outputs | {0})
    assert overlaps(plan.requests, plan.layout) == []
    block = allocate(plan.size)
    arrays = {i: block[start : start + sizes[i]].view(np.int64) for i, start in plan.tensors.items()}
    own = {0: np.arange(32)}
    arrays[0][:] = own[0]
    for use in uses:
        (new,) = use.writes
        for memory in (arrays, own):
            result = 1 + sum(memory[i] for i in use.reads)
            for view in use.views:
                result = memory[view.base].view(np.uint8)[view.offset : view.offset + sizes[new]].view(np.int64)
            if memory is own:
                own[new] = np.array(result)
            else:
                arrays[new][:] = result
    for i in outputs | {0}:
        np.testing.assert_array_equal(arrays[i], own[i])


def test_parts_lie_in_the_whole_unless_they_are_kept() -> None:
    uses = [Use((0,), (1, 2), views=(View(1, 0, 0), View(2, 0, 64))), Use((1,), (3,), (1,)), Use((3, 2), (4,), (2,))]
    plan = plan_memory(uses, {0: 128, 1: 64, 2: 64, 3: 64, 4: 64}, {0}, {0, 4})
    assert [plan.tensors[i] - plan.tensors[0] for i in (1, 2)] == [0, 64]
    assert {plan.owners[i] for i in (3, 4)}.isdisjoint({0}), "the input's memory is nobody else's"
    kept = plan_memory(uses, {0: 128, 1: 64, 2: 64, 3: 64, 4: 64}, {0}, {0, 1, 4})
    assert kept.owners[1] == 1


def test_a_chain_in_place_needs_one_tensor() -> None:
    uses = [Use((k,), (k + 1,), (k,)) for k in range(5)]
    plan = plan_memory(uses, dict.fromkeys(range(1, 6), 640), frozenset(), {5})
    assert plan.size == 640 and len(set(plan.tensors.values())) == 1


def test_nothing_is_taken_over_that_is_read_later_or_kept() -> None:
    uses = [Use((0,), (1,), (0,)), Use((1,), (2,), (1,)), Use((1, 2), (3,), (2,))]
    plan = plan_memory(uses, dict.fromkeys(range(4), 64), {0}, {0, 3})
    assert plan.tensors[1] != plan.tensors[0] and plan.tensors[2] != plan.tensors[1]
    assert plan.tensors[3] == plan.tensors[2]


def test_memory_is_aligned_and_zero() -> None:
    array = new_array((3, 5), np.dtype("float32"))
    assert array.ctypes.data % ALIGNMENT == 0 and not array.any()
    assert new_array((2,), np.dtype(object)).tolist() == [b"", b""]


def test_more_than_the_machine_has_is_refused() -> None:
    with pytest.raises(RuntimeError, match="Failed to allocate"):
        allocate(1 << 60)
