"""Run TensorFlow Lite models on GPUs from Python.

interpreter = delegant.Interpreter("model.tflite", delegates=["webgpu"])

`Interpreter` and `SignatureRunner` have the API of `ai_edge_litert.interpreter`. Everything is imported when it is
first used.
"""
from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .batch_runner import BatchRunner
    from .core.delegate import Attachment, Delegate, Policy
    from .core.errors import (
        CompileError,
        DelegantError,
        DelegateFallbackWarning,
        DelegateMismatchWarning,
        DeviceLostError,
        DeviceMemoryError,
        DeviceUnavailableError,
    )
    from .core.interpreter import OpResolverType
    from .core.op_resolver import OpResolver, register_custom_op
    from .core.signature_runner import SignatureRunner
    from .delegates.registry import known_delegates, load_delegate
    from .devices.discovery import available as devices
    from .interpreter import Interpreter
    from .measure.benchmark import benchmark
    from .measure.compare import compare
    from .measure.diagnosis import diagnose
    from .measure.explain import explain
    from .measure.profile import profile
    from .measure.run import run
    from .measure.summary import inspect
    from .measure.tune import tune

__version__ = "0.1.0"

_HOMES = {
    "Attachment": ".core.delegate",
    "BatchRunner": ".batch_runner",
    "CompileError": ".core.errors",
    "DelegantError": ".core.errors",
    "DelegateFallbackWarning": ".core.errors",
    "DelegateMismatchWarning": ".core.errors",
    "Delegate": ".core.delegate",
    "DeviceLostError": ".core.errors",
    "DeviceMemoryError": ".core.errors",
    "DeviceUnavailableError": ".core.errors",
    "Interpreter": ".interpreter",
    "OpResolver": ".core.op_resolver",
    "OpResolverType": ".core.interpreter",
    "Policy": ".core.delegate",
    "SignatureRunner": ".core.signature_runner",
    "benchmark": ".measure.benchmark",
    "compare": ".measure.compare",
    "diagnose": ".measure.diagnosis",
    "explain": ".measure.explain",
    "inspect": ".measure.summary",
    "known_delegates": ".delegates.registry",
    "load_delegate": ".delegates.registry",
    "profile": ".measure.profile",
    "register_custom_op": ".core.op_resolver",
    "run": ".measure.run",
    "tune": ".measure.tune",
}
"""Public name -> the module it lives in. `devices` is a package that can be called."""

__all__ = [
    "Attachment", "BatchRunner", "CompileError", "DelegantError", "Delegate", "DelegateFallbackWarning",
    "DelegateMismatchWarning", "DeviceLostError", "DeviceMemoryError", "DeviceUnavailableError", "Interpreter",
    "OpResolver", "OpResolverType", "Policy", "SignatureRunner", "__version__", "benchmark", "compare", "devices",
    "diagnose", "explain", "inspect", "known_delegates", "load_delegate", "profile", "register_custom_op", "run",
    "tune",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name == "devices":
        return import_module(".devices", __name__)
    if name not in _HOMES:
        raise AttributeError(f"module 'delegant' has no attribute {name!r}")
    from .core.collector import no_collection

    with no_collection():
        value = getattr(import_module(_HOMES[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
