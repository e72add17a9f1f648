"""Kernels printed as OpenCL C and WGSL."""
