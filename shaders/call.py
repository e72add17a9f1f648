"""What a kernel family hands to the pipeline: a kernel with everything that one launch of it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from .language.kernel import Kernel

MAX_GROUPS = 65535
"""Workgroups per axis that every WebGPU adapter takes. Groups of one invocation are for OpenCL, which has no limit."""


@dataclass(frozen=True, eq=False)
class KernelCall:
    """One launch.

    Args:
        kernel: what runs.
        sizes: values of `kernel.scalars`, in order.
        groups: workgroups along each axis (not invocations: `kernel.group` is the size of a workgroup).
        constants: contents of the kernel's constant bindings, by name, as flat or shaped arrays of the storage kind.

    Raises:
        ValueError: if sizes, constants or groups do not fit the kernel.
    """

    kernel: Kernel
    sizes: tuple[int | float, ...]
    groups: tuple[int, int, int]
    constants: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        name, declared = self.kernel.name, {b.name for b in self.kernel.buffers if b.constant}
        if len(self.sizes) != len(self.kernel.scalars):
            raise ValueError(f"{name}: {len(self.sizes)} sizes for {len(self.kernel.scalars)} scalars")
        if declared != set(self.constants):
            raise ValueError(f"{name}: constants {sorted(self.constants)}, the kernel declares {sorted(declared)}")
        most = 2**31 - 1 if self.kernel.group == (1, 1, 1) else MAX_GROUPS
        if not all(0 < g <= most for g in self.groups):
            raise ValueError(f"{name}: {self.groups} workgroups; 1 to {most} along each axis")

    @property
    def operands(self) -> tuple[str, ...]:
        """Names of the activation bindings in binding order: inputs (`x`, ...) and outputs (`y`, ...)."""
        return tuple(b.name for b in self.kernel.operands)

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the activation bindings that are written."""
        return tuple(b.name for b in self.kernel.operands if b.access != "read")
