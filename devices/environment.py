"""Environment variables that drivers read once, while they are loaded."""
from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def default_variable(name: str, value: str) -> Iterator[None]:
    """Set a variable inside the block, unless the user set it. It does not stay: child processes do not inherit it."""
    if name in os.environ:
        yield
        return
    os.environ[name] = value
    try:
        yield
    finally:
        os.environ.pop(name, None)
