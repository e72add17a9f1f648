"""A graph made ready and run: memory, bound kernels, what an interpreter tells of it."""
