"""A driver's exceptions become Delegant's where its calls are made."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from ..core.errors import DelegantError


def translating(translate: Callable[..., DelegantError]) -> Callable[..., AbstractContextManager[None]]:
    """A context manager `translated(doing, **context)` that raises what its block raises as `translate` says it.

    Args:
        translate: makes a Delegant error of (exception, doing, **context); one that is a Delegant error stays as it is.
            `doing` completes "failed while ...".
    """

    @contextmanager
    def translated(doing: str, **context: Any) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            raised = translate(error, doing, **context)
            if raised is error:
                raise
            raise raised from error

    return translated
