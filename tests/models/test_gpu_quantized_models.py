"""Trained quantized models with real inputs through the GPU delegates: equal to the CPU interpreter, to the bit."""

from __future__ import annotations

import numpy as np
import pytest
from suites import MISSING, cases

import delegant
from delegant.core.delegate import Delegate

pytestmark = pytest.mark.suites

SHARES = {
    "ad01_int8": 1.0,
    "kws_ref_int8": 1.0,
    "str_ww_int8": 1.0,
    "vww_96_int8": 1.0,
    "pretrained_resnet_int8": 1.0,
    "mobilenet_v2_1.0_224_quant": 1.0,
    "split_concat_uint8": 1.0,
    "person_detect_int8": 1.0,
    "micro_speech_int8": 1.0,
    "movenet_lightning_ptq": 0.99,
}
"""Share of the nodes that each model has on the delegate, at least."""
LONG = ("pretrained_resnet_int8", "mobilenet_v2_1.0_224_quant", "movenet_lightning_ptq")
MODELS = [pytest.param(name, marks=pytest.mark.long) if name in LONG else name for name in SHARES]


def outputs(interpreter: delegant.Interpreter, inputs: list[np.ndarray]) -> list[np.ndarray]:
    details = interpreter.get_input_details()
    for detail, value in zip(details, inputs, strict=True):
        interpreter.resize_tensor_input(detail["index"], value.shape)
    interpreter.allocate_tensors()
    for detail, value in zip(details, inputs, strict=True):
        interpreter.set_tensor(detail["index"], value)
    interpreter.invoke()
    return [interpreter.get_tensor(d["index"]).copy() for d in interpreter.get_output_details()]


@pytest.mark.parametrize("name", MODELS)
def test_equals_the_cpu(name: str, delegate: Delegate) -> None:
    found = [case for case in cases("models") if case.id.split("/")[0] == name]
    if not found:
        pytest.skip(MISSING)
    expected = outputs(delegant.Interpreter(model_content=found[0].model), found[0].inputs)
    with delegant.Interpreter(model_content=found[0].model, delegates=[delegate], policy="prefer") as interpreter:
        actual = outputs(interpreter, found[0].inputs)
        taken = [place.device == delegate.name for place in interpreter.placement]
    for ours, theirs in zip(actual, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert np.mean(taken) >= SHARES[name]
