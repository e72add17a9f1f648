"""Kernels of real GPUs keep the limits that every WebGPU device has, whatever more an adapter allows."""

from __future__ import annotations

import re

import pytest
from printed_kernels import printed

from delegant.devices.device import DeviceInfo

STORAGE_BUFFERS, INVOCATIONS, WORKGROUP_BYTES = 8, 256, 1 << 14
GPU = DeviceInfo(
    "webgpu", "test", "", "", "gpu", "wgsl", 256, 2**31, 2**31, INVOCATIONS, WORKGROUP_BYTES,
    frozenset({"integer_dot_product"}),
)  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("precision", ["fp32", "fp16"])
def test_kernels_of_every_operator_keep_them(precision: str) -> None:
    texts = printed(GPU, {"precision": precision})
    beyond = [name for text, name in texts.items() if not _within(text)]
    assert len(texts) > 500 and beyond == []


def test_what_is_beyond_is_seen() -> None:
    text = "var<workgroup> left: array<vec4<f32>, 1024>;\n@compute @workgroup_size(8, 32, 1)"
    assert _within(text)
    assert not _within(text.replace("1024", "1025")) and not _within(text.replace("32,", "33,"))
    assert not _within(text + "var<storage, read> x: array<f32>;" * 9)


def _within(text: str) -> bool:
    sizes = re.findall(r"@workgroup_size\((\d+), (\d+), (\d+)\)", text)
    invocations = max(int(x) * int(y) * int(z) for x, y, z in sizes)
    arrays = re.findall(r"var<workgroup> \w+: array<(?:vec(\d)<)?\w+>?, (\d+)>", text)
    shared = sum(4 * int(lanes or 1) * int(count) for lanes, count in arrays)
    return invocations <= INVOCATIONS and shared <= WORKGROUP_BYTES and text.count("var<storage") <= STORAGE_BUFFERS
