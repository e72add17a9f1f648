"""`invoke_async`: a future for the run, errors for what must wait, and runs that go on beside each other."""
from __future__ import annotations

import asyncio
import concurrent.futures
import gc
import threading
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from fake_delegate import FakeDelegate, FakePartition, chain
from small_models import two_signatures

import delegant
from delegant.core.delegate import CompiledPartition, Delegate, Partition

X = np.linspace(-1, 1, 6, dtype=np.float32).reshape(2, 3)
EXPECTED = np.exp(np.tanh(X))
SECONDS = 30


class HeldDelegate(FakeDelegate):
    """A delegate whose runs, after the first invocation, wait in `hold`."""

    hold: Callable[[], Any] = staticmethod(lambda: None)

    def compile(self, partition: Partition) -> CompiledPartition:
        return HeldPartition(self, partition)


class HeldPartition(FakePartition):
    delegate: HeldDelegate

    def run(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:
        self.delegate.hold()
        super().run(inputs, outputs)


def ready(delegate: Delegate | None, policy: str = "prefer") -> delegant.Interpreter:
    """An interpreter of exp(tanh(x)), fed and invoked once."""
    interpreter = delegant.Interpreter(model_content=chain("TANH", "EXP"), delegates=delegate, policy=policy)
    interpreter.allocate_tensors()
    interpreter.set_tensor(0, X)
    interpreter.invoke()
    return interpreter


def result_of(interpreter: delegant.Interpreter) -> np.ndarray:
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


class Held:
    """An interpreter in the middle of a run, which ends when `go` is set."""

    def __init__(self) -> None:
        self.go, self.delegate = threading.Event(), HeldDelegate()
        self.interpreter = ready(self.delegate)
        self.delegate.hold = lambda: self.go.wait(SECONDS)
        self.handle = self.interpreter.invoke_async()


def test_the_handle_is_a_future() -> None:
    held = Held()
    handle = held.handle
    assert not handle.done() and handle.running() and not handle.cancel()
    with pytest.raises(concurrent.futures.TimeoutError):
        handle.result(timeout=0)
    called: list[np.ndarray] = []
    handle.add_done_callback(lambda _: called.append(result_of(held.interpreter)))
    held.go.set()
    assert handle.result(SECONDS) is None and handle.done() and handle.exception() is None
    assert concurrent.futures.wait([handle], SECONDS).done == {handle}
    np.testing.assert_allclose(result_of(held.interpreter), EXPECTED, rtol=1e-6)
    held.interpreter.invoke_async().result(SECONDS)  # the callback has run before the next run begins
    np.testing.assert_allclose(called[0], EXPECTED, rtol=1e-6)


def test_it_can_be_awaited() -> None:
    first, second = ready(None), ready(FakeDelegate())

    async def both() -> list[None]:
        return await asyncio.gather(first.invoke_async(), second.invoke_async())

    first.set_tensor(0, 2 * X)
    assert asyncio.run(both()) == [None, None]
    np.testing.assert_allclose(result_of(first), np.exp(np.tanh(2 * X)), rtol=1e-6)
    np.testing.assert_allclose(result_of(second), EXPECTED, rtol=1e-6)


CALLS: list[tuple[str, Callable[[delegant.Interpreter], Any]]] = [
    ("invoke", lambda i: i.invoke()),
    ("invoke_async", lambda i: i.invoke_async()),
    ("invoke_profiled", lambda i: i.invoke_profiled()),
    ("set_tensor", lambda i: i.set_tensor(0, X)),
    ("get_tensor", lambda i: i.get_tensor(0)),
    ("tensor", lambda i: i.tensor(0)()),
    ("allocate_tensors", lambda i: i.allocate_tensors()),
    ("resize_tensor_input", lambda i: i.resize_tensor_input(0, (2, 3))),
    ("reset_all_variables", lambda i: i.reset_all_variables()),
    ("bind_input", lambda i: i.bind_input(0)),
    ("bind_output", lambda i: i.bind_output(2)),
    ("unbind", lambda i: i.unbind()),
]


@pytest.mark.parametrize(("name", "call"), CALLS, ids=[name for name, _ in CALLS])
def test_what_touches_tensors_must_wait(name: str, call: Callable[[delegant.Interpreter], Any]) -> None:
    held = Held()
    with pytest.raises(RuntimeError, match=rf"{name} was called while invoke_async is running: .*result\(\).*await"):
        call(held.interpreter)
    assert held.interpreter.get_input_details() and held.interpreter.placement
    held.go.set()
    held.handle.result(SECONDS)
    call(held.interpreter)
    if not held.handle.done():
        held.interpreter.invoke_async().result(SECONDS)


def test_a_signature_runner_must_wait_too() -> None:
    delegate, go, one = HeldDelegate(["ADD"]), threading.Event(), np.ones(2, np.float32)
    interpreter = delegant.Interpreter(model_content=two_signatures(), delegates=delegate)
    interpreter.allocate_tensors()
    runner = interpreter.get_signature_runner("plus")
    delegate.hold = lambda: go.wait(SECONDS)
    handle = interpreter.invoke_async()
    with pytest.raises(RuntimeError, match="while invoke_async is running"):
        runner(a=one, b=one)
    go.set()
    handle.result(SECONDS)
    assert runner(a=one, b=one)["sum"].tolist() == [2, 2]


def test_failures_reach_whoever_waits() -> None:
    interpreter = delegant.Interpreter(model_content=chain("TANH"))
    with pytest.raises(RuntimeError, match="not ready"):
        interpreter.invoke_async()
    fake = FakeDelegate(error=delegant.DeviceLostError("it is gone"))
    interpreter = ready(fake, "require")
    fake.fails_at = "run"
    handle = interpreter.invoke_async()
    with pytest.raises(delegant.DeviceLostError, match="it is gone"):
        handle.result(SECONDS)
    assert isinstance(handle.exception(), delegant.DeviceLostError)
    with pytest.raises(delegant.DeviceLostError):
        interpreter.invoke_async().result(SECONDS)


def test_a_held_view_stands_in_the_way() -> None:
    interpreter = ready(None)
    view = interpreter.tensor(0)()
    with pytest.raises(RuntimeError, match="at least 1 reference"):
        interpreter.invoke_async()
    assert view.shape == (2, 3)


def test_two_interpreters_run_at_the_same_time() -> None:
    barrier = threading.Barrier(2)
    delegates = [HeldDelegate(), HeldDelegate()]
    interpreters = [ready(delegate) for delegate in delegates]
    for delegate in delegates:
        delegate.hold = lambda: barrier.wait(SECONDS)  # each passes only while the other runs
    for handle in [interpreter.invoke_async() for interpreter in interpreters]:
        handle.result(SECONDS)
    for interpreter in interpreters:
        np.testing.assert_allclose(result_of(interpreter), EXPECTED, rtol=1e-6)


def test_closing_waits_for_the_run() -> None:
    held = Held()
    threading.Timer(0.05, held.go.set).start()
    held.interpreter.close()
    assert held.handle.done() and held.handle.exception() is None


def test_threads_end_with_their_interpreters() -> None:
    interpreter = ready(None)
    interpreter.invoke_async().result(SECONDS)
    runner = weakref.ref(interpreter._runner)
    (thread,) = [t for t in threading.enumerate() if t.name.startswith("delegant-invoke") and t in _threads(runner())]
    del interpreter
    gc.collect()
    thread.join(SECONDS)
    assert not thread.is_alive()


def _threads(runner: Any) -> set[threading.Thread]:
    return runner._thread._threads


def test_on_a_device(delegate: Delegate) -> None:
    with delegant.Interpreter(model_content=chain("TANH", "EXP"), delegates=[delegate]) as interpreter:
        interpreter.allocate_tensors()
        x, y = interpreter.bind_input(0), interpreter.bind_output(2)
        for factor in (1, -2):
            x[...] = factor * X
            interpreter.invoke_async().result(SECONDS)
            np.testing.assert_allclose(y, np.exp(np.tanh(factor * X)), rtol=1e-4)
