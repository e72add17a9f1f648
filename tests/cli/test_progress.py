"""The progress line: on a terminal only, on standard error, and only for what takes long."""
from __future__ import annotations

import io
import time

import pytest
from rich.console import Console

from delegant.cli import progress
from delegant.measure.progress import silent


def watched_text(monkeypatch: pytest.MonkeyPatch, terminal: bool, seconds: float) -> str:
    text = io.StringIO()
    console = Console(file=text, force_terminal=terminal, width=100)
    monkeypatch.setattr(progress, "errors", lambda: console)
    with progress.watched("opening") as report:
        assert (report is silent) == (not terminal)
        report("timing", 3, 7)
        time.sleep(seconds)
    return text.getvalue()


def test_long_work_shows_what_is_done_and_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "DELAY", 0.0)
    text = watched_text(monkeypatch, terminal=True, seconds=0.3)
    assert "timing" in text and "3/7" in text


def test_short_work_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "DELAY", 60.0)
    assert "timing" not in watched_text(monkeypatch, terminal=True, seconds=0.0)


def test_nothing_is_shown_where_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "DELAY", 0.0)
    assert watched_text(monkeypatch, terminal=False, seconds=0.05) == ""
