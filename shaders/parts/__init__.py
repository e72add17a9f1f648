"""What kernels are put together from: tiles, epilogues, loop nests, integer arithmetic."""
