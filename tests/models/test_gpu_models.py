"""Trained float models with real inputs through the GPU delegates, against the CPU interpreter."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from suites import MISSING, cases

import delegant
from delegant.core.delegate import Delegate

pytestmark = pytest.mark.suites

TOLERANCE = 1e-4
"""Error allowed, as a share of the output's range."""

WHOLE = (
    "face_detection_short_range", "face_landmark", "deeplabv3_257_mv_gpu", "ad01_fp32",
    "pretrained_resnet_float", "vww_96_float", "hello_world_float", "blazeface_front_float32", "planestrike",
    "hair_segmentation", "regex_embedding", "kws_ref_float32",
)  # fmt: skip
EXACT = ("toycar_dynamic_range", "mobilenet_v2_035_96_embedder")
"""Dynamic-range models whose other operators are exact in floats, too."""
PARTLY = ("mnist_lstm_float",)
"""Models with operators that stay on the CPU."""
UNSTABLE = ("hair_segmentation",)
"""Pools hand on the index of the largest value, so that one rounding moves a value to another pixel."""
UNSTABLE_SHARE = {"webgpu": 1e-3, "opencl": 2e-3}
LONG = ("edsr_f32b5_fp32", "iris_landmark")
MODELS = (*WHOLE, *EXACT, *PARTLY, *(pytest.param(name, marks=pytest.mark.long) for name in LONG))


def first_case(model: str) -> Any:
    """The first stored case of a model; those with real inputs come first."""
    found = [case for case in cases("models") if case.id.split("/")[0] == model]
    if not found:
        pytest.skip(MISSING)
    return found[0]


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
def test_agrees_with_the_cpu(name: str, delegate: Delegate) -> None:
    case = first_case(name)
    expected = outputs(delegant.Interpreter(model_content=case.model), case.inputs)
    policy = "prefer" if name in PARTLY else "require"
    with delegant.Interpreter(model_content=case.model, delegates=[delegate], policy=policy) as interpreter:
        actual = outputs(interpreter, case.inputs)
        assert any(place.device == delegate.name for place in interpreter.placement)
    if name in EXACT:
        for ours, theirs in zip(actual, expected, strict=True):
            np.testing.assert_array_equal(ours, theirs)
        return
    share = UNSTABLE_SHARE[delegate.name] if name in UNSTABLE else 0.0
    for ours, theirs in zip(actual, expected, strict=True):
        reach = float(theirs.max() - theirs.min()) or float(np.abs(theirs).max())
        wrong = np.abs(ours - theirs) > TOLERANCE * reach
        assert wrong.mean() <= share, np.abs(ours - theirs).max() / reach
