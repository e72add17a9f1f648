"""Cases of the frozen suites through the GPU delegates, judged as the suites say: what they take is right."""

from __future__ import annotations

import itertools
import warnings
from typing import Any

import numpy as np
import pytest
from suites import MISSING, cases, suite_module

import delegant
from delegant.core.delegate import Delegate
from delegant.core.errors import DelegateFallbackWarning

pytestmark = pytest.mark.suites

FEW, ALL = 120, 1
"""Every how manieth case the default tests and the long ones run."""
INFINITE = ("is_finite",)
"""inf - inf: shader compilers may take x - x for 0."""


def outputs(interpreter: delegant.Interpreter, case: Any) -> list[np.ndarray]:
    details = interpreter.get_input_details()
    for values in (*case.pre, case.inputs):
        for detail, value in zip(details, values, strict=True):
            if value is not None and value.size:
                interpreter.set_tensor(detail["index"], value)
        interpreter.invoke()
    return [interpreter.get_tensor(d["index"]) for d in interpreter.get_output_details()]


def prepared(interpreter: delegant.Interpreter, case: Any) -> bool:
    """Allocates for the case's shapes; whether a delegate has a part of it."""
    for detail, value in zip(interpreter.get_input_details(), case.inputs, strict=True):
        if value is not None:
            interpreter.resize_tensor_input(detail["index"], value.shape)
    interpreter.allocate_tensors()
    return any(place.device != "cpu" for place in interpreter.placement)


@pytest.mark.parametrize("step", [FEW, pytest.param(ALL, marks=pytest.mark.long)])
@pytest.mark.parametrize("pack", ["tflite_ops", "webnn", "nnapi", "seanet"])
def test_what_a_delegate_takes_is_right(pack: str, step: int, delegate: Delegate) -> None:
    found, wrong, taken = False, [], 0
    for case in itertools.islice(cases(pack), 0, None, step):
        found = True
        if case.model is None or case.meta.get("expect") == "refusal" or case.id.split("/")[0] in INFINITE:
            continue
        with delegant.Interpreter(model_content=case.model, delegates=[delegate]) as interpreter:
            if not prepared(interpreter, case):
                continue
            taken += 1
            with warnings.catch_warnings():
                warnings.simplefilter("error", DelegateFallbackWarning)
                warnings.filterwarnings("ignore", ".*beyond 32 bits", DelegateFallbackWarning)
                verdict, detail = suite_module("run_suite").judge(case, outputs(interpreter, case), "auto", 1.0, None)
        if verdict not in ("pass", "near"):
            wrong.append(f"{case.id}: {verdict} {detail}")
    if not found:
        pytest.skip(MISSING)
    assert taken
    assert not wrong, "\n".join(wrong)
