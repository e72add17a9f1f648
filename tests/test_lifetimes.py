"""Interpreters that are used for long, thrown away, or run on several threads: nothing grows, results are as alone."""
from __future__ import annotations

import gc
import itertools
import os
import sys
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from conftest import EACH_API, open_or_skip
from control_models import WIDTH, loop
from running import run

import delegant
from delegant.core.delegate import Delegate
from delegant.core.delegation.plans import MOST_PLANS
from delegant.measure.demo import DATA

DIGITS = {kind: (DATA / f"digits_{kind}.tflite").read_bytes() for kind in ("float32", "int8")}
MIB = 1 << 20

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc/self")


def interpreter_of(kind: str, delegate: Any) -> delegant.Interpreter:
    """An interpreter of a digit classifier, fed with a picture of noise."""
    interpreter = delegant.Interpreter(model_content=DIGITS[kind], delegates=delegate, policy="prefer")
    interpreter.allocate_tensors()
    return interpreter


def picture(interpreter: delegant.Interpreter, seed: int) -> np.ndarray:
    detail = interpreter.get_input_details()[0]
    noise = np.random.default_rng(seed).uniform(0, 127, detail["shape"])
    return noise.astype(detail["dtype"])


def answer(interpreter: delegant.Interpreter, seed: int) -> np.ndarray:
    """What the model makes of a picture."""
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], picture(interpreter, seed))
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


# ------------------------------------------------------------------------------------------------- nothing grows


def device_objects(delegate: Any) -> Any:
    """How many objects there are on a delegate's device, as far as its driver tells."""
    gc.collect()
    if delegate.name == "opencl":
        opened = (delegate._device._opened, delegate._device._caller)
        # Every buffer, queue, program and kernel holds its context.
        return [part.context.reference_count for part in opened if part is not None]
    delegate._device._device._poll_wait()
    return wgpu_objects()


def wgpu_objects() -> dict[str, int]:
    """wgpu-native's objects in this process, by kind."""
    import wgpu.backends.wgpu_native  # brings the counts

    gc.collect()
    counts = wgpu.diagnostics.wgpu_native_counts.get_dict()
    return {name: entry["count"] for name, entry in counts.items() if isinstance(entry, dict)}


def process() -> tuple[int, int, int]:
    """(bytes of memory, Python's memory blocks, open files) of this process."""
    gc.collect()
    with open("/proc/self/statm", encoding="ascii") as file:
        resident = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return resident, sys.getallocatedblocks(), len(os.listdir("/proc/self/fd"))


