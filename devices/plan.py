"""A compiled partition as data: buffers, kernel texts, and launches in order.

Whoever lowers a graph makes one; a device of `devices` replays it. Nothing here holds a driver's handle, so a plan can
be kept on disk, traced, or replayed elsewhere.
"""
from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True, eq=False)
class BufferSpec:
    """A buffer on the device.

    Attributes:
        size: bytes.
        contents: initial content (weights), at most `size` bytes, or None. Buffers with content are read-only.
        label: for messages and profiles.
        scratch: what is written to it is read within the same strip only (see `Launch`).
    """

    size: int
    contents: np.ndarray | None = None
    label: str = ""
    scratch: bool = False


@dataclass(frozen=True)
class KernelSource:
    """The printed text of a kernel.

    Attributes:
        name: the entry point.
        text: the source.
        language: "opencl" or "wgsl".
        workgroup: local size.
        writable: per buffer binding, in order, whether it is bound for writing (`read_write`).
        scalars: types ("i32", "u32", "f32") of the scalar arguments that follow the buffers. In OpenCL they are kernel
            arguments; in WGSL the members of one uniform struct at the binding after the last buffer.
    """

    name: str
    text: str
    language: str
    workgroup: tuple[int, int, int]
    writable: tuple[bool, ...]
    scalars: tuple[str, ...] = ()


@dataclass(frozen=True)
class Binding:
    """A range of a buffer, in bytes. Offsets are multiples of the device's `buffer_alignment`."""

    buffer: int
    offset: int
    size: int


@dataclass(frozen=True)
class Launch:
    """One kernel launch.

    Attributes:
        kernel: index into the plan's kernels.
        bindings: one per buffer of the kernel.
        scalars: one per scalar of the kernel.
        groups: workgroup counts (not work-items).
        label: for profiles; nodes: the graph's nodes it computes.
        strip: (bundle, strip) of launches that one core should run one after the other, because they pass data on in
            scratch buffers. Launches of a strip follow each other, and so do the strips of a bundle, all of which have
            equally many launches; apart from scratch buffers strips are independent. A device may ignore this.
    """

    kernel: int
    bindings: tuple[Binding, ...]
    scalars: tuple[int | float, ...]
    groups: tuple[int, int, int]
    label: str = ""
    nodes: tuple[int, ...] = ()
    strip: tuple[int, int] | None = None


@dataclass(frozen=True, eq=False)
class LaunchPlan:
    """Everything a device needs to run a partition. Launches run in order; each sees what the earlier ones wrote.

    Attributes:
        inputs: where the bytes of each input go before the first launch (host layout: dense, row-major).
        outputs: where the bytes of each output come from after the last launch.
    """

    buffers: tuple[BufferSpec, ...]
    kernels: tuple[KernelSource, ...]
    launches: tuple[Launch, ...]
    inputs: tuple[Binding, ...]
    outputs: tuple[Binding, ...]

    def without_contents(self) -> LaunchPlan:
        """The plan as far as it matters once a device has the contents."""
        return replace(self, buffers=tuple(replace(buffer, contents=None) for buffer in self.buffers))
