"""The interface of a device: load a launch plan, run it."""
from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from .plan import KernelSource, LaunchPlan

OF_PROCESSORS = frozenset({"pocl", "avx2", "avx_vnni", "avx512", "avx512_vnni", "avx512_vbmi"})
"""Features that only schedules of the class "cpu" make use of."""


@dataclass(frozen=True)
class DeviceInfo:
    """What is known of a device without using it.

    Attributes:
        api: "opencl" or "webgpu".
        name, vendor, driver: as the driver says.
        device_class: which schedules suit it: "cpu" (OpenCL on a CPU), "software_gpu" (a GPU API on a CPU), "llvmpipe"
            (that one, with eight invocations to a subgroup) or "gpu".
        language: what its kernels are written in: "opencl" or "wgsl".
        buffer_alignment: what offsets of bindings must be multiples of, in bytes.
        max_buffer_size, max_binding_size: in bytes.
        max_workgroup_size: work-items in a workgroup.
        features: optional features: "fp16", "fp64", "subgroups", "subgroup_barrier", "timestamp", "mappable",
            "immediates", "integer_dot_product", "command_buffer"; "pocl" where the driver is PoCL; on a CPU also
            "avx2", "avx_vnni", "avx512", "avx512_vnni", "avx512_vbmi"; "software" where the CPU does a "gpu"'s work.
        limits: "max_groups" along each axis, "max_workgroup_size_x" and so on; where known "total_memory" in bytes,
            "compute_units", "max_storage_buffers" in one kernel, "max_loop_iterations" of all loops of one work-item.
    """

    api: str
    name: str
    vendor: str
    driver: str
    device_class: str
    language: str
    buffer_alignment: int
    max_buffer_size: int
    max_binding_size: int
    max_workgroup_size: int
    max_workgroup_memory: int
    features: frozenset[str] = frozenset()
    limits: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_software(self) -> bool:
        """True where the CPU does the work."""
        return self.device_class != "gpu" or "software" in self.features

    def of_class(self, device_class: str) -> DeviceInfo:
        """The device with another class's schedules. One taken for a GPU keeps nothing of what processors have."""
        features = self.features
        if device_class == "gpu" and self.is_software:
            features = features - OF_PROCESSORS | {"software"}
        return replace(self, device_class=device_class, features=features)


@dataclass(frozen=True)
class LaunchTime:
    """One launch on the device's clock, in seconds: when it began, counted from the first launch's begin, and how long
    it took. Both are 0 for a launch of no workgroups."""

    start: float = 0.0
    seconds: float = 0.0


class LoadedPlan(ABC):
    """A launch plan on a device: programs compiled, buffers filled, launches prebuilt."""

    def bind(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:  # noqa: B027
        """Told which arrays `run` will be given from now on; where host and device share memory, they may be the
        buffers. `run` with others still works, by copying.

        Raises:
            DelegantError: an array has another size than the plan says, or the driver failed.
        """

    def unbind(self) -> None:  # noqa: B027
        """Let go of the arrays that `bind` was told of; `run` copies until it is told of others."""

    @property
    def nbytes(self) -> int:
        """Bytes of device memory that closing the plan frees, as far as that is known."""
        return 0

    @abstractmethod
    def run(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:
        """Upload `inputs`, run all launches, and download into `outputs` (C-contiguous, written in place).

        Raises:
            DeviceLostError, DeviceMemoryError, DelegantError: the driver failed.
        """

    @abstractmethod
    def profile(self) -> tuple[LaunchTime, ...]:
        """The time of each launch, in plan order; empty if it cannot be told.

        The launches run once more, on what the buffers hold: after it, `read` gives what this made of them.
        """

    @abstractmethod
    def read(self, buffer: int, offset: int, size: int) -> bytes:
        """Bytes of a buffer as the last run left them, for debugging."""

    @abstractmethod
    def close(self) -> None:
        """Free everything. More than one call is allowed."""


class Device(ABC):
    """An opened device."""

    info: DeviceInfo

    def expect(self, kernel: KernelSource) -> None:  # noqa: B027
        """Told of a kernel of a plan that will be loaded soon: it may be compiled meanwhile. `load` has its errors."""

    @abstractmethod
    def load(self, plan: LaunchPlan) -> LoadedPlan:
        """Compile and allocate.

        Raises:
            CompileError: the driver refused a kernel; carries the kernel's name and the driver's log.
            DeviceMemoryError: a buffer does not fit.
        """

    @abstractmethod
    def close(self) -> None:
        """Free the device. More than one call is allowed."""
