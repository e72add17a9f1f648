"""How long-running functions tell a caller how far they are, without knowing about terminals."""
from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many steps are done, and how many there are."""


def silent(what: str, done: int, total: int) -> None:
    """The default: nobody watches."""
