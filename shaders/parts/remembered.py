"""Kernels that are traced once for all operations of a network that have them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable
from typing import TypeVar

from ..language.kernel import Kernel
from .epilogue import Epilogue

MOST = 256
"""Kernels that each function keeps."""
T = TypeVar("T", bound=Hashable)


def remembered(trace: Callable[..., Kernel]) -> Callable[..., Kernel]:
    """The function that gives the kernel it traced before for equal arguments, if its epilogues have a key.

    Its arguments say all that the text depends on: none is a size that the kernel takes as a scalar.
    """
    known: dict[Hashable, Kernel] = {}

    @functools.wraps(trace)
    def remembering(*arguments: Hashable | Epilogue) -> Kernel:
        key = tuple(a.key if isinstance(a, Epilogue) else a for a in arguments)
        if None in key:
            return trace(*arguments)
        if key not in known:
            if len(known) >= MOST:
                known.clear()
            known[key] = trace(*arguments)
        return known[key]

    return remembering
