"""Threads that PoCL begins stay on a core each, whichever and however many PoCL there are."""
from __future__ import annotations

import os

import pytest

from delegant.devices.opencl import pocl, pocl_threads


@pytest.mark.parametrize(
    ("begun", "expected"),
    [
        ([7, 5, 6], {5: {0}, 6: {2}, 7: {3}}),
        ([4, 5, 6, 7, 8, 9], {4: {0}, 5: {2}, 6: {3}, 7: {0}, 8: {2}, 9: {3}}),
        ([5, 6], {}),
        ([], {}),
    ],
    ids=["one", "two", "others", "none"],
)
def test_threads_are_dealt_out_to_the_cores(
    begun: list[int], expected: dict[int, set[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    found: dict[int, set[int]] = {}
    running = [{1, 2}, {1, 2, *begun}]
    monkeypatch.delenv(pocl_threads.VARIABLE, raising=False)
    monkeypatch.setattr(pocl, "enabled", lambda: True)
    monkeypatch.setattr(pocl_threads, "_threads", lambda: running.pop(0))
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 2, 3}, raising=False)
    monkeypatch.setattr(os, "sched_setaffinity", found.__setitem__, raising=False)
    with pocl_threads.pinned():
        pass
    assert found == expected


def test_nothing_is_done_where_the_user_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(pocl_threads.VARIABLE, "0")
    monkeypatch.setattr(os, "sched_setaffinity", lambda *_: pytest.fail("moved"), raising=False)
    with pocl_threads.pinned():
        pass
