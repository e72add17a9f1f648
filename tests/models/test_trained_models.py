"""Trained models with real pictures and sounds, and small models of all kinds, against the stored oracles."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from descriptions import assert_same
from oracle import call_litert
from suites import MISSING, cases, suite_module

from delegant.core.interpreter import Interpreter

pytestmark = pytest.mark.suites

CASES = {case.id: case for case in cases("models")}
RUN = [name for name, case in CASES.items() if case.meta.get("expect") != "refusal"]
REFUSED = [name for name in CASES if name not in RUN]


NEAR_TIES = {"hair_segmentation/grace_hopper"}
"""Two pixels of a pooling window differ by less than float32 rounding; which is the larger one moves a small patch."""


def run(case: Any, **arguments: Any) -> list[np.ndarray]:
    interpreter = Interpreter(model_content=case.model, **arguments)
    for detail, value in zip(interpreter.get_input_details(), case.inputs, strict=True):
        if value is not None:
            interpreter.resize_tensor_input(detail["index"], value.shape)
    interpreter.allocate_tensors()
    for values in [*case.pre, case.inputs]:
        for detail, value in zip(interpreter.get_input_details(), values, strict=True):
            if value is not None and value.size:
                interpreter.set_tensor(detail["index"], value)
        interpreter.invoke()
    return [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]


def test_the_models_are_there(suites: Any) -> None:
    assert len(RUN) > 100 and len(REFUSED) > 10


@pytest.mark.parametrize("name", RUN or [pytest.param("", marks=pytest.mark.skip(reason=MISSING))])
def test_outputs_agree_with_the_oracles(name: str) -> None:
    case = CASES[name]
    got = run(case)
    if name in NEAR_TIES:
        sampled = got[0].ravel()[:: case.tol["outputs"]["0"]["sample"]]
        far = np.abs(sampled - case.expected["composed"][0].ravel()) > 0.02 * np.abs(sampled).max()
        assert far.mean() < 1e-3
        return
    verdict, detail = suite_module("run_suite").judge(case, got, "auto", 1.0, None)
    assert verdict == "pass", detail
    for k, (ours, expected) in enumerate(zip(got, case.expected.get("ref", []), strict=False)):
        if expected is not None and expected.dtype.kind in "iub":
            stride = case.tol.get("outputs", {}).get(str(k), {}).get("sample") or case.tol.get("sample")
            compared = ours.ravel()[::stride] if stride else ours
            np.testing.assert_array_equal(compared, expected, err_msg="integers must be those of LiteRT's reference")


@pytest.mark.parametrize("name", REFUSED or [pytest.param("", marks=pytest.mark.skip(reason=MISSING))])
def test_damaged_and_unsupported_models_are_refused(name: str) -> None:
    def use() -> None:
        interpreter = Interpreter(model_content=CASES[name].model)
        interpreter.allocate_tensors()
        interpreter.invoke()

    with pytest.raises((ValueError, RuntimeError)) as caught:
        use()
    assert str(caught.value)


@pytest.mark.parametrize("name", [n for n in RUN if n.startswith(("mobilenet_v2_1.0", "movenet", "kws_ref_int8"))])
def test_preserving_all_tensors_changes_no_output(name: str) -> None:
    for ours, preserved in zip(run(CASES[name]), run(CASES[name], experimental_preserve_all_tensors=True), strict=True):
        np.testing.assert_array_equal(ours, preserved)


DESCRIPTIONS: list[tuple[str, tuple[()]]] = [
    ("get_input_details", ()), ("get_output_details", ()), ("get_tensor_details", ()), ("_get_ops_details", ()),
    ("_get_full_signature_list", ()), ("num_subgraphs", ()),
]  # fmt: skip
DESCRIBED = ("small_multi_sig", "small_simple_add_dyn", "movenet_lightning_ptq/s", "mobilenet_v2_1.0_224_quant/c")


@pytest.mark.parametrize("name", [name for name in RUN if name.startswith(DESCRIBED)])
def test_models_are_described_as_litert_describes_them(name: str) -> None:
    model, calls = CASES[name].model, DESCRIPTIONS
    theirs = call_litert(calls, model_content=model, experimental_op_resolver_type="BUILTIN_REF")
    interpreter = Interpreter(model_content=model)
    for (method, arguments), (_, expected) in zip(calls, theirs[1:], strict=True):
        assert_same(getattr(interpreter, method)(*arguments), expected, method)
