"""The Threefry 2x32-20 counter-based generator.

Source: Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3 (SC 2011).
"""
from __future__ import annotations

import numpy as np

_PARITY = 0x1BD11BDA
_ROTATIONS = (13, 15, 26, 6), (17, 29, 16, 24)
_GROUPS = 5
"""Groups of four rounds, after each of which the key is added."""
_MASK = 0xFFFFFFFF


def threefry_2x32(counter: np.ndarray, key: tuple[int, int]) -> np.ndarray:
    """Two words for each counter: uint32 [blocks, 2] from uint32 [blocks, 2]."""
    schedule = (*key, key[0] ^ key[1] ^ _PARITY)
    x0, x1 = (counter[:, i] + np.uint32(key[i]) for i in range(2))
    for group in range(_GROUPS):
        for rotation in _ROTATIONS[group % 2]:
            x0 = x0 + x1
            x1 = ((x1 << np.uint32(rotation)) | (x1 >> np.uint32(32 - rotation))) ^ x0
        x0 = x0 + np.uint32(schedule[(group + 1) % 3])
        x1 = x1 + np.uint32((schedule[(group + 2) % 3] + group + 1) & _MASK)
    return np.stack([x0, x1], axis=1)
