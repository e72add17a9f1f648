"""STABLEHLO_RNG_BIT_GENERATOR: random bits and the state that follows, from a state: Philox or Threefry."""
from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..arithmetic.philox import philox_4x32
from ..arithmetic.threefry import threefry_2x32
from ..op import Bind, Op
from ..preparation import unsupported
from ..schema import RngAlgorithm
from .registry import kernel

Blocks = Callable[[np.ndarray, tuple[int, int]], np.ndarray]
_WORD = np.uint64(0xFFFFFFFF)


@kernel("STABLEHLO_RNG_BIT_GENERATOR")
def prepare(op: Op) -> Bind:
    """Input: a state, uint64 [2], or [3] for Philox too. Outputs: the next state, and bits in the shape of the model.

    The first number of the state is the key, the second the counter; a third extends the counter, otherwise the key
    does.
    """
    state, following, out = op.input(0), op.output(0), op.output(1)
    is_threefry = op.options.algorithm == RngAlgorithm.THREEFRY
    if state.dtype != np.uint64 or state.shape not in (((2,),) if is_threefry else ((2,), (3,))):
        raise op.error(f"{state} is no state of the generator")
    if out.dtype.kind not in "iu" or out.dtype.itemsize not in (4, 8):
        raise unsupported(op, out)
    following.resize(state.shape)
    out.resize(out.info.shape or ())
    blocks: Blocks = threefry_2x32 if is_threefry else philox_4x32
    width = 2 if is_threefry else 4

    def run() -> None:
        words = state.array.view(np.uint32)
        count = out.array.nbytes // 4
        counter = _counters(state.array, -(-count // width), width)
        bits = blocks(counter, (int(words[0]), int(words[1]))).reshape(-1)[:count]
        out.array.reshape(-1).view(np.uint32)[:] = bits
        following.array[...] = state.array
        with np.errstate(over="ignore"):
            following.array[1] += np.uint64(-(-count // width))

    return lambda: run


def _counters(state: np.ndarray, blocks: int, width: int) -> np.ndarray:
    """uint32 [blocks, width]: the 64-bit counter, and for Philox what extends it."""
    numbers = state[1] + np.arange(blocks, dtype=np.uint64)
    counters = np.empty((blocks, width), np.uint32)
    counters[:, 0], counters[:, 1] = numbers & _WORD, numbers >> np.uint64(32)
    counters[:, 2:] = state[2 if len(state) == 3 else 0 :][:1].view(np.uint32)[: width - 2]
    return counters
