"""The classes of devices that need different schedules, and what each likes."""

from __future__ import annotations

import enum


class DeviceClass(str, enum.Enum):
    """A kernel family chooses its schedule by this.

    CPU: OpenCL on a CPU. Vectors of 16 lanes, register tiles, workgroups of one invocation, no workgroup memory.
    SOFTWARE_GPU: a shader API in software (WARP, SwiftShader), vectorised across invocations along axis 0.
        Loads are dear and arithmetic is cheap: big register tiles of 4-lane vectors, no workgroup memory.
    LLVMPIPE: lavapipe, the same with subgroups known to be `LLVMPIPE_LANES` neighbours along axis 0: lanes load for one
        another. Each lane of a load or store becomes a branch, so that long texts take minutes to compile: loops stay.
    GPU: a real one. 4-lane vectors, workgroup memory, hundreds of invocations to a group.
    """

    CPU = "cpu"
    SOFTWARE_GPU = "software_gpu"
    LLVMPIPE = "llvmpipe"
    GPU = "gpu"

    @property
    def is_software_gpu(self) -> bool:
        """A shader API that the processor runs."""
        return self in (DeviceClass.SOFTWARE_GPU, DeviceClass.LLVMPIPE)


LLVMPIPE_LANES = 8
"""Invocations of a subgroup: the 32-bit lanes of a vector of 256 bits."""
