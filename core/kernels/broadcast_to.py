"""BROADCAST_TO: repeat a tensor to a larger shape; BROADCAST_ARGS: the shape two shapes broadcast to."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op
from ..preparation import check_shape, dynamic, known_ints, positive_shape
from .registry import kernel


@kernel("BROADCAST_TO")
def prepare_to(op: Op) -> Bind:
    x, requested, out = op.input(0), known_ints(op.input(1)), op.output()
    if requested is None:
        return dynamic(op)
    shape = positive_shape(op, requested)
    try:
        fits = np.broadcast_shapes(x.shape, shape) == shape
    except ValueError:
        fits = False
    if not fits:
        raise op.error(f"Output shape {list(shape)} must be broadcastable from input shape {list(x.shape)}.")
    out.resize(shape)
    return lambda: lambda: np.copyto(out.array, x.array)


@kernel("BROADCAST_ARGS")
def prepare_args(op: Op) -> Bind:
    a, b, out = op.input(0), op.input(1), op.output()
    for shape_operand in (a, b):
        check_shape(op, shape_operand, shape_operand.shape[:1] or (1,))
    out.resize((max(a.shape[0], b.shape[0]),))

    def shape() -> np.ndarray:
        try:
            return np.array(np.broadcast_shapes(tuple(a.array.tolist()), tuple(b.array.tolist())), out.dtype)
        except ValueError:
            message = f"Given shapes, {a.array.tolist()} and {b.array.tolist()}, are not broadcastable."
            raise op.error(message) from None

    if a.value is not None and b.value is not None:
        out.value = np.array(np.broadcast_shapes(tuple(a.value.tolist()), tuple(b.value.tolist())), out.dtype)
    return lambda: lambda: np.copyto(out.array, shape())
