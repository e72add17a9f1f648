"""Sine and cosine in WGSL, where the drivers' own may be off by 2^-11 and, beyond pi, by anything.

x less the nearest multiple n of pi / 2 (subtracted in three parts, of which the first two times n are exact) lies
between -pi / 4 and pi / 4, where the polynomials of Cephes (S. L. Moshier, sinf.c) are within 2 units in the last
place.
Beyond `LARGEST` the driver's own function answers.
"""

from __future__ import annotations

LARGEST = 25000.0
QUARTERS = {"sin": 0, "cos": 1}
"""Functions, and the quarters of a turn that they are ahead of the sine."""


def circular_name(function: str, lanes: int) -> str:
    """The helper's name."""
    return f"{function}_f32x{lanes}"


def circular(function: str, lanes: int) -> str:
    """The helper, for scalars or vectors."""
    kind, whole = ("f32", "i32") if lanes == 1 else (f"vec{lanes}<f32>", f"vec{lanes}<i32>")
    return f"""fn {circular_name(function, lanes)}(x: {kind}) -> {kind} {{
  let n = round(x * 0.636619772f);
  let r = ((x - n * 1.5703125f) - n * 4.837512969970703125e-4f) - n * 7.549789948768648e-8f;
  let z = r * r;
  let s = r + r * z * ((8.3321608736e-3f - z * 1.9515295891e-4f) * z - 1.6666654611e-1f);
  let c = 1.0f - 0.5f * z + z * z * ((2.443315711809948e-5f * z - 1.388731625493765e-3f) * z + 4.166664568298827e-2f);
  let turn = {whole}(n) + {QUARTERS[function]}i;
  let side = select(s, c, (turn & {whole}(1i)) == {whole}(1i));
  return select(select(side, -side, (turn & {whole}(2i)) == {whole}(2i)), {function}(x), abs(x) > {kind}({LARGEST}f));
}}
"""
