"""exp of wide vectors for OpenCL on processors, where the driver's own takes several times as long.

exp(x) = 2^n exp(r) with n the integer nearest to x / ln 2 and |r| <= ln 2 / 2; exp(r) is a polynomial through the
Chebyshev nodes of that interval. The error is below 2 units in the last place (OpenCL asks for 3). Results below the
smallest normal float32 are 0.
"""

from __future__ import annotations

COEFFICIENTS = (1.0, 1.0, 0.5, 0.16666415333747864, 0.04166635125875473, 0.00837512593716383, 0.0013941108481958508)
"""Of the powers of r, from 0 on."""


def wide_exp(lanes: int) -> str:
    """The function `exp_f32x<lanes>`; several kernels of a program may each bring it."""
    kind, bits, name = f"float{lanes}", f"int{lanes}", f"exp_f32x{lanes}"
    *rest, top = COEFFICIENTS
    steps = "".join(f"  p = fma(p, r, ({kind})({value!r}f));\n" for value in reversed(rest))
    # Added to 1.5 * 2^23, a float is rounded to an integer, which then stands in the low bits of the sum.
    return f"""#ifndef {name.upper()}
#define {name.upper()}
__attribute__((always_inline)) {kind} {name}({kind} x) {{
  const {kind} t = fma(x, ({kind})(1.4426950216293335f), ({kind})(12582912.0f));
  const {kind} n = t - 12582912.0f;
  {kind} r = fma(n, ({kind})(-0.693145751953125f), x);
  r = fma(n, ({kind})(-1.428606765330187e-06f), r);
  {kind} p = ({kind})({top!r}f);
{steps}  const {kind} y = as_{kind}(as_{bits}(p) + (as_{bits}(t) << 23));
  return x > 88.72283f ? ({kind})(INFINITY) : x < -87.33654f ? ({kind})(0.0f) : y;
}}
#endif
"""
