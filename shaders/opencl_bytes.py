"""Sums of products of bytes in OpenCL C on x86 processors with AVX-512 VNNI.

OpenCL C 1.2 has no such function, and PoCL makes the instruction of nothing that could be written in C. So
it is written as it is. Only a device that has the instruction may be given this text.
"""

from __future__ import annotations


def byte_products(lanes: int) -> str:
    """The function `add_byte_products_x<lanes>` (4, 8, 16); several kernels of a program may each bring it."""
    kind, name = f"int{lanes}", f"add_byte_products_x{lanes}"
    return f"""#ifndef {name.upper()}
#define {name.upper()}
__attribute__((always_inline)) {kind} {name}({kind} total, {kind} a, {kind} b) {{
  __asm__("vpdpbusd %2, %1, %0" : "+v"(total) : "v"(a), "v"(b));
  return total;
}}
#endif
"""
