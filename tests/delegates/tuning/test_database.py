"""What a tuner found is there for every later process, and never anything else."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from delegant.delegates.gpu.tuning.database import FOLDER, Finding, TuningDatabase
from delegant.devices import cache
from delegant.devices.device import DeviceInfo
from delegant.shaders.schedules.select import GroupTile, LineTile, RegisterTile

INFO = DeviceInfo("opencl", "test", "", "1.0", "cpu", "opencl", 128, 2**31, 2**31, 4096, 2**15)
TILES = (RegisterTile(7, (16, 16)), RegisterTile(5, (16, 16, 8)), GroupTile(64, 64, 16, 8), LineTile(4, 16, across=64))
SHAPE = "matmul 1x2x3"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(cache.ENVIRONMENT, str(tmp_path))
    return tmp_path / FOLDER


def only_file(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


@pytest.mark.parametrize("schedule", [None, *TILES], ids=str)
def test_a_finding_is_found_again(schedule: object) -> None:
    finding = Finding(schedule, 1e-5, 2e-5)  # type: ignore[arg-type]
    TuningDatabase(INFO).put(SHAPE, finding)
    assert TuningDatabase(INFO).get(SHAPE, TILES) == finding
    TuningDatabase(INFO).put(SHAPE, replace(finding, seconds=3e-6))
    assert TuningDatabase(INFO).get(SHAPE, TILES) == replace(finding, seconds=3e-6)


def test_it_holds_for_one_shape_device_driver_and_version_of_the_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    TuningDatabase(INFO).put(SHAPE, Finding(TILES[0], 1.0, 2.0))
    assert TuningDatabase(INFO).get("matmul 1x2x4", TILES) is None
    for other in ({"name": "other"}, {"driver": "1.1"}, {"api": "webgpu"}):
        assert TuningDatabase(replace(INFO, **other)).get(SHAPE, TILES) is None
    monkeypatch.setattr("delegant.delegates.gpu.tuning.database.families_version", lambda: "newer")
    assert TuningDatabase(INFO).get(SHAPE, TILES) is None


def test_a_schedule_that_is_no_candidate_any_more_is_not_believed() -> None:
    TuningDatabase(INFO).put(SHAPE, Finding(TILES[0], 1.0, 2.0))
    assert TuningDatabase(INFO).get(SHAPE, TILES[1:]) is None


@pytest.mark.parametrize("size", [0, 1, 40, 100])
def test_a_truncated_file_counts_as_nothing(folder: Path, size: int) -> None:
    TuningDatabase(INFO).put(SHAPE, Finding(TILES[0], 1.0, 2.0))
    path = only_file(folder)
    path.write_bytes(path.read_bytes()[:size])
    assert TuningDatabase(INFO).get(SHAPE, TILES) is None


@pytest.mark.parametrize(
    "change",
    [{"schedule": 3}, {"schedule": {"kind": "RegisterTile"}}, {"seconds": "fast"}, {"seconds": None}, {"shape": "x"}],
    ids=str,
)
def test_a_whole_file_of_wrong_content_counts_as_nothing(folder: Path, change: dict[str, object]) -> None:
    TuningDatabase(INFO).put(SHAPE, Finding(TILES[0], 1.0, 2.0))
    path = only_file(folder)
    content = json.loads(cache.read(path) or b"")
    cache.write(path, json.dumps({**content, **change}).encode())
    assert TuningDatabase(INFO).get(SHAPE, TILES) is None
    for broken in (b"", b"[]", b"not json", b"\xff\xfe"):
        cache.write(path, broken)
        assert TuningDatabase(INFO).get(SHAPE, TILES) is None


def test_without_a_cache_nothing_is_kept(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv(cache.ENVIRONMENT, "off")
    TuningDatabase(INFO).put(SHAPE, Finding(TILES[0], 1.0, 2.0))
    assert TuningDatabase(INFO).get(SHAPE, TILES) is None
    assert not folder.exists()


WRITE_AND_READ = """
import sys
from delegant.delegates.gpu.tuning.database import Finding, TuningDatabase
from delegant.devices.device import DeviceInfo
from delegant.shaders.schedules.select import RegisterTile

database = TuningDatabase(DeviceInfo("opencl", "test", "", "", "cpu", "opencl", 128, 2**31, 2**31, 4096, 2**15))
tiles = [RegisterTile(rows, (16,) * 4) for rows in range(1, 4)]
turn = int(sys.argv[1])
for _ in range(100):
    database.put("shape", Finding(tiles[turn], turn, 9.0))
    found = database.get("shape", tiles)
    assert found is not None and found.schedule == tiles[int(found.seconds)], found
"""


def test_processes_write_and_read_at_the_same_time(folder: Path) -> None:
    """Each read, between the writes of all, finds one of them whole."""
    command = [sys.executable, "-c", WRITE_AND_READ]
    processes = [subprocess.Popen([*command, str(turn)], stderr=subprocess.PIPE) for turn in range(3)]
    assert [process.communicate()[1] for process in processes] == [b"", b"", b""]
    assert len(list(folder.iterdir())) == 1
