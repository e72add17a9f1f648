"""Half floats in memory, for OpenCL C.

`vload_half` and `vstore_half` need no extension. PoCL makes them element by element, so processors with an instruction
for it get that.
"""

from __future__ import annotations

HALF_LANES = (1, 4, 8, 16)
"""Lanes that have functions here."""


def half_access(lanes: int) -> str:
    """Definitions of `load_half_x{lanes}` and `store_half_x{lanes}`; several kernels of a program may bring them."""
    name, width = f"HALF_X{lanes}", str(lanes) if lanes > 1 else ""
    kind = f"float{width}"
    guard, load, store = _INSTRUCTIONS[lanes]
    return f"""#ifndef {name}
#define {name}
{kind} load_half_x{lanes}(__global const half *p) {{
#if {guard}
  {load}
#else
  return vload_half{width}(0, p);
#endif
}}
void store_half_x{lanes}({kind} f, __global half *p) {{
#if {guard}
  {store}
#else
  vstore_half{width}_rte(f, 0, p);
#endif
}}
#endif
"""


_TO_FLOAT, _TO_HALF = "vcvtph2ps %1, %0", "vcvtps2ph $0, %1, %0"


def _whole(lanes: int, register: str) -> tuple[str, str]:
    """Load and store of a register full of floats."""
    packed = f"typedef ushort{lanes} halves __attribute__((aligned(2)));"
    load = (
        f"{packed} ushort{lanes} h = *(__global const halves *)p; float{lanes} f; "
        f'__asm__("{_TO_FLOAT}" : "={register}"(f) : "{register}"(h)); return f;'
    )
    store = (
        f'{packed} ushort{lanes} h; __asm__("{_TO_HALF}" : "={register}"(h) : "{register}"(f)); '
        f"*(__global halves *)p = h;"
    )
    return load, store


_FOUR = (
    "ushort4 h = vload4(0, (__global const ushort *)p); ushort8 w = (ushort8)(h, h); float4 f; "
    f'__asm__("{_TO_FLOAT}" : "=x"(f) : "x"(w)); return f;',
    f'ushort8 h; __asm__("{_TO_HALF}" : "=x"(h) : "x"(f)); vstore4(h.lo, 0, (__global ushort *)p);',
)
_ONE = (
    "ushort8 w = (ushort8)(*(__global const ushort *)p); float4 f; "
    f'__asm__("{_TO_FLOAT}" : "=x"(f) : "x"(w)); return f.s0;',
    f'ushort8 h; __asm__("{_TO_HALF}" : "=x"(h) : "x"((float4)(f))); *(__global ushort *)p = h.s0;',
)
_INSTRUCTIONS = {
    1: ("defined(__F16C__)", *_ONE),
    4: ("defined(__F16C__)", *_FOUR),
    8: ("defined(__F16C__)", *_whole(8, "x")),
    16: ("defined(__AVX512F__)", *_whole(16, "v")),
}
