"""The text of every kernel that the models of the operator tests need, for any kind of device; none is opened."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from unittest import mock

import numpy as np
from delegates.test_dynamic_range import CASES as DYNAMIC_CASES
from delegates.test_dynamic_range import model as dynamic_model
from delegates.test_quantized_ops import DRAFTS, drafted
from gpu_cases import CASES
from gpu_general_cases import CASES as OTHER_CASES
from recurrent_models import CODE_CASES, FLOAT_CASES, HYBRID_CASES

import delegant
from delegant.delegates.gpu.delegate import GpuDelegate
from delegant.delegates.gpu.options import checked_options
from delegant.devices.device import Device, DeviceInfo, LaunchTime, LoadedPlan
from delegant.devices.plan import LaunchPlan

SEED = 1


def models() -> Iterator[bytes]:
    """Those of the tests of operators: floats, integers, codes, dynamic range, state."""
    yield from (case.model() for case in (*CASES, *OTHER_CASES))
    yield from (drafted(name, dtype, SEED).g.to_bytes() for name, dtype in DRAFTS)
    yield from (dynamic_model(name, SEED)[0] for name in DYNAMIC_CASES)
    yield from (made()[0].to_bytes() for cases in (FLOAT_CASES, HYBRID_CASES, CODE_CASES) for made in cases.values())


def printed(info: DeviceInfo, options: Mapping[str, Any]) -> dict[str, str]:
    """Kernels' names by their texts.

    Args:
        info: what the kernels are printed for.
        options: of the delegate.
    """
    device = _Listener(info)
    delegate = GpuDelegate(info.api, lambda: device, checked_options(info.api, options))
    with mock.patch("delegant.delegates.gpu.delegate.refusal_of_bytes", return_value=""), warnings.catch_warnings():
        warnings.simplefilter("error", delegant.DelegateFallbackWarning)
        for model in models():
            with delegant.Interpreter(model_content=model, delegates=[delegate]) as interpreter:
                interpreter.allocate_tensors()
    return device.texts


class _Listener(Device):
    """Keeps the texts of what is loaded."""

    def __init__(self, info: DeviceInfo) -> None:
        self.info, self.texts = info, dict[str, str]()

    def load(self, plan: LaunchPlan) -> LoadedPlan:
        self.texts |= {kernel.text: kernel.name for kernel in plan.kernels}
        return _Nothing()

    def close(self) -> None:
        pass


class _Nothing(LoadedPlan):
    """Computes nothing."""

    def run(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:
        pass

    def profile(self) -> tuple[LaunchTime, ...]:
        return ()

    def read(self, buffer: int, offset: int, size: int) -> bytes:
        return bytes(size)

    def close(self) -> None:
        pass
