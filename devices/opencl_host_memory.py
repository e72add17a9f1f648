"""Host arrays in the place of a plan's input and output buffers, on a device that is the processor itself.

OpenCL calls it CL_MEM_USE_HOST_PTR. PoCL's processor devices compute in such memory directly, so nothing is copied in
or out. (OpenCL would have it mapped and unmapped around each use; for PoCL these are empty commands, at several
microseconds each. So other drivers, which may keep a copy, get theirs by copying.)
"""
from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from .device import DeviceInfo
from .plan import Binding, LaunchPlan

ALIGNMENT = 64
"""Bytes: kernels load and store vectors of up to 16 float32 at once."""


def can_share(info: DeviceInfo) -> bool:
    """Whether the device computes in the host's memory."""
    return info.device_class == "cpu" and "pocl" in info.features


def shareable(plan: LaunchPlan) -> frozenset[int]:
    """Buffers that an array may take the place of: of exactly one input that no kernel writes or one output, bound from
    their begin."""
    inputs, outputs = ([binding.buffer for binding in side] for side in (plan.inputs, plan.outputs))
    launched = [
        (binding, writes)
        for launch in plan.launches
        for binding, writes in zip(launch.bindings, plan.kernels[launch.kernel].writable, strict=True)
    ]
    shifted = {b.buffer for b in (*plan.inputs, *plan.outputs, *(b for b, _ in launched)) if b.offset}
    written = {binding.buffer for binding, writes in launched if writes}
    once = {b for b in (*inputs, *outputs) if (*inputs, *outputs).count(b) == 1}
    allowed = once - shifted - (written & set(inputs))
    return frozenset(b for b in allowed if plan.buffers[b].size and plan.buffers[b].contents is None)


class HostMemory:
    """Which buffers of a plan are host arrays at present."""

    def __init__(
        self, context: Any, plan: LaunchPlan, buffers: Sequence[Any], kernels: Sequence[Any | None]
    ) -> None:
        """
        Args:
            buffers: the plan's, on the device. kernels: one per launch, its arguments set; None where nothing runs.
        """
        self._context, self._buffers = context, buffers
        self._inputs, self._outputs = plan.inputs, plan.outputs
        self._sizes = [spec.size for spec in plan.buffers]
        self._arguments: dict[int, list[tuple[Any, int]]] = {buffer: [] for buffer in shareable(plan)}
        for launch, kernel in zip(plan.launches, kernels, strict=True):
            for position, binding in enumerate(launch.bindings):
                if binding.buffer in self._arguments and kernel is not None:
                    self._arguments[binding.buffer].append((kernel, position))
        self._arrays: list[np.ndarray] = []
        self.hosted: dict[int, Any] = {}
        """The host's memory as OpenCL's buffers, by the index of the buffer it replaces."""

    def use(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:
        """Compute in those of these arrays that can take the place of their buffers, and in no others."""
        replaced = self._wrapped(self._inputs, inputs, False) | self._wrapped(self._outputs, outputs, True)
        for buffer in self.hosted.keys() | replaced.keys():
            for kernel, position in self._arguments[buffer]:
                kernel.set_arg(position, replaced.get(buffer, self._buffers[buffer]))
        self.release()
        self.hosted, self._arrays = replaced, [*inputs, *outputs]

    def _wrapped(self, bindings: Sequence[Binding], arrays: Sequence[np.ndarray], written: bool) -> dict[int, Any]:
        import pyopencl as cl

        access = cl.mem_flags.READ_WRITE if written else cl.mem_flags.READ_ONLY
        return {
            binding.buffer: cl.Buffer(self._context, access | cl.mem_flags.USE_HOST_PTR, hostbuf=array)
            for binding, array in zip(bindings, arrays, strict=False)
            if binding.buffer in self._arguments and _fits(array, binding, self._sizes[binding.buffer])
        }

    def is_for(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> bool:
        """Whether these are the arrays that `use` was told of."""
        given = (*inputs, *outputs)
        return len(given) == len(self._arrays) and all(map(operator.is_, given, self._arrays))

    def release(self) -> None:
        """Let go of the arrays. Kernels still have them as arguments and must not run any more."""
        for memory in self.hosted.values():
            memory.release()
        self.hosted, self._arrays = {}, []


def _fits(array: np.ndarray, binding: Binding, size: int) -> bool:
    """Whether `array` can be a buffer of `size` bytes: kernels may touch all of them."""
    address = array.__array_interface__["data"][0]
    return array.nbytes == binding.size == size and array.flags.c_contiguous and address % ALIGNMENT == 0
