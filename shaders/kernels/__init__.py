"""The kernels, by the names of their operators."""
