"""One model opened for measuring: fed, run, read."""
from __future__ import annotations

import os
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..core.delegate import Delegate, Policy
from ..interpreter import Interpreter
from .inputs import Detail, Inputs, batch_of, load_inputs, match_inputs, random_inputs

ModelSource = str | os.PathLike[str] | bytes
"""A path to a .tflite file, or its content."""

DelegateSource = str | Delegate | None
"""A delegate's name, an open delegate, or None for the CPU."""


@dataclass(frozen=True)
class NamedArray:
    """A tensor's value with its name."""

    name: str
    value: np.ndarray


@dataclass(frozen=True)
class Target:
    """What a model ran on: the delegate's name (or "cpu"), its hardware in words, and whether that is the CPU."""

    name: str
    device: str
    is_software: bool


def target_of(interpreter: Interpreter) -> Target:
    """The first delegate attached to `interpreter`, or the CPU interpreter."""
    if not interpreter.delegates:
        return Target("cpu", "CPU interpreter", False)
    delegate = interpreter.delegates[0]
    return Target(delegate.name, delegate.device, delegate.is_software)


def model_name(model: ModelSource) -> str:
    """What to call a model in reports."""
    return "model" if isinstance(model, bytes) else os.path.basename(os.fspath(model))


def open_model(
    model: ModelSource, delegate: DelegateSource = None, policy: Policy | str = Policy.PREFER, **options: Any
) -> Interpreter:
    """An interpreter of `model`, with at most one delegate, not yet allocated.

    Raises:
        ValueError: the file is missing or no model, or no delegate has that name.
        DelegantError: the delegate cannot be opened.
    """
    source = {"model_content": model} if isinstance(model, bytes) else {"model_path": os.fspath(model)}
    attached = [] if delegate is None else [delegate]
    return Interpreter(**source, delegates=attached, policy=policy, **options)


def feed(interpreter: Interpreter, inputs: Sequence[np.ndarray]) -> None:
    """Allocate with the shapes of `inputs` and set them.

    Raises:
        ValueError: a type or number of dimensions does not fit the model.
        RuntimeError: the graph refuses these shapes.
    """
    for detail, value in zip(interpreter.get_input_details(), inputs, strict=True):
        if tuple(detail["shape"]) != value.shape:
            _check_new_shape(detail, value.shape)
            interpreter.resize_tensor_input(detail["index"], value.shape)
    interpreter.allocate_tensors()
    set_inputs(interpreter, inputs)


def _check_new_shape(detail: Detail, shape: tuple[int, ...]) -> None:
    """Refuse another number of dimensions; warn where a dimension changes that the model fixes, beside the batch."""
    declared = [int(n) for n in detail["shape_signature"]]
    if len(declared) != len(shape):
        raise ValueError(f"input {detail['name']} has the shape {declared}, the given array {list(shape)}")
    if any(new != old != -1 for old, new in zip(declared[1:], shape[1:], strict=True)):
        warnings.warn(
            f"input {detail['name']} has the shape {declared} in the model, resized to {list(shape)}", stacklevel=3
        )


def set_inputs(interpreter: Interpreter, inputs: Sequence[np.ndarray]) -> None:
    """Set the inputs of an allocated interpreter."""
    for detail, value in zip(interpreter.get_input_details(), inputs, strict=True):
        interpreter.set_tensor(detail["index"], value)


def timed_invoke(interpreter: Interpreter) -> float:
    """Run once; the wall-clock time in milliseconds."""
    start = time.perf_counter()
    interpreter.invoke()
    return (time.perf_counter() - start) * 1e3


def read_outputs(interpreter: Interpreter) -> tuple[NamedArray, ...]:
    """Copies of all outputs, in order."""
    return tuple(
        NamedArray(str(d["name"]), interpreter.get_tensor(d["index"])) for d in interpreter.get_output_details()
    )


def choose_inputs(interpreter: Interpreter, inputs: Inputs | None, seed: int, batch: int = 1) -> list[np.ndarray]:
    """The user's inputs in order, or random ones; where `batch` is more than 1, so many times the example in them.

    Raises:
        ValueError: they do not fit the model, or are to be a batch and have no batch dimension of 1.
    """
    details = interpreter.get_input_details()
    chosen = random_inputs(details, seed) if inputs is None else match_inputs(details, inputs)
    return [batch_of(value, batch, str(detail["name"])) for detail, value in zip(details, chosen, strict=True)]


def read_files(
    model: ModelSource, paths: Sequence[str | os.PathLike[str]] | None, scaling: str | None = None, seed: int = 0
) -> list[np.ndarray] | None:
    """Inputs for `model` from files, as `load_inputs` reads them; None where there are none.

    Raises:
        ValueError: the model or a file cannot be read, or they do not fit each other.
    """
    return load_inputs(paths, open_model(model).get_input_details(), scaling, seed) if paths else None
