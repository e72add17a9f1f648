"""STABLEHLO_PAD: padding at the edges, where negative numbers cut off, and between the elements."""
from __future__ import annotations

from ..op import Bind, Op
from ..preparation import same_type
from ..window.padding import Spread
from .registry import kernel


@kernel("STABLEHLO_PAD")
def prepare(op: Op) -> Bind:
    """The result is empty in every dimension as soon as one is."""
    x, padding, out, options = op.input(0), op.input(1), op.output(), op.options
    same_type(op, x, padding)
    rank = len(x.shape)
    low, high, interior = options.edge_padding_low, options.edge_padding_high, options.interior_padding
    if any(len(amounts) < rank for amounts in (low, high, interior)) or min(interior, default=0) < 0:
        raise op.error(f"padding {list(low)}, {list(high)}, {list(interior)} does not fit {x}")
    spread = Spread.of(x.shape, tuple(n + 1 for n in interior[:rank]), low[:rank], high[:rank])
    if 0 in spread.shape:
        out.resize((0,) * rank)
        return lambda: lambda: None
    out.resize(spread.shape)
    return lambda: lambda: spread.fill(x.array, padding.array.reshape(()), out.array)
