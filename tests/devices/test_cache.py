"""The cache folder: whole entries or none, and no failure that stops anything."""
from __future__ import annotations

import shutil
import warnings
from collections import namedtuple
from pathlib import Path

import pytest

from delegant.devices import cache


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(cache.ENVIRONMENT, str(tmp_path / "cache"))
    monkeypatch.setattr(cache, "_warned", False)
    made = cache.folder("programs")
    assert made == tmp_path / "cache" / "programs"
    return made


def test_what_was_written_is_read(folder: Path) -> None:
    assert cache.write(folder / "entry", b"content") and cache.read(folder / "entry") == b"content"
    assert cache.write(folder / "entry", b"") and cache.read(folder / "entry") == b""
    assert [path.name for path in folder.iterdir()] == ["entry"]


def test_a_missing_truncated_or_changed_entry_is_none(folder: Path) -> None:
    path = folder / "entry"
    assert cache.read(path) is None
    cache.write(path, b"a longer content")
    whole = path.read_bytes()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        assert cache.read(path) is None
    path.write_bytes(whole[:-1] + b"!")
    assert cache.read(path) is None


def test_a_folder_that_cannot_be_made_warns_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(cache.ENVIRONMENT, str(tmp_path / "file"))
    monkeypatch.setattr(cache, "_warned", False)
    with pytest.warns(RuntimeWarning, match=cache.ENVIRONMENT):
        assert cache.folder("programs") is None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert cache.folder("programs") is None
        assert not cache.write(tmp_path / "file" / "entry", b"content")


def test_a_full_disk_is_not_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(1, 1, 0))
    with pytest.warns(RuntimeWarning, match="the disk is full"):
        assert cache.folder("programs") is None


def test_off_means_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cache.ENVIRONMENT, "off")
    assert cache.location() is None and cache.folder("programs") is None
