"""Launch plans with hand-written kernels, the same in OpenCL C and WGSL."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from delegant.devices.device import Device, DeviceInfo
from delegant.devices.plan import Binding, BufferSpec, KernelSource, Launch, LaunchPlan

GROUP = 8
_AXPB = {
    "opencl": """__kernel void axpb(__global const float* x, __global float* y,
                   const float a, const int b, const uint n) {
  const uint i = get_global_id(0);
  if (i < n) y[i] = a * x[i] + (float)b;
}
""",
    "wgsl": """struct Sizes { a: f32, b: i32, n: u32 }
@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> s: Sizes;
@compute @workgroup_size(8) fn axpb(@builtin(global_invocation_id) g: vec3<u32>) {
  if (g.x < s.n) { y[g.x] = s.a * x[g.x] + f32(s.b); }
}
""",
}
_ADD = {
    "opencl": """__kernel void add(__global const float* a, __global const float* b, __global float* y) {
  const int i = get_global_id(0) + 8 * get_global_id(1) + 16 * get_global_id(2);
  y[i] = a[i] + b[i];
}
""",
    "wgsl": """@group(0) @binding(0) var<storage, read_write> a: array<f32>;
@group(0) @binding(1) var<storage, read_write> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@compute @workgroup_size(8) fn add(@builtin(global_invocation_id) g: vec3<u32>) {
  let i = g.x + 8u * g.y + 16u * g.z;
  y[i] = a[i] + b[i];
}
""",
}


def axpb(info: DeviceInfo, name: str = "axpb", extra: str = "") -> KernelSource:
    """y[i] = a * x[i] + b for i < n, scalars (a: f32, b: i32, n: u32). `extra` text makes another program of it."""
    text = _AXPB[info.language].replace("axpb", name) + extra
    writable = (info.language == "wgsl", True)
    return KernelSource(name, text, info.language, (GROUP, 1, 1), writable, ("f32", "i32", "u32"))


def add(info: DeviceInfo) -> KernelSource:
    """y = a + b over 8 x 2 x 2 elements."""
    read = info.language == "wgsl"
    return KernelSource("add", _ADD[info.language], info.language, (GROUP, 1, 1), (read, read, True))


def aligned(size: int, info: DeviceInfo) -> int:
    """`size` rounded up to where a binding may begin."""
    return -(-size // info.buffer_alignment) * info.buffer_alignment


def chain(device: Device, count: int, steps: Sequence[tuple[float, int]], kernels: int = 1) -> LaunchPlan:
    """x -> a * x + b for each (a, b) of `steps`, on `count` floats, through ranges of one arena."""
    info, size = device.info, 4 * count
    stride = aligned(size, info)
    ranges = [Binding(0, stride * i, size) for i in range(len(steps) + 1)]
    groups = (-(-count // GROUP), 1, 1)
    launches = [
        Launch(i % kernels, (ranges[i], ranges[i + 1]), (a, b, count), groups, f"step {i}", (i,))
        for i, (a, b) in enumerate(steps)
    ]
    sources = [axpb(info, f"axpb{i}" if i else "axpb") for i in range(kernels)]
    arena = BufferSpec(stride * len(ranges), label="arena")
    return LaunchPlan((arena,), tuple(sources), tuple(launches), (ranges[0],), (ranges[-1],))


def expected(x: np.ndarray, steps: Sequence[tuple[float, int]]) -> np.ndarray:
    """What `chain` computes."""
    for a, b in steps:
        x = np.float32(a) * x + np.float32(b)
    return x
