"""Invocations that run on a thread of their own, and the handle that stands for one."""
from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any


class Invocation(Future[None]):
    """A run of a model that was started by `Interpreter.invoke_async`.

    A `concurrent.futures.Future`: `result(timeout)` waits for the end and raises what `invoke` would have raised,
    `done()` asks for it, `add_done_callback`, `concurrent.futures.wait` and `as_completed` work. It can be awaited in
    asyncio. A run that has started cannot be cancelled.
    """

    def __await__(self) -> Generator[Any, None, None]:
        import asyncio  # takes a fifth of the time to import everything else, and few programs await

        return asyncio.wrap_future(self).__await__()


class Runner:
    """Runs one invocation at a time on a thread that is started when it is first needed."""

    def __init__(self) -> None:
        self._thread: ThreadPoolExecutor | None = None
        self._last: Invocation | None = None

    def start(self, run: Callable[[], None]) -> Invocation:
        """Let the thread run it; nothing may be running."""
        self.check_idle("invoke_async")
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="delegant-invoke")
        self._last = invocation = Invocation()
        invocation.set_running_or_notify_cancel()
        self._thread.submit(_run, invocation, run)
        return invocation

    def check_idle(self, call: str) -> None:
        """
        Args:
            call: what the caller is about to do.

        Raises:
            RuntimeError: an invocation is running.
        """
        if self._last is not None and not self._last.done():
            raise RuntimeError(
                f"{call} was called while invoke_async is running: first wait for it, with result() of the handle that "
                "it returned, or with await."
            )

    def close(self) -> None:
        """Wait for the invocation that is running, and let the thread end."""
        thread, self._thread = self._thread, None
        if thread is not None and self._last is not None:
            self._last.exception()
            thread.shutdown(wait=False)


def _run(invocation: Invocation, run: Callable[[], None]) -> None:
    try:
        run()
    except BaseException as error:
        invocation.set_exception(error)
    else:
        invocation.set_result(None)
