"""The pipeline that WebGPU and OpenCL share.

lower (nodes to operations) -> fuse -> separate -> emit (choose kernels, plan memory, print, record) -> load and replay.
"""

from .delegate import GpuDelegate, GpuPartition, checked_options, compile_plan, tuning_seconds

__all__ = ["GpuDelegate", "GpuPartition", "checked_options", "compile_plan", "tuning_seconds"]
