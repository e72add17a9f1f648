"""How much memory tensors may take, so that a hostile or mistaken shape is an error and not the end of the process."""
from __future__ import annotations

import os
from functools import cache
from pathlib import Path

_CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
_UNKNOWN = 1 << 36


@cache
def most_bytes() -> int:
    """Half of this machine's or container's memory: systems that overcommit grant more and kill whoever uses it."""
    return min([_physical(), *_container()]) // 2


def _physical() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return _UNKNOWN


def _container() -> list[int]:
    limits = []
    for name in _CGROUP_LIMITS:
        try:
            limits.append(int(Path(name).read_text()))
        except (OSError, ValueError):  # not there, or the word "max"
            continue
    return limits


def check_bytes(size: int, what: str) -> None:
    """
    Raises:
        RuntimeError: `size` is more than `most_bytes`.
    """
    if size > most_bytes():
        raise RuntimeError(f"Failed to allocate {size} bytes for {what}: at most {most_bytes()} are used here.")
