"""Sums of products of bytes in OpenCL C on x86 processors, by the instructions that they have.

OpenCL C 1.2 has no such function, and PoCL makes the instructions of nothing that could be written in C. So they
are written as they are. Only a device that has them may be given this text. The best, VPDPBUSD, adds up four products
of unsigned and signed bytes. Without it VPMADDWD multiplies 16-bit numbers, even bytes and odd ones, and adds up pairs.
"""

from __future__ import annotations

import enum
from collections.abc import Collection

WIDEST = 16
"""32-bit lanes of the widest registers."""


class ByteInstructions(str, enum.Enum):
    """Sets of instructions for products of bytes, by the feature of a device that says that it has them; best first."""

    VNNI = "avx512_vnni"
    AVX_VNNI = "avx_vnni"
    AVX512 = "avx512"
    AVX2 = "avx2"

    @classmethod
    def of(cls, features: Collection[str]) -> ByteInstructions | None:
        """The best set among the features of a device."""
        return next((each for each in cls if each.value in features), None)

    @property
    def lanes(self) -> int:
        """32-bit lanes of a register."""
        return WIDEST if self in (ByteInstructions.VNNI, ByteInstructions.AVX512) else WIDEST // 2

    @property
    def is_fused(self) -> bool:
        """Whether one instruction multiplies bytes and adds up."""
        return self in (ByteInstructions.VNNI, ByteInstructions.AVX_VNNI)


