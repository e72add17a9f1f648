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


def scaled_rising(lanes: int) -> str:
    """The function `scale_rising_x<lanes>`. Shifts are the instruction itself: C would have them masked before."""
    kind, wide = f"int{lanes}", f"long{lanes // 2}"
    name, halves = f"scale_rising_x{lanes}", ("even_m", "odd_m", "even", "odd", "even_shift", "odd_shift")
    return f"""#ifndef {name.upper()}
#define {name.upper()}
__attribute__((always_inline)) {kind} {name}({kind} x, {", ".join(f"{kind} {half}" for half in halves)}) {{
  {wide} first = ((as_{wide}(x) << 32) >> 32) * ((as_{wide}(even_m) << 32) >> 32) + as_{wide}(even);
  {wide} second = (as_{wide}(x) >> 32) * ((as_{wide}(odd_m) << 32) >> 32) + as_{wide}(odd);
  __asm__("vpsravq %2, %1, %0" : "=v"(first) : "v"(first), "v"(even_shift));
  __asm__("vpsravq %2, %1, %0" : "=v"(second) : "v"(second), "v"(odd_shift));
  return as_{kind}((first & 0xffffffffL) | (second & ~0xffffffffL));
}}
#endif
"""


def interleaved_bytes(lanes: int) -> str:
    """The function `interleave_bytes_x<lanes>`: words are moved across 128 bits, then bytes inside them.

    These are two instructions; left to itself the compiler makes a dozen.
    """
    kind, name = f"int{lanes}", f"interleave_bytes_x{lanes}"
    quarter = lanes // 4
    words = ", ".join(str(part * quarter + word) for word in range(quarter) for part in range(4))
    bytes_of_words = (sum((4 * place + word) << (8 * place) for place in range(4)) for word in range(4))
    places = ", ".join([f"0x{word:08x}" for word in bytes_of_words] * quarter)
    move = f'__asm__("vpermd %1, %2, %0" : "=v"(x) : "v"(x), "v"(({kind})({words})));' if quarter > 1 else ""
    return f"""#ifndef {name.upper()}
#define {name.upper()}
__attribute__((always_inline)) {kind} {name}({kind} x) {{
  {move}
  __asm__("vpshufb %2, %1, %0" : "=v"(x) : "v"(x), "v"(({kind})({places})));
  return x;
}}
#endif
"""


_LOOKUP = """#ifndef LOOKUP_BYTES_X16
#define LOOKUP_BYTES_X16
__attribute__((always_inline)) int16 lookup_bytes_x16(int16 index, int16 a, int16 b, int16 c, int16 d) {
  int16 low = index, high = index;
  __asm__("vpermi2b %2, %1, %0" : "+v"(low) : "v"(a), "v"(b));
  __asm__("vpermi2b %2, %1, %0" : "+v"(high) : "v"(c), "v"(d));
  return (index > 127 ? high : low) & 255;
}
#endif
"""
"""For processors with AVX-512 VBMI: an instruction takes 7 bits of an index."""

_LOOKUP_PACKED = """#ifndef LOOKUP_PACKED_X16
#define LOOKUP_PACKED_X16
__attribute__((always_inline)) int16 lookup_packed_x16(int16 codes, int16 a, int16 b, int16 c, int16 d) {
  int16 low = codes, high = codes;
  ulong upper;
  __asm__("vpermi2b %2, %1, %0" : "+v"(low) : "v"(a), "v"(b));
  __asm__("vpermi2b %2, %1, %0" : "+v"(high) : "v"(c), "v"(d));
  __asm__("vpmovb2m %1, %0" : "=Yk"(upper) : "v"(codes));
  __asm__("vpblendmb %2, %1, %0 %{%3%}" : "=v"(low) : "v"(low), "v"(high), "Yk"(upper));
  return low;
}
#endif
"""

_PACK = """#ifndef PACK_CODES_X16
#define PACK_CODES_X16
__attribute__((always_inline)) int16 pack_codes_x16(int16 a, int16 b, int16 c, int16 d) {
  int16 left, right, all;
  __asm__("vpackssdw %2, %1, %0" : "=v"(left) : "v"(a), "v"(b));
  __asm__("vpackssdw %2, %1, %0" : "=v"(right) : "v"(c), "v"(d));
  __asm__("vpackuswb %2, %1, %0" : "=v"(all) : "v"(left), "v"(right));
  const int16 places = (int16)(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  __asm__("vpermd %1, %2, %0" : "=v"(all) : "v"(all), "v"(places));
  return all;
}
#endif
"""
"""The first three instructions work on each 128 bits by themselves."""

WHOLE = {"lookup_bytes_x16": _LOOKUP, "lookup_packed_x16": _LOOKUP_PACKED, "pack_codes_x16": _PACK}
"""Functions that there are for vectors of 16 alone."""
