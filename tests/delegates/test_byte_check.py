"""Instructions for bytes are used only on a device that shows that it has them; else models run by way of floats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from quantized_cases import CASES, Draft

import delegant
from delegant.core.errors import CompileError, DelegateFallbackWarning
from delegant.delegates.gpu.byte_check import checked_multiplies_bytes, trial_calls
from delegant.delegates.gpu.delegate import GpuDelegate
from delegant.devices.device import Device, LaunchTime, LoadedPlan
from delegant.devices.plan import LaunchPlan
from delegant.shaders.evaluate import evaluate

CLAIMS = frozenset({"pocl", "avx512_vnni", "avx512_vbmi"})


class Pretender(Device):
    """Claims the instructions; `fault`: what it does with kernels that have them. Others run on a real device."""

    def __init__(self, real: Device, fault: str) -> None:
        self.real, self.fault = real, fault
        self.info = replace(real.info, features=real.info.features | CLAIMS)

    def load(self, plan: LaunchPlan) -> LoadedPlan:
        if not any("vpdpbusd" in kernel.text for kernel in plan.kernels):
            return self.real.load(plan)
        if self.fault == "refuses":
            raise CompileError("unknown instruction", delegate="opencl")
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


@pytest.mark.opencl
@pytest.mark.parametrize(("fault", "cause"), [("refuses", "unknown instruction"), ("lies", "gave wrong sums")])
def test_a_device_that_cannot_is_warned_about_and_runs_the_model(opencl_device: Device, fault: str, cause: str) -> None:
    draft = Draft("int8", np.random.default_rng(2))
    draft.g.output(CASES["conv_2d"](draft))  # type: ignore[arg-type]
    answers = []
    for delegates in ([], [GpuDelegate("opencl", lambda: Pretender(opencl_device, fault))]):
        interpreter = delegant.Interpreter(model_content=draft.g.to_bytes(), delegates=delegates, policy="prefer")
        if delegates:
            with pytest.warns(DelegateFallbackWarning, match=cause):
                interpreter.allocate_tensors()
            assert all(node.device == "opencl" for node in interpreter.placement)
        interpreter.allocate_tensors()
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], draft.inputs[0])
        interpreter.invoke()
        answers.append(interpreter.get_tensor(interpreter.get_output_details()[0]["index"]))
    np.testing.assert_array_equal(*answers)


@pytest.mark.opencl
def test_without_the_claim_nothing_is_tried(opencl_device: Device) -> None:
    device = Pretender(opencl_device, "refuses")
    device.info = replace(device.info, features=device.info.features - CLAIMS)
    assert not checked_multiplies_bytes(device)


@pytest.mark.parametrize("packed", [False, True])
def test_the_trial_uses_every_instruction_with_every_width(packed: bool) -> None:
    made = []
    for call in trial_calls(packed):
        y = np.zeros(504, np.uint8)
        x = np.random.default_rng(3).integers(0, 256, 504).astype(np.uint8)
        evaluate(call, {"x": x.view(np.int32), "y": y})
        made.append(np.unique(y).size)
    assert min(made) > 50, "the trial must tell codes apart"
