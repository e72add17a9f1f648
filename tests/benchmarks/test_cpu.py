"""What the scripts count: ratios, memory, growth."""
from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from small_models import chain

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

from cpu import OURS, PEERS, Memory, Result, geometric_mean, is_float, memory_of, summary
from networks import NETWORKS
from soak import MODELS, Sample, growth, use


def test_geometric_mean_leaves_out_what_did_not_run() -> None:
    assert geometric_mean([2.0, 8.0, float("nan")]) == pytest.approx(4.0)
    assert np.isnan(geometric_mean([float("nan")]))


def test_ratios_above_one_mean_that_ours_is_faster() -> None:
    seconds = {OURS: 1.0, **dict.fromkeys(PEERS.values(), 3.0)}
    result = Result("net", True, seconds, Memory(110, 100))
    assert summary([result])["float"] == pytest.approx(dict.fromkeys(PEERS, 3.0))
    assert result.memory.excess == pytest.approx(0.1)


def test_memory_of_a_chain_is_what_its_ends_need() -> None:
    memory = memory_of(chain(4, (16,)))
    assert memory.arena >= memory.bound == 128
    assert is_float(chain(1))


@pytest.mark.parametrize("network", ["mobilenet_v1", "mobilenet_v2", "mobilenet_v3_small", "unet", "lstm_unrolled"])
def test_arenas_are_within_five_percent_of_what_is_live(network: str) -> None:
    assert memory_of(NETWORKS[network]()).excess < 0.05


def test_growth_is_the_slope_of_the_second_half() -> None:
    samples = [Sample(360.0 * i, i, 1000 + 10 * max(i - 4, 0), 7) for i in range(10)]
    resident, objects = growth(samples)
    assert resident == pytest.approx(100) and objects == pytest.approx(0)


@pytest.mark.parametrize("make", MODELS, ids=lambda make: make.__name__)
def test_the_soak_models_run(make) -> None:
    use(make(), [])
