"""MAX_POOL_2D against LiteRT's reference kernels."""
from __future__ import annotations

import numpy as np
import pytest
from ops.harness import SEEDS
from ops.pool_cases import check_random_pools, check_whole_image

TYPES = [np.float32, np.int8, np.uint8, np.int16]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("dtype", TYPES)
def test_random_windows(dtype: type, seed: int) -> None:
    check_random_pools("MAX_POOL_2D", dtype, seed)


@pytest.mark.parametrize("dtype", TYPES)
def test_whole_image(dtype: type) -> None:
    check_whole_image("MAX_POOL_2D", dtype)
