"""Calling a model by the names of its signatures."""
from __future__ import annotations

import numpy as np
import pytest
from oracle import call_litert, run_litert
from small_models import two_layers, two_signatures

from delegant.core.interpreter import Interpreter
from delegant.core.signature_runner import SignatureRunner

f32 = np.float32


def test_each_signature_runs_its_own_subgraph() -> None:
    model = two_signatures()
    interpreter = Interpreter(model_content=model)
    a, b = f32([1, 2]), f32([10, 30])
    for key in ("plus", "minus", "plus"):
        values = {"a": a, "b": b}
        result = interpreter.get_signature_runner(key)(**values)
        name = interpreter.get_signature_list()[key]["outputs"][0]
        assert list(result) == [name]
        np.testing.assert_array_equal(result[name], run_litert(model, values, signature=key)[0])


def test_inputs_are_resized_to_what_is_given() -> None:
    runner = Interpreter(model_content=two_layers()).get_signature_runner()
    for rows in (1, 5, 2):
        assert runner(x=np.ones((rows, 4), f32))["y"].shape == (rows, 3)


def test_results_survive_the_next_call() -> None:
    runner = Interpreter(model_content=two_signatures()).get_signature_runner("plus")
    first = runner(a=f32([1, 2]), b=f32([1, 1]))["sum"]
    runner(a=f32([5, 5]), b=f32([5, 5]))
    assert first.tolist() == [2, 3]


def test_details_are_by_name_and_as_with_litert() -> None:
    model = two_signatures()
    interpreter = Interpreter(model_content=model)
    runner = interpreter.get_signature_runner("minus")
    assert list(runner.get_input_details()) == ["a", "b"] and list(runner.get_output_details()) == ["difference"]
    assert runner.get_output_details()["difference"]["index"] == 2
    (_, _), (_, theirs) = call_litert([("get_tensor_details", (1,))], model_content=model)
    ours = interpreter.get_tensor_details(1)
    assert [d["name"] for d in ours] == [d["name"] for d in theirs] == ["c", "d", "sub_0"]


@pytest.mark.parametrize(("interpreter", "key"), [(None, "plus"), ("one", ""), ("one", "nope")])
def test_constructor_checks(interpreter: str | None, key: str) -> None:
    given = Interpreter(model_content=two_signatures()) if interpreter else None
    with pytest.raises(ValueError):
        SignatureRunner(given, key)


def test_a_model_with_several_signatures_needs_a_key() -> None:
    with pytest.raises(ValueError, match="model has 2 Signatures"):
        Interpreter(model_content=two_signatures()).get_signature_runner()
