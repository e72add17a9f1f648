"""The pipeline that WebGPU and OpenCL share.

lower (nodes to operations) -> fuse -> separate -> emit (choose kernels, plan memory, print, record) -> load and replay.
"""

from .delegate import GpuDelegate, compile_plan
from .half_partition import HalfPartition
from .options import Options, checked_options
from .partition import GpuPartition

__all__ = ["GpuDelegate", "GpuPartition", "HalfPartition", "Options", "checked_options", "compile_plan"]
