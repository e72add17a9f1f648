"""SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND: blocks of pixels to batches and back, with padding and cropping."""
from __future__ import annotations

from math import prod

import numpy as np

from ..graph import Shape
from ..op import Bind, Op, Run
from ..preparation import copier, dynamic, is_quantized, known_ints, quantization_of
from .registry import kernel


@kernel("SPACE_TO_BATCH_ND")
def prepare_space_to_batch(op: Op) -> Bind:
    """Batch b of the output is (offset in the block) * batches + batch."""
    x, out = op.input(0), op.output()
    block, padding = _block_and_margins(op)
    if block is None or padding is None:
        return dynamic(op)
    rank = len(block)
    padded = tuple(n + before + after for n, (before, after) in zip(x.shape[1:], padding, strict=False))
    if any(n % b for n, b in zip(padded, block, strict=False)):
        raise op.error(f"padded dimensions {list(padded)} are not divisible by block {list(block)}")
    small = tuple(n // b for n, b in zip(padded, block, strict=False))
    rest = x.shape[1 + rank :]
    out.resize((x.shape[0] * prod(block), *small, *rest))
    fill = quantization_of(op, out).zero_point if is_quantized(out) else 0

    def bind() -> Run:
        whole = np.full((x.shape[0], *padded, *rest), fill, x.dtype)
        inside = tuple(slice(before, before + n) for n, (before, _) in zip(x.shape[1:], padding, strict=False))
        region = whole[(slice(None), *inside)]
        pieces = _block_view(whole, x.shape[0], block, small, rest)
        target = out.array.reshape(pieces.shape)

        def run() -> None:
            np.copyto(region, x.array)
            np.copyto(target, pieces)

        return run

    return bind


@kernel("BATCH_TO_SPACE_ND")
def prepare_batch_to_space(op: Op) -> Bind:
    x, out = op.input(0), op.output()
    block, crops = _block_and_margins(op)
    if block is None or crops is None:
        return dynamic(op)
    if x.shape[0] % prod(block):
        raise op.error(f"{x.shape[0]} batches are not divisible by block {list(block)}")
    rank, batches = len(block), x.shape[0] // prod(block)
    small, rest = x.shape[1 : 1 + rank], x.shape[1 + rank :]
    full = tuple(n * b for n, b in zip(small, block, strict=False))
    inside = tuple(slice(before, n - after) for n, (before, after) in zip(full, crops, strict=False))
    out.resize((batches, *(max(s.stop - s.start, 0) for s in inside), *rest))

    def bind() -> Run:
        whole = np.empty((batches, *full, *rest), x.dtype)
        pieces = _block_view(whole, batches, block, small, rest)
        source = x.array.reshape(pieces.shape)
        crop = copier(whole[(slice(None), *inside)], out.array)

        def run() -> None:
            np.copyto(pieces, source)
            crop()

        return run

    return bind


def _block_view(whole: np.ndarray, batches: int, block: Shape, small: Shape, rest: Shape) -> np.ndarray:
    """`whole` as [*block, batches, *small, *rest]."""
    rank = len(block)
    split = (batches, *(n for pair in zip(small, block, strict=False) for n in pair), *rest)
    order = [2 * d + 2 for d in range(rank)] + [0] + [2 * d + 1 for d in range(rank)]
    order += range(1 + 2 * rank, len(split))
    return whole.reshape(split).transpose(order)


def _block_and_margins(op: Op) -> tuple[Shape | None, list[tuple[int, int]] | None]:
    block, margins = known_ints(op.input(1)), op.input(2).value
    if block is None or margins is None:
        return None, None
    pairs = [(int(before), int(after)) for before, after in np.asarray(margins).reshape(-1, 2)]
    if len(pairs) != len(block) or len(block) + 1 > len(op.input(0).shape) or min(block, default=1) < 1:
        raise op.error(f"block {list(block)} and margins {pairs} do not fit {op.input(0)}")
    if any(n < 0 for pair in pairs for n in pair):
        raise op.error("paddings and crops must not be negative")
    return block, pairs
