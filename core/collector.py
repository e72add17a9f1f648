"""Python's collector of cyclic garbage, kept out of where it finds nothing."""
from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def no_collection() -> Iterator[None]:
    """No search for garbage inside. Imports and parsers make so many objects that stay that it takes a fifth of their
    time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
