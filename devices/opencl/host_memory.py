"""Host arrays in the place of a plan's input and output buffers, on a device that is the processor itself.

OpenCL calls it CL_MEM_USE_HOST_PTR. PoCL's processor devices compute in such memory directly, so nothing is copied in
or out, or only by the host where an array cannot be the buffer. (OpenCL would have it mapped and unmapped around each
use; for PoCL these are empty commands, at several microseconds each. So other drivers, which may keep a copy, get
theirs by copying.)
"""
from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...core.run.arena import new_array
from ..device import DeviceInfo
from ..plan import Binding, LaunchPlan

Copy = tuple[np.ndarray, np.ndarray]
_BYTE = np.dtype(np.uint8)
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
    """The inputs and outputs of a plan in memory that host and device share: the caller's arrays where they can be the
    buffers, else arrays of the plan's, to and from which the host copies. (A copy by a command wakes PoCL's threads.)

    Attributes:
        hosted: what the kernels have in the place of the plan's buffers, by their index.
        copies_in, copies_out: (to, from) of what has to be copied before and after the launches, for the arrays that
            `use` was told of.
    """

    def __init__(self, context: Any, plan: LaunchPlan, kernels: Sequence[Any | None]) -> None:
        """
        Args:
            kernels: one per launch, its arguments set; None where nothing runs.
        """
        self._context = context
        self._sides = plan.inputs, plan.outputs
        self._arguments: dict[int, list[tuple[Any, int]]] = {buffer: [] for buffer in shareable(plan)}
        for launch, kernel in zip(plan.launches, kernels, strict=True):
            for position, binding in enumerate(launch.bindings):
                if binding.buffer in self._arguments and kernel is not None:
                    self._arguments[binding.buffer].append((kernel, position))
        self._arrays: list[np.ndarray] = []
        self._own = {buffer: new_array((plan.buffers[buffer].size,), _BYTE) for buffer in self._arguments}
        self._owned = {buffer: self._wrap(array, True) for buffer, array in self._own.items()}
        self.copies_in: list[Copy] = []
        self.copies_out: list[Copy] = []
        self.hosted: dict[int, Any] = {}
        self._replace({})

    def use(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:
        """Compute in those of these arrays that can take the place of their buffers."""
        replaced = {
            binding.buffer: self._wrap(array, side == 1)
            for side, arrays in enumerate((inputs, outputs))
            for binding, array in zip(self._sides[side], arrays, strict=True)
            if binding.buffer in self._own and _fits(array, self._own[binding.buffer].nbytes)
        }
        self._replace(replaced)
        self._arrays = [*inputs, *outputs]
        self.copies_in, self.copies_out = self.copies(inputs, outputs)

    def copies(
        self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]
    ) -> tuple[list[Copy], list[Copy]]:
        """What has to be copied for a run with these arrays."""
        incoming = [(self._place(b, array), array) for b, array in zip(self._sides[0], inputs, strict=True)]
        outgoing = [(array, self._place(b, array)) for b, array in zip(self._sides[1], outputs, strict=True)]
        return [(to, x) for to, x in incoming if to is not None], [(y, x) for y, x in outgoing if x is not None]

    def _place(self, binding: Binding, array: np.ndarray) -> np.ndarray | None:
        """Where the plan's own memory has this input or output; None if it is elsewhere."""
        if self.hosted.get(binding.buffer) is not self._owned.get(binding.buffer) or binding.buffer not in self._own:
            return None
        return self._own[binding.buffer][: binding.size].view(array.dtype).reshape(array.shape)

    def leave(self) -> None:
        """Compute in the plan's own memory again."""
        self._replace({})
        self._arrays, self.copies_in, self.copies_out = [], [], []

    def is_for(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> bool:
        """Whether these are the arrays that `use` was told of."""
        given = (*inputs, *outputs)
        return len(given) == len(self._arrays) and all(map(operator.is_, given, self._arrays))

    def release(self) -> None:
        """Free all of it. Kernels still have it as arguments and must not run any more."""
        for memory in {*self.hosted.values(), *self._owned.values()}:
            memory.release()
        self.hosted, self._owned, self._own, self._arrays = {}, {}, {}, []
        self.copies_in, self.copies_out = [], []

    def _replace(self, replaced: Mapping[int, Any]) -> None:
        """Give kernels these buffers, and the plan's own in the place of all others."""
        before, self.hosted = self.hosted, {**self._owned, **replaced}
        for buffer, memory in self.hosted.items():
            if memory is not before.get(buffer):
                for kernel, position in self._arguments[buffer]:
                    kernel.set_arg(position, memory)
        for buffer, memory in before.items():
            if memory is not self._owned[buffer]:
                memory.release()

    def _wrap(self, array: np.ndarray, written: bool) -> Any:
        import pyopencl as cl

        access = cl.mem_flags.READ_WRITE if written else cl.mem_flags.READ_ONLY
        return cl.Buffer(self._context, access | cl.mem_flags.USE_HOST_PTR, hostbuf=array)


def _fits(array: np.ndarray, size: int) -> bool:
    """Whether `array` can be a buffer of `size` bytes: kernels may touch all of them."""
    address = array.__array_interface__["data"][0]
    return array.nbytes == size and array.flags.c_contiguous and address % ALIGNMENT == 0