def byte_products(lanes: int, by: ByteInstructions = ByteInstructions.VNNI) -> str:
    """The function `add_byte_products_x<lanes>` (4, 8, 16); several kernels of a program may each bring it."""
    kind, name = f"int{lanes}", f"add_byte_products_x{lanes}"
    if lanes > by.lanes:
        half = f"add_byte_products_x{lanes // 2}"
        parts = (f"{half}(total.{part}, a.{part}, b.{part})" for part in ("lo", "hi"))
        body = f"  return ({kind})({', '.join(parts)});"
        before = byte_products(lanes // 2, by)
    else:
        body, before = _fused(by) if by.is_fused else _of_pairs(lanes), ""
    return f"""{before}#ifndef {name.upper()}
#define {name.upper()}
__attribute__((always_inline)) {kind} {name}({kind} total, {kind} a, {kind} b) {{
{body}
}}
#endif
"""


def _fused(by: ByteInstructions) -> str:
    prefix, place = ("", "v") if by is ByteInstructions.VNNI else ("%{vex%} ", "x")
    return f"""  __asm__("{prefix}vpdpbusd %2, %1, %0" : "+{place}"(total) : "{place}"(a), "{place}"(b));
  return total;"""


def _of_pairs(lanes: int) -> str:
    """Even and odd bytes as 16-bit numbers, whose products of pairs are exact in 32 bits."""
    kind, place = f"int{lanes}", "v" if lanes == 16 else "x"
    shorts = f"typedef short shorts __attribute__((ext_vector_type({2 * lanes})));"
    multiply = f'__asm__("vpmaddwd %2, %1, %0" : "={place}"'
    return f"""  {shorts}
  const shorts pairs = __builtin_astype(b, shorts);
  const {kind} even = __builtin_astype((shorts)(pairs << (shorts)(8)) >> (shorts)(8), {kind});
  const {kind} odd = __builtin_astype(pairs >> (shorts)(8), {kind});
  {kind} first, second;
  {multiply}(first) : "{place}"(a & 0x00ff00ff), "{place}"(even));
  {multiply}(second) : "{place}"((a >> 8) & 0x00ff00ff), "{place}"(odd));
  return total + first + second;"""


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


def scaled_rising(lanes: int, by: ByteInstructions = ByteInstructions.VNNI) -> str:
    """The function `scale_rising_x<lanes>`. Shifts are the instruction itself: C would have them masked before.

    AVX2 has no such instruction; there C has to do.
    """
    kind, wide = f"int{lanes}", f"long{lanes // 2}"
    name, halves = f"scale_rising_x{lanes}", ("even_m", "odd_m", "even", "odd", "even_shift", "odd_shift")
    shifts = "\n".join(
        f'  __asm__("vpsravq %2, %1, %0" : "=v"({name}) : "v"({name}), "v"({half}_shift));'
        if by.lanes == WIDEST
        else f"  {name} >>= as_{wide}({half}_shift);"
        for name, half in (("first", "even"), ("second", "odd"))
    )
    return f"""#ifndef {name.upper()}
#define {name.upper()}
__attribute__((always_inline)) {kind} {name}({kind} x, {", ".join(f"{kind} {half}" for half in halves)}) {{
  {wide} first = ((as_{wide}(x) << 32) >> 32) * ((as_{wide}(even_m) << 32) >> 32) + as_{wide}(even);
  {wide} second = (as_{wide}(x) >> 32) * ((as_{wide}(odd_m) << 32) >> 32) + as_{wide}(odd);
{shifts}
  return as_{kind}((first & 0xffffffffL) | (second & ~0xffffffffL));
}}
#endif
"""


def interleaved_bytes(lanes: int, by: ByteInstructions = ByteInstructions.VNNI) -> str:
    """The function `interleave_bytes_x<lanes>`: words are moved across 128 bits, then bytes inside them.

    These are two instructions; left to itself the compiler makes a dozen. For more than a register it has to.
    """
    if lanes > by.lanes:
        return _interleaved_halves(lanes)
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


def _interleaved_halves(lanes: int) -> str:
    """As `interleaved_bytes`: bytes of two lines side by side, then such pairs."""
    kind, name, quarter = f"int{lanes}", f"interleave_bytes_x{lanes}", lanes // 4
    count = 4 * quarter
    low = ", ".join(str(i // 2 + count * (i % 2)) for i in range(count))
    high = ", ".join(str(count // 2 + i // 2 + count * (i % 2)) for i in range(count))
    parts_of_x = ("".join(f"{quarter * i + j:x}" for j in range(quarter)) for i in range(4))
    lines = "\n".join(
        f"  const bytes {letter} = __builtin_astype(x.s{part}, bytes);"
        for letter, part in zip("abcd", parts_of_x, strict=True)
    )
    pairs = "\n".join(
        f"  const shorts {x}{y}_{half} = __builtin_astype(__builtin_shufflevector({x}, {y}, {order}), shorts);"
        for x, y in ("ab", "cd")
        for half, order in (("low", low), ("high", high))
    )
    half = count // 2
    parts = []
    for which in ("low", "high"):
        for first in (0, half // 2):
            order = ", ".join(str(first + i // 2 + half * (i % 2)) for i in range(half))
            parts.append(f"__builtin_astype(__builtin_shufflevector(ab_{which}, cd_{which}, {order}), int{quarter})")
    return f"""#ifndef {name.upper()}
#define {name.upper()}
__attribute__((always_inline)) {kind} {name}({kind} x) {{
  typedef uchar bytes __attribute__((ext_vector_type({count})));
  typedef ushort shorts __attribute__((ext_vector_type({half})));
{lines}
{pairs}
  return ({kind})({", ".join(parts)});
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

_PACK_SHORT = """#ifndef PACK_CODES_X16
#define PACK_CODES_X16
__attribute__((always_inline)) int16 pack_codes_x16(int16 a, int16 b, int16 c, int16 d) {
  const int4 left = as_int4(__builtin_convertvector(clamp(a, 0, 255), uchar16));
  const int4 right = as_int4(__builtin_convertvector(clamp(b, 0, 255), uchar16));
  const int4 more = as_int4(__builtin_convertvector(clamp(c, 0, 255), uchar16));
  return (int16)(left, right, more, as_int4(__builtin_convertvector(clamp(d, 0, 255), uchar16)));
}
#endif
"""
"""For shorter registers."""

_WHOLE = {"lookup_bytes_x16": _LOOKUP, "lookup_packed_x16": _LOOKUP_PACKED, "pack_codes_x16": _PACK}


def whole_functions(by: ByteInstructions) -> dict[str, str]:
    """Functions that there are for vectors of 16 alone, by their names."""
    return _WHOLE if by.lanes == WIDEST else {**_WHOLE, "pack_codes_x16": _PACK_SHORT}
