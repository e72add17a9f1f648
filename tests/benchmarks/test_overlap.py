"""The benchmark of overlapped work runs, and both of its ways do the same work."""
from __future__ import annotations

import sys
from pathlib import Path

import pytest

from delegant.core.delegate import Delegate
from delegant.measure.demo import DATA

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

from overlap import alternate, next_input, two_interpreters

DIGITS = (DATA / "digits_float32.tflite").read_bytes()


@pytest.mark.parametrize("load", [two_interpreters, next_input])
def test_each_load_is_timed_in_both_ways(load, delegate: Delegate) -> None:
    for device in ("cpu", delegate.name):
        saving = load(DIGITS, device, rounds=2)
        assert saving.device == device and saving.sequential > 0 and saving.overlapped > 0


def test_both_ways_run_in_turns() -> None:
    calls: list[str] = []
    alternate((lambda: calls.append("one"), lambda: calls.append("other")), rounds=3)
    assert calls == ["one", "other"] * 3
