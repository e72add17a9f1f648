"""A driver's exceptions become Delegant's where its calls are made."""
from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any

from ..core.errors import DelegantError


def translating(translate: Callable[..., DelegantError]) -> Callable[..., AbstractContextManager[None]]:
    """A context manager `translated(doing, **context)` that raises what its block raises as `translate` says it.

    Args:
        translate: makes a Delegant error of (exception, doing, **context); one that is a Delegant error stays as it is.
            `doing` completes "failed while ...".
    """

    def translated(doing: str, **context: Any) -> _Translated:
        return _Translated(translate, doing, context)

    return translated


class _Translated:
    """A plain class: `contextlib.contextmanager` costs a microsecond more, in every invocation."""

    __slots__ = ("_context", "_doing", "_translate")

    def __init__(self, translate: Callable[..., DelegantError], doing: str, context: dict[str, Any]) -> None:
        self._translate, self._doing, self._context = translate, doing, context

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if isinstance(error, Exception):
            raised = self._translate(error, self._doing, **self._context)
            if raised is not error:
                raise raised from error
