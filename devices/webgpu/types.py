"""wgpu-py's C types as tables, so that its header is parsed once on a machine and not in every process.

wgpu-py hands its header (430 types, 200 functions) to cffi, whose parser, written in Python, takes 0.15 s for it, and
parses the name of every type anew that is asked for. cffi can write what it parsed as tables, which are read in 2 ms,
and with which names are parsed in C: that is how modules made by `ffi.compile` work. Here wgpu-py gets such an object
while it is imported. The tables of one version's header come with Delegant (`python -m delegant.devices.webgpu.types`
writes those of the installed one), others lie in the cache. Where anything fails, wgpu-py is imported as it comes.
"""
from __future__ import annotations

import ast
import hashlib
import importlib
import io
import marshal
import sys
import threading
import zlib
from pathlib import Path
from typing import Any

from ...core.collector import no_collection
from .. import cache

BACKEND = "wgpu.backends.wgpu_native"
SHIPPED = Path(__file__).with_name("types.zlib")
"""A digest of the header, and its tables as Python text, compressed. They are the same on all machines."""
_NAME = "wgpu_native"
_DIGEST = hashlib.sha256().digest_size
_lock = threading.Lock()


def import_backend() -> Any:
    """The module of wgpu-py's back end. Raises what its import raises."""
    if f"{BACKEND}._ffi" in sys.modules:
        return importlib.import_module(BACKEND)
    with _lock:
        try:
            return _import_with_tables()
        except Exception:
            return importlib.import_module(BACKEND)


def _import_with_tables() -> Any:
    import cffi

    original = cffi.FFI
    cffi.FFI = _table_ffi()
    try:
        return importlib.import_module(BACKEND)
    finally:
        cffi.FFI = original


def _table_ffi() -> type:
    """A class with those methods of `cffi.FFI` that wgpu-py calls."""
    import _cffi_backend

    class TableFFI(_cffi_backend.FFI):  # type: ignore[misc]
        def __init__(self) -> None:
            """Waits for `cdef`: it is that which brings the types."""

        def cdef(self, header: str) -> None:
            super().__init__(_NAME, **tables(header))

        def set_source(self, *_: object) -> None:
            """Nothing to do: no module is compiled."""

    return TableFFI


def tables(header: str) -> dict[str, Any]:
    """The declarations of a C header as cffi's tables: those that come with Delegant, or else from the cache."""
    if (shipped := shipped_tables(header)) is not None:
        return shipped
    import cffi

    folder = cache.folder("types")
    if folder is None:
        return parse(header)
    version = f"{cffi.__version__} {sys.implementation.cache_tag} {header}"
    path = folder / hashlib.sha256(version.encode()).hexdigest()
    if (known := cache.read(path)) is not None:
        found: dict[str, Any] = marshal.loads(known)
        return found
    made = parse(header)
    cache.write(path, marshal.dumps(made))
    return made


def shipped_tables(header: str) -> dict[str, Any] | None:
    """The tables that come with Delegant, if they are this header's."""
    try:
        data = SHIPPED.read_bytes()
    except OSError:
        return None
    if data[:_DIGEST] != hashlib.sha256(header.encode()).digest():
        return None
    found: dict[str, Any] = ast.literal_eval(zlib.decompress(data[_DIGEST:]).decode())
    return found


def ship(header: str) -> None:
    """Write the tables of a header to where `shipped_tables` looks."""
    text = repr(parse(header)).encode()
    SHIPPED.write_bytes(hashlib.sha256(header.encode()).digest() + zlib.compress(text, 9))


def parse(header: str) -> dict[str, Any]:
    """The tables as cffi writes them: the arguments of `_cffi_backend.FFI` in the text of a Python module."""
    from cffi.api import FFI
    from cffi.recompiler import make_py_source

    ffi, text = FFI(), io.StringIO()
    with no_collection():
        ffi.cdef(header)
    make_py_source(ffi, _NAME, text)
    statement = ast.parse(text.getvalue()).body[-1]
    assert isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call)
    return {str(argument.arg): ast.literal_eval(argument.value) for argument in statement.value.keywords}


def installed_header() -> str:
    """The header of the wgpu-py that is installed, as that reads it."""
    from importlib.resources import files

    return (files("wgpu.resources") / "combined_header.h").read_text()


if __name__ == "__main__":
    ship(installed_header())
