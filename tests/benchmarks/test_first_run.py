"""The benchmark of first inferences: each start has its caches, and a peer that fails is listed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from delegant.measure.demo import DATA

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
import first_run
from runners import PEERS, Peer

DIGITS = str(DATA / "digits_float32.tflite")
CPU = next(peer for peer in PEERS if peer.name == "Delegant CPU")


def test_starts_are_timed_cold_and_warm() -> None:
    (row,) = first_run.measure(DIGITS, [CPU], rounds=1)
    assert row.peer == "Delegant CPU" and not row.failure
    assert all(value > 0 for value in (*row.cold, *row.warm))


def test_a_cold_start_finds_empty_folders_and_leaves_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(first_run.CACHES[0], "mine")
    monkeypatch.delenv(first_run.CACHES[1], raising=False)
    with first_run.new_caches():
        folders = [Path(os.environ[name]) for name in first_run.CACHES]
        assert len(set(folders)) == len(folders) and not any(list(folder.iterdir()) for folder in folders)
    assert os.environ[first_run.CACHES[0]] == "mine" and first_run.CACHES[1] not in os.environ
    assert not any(folder.exists() for folder in folders)


def test_a_peer_that_cannot_start_has_its_reason() -> None:
    (row,) = first_run.measure(DIGITS, [Peer("none", CPU.make, {"delegate": "nothing"})], rounds=2)
    assert "nothing" in row.failure
