"""Floor 4: one folder or file per delegate; `gpu/` is shared by WebGPU and OpenCL."""
