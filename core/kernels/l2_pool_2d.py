"""L2_POOL_2D: the root of the mean square of each window, padding left out."""
from __future__ import annotations

from functools import partial

import numpy as np

from ..arithmetic.activation import float_activation_range
from ..op import Bind, Op
from ..schema import TensorType
from ..steps import Step
from ..window.pooling import ImageSteps, bind_images, pool_axes
from ..window.window_sum import WindowSum
from .registry import kernel


@kernel("L2_POOL_2D")
def prepare(op: Op) -> Bind:
    """float32 `[n, h, w, c]` -> `[n, oh, ow, c]`."""
    source = op.input(0)
    if source.type != TensorType.FLOAT32:
        raise op.error(f"L2_POOL_2D does not support {source.type.name}.")
    total = WindowSum(op, pool_axes(op), source.shape[3], np.float32, squared=True)
    return bind_images(op, lambda: _steps(op, total))


def _steps(op: Op, total: WindowSum) -> ImageSteps:
    counts = total.counts().astype(np.float32)[:, :, None]
    low, high = float_activation_range(op.options.fused_activation_function)

    def of_image(image: np.ndarray, out: np.ndarray) -> list[Step]:
        steps, image = total.prepare_image(image)
        for rows, add_up, sums in total.pieces(image):
            steps += [
                add_up,
                partial(np.divide, sums, counts[rows], sums),
                partial(np.sqrt, sums, sums),
                partial(np.maximum, sums, low, out=sums),
                partial(np.minimum, sums, high, out=out[rows]),
            ]
        return steps

    return of_image
