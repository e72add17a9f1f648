"""Kernels for accelerators: a small typed language, its printers, and the kernels written in it.

This floor knows no graphs and no devices. A family (`matmul`, `conv_2d`, ...) turns the facts of one operation into a
`KernelCall`: the kernel, its constants, sizes and workgroup counts. See `language` for how kernels are written.
"""
