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


def scaled_sums(lanes: int) -> str:
    """The function `scale_sums_x<lanes>`: half of the lanes at a time lie in lanes of 64 bits, which saves all moving.

    The two roundings are `numerics.requantize`'s: to the nearest after the product with m / 2^31, halves up; then of
    the quotient by 2^right, halves away from zero.
    """
    kind, wide, bits = f"int{lanes}", f"long{lanes // 2}", f"ulong{lanes // 2}"
    name = f"scale_sums_x{lanes}"
    return f"""#ifndef {name.upper()}
#define {name.upper()}
__attribute__((always_inline)) {kind} {name}({kind} x, {kind} m, {kind} right) {{
  const {wide} even = ((as_{wide}(x) << 32) >> 32) * ((as_{wide}(m) << 32) >> 32) + (1L << 30);
  const {wide} odd = (as_{wide}(x) >> 32) * (as_{wide}(m) >> 32) + (1L << 30);
  const {bits} low = (as_{bits}(even) >> 31) & 0xffffffffUL;
  const {bits} high = (as_{bits}(odd) << 1) & 0xffffffff00000000UL;
  const {kind} first = as_{kind}(low | high);
  const {kind} middle = (({kind})(1) << right) >> 1;
  return (first + (middle + ((first >> 31) & -min(right, ({kind})(1))))) >> right;
}}
#endif
"""


_WORDS = {4: "0123", 8: "02461357", 16: "048c159d26ae37bf"}
"""Words such that each 128 bits hold 4 words of one channel each, from the four quarters."""


def interleaved_bytes(lanes: int) -> str:
    """The function `interleave_bytes_x<lanes>`: words are moved across 128 bits, then bytes inside them.

    OpenCL C has no vectors of more than 16 bytes, but the compiler on processors has.
    """
    kind, count, name = f"int{lanes}", 4 * lanes, f"interleave_bytes_x{lanes}"
    places = ", ".join(
        str(16 * part + 4 * byte + word) for part in range(count // 16) for word in range(4) for byte in range(4)
    )
    return f"""#ifndef {name.upper()}
#define {name.upper()}
typedef uchar {name}_bytes __attribute__((ext_vector_type({count})));
__attribute__((always_inline)) {kind} {name}({kind} x) {{
  const {kind} moved = x.s{_WORDS[lanes]};
  const {name}_bytes bytes = __builtin_astype(moved, {name}_bytes);
  return __builtin_astype(__builtin_shufflevector(bytes, bytes, {places}), {kind});
}}
#endif
"""
