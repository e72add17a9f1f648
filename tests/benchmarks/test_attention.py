"""The benchmark of attention runs, and both of its ways compute the same."""
from __future__ import annotations

import sys
from pathlib import Path

from delegant.core.delegate import Delegate

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

from attention import measured, table


def test_both_ways_compute_the_same_in_less_memory(delegate: Delegate) -> None:
    saving = measured(delegate.name, "12x2x8x20", 0.0)
    assert saving.error < 1e-5
    assert 0 == saving.joined_bytes < saving.apart_bytes
    assert min(*saving.apart, *saving.joined) > 0
    assert table([saving]).row_count == 1
