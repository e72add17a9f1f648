"""How the comparison with peers sums up: only peers that ran every model have a mean."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from rich.console import Console

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from peers import Row, geometric_means, measure


def row(model: str, peer: str, *times: float) -> Row:
    return Row(model, peer, times=list(times))


def test_geometric_means_are_of_medians_over_the_baseline() -> None:
    rows = [row("a", "base", 2.0, 1.0, 9.0), row("a", "fast", 1.0), row("b", "base", 1.0), row("b", "fast", 8.0)]
    assert geometric_means(rows, "Base") == pytest.approx({"base": 1.0, "fast": 2.0})


def test_a_peer_that_failed_somewhere_has_none() -> None:
    rows = [row("a", "base", 1.0), row("a", "odd", 1.0), row("b", "base", 1.0), row("b", "odd")]
    assert list(geometric_means(rows, "base")) == ["base"]


def test_nothing_begins_after_the_deadline() -> None:
    rows = measure("lstm_unrolled", ["Delegant CPU"], 2, 0.1, 60, Console(quiet=True), until=0)
    assert [(row.peer, row.times, row.failure) for row in rows] == [("Delegant CPU", [], "not begun in time")]
