"""EMBEDDING_LOOKUP_SPARSE against LiteRT."""
from __future__ import annotations

import numpy as np
import pytest
from ops.harness import SEEDS, check_model

from delegant.core.build.builder import ModelBuilder

SUM, MEAN, SQRTN = 0, 1, 2


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("combiner", [SUM, MEAN, SQRTN])
@pytest.mark.parametrize(("dense", "width"), [((3, 2), (4,)), ((2, 3, 2), (5,)), ((4, 3), (2, 3))], ids=str)
@pytest.mark.parametrize("is_constant", [True, False])
def test_sparse(dense: tuple[int, ...], width: tuple[int, ...], is_constant: bool, combiner: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    cells = np.sort(rng.choice(int(np.prod(dense)), 5, replace=False))
    indices = np.stack(np.unravel_index(cells, dense), axis=1).astype(np.int32)
    table = rng.standard_normal((6, *width)).astype(np.float32)
    model = ModelBuilder()
    values = [rng.integers(0, 6, 5, np.int32), indices]
    operands = [model.input("ids", (5,), "int32"), model.input("indices", indices.shape, "int32")]
    if is_constant:
        operands.append(model.constant("dense", np.array(dense, np.int32)))
    else:
        operands.append(model.input("dense", (len(dense),), "int32"))
        values.append(np.array(dense, np.int32))
    operands += [model.input("weights", (5,)), model.constant("table", table)]
    values.append(rng.uniform(0.5, 2, 5).astype(np.float32))
    shape = (*dense[:-1], *width)
    model.output(
        model.op("EMBEDDING_LOOKUP_SPARSE", operands, {"combiner": combiner}, shape=shape, dtype="float32")
    )
    check_model(model, values)
