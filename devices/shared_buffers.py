"""Buffers of weights that plans of one device share: a model of another batch size brings the same ones again."""
from __future__ import annotations

import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

SMALLEST = 4096
"""Bytes of contents that are worth looking for."""
_SAMPLES = 4096
_Key = tuple[int, int, int]


@dataclass(eq=False)
class _Shared:
    """A buffer, what is in it, and how many use it."""

    contents: np.ndarray
    buffer: Any
    users: int = 0


class SharedBuffers:
    """Read-only buffers by their contents, as long as a plan uses them. Several threads may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[_Key, list[_Shared]] = {}

    def take(self, contents: np.ndarray, size: int, make: Callable[[], Any]) -> tuple[Any, bool]:
        """A buffer of `size` bytes with these contents, which needs a `give_back`, and whether `make` made it now."""
        data = np.ascontiguousarray(contents).reshape(-1).view(np.uint8)
        if data.size < SMALLEST:
            return make(), True
        key = _key(data, size)
        with self._lock:
            alike = self._known.get(key, [])
            found = next((known for known in alike if np.array_equal(known.contents, data)), None)
            is_new = found is None
            if found is None:
                found = _Shared(data, make())
                self._known.setdefault(key, []).append(found)
            found.users += 1
            return found.buffer, is_new

    def give_back(self, buffer: Any) -> bool:
        """Whether the caller has to free the buffer: nobody else uses it."""
        with self._lock:
            for key, alike in self._known.items():
                found = next((known for known in alike if known.buffer is buffer), None)
                if found is not None:
                    found.users -= 1
                    if found.users:
                        return False
                    alike.remove(found)
                    if not alike:
                        del self._known[key]
                    return True
            return True


def _key(data: np.ndarray, size: int) -> _Key:
    """The same for the same bytes, and quickly found."""
    return size, data.nbytes, zlib.crc32(data[:: -(-data.size // _SAMPLES)].tobytes())
