"""LSH_PROJECTION: locality-sensitive hashes; each bit is the sign of a weighted sum of fingerprints of the items."""
from __future__ import annotations

from math import prod

import numpy as np

from ..arithmetic.fingerprint import fingerprint64
from ..op import Bind, Op
from ..schema import LSHProjectionType
from .registry import kernel

_MAX_BITS = 32


@kernel("LSH_PROJECTION")
def prepare(op: Op) -> Bind:
    """Inputs: float seeds [hashes, bits], items [n, ...], optionally weights [n].

    Output: int32 [hashes], a number of `bits` bits each, moved into a range of its own; dense: [hashes * bits] bits.
    """
    seeds, items, weights = op.input(0), op.input(1), op.optional_input(2)
    if len(seeds.shape) != 2 or seeds.shape[1] > _MAX_BITS or prod(items.shape[:1]) < 1:
        raise op.error(f"cannot hash {items} with the seeds {seeds}")
    if weights is not None and weights.shape != items.shape[:1]:
        raise op.error(f"weights {weights} do not fit {items}")
    hashes, bits = seeds.shape
    kind = op.options.type
    if kind not in (LSHProjectionType.SPARSE, LSHProjectionType.DENSE):
        raise op.error("the projection must be SPARSE or DENSE")
    op.output().resize((hashes,) if kind == LSHProjectionType.SPARSE else (hashes * bits,))

    def run() -> None:
        rows = [row.tobytes() for row in items.array]
        factors = None if weights is None else weights.array.astype(np.float64)
        signs = [_sign(seed.tobytes(), rows, factors) for seed in seeds.array.reshape(-1)]
        op.output().array[...] = _numbers(signs, hashes, bits) if kind == LSHProjectionType.SPARSE else signs

    return lambda: run


def _sign(seed: bytes, rows: list[bytes], weights: np.ndarray | None) -> int:
    """1 where the sum of the fingerprints, as signed numbers in float64, is positive."""
    score = 0.0
    for i, row in enumerate(rows):
        fingerprint = fingerprint64(seed + row)
        value = float(fingerprint - (1 << 64) if fingerprint >> 63 else fingerprint)
        score += value if weights is None else weights[i] * value
    return int(score > 0)


def _numbers(signs: list[int], hashes: int, bits: int) -> np.ndarray:
    """The bits as numbers, those of hash i moved by i * 2^bits; by i for 32 bits, where LiteRT's shift wraps."""
    texts = ["0" + "".join(map(str, signs[i * bits : (i + 1) * bits])) for i in range(hashes)]
    numbers = [int(text, 2) + (i << bits % _MAX_BITS) for i, text in enumerate(texts)]
    return (np.array(numbers, np.int64) & 0xFFFFFFFF).astype(np.uint32).view(np.int32)
