"""Products of matrices of bytes that are known only at run time: exact, whatever the padding holds."""

from __future__ import annotations

import numpy as np
import pytest
from byte_places import Place, codes
from kernel_machines import run

from delegant.shaders.kernels.batch_matmul import BatchShape
from delegant.shaders.kernels.byte_matrices import (
    ByteBatch,
    byte_batch_matmul,
    byte_batch_schedule,
    pack_factor,
    packed_constant,
    row_terms,
    transposed_words,
)
from delegant.shaders.parts.epilogue import Epilogue
from delegant.shaders.parts.wide_sums import WholeSums

SHAPES = [
    BatchShape(2, 5, 6, 17, x_batch=2, w_batch=2),
    BatchShape(1, 9, 40, 64, adj_y=True, x_batch=1, w_batch=1),
    BatchShape(3, 4, 21, 7, adj_x=True, x_batch=3, w_batch=1),
    BatchShape(2, 3, 5, 30, adj_x=True, adj_y=True, x_batch=1, w_batch=2),
]


@pytest.mark.parametrize("zeros", [(128, 128), (3, 200)], ids=str)
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{shape.rows}x{shape.depth}x{shape.columns}")
def test_products(place: Place, shape: BatchShape, zeros: tuple[int, int]) -> None:
    rng = np.random.default_rng([11, shape.depth])
    x = codes(rng, shape.x_batch, shape.rows, shape.depth)
    w = codes(rng, shape.w_batch, shape.columns, shape.depth)
    expected = (x.astype(np.int64) - zeros[0]) @ (w.astype(np.int64) - zeros[1]).swapaxes(1, 2)
    tile = byte_batch_schedule(place.kind, shape)
    batch = ByteBatch(place.kind, shape, zeros[0] - int(place.flip), zeros[1] - 128, tile)
    left = (x.swapaxes(1, 2) if shape.adj_x else x) ^ place.flip
    right = (w if shape.adj_y else w.swapaxes(1, 2)) ^ place.flip
    if shape.adj_x:
        left = run(transposed_words(batch), {"x": left}, (batch.x_words,), place.device)
    packed = run(pack_factor(batch), {"w": right}, batch.packed_shape, place.device)
    terms = run(row_terms(batch), {"x": left}, (shape.x_batch * shape.rows,), place.device)
    whole = Epilogue((WholeSums(np.zeros(shape.columns, np.int64)).step("table"),))
    for panels in (packed, packed_constant((w ^ np.uint8(128)).view(np.int8), batch)):
        operands = {"x": left, "w": panels, **({"terms": terms} if batch.w_zero else {})}
        sums = run(byte_batch_matmul(batch, whole), operands, expected.shape, place.device)
        np.testing.assert_array_equal(sums, expected)
