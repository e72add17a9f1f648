"""The folder where Delegant keeps what can be made again: compiled programs, drivers' caches, tuning results.

Nothing here raises: without a usable folder everything works, only slower, and one warning says so.
"""
from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import threading
import warnings
from pathlib import Path

ENVIRONMENT = "DELEGANT_CACHE_DIR"
"""Names another folder than the user's cache folder; "off" switches caching off."""
MINIMUM_FREE = 64 << 20
"""Bytes that must be free on the disk before anything is written."""
_DIGEST = hashlib.sha256().digest_size
_lock = threading.Lock()
_warned = False


def location() -> Path | None:
    """Where the cache is or would be; None when it is switched off. Creates nothing."""
    chosen = os.environ.get(ENVIRONMENT, "")
    if chosen.lower() == "off":
        return None
    if chosen:
        return Path(chosen).expanduser()
    import platformdirs

    return Path(platformdirs.user_cache_dir("delegant", appauthor=False))


def folder(name: str) -> Path | None:
    """The folder `name` inside the cache, made if needed; None where nothing can be written."""
    base = location()
    if base is None:
        return None
    path = base / name
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
        if shutil.disk_usage(path).free < MINIMUM_FREE:
            raise OSError("the disk is full")
    except OSError as error:
        _warn(path, error)
        return None
    return path


def read(path: Path) -> bytes | None:
    """What `write` stored at `path`; None if it is missing, truncated or corrupt."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    digest, content = data[:_DIGEST], data[_DIGEST:]
    return content if hashlib.sha256(content).digest() == digest else None


def write(path: Path, content: bytes) -> bool:
    """Store `content` at `path`, with a checksum, in one step that other processes see whole or not at all."""
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    except OSError as error:
        _warn(path, error)
        return False
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(hashlib.sha256(content).digest() + content)
        os.replace(temporary, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        _warn(path, error)
        return False
    return True


def _warn(path: Path, error: OSError) -> None:
    global _warned
    with _lock:
        if _warned:
            return
        _warned = True
    message = f"delegant: no cache at {path} ({error}); programs are compiled anew each time. Set {ENVIRONMENT}."
    warnings.warn(message, RuntimeWarning, stacklevel=3)
