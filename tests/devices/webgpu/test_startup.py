"""Types parsed in one go are those that cffi parses one by one, and without its cooperation nothing happens."""
from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cffi
import pytest

from delegant.devices.webgpu import startup as webgpu_startup

NAMES = (*webgpu_startup._POINTERS, *webgpu_startup._ARRAYS, *webgpu_startup._FUNCTIONS)


@pytest.fixture
def ffi() -> Any:
    """An ffi as wgpu-py makes it, without any parsed type."""
    resources = pytest.importorskip("wgpu.resources")
    found = cffi.FFI()
    found.cdef((Path(resources.__path__[0]) / "combined_header.h").read_text())
    found._parsed_types.clear()
    return found


def test_types_are_the_same(ffi: Any) -> None:
    assert webgpu_startup.parse_types(ffi)
    assert set(NAMES) <= set(ffi._parsed_types)
    for name in (webgpu_startup._POINTERS[0], webgpu_startup._ARRAYS[0], "int[1]", webgpu_startup._FUNCTIONS[2]):
        together = ffi._parsed_types.pop(name)
        ffi._typeof(name, consider_function_as_funcptr=True)
        assert ffi._parsed_types[name] == together, name


def test_what_is_known_stays(ffi: Any) -> None:
    ffi._parsed_types["int *"] = "known"
    assert webgpu_startup.parse_types(ffi)
    assert ffi._parsed_types["int *"] == "known"


def test_an_unknown_type_leaves_all_as_it_was(ffi: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webgpu_startup, "_POINTERS", ("WGPUNoSuchThing *",))
    assert not webgpu_startup.parse_types(ffi)
    assert not set(NAMES[1:]) & set(ffi._parsed_types)


def test_another_cffi_is_left_alone() -> None:
    assert not webgpu_startup.parse_types(SimpleNamespace())
