"""The Philox 4x32-10 counter-based generator, and how LiteRT's random operators draw from it.

Source: Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3 (SC 2011); LiteRT's rng_util.cc and random_ops.cc.
"""
from __future__ import annotations

import numpy as np

_MULTIPLIERS = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_WEYL = 0x9E3779B9, 0xBB67AE85
_ROUNDS = 10
_WORD = np.uint64(0xFFFFFFFF)


def philox_4x32(counter: np.ndarray, key: tuple[int, int], rounds: int = _ROUNDS) -> np.ndarray:
    """Four words for each counter: uint32 [blocks, 4] from uint32 [blocks, 4]."""
    c0, c1, c2, c3 = (counter[:, i].astype(np.uint64) for i in range(4))
    k0, k1 = key
    for _ in range(rounds):
        low, high = c0 * _MULTIPLIERS[0], c2 * _MULTIPLIERS[1]
        c0, c1, c2, c3 = (
            (high >> np.uint64(32)) ^ c1 ^ np.uint64(k0), high & _WORD,
            (low >> np.uint64(32)) ^ c3 ^ np.uint64(k1), low & _WORD,
        )  # fmt: skip
        k0, k1 = (k0 + _WEYL[0]) & 0xFFFFFFFF, (k1 + _WEYL[1]) & 0xFFFFFFFF
    return np.stack([c0, c1, c2, c3], axis=1).astype(np.uint32)


class Generator:
    """A stream of blocks of four words; each invocation starts on a new block.

    Only the low 32 bits of the seeds count; two zeros stand for seeds that nobody knows.
    """

    def __init__(self, seed: int, seed2: int) -> None:
        if seed & 0xFFFFFFFF == 0 and seed2 & 0xFFFFFFFF == 0:
            import secrets  # with cryptography, which importing the kernels need not pay for

            seed, seed2 = secrets.randbits(31), secrets.randbits(31)
        self._key = _words(seed)
        self._stream = _words(seed2)
        self._block = 0

    def words(self, count: int) -> np.ndarray:
        """The next `count` uint32, from whole blocks."""
        blocks = -(-count // 4)
        numbers = self._block + np.arange(blocks, dtype=np.uint64)
        self.skip(blocks)
        counter = np.empty((blocks, 4), np.uint32)
        counter[:, 0], counter[:, 1] = numbers & _WORD, numbers >> np.uint64(32)
        counter[:, 2], counter[:, 3] = self._stream
        return philox_4x32(counter, self._key).reshape(-1)[:count]

    def skip(self, blocks: int) -> None:
        self._block += blocks


def _words(seed: int) -> tuple[int, int]:
    """The low 32 bits of a seed, and the extension of their sign."""
    low = seed & 0xFFFFFFFF
    return low, 0xFFFFFFFF if low >> 31 else 0


def to_unit_float(words: np.ndarray) -> np.ndarray:
    """float32 in [0, 1) from the low 23 bits."""
    return ((words & np.uint32(0x7FFFFF)) | np.uint32(0x3F800000)).view(np.float32) - np.float32(1)


def to_unit_double(words: np.ndarray) -> np.ndarray:
    """float64 in [0, 1) from pairs of words, 52 bits."""
    high = (words[0::2].astype(np.uint64) & np.uint64(0xFFFFF)) << np.uint64(32)
    bits = high | words[1::2].astype(np.uint64) | np.uint64(1023 << 52)
    return bits.view(np.float64) - 1.0
