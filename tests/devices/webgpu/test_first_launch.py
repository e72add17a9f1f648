"""Kernels are compiled on further devices where that is slow and processors are free, and come back from there."""
from __future__ import annotations

import os
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from launch_plans import chain, expected

from delegant.devices.discovery import open_device
from delegant.devices.webgpu import first_launch as webgpu_first_launch
from delegant.devices.webgpu.first_launch import Sites


@pytest.fixture(autouse=True)
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(webgpu_first_launch.native, "calls", lambda: SimpleNamespace())
    monkeypatch.delenv("MESA_SHADER_CACHE_DISABLE", raising=False)


def slow_sites(opened: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> Sites:
    """Sites on which something has taken long."""
    monkeypatch.setattr(webgpu_first_launch, "SLOW", -1.0)
    sites = Sites("own", opened)
    with sites.taken():
        pass
    return sites


def test_another_device_is_opened_while_the_own_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    sites = slow_sites(lambda: opened.append("other") or "other", monkeypatch)
    with sites.taken() as first, sites.taken() as second:
        assert (first.device, second.device) == ("own", "other")
    with sites.taken() as again:
        assert again is sites.own
    sites.leave()
    with sites.taken():
        pass
    with sites.taken(), sites.taken():
        assert opened == ["other", "other"]


def test_another_device_is_opened_once_the_own_has_been_busy_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webgpu_first_launch, "SLOW", 0.001)
    sites = Sites("own", lambda: "other")
    with sites.taken(), sites.taken() as second:
        assert second.device == "other"


def test_the_own_device_can_be_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    sites = slow_sites(lambda: "other", monkeypatch)
    with sites.taken() as own, sites.taken():
        waiting = threading.Thread(target=lambda: got.append(sites.own_taken().__enter__()))
        got: list[Any] = []
        waiting.start()
        assert not got
    waiting.join()
    assert got == [own]


def test_what_the_cache_answers_needs_no_other_device() -> None:
    sites = Sites("own", lambda: pytest.fail("opened"))
    got: list[str] = []

    def take() -> None:
        with sites.taken() as site:
            got.append(site.device)

    with sites.taken():
        waiting = threading.Thread(target=take)
        waiting.start()
    waiting.join()
    assert got == ["own"]


def test_the_own_device_does_all_where_no_other_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Any:
        raise RuntimeError("no memory")

    sites, got = slow_sites(fail, monkeypatch), []

    def take() -> None:
        with sites.taken() as site:
            got.append(site.device)

    with sites.taken():
        waiting = threading.Thread(target=take)
        waiting.start()
        waiting.join(0.1)
    waiting.join()
    assert got == ["own"]


@pytest.mark.parametrize("reason", ["disabled", "one processor", "not shared"])
def test_there_is_one_site_where_more_would_not_help(monkeypatch: pytest.MonkeyPatch, reason: str) -> None:
    if reason == "disabled":
        monkeypatch.setenv("MESA_SHADER_CACHE_DISABLE", "true")
    if reason == "one processor":
        monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert Sites("own", None if reason == "not shared" else lambda: "other").most == 1


@pytest.mark.webgpu
def test_plans_run_on_what_other_devices_compiled(webgpu_device: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    monkeypatch.setattr(webgpu_first_launch, "SLOW", -1.0)
    device = open_device("webgpu")
    steps = [(2.0, 1), (-0.5, 3), (4.0, 0), (1.5, 2), (0.5, 7)]
    loaded = device.load(chain(device, 16, steps, kernels=5))
    x, y = np.arange(16, dtype=np.float32), np.empty(16, np.float32)
    loaded.run([x], [y])
    np.testing.assert_array_equal(y, expected(x, steps))
    loaded.close()
    device.close()
