"""Running a model in one line, or call by call."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from oracle import call_method

from delegant.core.build.builder import ModelBuilder
from delegant.core.interpreter import Interpreter

f32, i32 = np.float32, np.int32


def run(interpreter: Interpreter, *inputs: Any) -> list[np.ndarray]:
    for detail, value in zip(interpreter.get_input_details(), inputs, strict=True):
        interpreter.set_tensor(detail["index"], value)
    interpreter.invoke()
    return [interpreter.get_tensor(d["index"]) for d in interpreter.get_output_details()]


def ready(model: ModelBuilder | bytes, **arguments: Any) -> Interpreter:
    content = model if isinstance(model, bytes) else model.to_bytes()
    interpreter = Interpreter(model_content=content, **arguments)
    interpreter.allocate_tensors()
    return interpreter


def call_ours(calls: Sequence[tuple[str, tuple[Any, ...]]], **constructor: Any) -> list[tuple[str, Any]]:
    """As `oracle.call_litert`, on our interpreter in this process."""
    held: list[Any] = []
    try:
        interpreter = Interpreter(**constructor)
    except Exception as error:
        return [(type(error).__name__, str(error))]
    results: list[tuple[str, Any]] = [("ok", None)]
    for method, arguments in calls:
        try:
            results.append(("ok", call_method(interpreter, method, arguments, held)))
        except Exception as error:
            results.append((type(error).__name__, str(error)))
    return results
