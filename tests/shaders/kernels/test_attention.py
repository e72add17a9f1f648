"""Attention by every schedule: heads apart or side by side, masks of all kinds, sizes that fit no tile."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from kernel_machines import run

from delegant.devices.device import Device
from delegant.shaders.attention_shape import AttentionShape, Matrices
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.kernels.attention import attention
from delegant.shaders.layout import padded
from delegant.shaders.schedules import attention as schedules
from delegant.shaders.schedules.attention import AttentionSchedule, GroupAttention, LaneAttention, TileAttention

Target = tuple[Device | None, DeviceClass]
LOWEST = np.finfo(np.float32).min
SCHEDULES: dict[DeviceClass, tuple[AttentionSchedule, ...]] = {
    DeviceClass.CPU: (
        TileAttention((8, 4), 3, 8, 6),
        TileAttention((16, 16), 4, 8, 64),
    ),
    DeviceClass.SOFTWARE_GPU: (LaneAttention(2, 3, 8, False),),
    DeviceClass.LLVMPIPE: (LaneAttention(1, 4, 8, True), LaneAttention(3, 8, 8, True)),
    DeviceClass.GPU: (GroupAttention(8, 8, 2, 2), GroupAttention(32, 32, 4, 8)),
}


@dataclass(frozen=True)
class Sizes:
    """batches, heads, queries, keys, columns of q and k, columns of v."""

    batches: int
    heads: int
    queries: int
    keys: int
    depth: int
    width: int

    def values(self) -> dict[str, np.ndarray]:
        """q, k and v, [batch, head, row, column]."""
        random, lead = np.random.default_rng(self.keys), (self.batches, self.heads)
        shapes = {"q": (self.queries, self.depth), "k": (self.keys, self.depth), "v": (self.keys, self.width)}
        return {name: 2 * random.standard_normal((*lead, *shape), np.float32) for name, shape in shapes.items()}

    def shape(self) -> AttentionShape:
        """Each head by itself, row for row."""
        made = []
        rows = (("q", self.queries, self.depth), ("k", self.keys, self.depth))
        for name, count, columns in (*rows, ("v", self.keys, self.width), ("y", self.queries, self.width)):
            pitch = padded(columns)
            made.append(Matrices(name, (self.heads * count * pitch, count * pitch, pitch)))
        sizes = (self.batches, self.heads, self.queries, self.keys, self.depth, self.width)
        return AttentionShape(*sizes, *made, scale=self.depth**-0.5)


ODD = (Sizes(1, 2, 3, 5, 6, 7), Sizes(2, 1, 19, 23, 12, 12), Sizes(1, 2, 33, 70, 40, 36))


def expected(values: dict[str, np.ndarray], scale: float, mask: np.ndarray | float = 0.0) -> np.ndarray:
    """In float64, but for the scores, which are float32 in its range: -1e9 and a few is -1e9."""
    q, k, v = (values[name].astype(np.float64) for name in "qkv")
    scores = np.maximum(q @ k.swapaxes(-1, -2) * scale + mask, LOWEST).astype(np.float32).astype(np.float64)
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    return weights / weights.sum(-1, keepdims=True) @ v


def schedules_for(kind: DeviceClass, shape: AttentionShape) -> list[AttentionSchedule | None]:
    """The default one, and those that fit the shape."""
    fitting = (s for s in SCHEDULES[kind] if not isinstance(s, TileAttention) or s.queries <= padded(shape.queries))
    return [None, *fitting]


def check(target: Target, shape: AttentionShape, values: dict[str, np.ndarray], result: np.ndarray) -> None:
    device, kind = target
    for schedule in schedules_for(kind, shape):
        got = run(attention(kind, shape, schedule), values, result.shape, device)
        np.testing.assert_allclose(got, result, rtol=1e-4, atol=1e-5, err_msg=str(schedule))


@pytest.mark.parametrize("sizes", ODD, ids=str)
def test_heads_apart(target: Target, sizes: Sizes) -> None:
    values, shape = sizes.values(), sizes.shape()
    check(target, shape, values, expected(values, shape.scale))


def test_heads_side_by_side_in_one_tensor(target: Target) -> None:
    """[batch, row, (q, k, v), head, column], as one product with all weights leaves it."""
    batches, heads, rows, columns = 2, 3, 18, 8
    pitch = heads * columns
    strides = (rows * 3 * pitch, columns, 3 * pitch)
    places = [Matrices("q", strides, offset) for offset in (0, pitch, 2 * pitch)]
    y = Matrices("y", (rows * pitch, columns, pitch))
    shape = AttentionShape(batches, heads, rows, rows, columns, columns, *places, y)
    packed = np.random.default_rng(0).standard_normal((batches, rows, 3, heads, columns), np.float32)
    values = dict(zip("qkv", packed.transpose(2, 0, 3, 1, 4), strict=True))
    result = expected(values, 1.0).transpose(0, 2, 1, 3).reshape(batches, rows, pitch)
    check(target, shape, {"q": packed.reshape(batches, rows, 3 * pitch)}, result)


def test_keys_for_several_heads(target: Target) -> None:
    """A stride of 0: all heads have the same keys."""
    sizes = Sizes(1, 4, 9, 11, 8, 8)
    values, shape = sizes.values(), sizes.shape()
    values |= {name: values[name][:, :1] for name in "kv"}
    shared = {name: replace(getattr(shape, name), strides=(88, 0, 8)) for name in "kv"}
    check(target, replace(shape, **shared), values, expected(values, shape.scale))


@pytest.mark.parametrize("lowest", [LOWEST, -1e9, -np.inf])
@pytest.mark.parametrize("factor", [1.0, 2.0])
def test_mask_of_scores(target: Target, lowest: float, factor: float) -> None:
    """One for all heads; a query that may see no key at all sees all alike."""
    sizes = Sizes(2, 2, 17, 21, 8, 12)
    values, shape = sizes.values(), sizes.shape()
    seen = np.random.default_rng(0).random((2, 1, 17, 21)) < 0.4
    seen[1, 0, 5] = False
    mask = np.where(seen, 0.0, lowest).astype(np.float32)
    values["mask"] = np.ascontiguousarray(mask.swapaxes(-1, -2))
    shape = replace(shape, mask=Matrices("mask", (21 * 20, 0, 20)), mask_scale=factor)
    check(target, shape, values, expected(values, shape.scale, factor * mask.astype(np.float64)))


def test_mask_of_keys(target: Target) -> None:
    """One number for each key, for all queries and heads."""
    sizes = Sizes(2, 2, 17, 21, 8, 12)
    values, shape = sizes.values(), sizes.shape()
    values["mask"] = np.random.default_rng(0).standard_normal((2, 21)).astype(np.float32)
    shape = replace(shape, mask=Matrices("mask", (24, 0, 1)), mask_scale=-0.5, for_all=True)
    check(target, shape, values, expected(values, shape.scale, -0.5 * values["mask"][:, None, None]))


def test_scores_that_overflow_exp(target: Target) -> None:
    """The largest scores are in the last block of keys: what was summed up before counts for nothing."""
    sizes = Sizes(1, 1, 16, 40, 8, 8)
    values, shape = sizes.values(), sizes.shape()
    values["k"] *= np.linspace(1, 60, 40, dtype=np.float32)[:, None]
    check(target, shape, values, expected(values, shape.scale))


@pytest.mark.parametrize("sizes", [Sizes(1, 2, 20, 37, 8, 8), Sizes(1, 1, 50, 40, 20, 16)], ids=str)
@pytest.mark.parametrize("kind", list(DeviceClass))
def test_candidates_compute_the_same(kind: DeviceClass, sizes: Sizes) -> None:
    values, shape = sizes.values(), sizes.shape()
    result = expected(values, shape.scale)
    candidates = schedules.attention_candidates(kind, shape)
    assert candidates and schedules.attention_schedule(kind, shape) not in candidates
    for schedule in candidates:
        got = run(attention(kind, shape, schedule), values, result.shape, None)
        np.testing.assert_allclose(got, result, rtol=1e-4, atol=1e-5, err_msg=str(schedule))


@pytest.mark.parametrize("columns", [16, 64, 128, 256])
def test_workgroup_memory_that_every_adapter_has(columns: int) -> None:
    shape = Sizes(1, 1, 100, 100, columns, columns).shape()
    for schedule in (schedules.attention_schedule(DeviceClass.GPU, shape),
                     *schedules.attention_candidates(DeviceClass.GPU, shape)):  # fmt: skip
        assert isinstance(schedule, GroupAttention)
        kernel = attention(DeviceClass.GPU, shape, schedule).kernel
        assert sum(4 * shared.count for shared in kernel.shared) <= schedules.GROUP_MEMORY
        assert kernel.group[0] * kernel.group[1] <= 256


def test_few_queries_have_narrow_tiles() -> None:
    """So that both cores of a small processor have something to do."""
    wide, narrow = (Sizes(1, heads, 48, 48, 32, 32).shape() for heads in (8, 1))
    assert [schedules.tile_schedule(shape).queries for shape in (wide, narrow)] == [48, 16]


@pytest.mark.parametrize(
    ("rows", "columns", "height"), [(144, 32, 3), (1024, 32, 6), (1024, 64, 4), (1024, 128, 3), (1024, 256, 1)]
)
def test_an_invocation_keeps_what_compiles_in_time(rows: int, columns: int, height: int) -> None:
    """Shader APIs in software: more queries only where there is a lot to do, and rows are short."""
    shape = Sizes(1, 4, rows, rows, columns, columns).shape()
    for kind in (DeviceClass.LLVMPIPE, DeviceClass.SOFTWARE_GPU):
        assert schedules.lane_schedule(kind, shape).rows == height


@pytest.mark.parametrize(("columns", "expected_answer"), [(256, True), (260, False)])
def test_what_has_a_kernel(columns: int, expected_answer: bool) -> None:
    shape = Sizes(1, 1, 8, 8, columns, 8).shape()
    assert all(schedules.pays(kind, shape) is expected_answer for kind in DeviceClass)
