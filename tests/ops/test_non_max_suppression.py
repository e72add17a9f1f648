"""NON_MAX_SUPPRESSION_V4 and _V5 against LiteRT's reference kernels, ties between scores included."""
from __future__ import annotations

import numpy as np
import pytest
from ops.harness import SEEDS, check_model

from delegant.core.build.builder import ModelBuilder


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("version", ["V4", "V5"])
def test_non_max_suppression(version: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(8):
        model = ModelBuilder()
        n, count = int(rng.integers(1, 40)), int(rng.integers(1, 12))
        inputs = [model.input("boxes", (n, 4)), model.input("scores", (n,))]
        inputs += [model.constant("n", np.array(count, np.int32))]
        limits = [rng.uniform(0.2, 0.8), rng.uniform(0, 0.4), rng.choice([0.0, 0.4])][: 2 if version == "V4" else 3]
        inputs += [model.constant(f"limit{i}", np.float32(v)) for i, v in enumerate(limits)]
        outputs = [model.tensor("indices", (count,), "int32"), model.tensor("valid", (), "int32")]
        if version == "V5":
            outputs.insert(1, model.tensor("scores_out", (count,)))
        model.op_with_outputs(f"NON_MAX_SUPPRESSION_{version}", inputs, outputs)
        model.output(*outputs)
        center, size = rng.random((n, 2)), rng.uniform(-0.4, 0.4, (n, 2))
        boxes = np.concatenate([center - size, center + size], axis=1).astype(np.float32)
        scores = (rng.integers(0, 8, n) / 8).astype(np.float32)
        check_model(model, [boxes, scores])