def assert_steady(use: Callable[[], Any], times: int, memory: int, blocks: int, objects: Callable[[], Any]) -> None:
    """Use something a few times, until caches are full, then `times` more, and compare.

    Args:
        memory: bytes that may be added, for what allocators and drivers keep.
        blocks: of Python's memory that each use may add. pyopencl keeps the text of a module for each kernel object.
        objects: those on the device, which must be as many as before.
    """
    for _ in range(max(times // 4, 12)):
        use()
    there, before = objects(), process()
    for _ in range(times):
        use()
    after = process()
    assert objects() == there
    assert after[0] - before[0] < memory
    assert after[1] - before[1] < 150 + blocks * times
    assert after[2] <= before[2] + 2


INVOKES = [pytest.param(400, id="400"), pytest.param(10_000, id="10000", marks=pytest.mark.long)]
CYCLES = [pytest.param(12, id="12"), pytest.param(200, id="200", marks=pytest.mark.long)]


@linux
@pytest.mark.parametrize("kind", DIGITS)
@pytest.mark.parametrize("invokes", INVOKES)
def test_invoking_leaves_nothing_behind(delegate: Delegate, kind: str, invokes: int) -> None:
    with interpreter_of(kind, delegate) as interpreter:
        assert_steady(lambda: answer(interpreter, 0), invokes, 4 * MIB, 0, lambda: device_objects(delegate))


@linux
@pytest.mark.parametrize("invokes", INVOKES)
def test_invoking_asynchronously_and_with_other_arrays_leaves_nothing_behind(delegate: Delegate, invokes: int) -> None:
    with interpreter_of("float32", delegate) as interpreter:

        def use() -> None:
            interpreter.bind_input(interpreter.get_input_details()[0]["index"], picture(interpreter, 0))
            interpreter.bind_output(interpreter.get_output_details()[0]["index"])
            interpreter.invoke_async().result()

        assert_steady(use, invokes // 4, 4 * MIB, 3, lambda: device_objects(delegate))


@linux
@pytest.mark.parametrize("cycles", CYCLES)
def test_building_and_closing_leaves_nothing_behind(delegate: Delegate, cycles: int) -> None:
    def use() -> None:
        with interpreter_of("float32", delegate) as interpreter:
            answer(interpreter, 0)

    assert_steady(use, cycles, cycles * MIB // 8 + 8 * MIB, 60, lambda: device_objects(delegate))


@linux
@pytest.mark.parametrize("turns", [12, pytest.param(216, marks=pytest.mark.long)])
def test_going_through_more_shapes_than_are_kept_leaves_nothing_behind(delegate: Delegate, turns: int) -> None:
    """Rounds of six shapes: as many as are kept, and two more."""
    interpreter_of("float32", delegate).close()
    nothing = device_objects(delegate)
    with interpreter_of("float32", delegate) as interpreter:
        detail = interpreter.get_input_details()[0]
        rows = itertools.cycle(range(1, MOST_PLANS + 3))

        def use() -> None:
            interpreter.resize_tensor_input(detail["index"], (next(rows), *detail["shape"][1:]))
            interpreter.allocate_tensors()
            answer(interpreter, 0)

        assert_steady(use, turns, turns * MIB // 2 + 16 * MIB, 100, lambda: device_objects(delegate))
    assert device_objects(delegate) == nothing


@linux
@pytest.mark.parametrize("cycles", CYCLES)
def test_loops_leave_nothing_behind(delegate: Delegate, cycles: int) -> None:
    inputs = [np.array([3], np.int32), np.ones((4, WIDTH), np.float32)]

    def use() -> None:
        with delegant.Interpreter(model_content=loop(dense=True), delegates=[delegate]) as interpreter:
            interpreter.allocate_tensors()
            run(interpreter, *inputs)

    assert_steady(use, cycles, cycles * MIB // 8 + 8 * MIB, 60, lambda: device_objects(delegate))


@linux
@pytest.mark.parametrize("api", EACH_API)
@pytest.mark.parametrize("cycles", CYCLES)
def test_devices_that_are_opened_by_name_are_closed_with_the_interpreter(api: str, cycles: int) -> None:
    open_or_skip(api, delegant.load_delegate).close()

    def use() -> None:
        with interpreter_of("int8", api) as interpreter:
            answer(interpreter, 0)

    assert_steady(use, cycles, cycles * MIB // 4 + 32 * MIB, 60, wgpu_objects)


# ------------------------------------------------------------------------------------------------- threads


PAIRS = [
    pytest.param("opencl", "opencl", marks=pytest.mark.opencl),
    pytest.param("webgpu", "webgpu", marks=pytest.mark.webgpu),
    pytest.param("opencl", "webgpu", marks=[pytest.mark.opencl, pytest.mark.webgpu]),
    pytest.param(None, "opencl", marks=pytest.mark.opencl),
    pytest.param(None, None),
]


def alone_and_together(first: Any, second: Any, rounds: int) -> None:
    """Both answer on threads of their own what they answered alone."""
    interpreters = [interpreter_of("float32", first), interpreter_of("int8", second)]
    alone = [[answer(interpreter, seed) for seed in range(rounds)] for interpreter in interpreters]
    together: list[list[np.ndarray]] = [[], []]
    start = threading.Barrier(2)

    def work(k: int) -> None:
        start.wait(60)
        for seed in range(rounds):
            together[k].append(answer(interpreters[k], seed))

    threads = [threading.Thread(target=work, args=(k,)) for k in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    for interpreter in interpreters:
        interpreter.close()
    for expected, found in zip(alone, together, strict=True):
        assert len(found) == rounds
        for a, b in zip(expected, found, strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_two_interpreters_on_two_threads_answer_as_alone(first: str | None, second: str | None) -> None:
    for api in {first, second} - {None}:
        open_or_skip(str(api), delegant.load_delegate).close()
    alone_and_together(first, second, rounds=30)


def test_two_interpreters_may_share_a_delegate(delegate: Delegate) -> None:
    alone_and_together(delegate, delegate, rounds=30)


@pytest.mark.long
@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_two_interpreters_answer_as_alone_a_thousand_times(first: str | None, second: str | None) -> None:
    for api in {first, second} - {None}:
        open_or_skip(str(api), delegant.load_delegate).close()
    alone_and_together(first, second, rounds=1000)
