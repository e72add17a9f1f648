"""Instructions for bytes are used only on a device that shows that it has them; else models run by way of floats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from quantized_cases import CASES, Draft

import delegant
from delegant.core.errors import CompileError, DelegateFallbackWarning
from delegant.delegates.gpu.byte_check import refusal_of_bytes, trial_calls
from delegant.delegates.gpu.delegate import GpuDelegate
from delegant.devices.device import Device, LaunchTime, LoadedPlan
from delegant.devices.plan import LaunchPlan
from delegant.shaders.traced.evaluate import evaluate

CLAIMS = frozenset({"pocl", "avx512_vnni", "avx512_vbmi", "integer_dot_product"})
INSTRUCTIONS = ("vpdpbusd", "vpmaddwd", "dot4I8Packed")


class Pretender(Device):
    """Claims the instructions; `fault`: what it does with kernels that have them. Others run on a real device."""

    def __init__(self, real: Device, fault: str) -> None:
        self.real, self.fault = real, fault
        self.info = replace(real.info, features=real.info.features | CLAIMS)

    def load(self, plan: LaunchPlan) -> LoadedPlan:
        if not any(word in kernel.text for kernel in plan.kernels for word in INSTRUCTIONS):
            return self.real.load(plan)
        if self.fault == "refuses":
            raise CompileError("unknown instruction", delegate=self.info.api)
        return Wrong()

    def close(self) -> None:
        pass


class Wrong(LoadedPlan):
    """Gives zeros."""

    def run(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:
        for output in outputs:
            output[...] = 0

    def profile(self) -> tuple[LaunchTime, ...]:
        return ()

    def read(self, buffer: int, offset: int, size: int) -> bytes:
        return bytes(size)

    def close(self) -> None:
        pass


@pytest.mark.parametrize(("fault", "cause"), [("refuses", "unknown instruction"), ("lies", "gave wrong sums")])
def test_a_device_that_cannot_is_warned_about_and_runs_the_model(device: Device, fault: str, cause: str) -> None:
    draft = Draft("int8", np.random.default_rng(2))
    draft.g.output(CASES["conv_2d"](draft))  # type: ignore[arg-type]
    answers = []
    for delegates in ([], [GpuDelegate(device.info.api, lambda: Pretender(device, fault))]):
        interpreter = delegant.Interpreter(model_content=draft.g.to_bytes(), delegates=delegates, policy="prefer")
        if delegates:
            with pytest.warns(DelegateFallbackWarning, match=cause):
                interpreter.allocate_tensors()
            assert all(node.device == device.info.api for node in interpreter.placement)
            (remark,) = interpreter.placement_report().remarks
            assert cause in remark.reason
        interpreter.allocate_tensors()
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], draft.inputs[0])
        interpreter.invoke()
        answers.append(interpreter.get_tensor(interpreter.get_output_details()[0]["index"]))
    np.testing.assert_array_equal(*answers)


def test_a_device_is_tried_out_once(device: Device) -> None:
    pretender = Pretender(device, "refuses")
    with pytest.warns(DelegateFallbackWarning, match="unknown instruction"):
        first = refusal_of_bytes(pretender)
    assert "unknown instruction" in refusal_of_bytes(pretender) == first


@pytest.mark.opencl
@pytest.mark.parametrize("features", [CLAIMS, CLAIMS - {"avx512_vbmi"}])
def test_the_trial_uses_every_instruction_with_every_width(features: frozenset[str], opencl_device: Device) -> None:
    made = []
    for call in trial_calls(replace(opencl_device.info, features=features)):
        y = np.zeros(504, np.uint8)
        x = np.random.default_rng(3).integers(0, 256, 504).astype(np.uint8)
        words = any(b.name == "y" and b.storage == "i32" for b in call.kernel.buffers)
        evaluate(call, {"x": x.view(np.int32), "y": y.view(np.int32) if words else y})
        made.append(np.unique(y).size)
    assert min(made) > 50, "the trial must tell codes apart"


@pytest.mark.webgpu
@pytest.mark.parametrize("kind", ["gpu", "software_gpu", "llvmpipe"])
def test_the_trial_of_a_shader_device_tells_codes_apart(kind: str, webgpu_device: Device) -> None:
    for call in trial_calls(replace(webgpu_device.info, device_class=kind)):
        y = np.zeros(504, np.int8)
        x = np.random.default_rng(3).integers(0, 256, 504).astype(np.uint8)
        evaluate(call, {"x": x.view(np.int32), "y": y})
        assert np.unique(y).size > 50
