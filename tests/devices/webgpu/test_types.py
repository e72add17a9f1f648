"""wgpu-py works on tables in the cache as on a header that it parses itself, and comes up where there are none."""
from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from delegant.devices import cache
from delegant.devices.webgpu import types as webgpu_types

HEADER = "typedef enum { Red = 3, Blue = 5 } Colour; typedef struct { int x; double y; Colour c; } Point;"
START = """
from delegant.devices.webgpu import types as webgpu_types
{before}
backend = webgpu_types.import_backend()
import cffi, sys
assert backend.ffi.sizeof("WGPULimits") > 0 and backend.lib.wgpuGetVersion() > 0
assert cffi.FFI is cffi.api.FFI and webgpu_types.import_backend() is backend
print(isinstance(backend.ffi, cffi.FFI), "pycparser" in sys.modules)
"""


def started(folder: Path, before: str = "") -> str:
    """What a new process that imports wgpu-py prints: whether its ffi is cffi's own, whether a header was parsed."""
    environment = {**os.environ, cache.ENVIRONMENT: str(folder)}
    command = [sys.executable, "-c", START.format(before=before)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(cache.ENVIRONMENT, str(tmp_path))
    return tmp_path


def test_tables_hold_what_the_header_says() -> None:
    ffi: Any = webgpu_types._table_ffi()()
    ffi.cdef(HEADER)
    point = ffi.new("Point *", {"x": 1, "y": 2.5, "c": 5})
    assert (point.x, point.y, point.c, ffi.sizeof("Point")) == (1, 2.5, 5, 24)
    assert ffi.typeof("int(*)(Point *)").args == (ffi.typeof("Point *"),)


def test_tables_come_from_the_cache(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = webgpu_types.tables(HEADER)
    monkeypatch.setattr(webgpu_types, "parse", lambda header: pytest.fail("parsed again"))
    assert webgpu_types.tables(HEADER) == first


def test_a_damaged_file_is_written_anew(folder: Path) -> None:
    first = webgpu_types.tables(HEADER)
    (path,) = (folder / "types").iterdir()
    path.write_bytes(path.read_bytes()[:-9])
    assert webgpu_types.tables(HEADER) == first
    assert cache.read(path) is not None


def test_another_header_has_other_tables(folder: Path) -> None:
    assert webgpu_types.tables(HEADER) != webgpu_types.tables(HEADER.replace("Blue = 5", "Blue = 6"))


def test_the_tables_that_are_shipped_are_those_of_the_header() -> None:
    pytest.importorskip("wgpu")
    header = webgpu_types.installed_header()
    shipped = webgpu_types.shipped_tables(header)
    if shipped is None:
        pytest.skip("wgpu-py has another header by now: python -m delegant.devices.webgpu.types")
    assert shipped == webgpu_types.parse(header)


def test_no_tables_are_shipped_of_another_header(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert webgpu_types.shipped_tables(HEADER) is None
    monkeypatch.setattr(webgpu_types, "SHIPPED", tmp_path / "tables")
    webgpu_types.ship(HEADER)
    assert webgpu_types.shipped_tables(HEADER) == webgpu_types.parse(HEADER)
    assert webgpu_types.shipped_tables(HEADER + " ") is None


def test_wgpu_is_imported_without_parsing_once_there_are_tables(tmp_path: Path) -> None:
    pytest.importorskip("wgpu")
    nothing_shipped = "webgpu_types.shipped_tables = lambda header: None"
    assert started(tmp_path, nothing_shipped) == "False True"
    assert started(tmp_path, nothing_shipped) == "False False"


def test_wgpu_is_imported_without_parsing_a_known_header(tmp_path: Path) -> None:
    pytest.importorskip("wgpu")
    if webgpu_types.shipped_tables(webgpu_types.installed_header()) is None:
        pytest.skip("wgpu-py has another header by now: python -m delegant.devices.webgpu.types")
    assert started(tmp_path) == "False False"


def test_wgpu_is_imported_as_it_comes_where_tables_fail(tmp_path: Path) -> None:
    pytest.importorskip("wgpu")
    assert started(tmp_path, "webgpu_types.tables = None") == "True True"
