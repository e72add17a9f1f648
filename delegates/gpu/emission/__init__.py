"""From a program to a launch plan: kernels chosen and printed, memory laid out."""
