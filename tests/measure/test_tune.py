"""`delegant.tune`: what it measures, what it says, and that it stays."""
from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import delegant
from delegant.core.build.builder import ModelBuilder
from delegant.devices import cache


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cache.ENVIRONMENT, str(tmp_path))
    monkeypatch.setattr("delegant.measure.tune.RACE_SECONDS", 0.0)


def model() -> bytes:
    builder = ModelBuilder()
    x = builder.input("x", (16, 20))
    for _ in range(2):
        x = builder.fully_connected(x, np.ones((20, 20), np.float32))
    builder.output(x)
    return builder.to_bytes()


@pytest.mark.opencl
def test_the_report_names_every_shape_once(opencl_device: object) -> None:
    told: list[str] = []
    reports = [
        delegant.tune(model(), "opencl", budget=9, progress=lambda what, done, total: told.append(what)) for _ in "ab"
    ]
    for report, fresh in zip(reports, (True, False), strict=True):
        (shape,) = report.shapes
        assert (shape.shape, shape.uses, shape.fresh) == ("matmul 16x20x20", 2, fresh)
        assert 0 < shape.best_us <= shape.default_us
        assert report.before_ms > 0 and report.after_ms > 0 and report.target.name == "opencl"
    assert "tuning matmul" in told and "timing" in told


def test_only_gpu_delegates_have_something_to_tune(monkeypatch: pytest.MonkeyPatch) -> None:
    from fake_delegate import FakeDelegate

    monkeypatch.setattr("delegant.measure.tune.load_delegate", lambda name, options: FakeDelegate())
    with pytest.raises(ValueError, match="nothing to tune"):
        delegant.tune(model(), "fake")
