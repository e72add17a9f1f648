"""The classes of devices that need different schedules, and what each likes."""

from __future__ import annotations

import enum


class DeviceClass(str, enum.Enum):
    """A kernel family chooses its schedule by this.

    CPU: OpenCL on a CPU. Vectors of 16 lanes, register tiles, workgroups of one invocation, no workgroup memory.
    SOFTWARE_GPU: a shader API in software (lavapipe, WARP, SwiftShader), vectorised across invocations along axis 0.
        Loads are dear and arithmetic is cheap: big register tiles of 4-lane vectors, no workgroup memory.
    GPU: a real one. 4-lane vectors, workgroup memory, hundreds of invocations to a group.
    """

    CPU = "cpu"
    SOFTWARE_GPU = "software_gpu"
    GPU = "gpu"
