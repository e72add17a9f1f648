"""Steps whose constants are data give the numbers of the steps that they replace, and one text for all of them."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_machines import run

from delegant.devices.device import Device
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.kernels.elementwise import binary, unary
from delegant.shaders.kernels.matmul import matmul
from delegant.shaders.parts.data_steps import HARD_SWISH, LIMITS, Gated, Limited, Perhaps, PerhapsAdded, Scaled
from delegant.shaders.parts.epilogue import Beside, Epilogue, Step
from delegant.shaders.printing.wgsl import WGSL

X = np.array([[-np.inf, -7.5, -3, -1.25, -1, -1e-30, 0], [0.1, 0.75, 1, 2.999, 6, 7.5, np.inf]], np.float32).T
EYE = np.eye(8, 2, dtype=np.float32)
KINDS = [(kind, name) for kind in (Limited, Gated) for name in LIMITS] + [(Gated, HARD_SWISH)]


def after(device: Device | None, *steps: Step) -> np.ndarray:
    """Numbers after a product that changes none of them, and the steps. Infinities are not multiplied by zeros."""
    made = [run(matmul(DeviceClass.LLVMPIPE, 7, np.ones((1, 1), np.float32), Epilogue(steps)), {"x": x}, (7, 1), device)
            for x in (X[:, :1], X[:, 1:])]
    return np.concatenate(made)


@pytest.mark.parametrize("machine", ["numpy", pytest.param("webgpu", marks=pytest.mark.webgpu)], indirect=True)
@pytest.mark.parametrize(("kind", "function"), KINDS, ids=[f"{kind.__name__}-{name or 'none'}" for kind, name in KINDS])
def test_activations(machine: Device | None, kind: type[Limited | Gated], function: str) -> None:
    plain = [unary(function)] if function else []
    np.testing.assert_array_equal(after(machine, kind(function).step("table_a")), after(machine, *plain))


@pytest.mark.parametrize("machine", ["numpy", pytest.param("webgpu", marks=pytest.mark.webgpu)], indirect=True)
@pytest.mark.parametrize("factor", [1.0, -0.17677669])
def test_factors(machine: Device | None, factor: float) -> None:
    np.testing.assert_array_equal(after(machine, Scaled(factor).step("table_a")), after(machine, binary("MUL", factor)))


@pytest.mark.parametrize("machine", ["numpy", pytest.param("webgpu", marks=pytest.mark.webgpu)], indirect=True)
@pytest.mark.parametrize("done", [True, False])
def test_functions_that_are_skipped(machine: Device | None, done: bool) -> None:
    plain = [unary("TANH")] if done else []
    step = Perhaps(unary("TANH"), done).step("table_a")
    np.testing.assert_array_equal(after(machine, step), after(machine, *plain))


@pytest.mark.parametrize("machine", ["numpy", pytest.param("webgpu", marks=pytest.mark.webgpu)], indirect=True)
@pytest.mark.parametrize("done", [True, False])
def test_sums_that_are_skipped(machine: Device | None, done: bool) -> None:
    x = np.linspace(-1, 1, 21, dtype=np.float32).reshape(7, 3)
    side = np.full((7, 3), 0.5, np.float32)
    step = PerhapsAdded(done).step("table_a", Beside("side_a"), reverse=False)
    call = matmul(DeviceClass.LLVMPIPE, 7, np.eye(3, dtype=np.float32), Epilogue((step,)))
    np.testing.assert_array_equal(run(call, {"x": x, "side_a": side}, (7, 3), machine), x + side if done else x)


@pytest.mark.parametrize(
    ("one", "other"), [(Limited(""), Limited("RELU6")), (Gated("RELU"), Gated(HARD_SWISH)), (Scaled(1.0), Scaled(2.5))]
)
def test_texts_are_equal(one: Limited | Gated | Scaled, other: Limited | Gated | Scaled) -> None:
    calls = [matmul(DeviceClass.LLVMPIPE, 7, EYE, Epilogue((a.step("table_a"),))) for a in (one, other)]
    first, second = (WGSL(packs_halves=False).source(call.kernel) for call in calls)
    assert first == second and not np.array_equal(*(call.constants["table_a"] for call in calls))


def test_a_number_that_is_none_stays_none() -> None:
    none = np.full((7, 1), np.nan, np.float32)
    for step in (Limited(""), Gated("")):
        call = matmul(DeviceClass.LLVMPIPE, 7, np.ones((1, 1), np.float32), Epilogue((step.step("table_a"),)))
        assert np.isnan(run(call, {"x": none}, (7, 1), None)).all()
