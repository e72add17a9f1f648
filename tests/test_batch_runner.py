"""`BatchRunner`: many examples, several at a time, with the results that each has alone."""
from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from fake_delegate import FakeDelegate
from small_models import accumulator, two_counters, two_layers

import delegant
from delegant.core.build.builder import ModelBuilder
from delegant.core.errors import DelegantError

RNG = np.random.default_rng(5)


def examples(count: int, *shape: int) -> np.ndarray:
    return RNG.standard_normal((count, *shape)).astype(np.float32)


def alone(model: bytes, array: np.ndarray) -> list[np.ndarray]:
    """The first output of each example, each in an interpreter that has run nothing else."""
    results = []
    for example in array:
        with delegant.Interpreter(model_content=model) as interpreter:
            interpreter.resize_tensor_input(interpreter.get_input_details()[0]["index"], (1, *example.shape))
            interpreter.allocate_tensors()
            interpreter.set_tensor(interpreter.get_input_details()[0]["index"], example[None])
            interpreter.invoke()
            results.append(interpreter.get_tensor(interpreter.get_output_details()[0]["index"])[0])
    return results


def picture_model() -> bytes:
    """[1, 4, 4, 2] -> average of the picture -> [1, 2], made for one example."""
    m = ModelBuilder()
    x = m.input("x", (1, 4, 4, 2))
    pooled = m.op("MEAN", [x, m.constant("axes", np.int32([1, 2]))], {"keep_dims": False}, shape=(1, 2))
    m.output(m.op("EXP", [pooled]))
    return m.to_bytes()


def over_the_batch(op: str, keep: bool) -> bytes:
    """[1, 3] -> a reduction over the batch -> [1, 3] or [3]."""
    m = ModelBuilder()
    x = m.input("x", (1, 3))
    axes = m.constant("axes", np.int32([0]))
    total = m.op(op, [x, axes], {"keep_dims": keep}, shape=(1, 3) if keep else (3,))
    m.output(m.op("SUB", [x, total]) if keep else total)
    return m.to_bytes()


def for_one_only() -> bytes:
    """[1, 6] -> reshaped to [1, 3, 2], as the file says."""
    m = ModelBuilder()
    x = m.input("x", (1, 6))
    m.output(m.op("RESHAPE", [x, m.constant("shape", np.int32([1, 3, 2]))], shape=(1, 3, 2)))
    return m.to_bytes()


@pytest.mark.parametrize("batch_size", [1, 3, 8])
@pytest.mark.parametrize("count", [0, 1, 2, 8, 11])
@pytest.mark.parametrize("delegate", [None, "fake"])
def test_every_example_has_the_results_it_has_alone(batch_size: int, count: int, delegate: str | None) -> None:
    array = examples(count, 4, 4, 2)
    attached = None if delegate is None else FakeDelegate()
    with delegant.BatchRunner(picture_model(), delegates=attached, batch_size=batch_size) as runner:
        results = list(runner.map(array))
        assert runner.batch_size == batch_size
    assert len(results) == count
    for (result,), expected in zip(results, alone(picture_model(), array), strict=True):
        np.testing.assert_allclose(result, expected, rtol=1e-6)


@pytest.mark.opencl
@pytest.mark.webgpu
@pytest.mark.parametrize("name", ["opencl", "webgpu"])
def test_on_a_device(name: str, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue(f"{name}_device")
    array = examples(7, 4)
    with delegant.BatchRunner(two_layers(), delegates=name, policy="require", batch_size=3) as runner:
        results = [result for (result,) in runner.map(array)]
    np.testing.assert_allclose(results, alone(two_layers(), array), rtol=1e-5, atol=1e-5)


def test_an_example_may_come_with_its_batch_dimension() -> None:
    array = examples(3, 4)
    with delegant.BatchRunner(two_layers(), batch_size=2) as runner:
        bare = list(runner.map(array))
        assert all(map(np.array_equal, bare, runner.map(row[None] for row in array)))


def test_several_inputs_come_in_order_or_by_name() -> None:
    m = ModelBuilder()
    a, b = m.input("a", (1, 2)), m.input("b", (1, 2))
    m.output(m.op("SUB", [a, b]))
    m.output(m.add(a, b))
    ones, twos = np.float32([1, 1]), np.float32([2, 2])
    with delegant.BatchRunner(m.to_bytes(), batch_size=2) as runner:
        for example in ((ones, twos), {"b": twos, "a": ones}):
            ((difference, total),) = runner.map([example])
            assert difference.tolist() == [-1, -1] and total.tolist() == [3, 3]
        with pytest.raises(ValueError, match=r"\['a', 'c'\], the model \['a', 'b'\]"):
            list(runner.map([{"a": ones, "c": twos}]))
        with pytest.raises(ValueError, match="1 arrays, the model 2 inputs"):
            list(runner.map([ones]))


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (over_the_batch("REDUCE_MAX", keep=True), r"the output \S+ of an example depends on the others in its batch"),
        (over_the_batch("SUM", keep=True), r"the output \S+ of an example depends on the others in its batch"),
        (over_the_batch("SUM", keep=False), r"of 4 examples, the output \S+ has the shape \(3,\)"),
        (for_one_only(), "the graph refuses 4 examples: .*RESHAPE"),
    ],
)
def test_models_that_mix_examples_run_them_one_by_one(model: bytes, reason: str) -> None:
    with delegant.Interpreter(model_content=model) as interpreter:
        shape = interpreter.get_input_details()[0]["shape"][1:]
    array = examples(6, *shape)
    with pytest.warns(RuntimeWarning, match="one by one: " + reason):
        runner = delegant.BatchRunner(model, batch_size=4)
        results = list(runner.map(array))
    assert runner.batch_size == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        again = list(runner.map(array))
    for (result,), (same,), example in zip(results, again, array, strict=True):
        interpreter = delegant.Interpreter(model_content=model)
        interpreter.allocate_tensors()
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], example[None])
        interpreter.invoke()
        expected = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])[0]
        assert np.array_equal(result, expected) and np.array_equal(same, expected)


