"""Running a model in one line."""
from __future__ import annotations

from typing import Any

import numpy as np

from delegant.core.builder import ModelBuilder
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