def test_equal_examples_prove_nothing() -> None:
    with delegant.BatchRunner(over_the_batch("SUM", keep=True), batch_size=2) as runner:
        list(runner.map(np.ones((2, 3), np.float32)))
        assert runner.batch_size == 2
        with pytest.warns(RuntimeWarning, match="depends on the others"):
            list(runner.map(examples(2, 3)))


def test_what_comes_before_a_bad_example_is_not_lost() -> None:
    array = [*examples(5, 4), np.zeros(3, np.float32), *examples(2, 4)]
    with delegant.BatchRunner(two_layers(), batch_size=2) as runner:
        results = []
        with pytest.raises(ValueError, match=r"an example of the input x has the shape \(3,\), not \(4,\)"):
            for result in runner.map(array):
                results.append(result)
        assert len(results) == 5
        assert len(list(runner.map(array[:5]))) == 5


def test_a_wrong_type_is_refused() -> None:
    with delegant.BatchRunner(two_layers()) as runner, pytest.raises(ValueError, match="has the type float64"):
        list(runner.map([np.zeros(4)]))


def test_an_error_while_an_example_is_made_is_the_users() -> None:
    def broken() -> Iterator[np.ndarray]:
        yield from examples(3, 4)
        raise OSError("no more pictures")

    with delegant.BatchRunner(two_layers(), batch_size=2) as runner:
        results = []
        with pytest.raises(OSError, match="no more pictures"):
            for result in runner.map(broken()):
                results.append(result)
    assert len(results) == 3


def test_examples_are_taken_no_further_than_one_batch_ahead() -> None:
    taken: list[int] = []

    def counted() -> Iterator[np.ndarray]:
        for k, example in enumerate(examples(20, 4)):
            taken.append(k)
            yield example

    with delegant.BatchRunner(two_layers(), batch_size=2) as runner:
        for position, _ in enumerate(runner.map(counted())):
            assert len(taken) <= 2 * (position // 2 + 2)


def test_an_iterator_may_be_left() -> None:
    with delegant.BatchRunner(two_layers(), batch_size=2) as runner:
        going: Any = runner.map(examples(9, 4))
        next(going)
        with pytest.raises(RuntimeError, match="another map"):
            list(runner.map(examples(1, 4)))
        going.close()
        assert len(list(runner.map(examples(3, 4)))) == 3


def test_no_example_sees_the_state_that_another_one_left() -> None:
    with pytest.warns(RuntimeWarning, match="one by one: the graph refuses"):
        runner = delegant.BatchRunner(accumulator(), batch_size=2)
    results = [float(result[0]) for (result,) in runner.map(np.float32([[1], [2], [3]]))]
    assert results == [1, 2, 3]


def test_values_that_last_between_runs_are_refused() -> None:
    with pytest.raises(ValueError, match="ASSIGN_VARIABLE"):
        delegant.BatchRunner(two_counters())


def test_an_input_needs_a_batch_dimension() -> None:
    m = ModelBuilder()
    m.output(m.op("ABS", [m.input("x", (2, 3))]))
    with pytest.raises(ValueError, match=r"x has the shape \[2, 3\]: its first dimension"):
        delegant.BatchRunner(m.to_bytes())
    with pytest.raises(ValueError, match="at least 1"):
        delegant.BatchRunner(two_layers(), batch_size=0)


def test_what_a_delegate_refuses_is_an_error_under_require() -> None:
    with pytest.raises(DelegantError, match="MEAN"):
        delegant.BatchRunner(picture_model(), delegates=FakeDelegate(), policy="require")
