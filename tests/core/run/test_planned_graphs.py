"""Random graphs of parts, functions, sums and products: what is shared, batched and composed changes no result."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from delegant import Interpreter
from delegant.core.build.builder import ModelBuilder
from delegant.core.run.batching import Batch

f32 = np.float32


class Drawn:
    """A random model of 4 x 16 numbers, cut into rows and parts of rows that meet again in sums and products."""

    def __init__(self, seed: int, dtype: str) -> None:
        self.rng, self.model, self.quantized = np.random.default_rng(seed), ModelBuilder(), dtype == "int8"
        values = self.rng.integers(-100, 100, (16, 16), np.int8)
        weights = values if self.quantized else values.astype(f32) / 200
        self.weights = self.model.constant("w", weights, quantization=(0.01, 0) if self.quantized else None)
        self.tensors = [self.model.input(name, (4, 16), dtype, quantization=self._scale(0.05)) for name in "xy"]
        for _ in range(int(self.rng.integers(8, 30))):
            self._grow()
        for tensor in self.rng.choice(len(self.tensors) - 2, min(3, len(self.tensors) - 2), replace=False):
            self.model.output(self.tensors[tensor + 2])

    def _scale(self, scale: float) -> tuple[float, int] | None:
        return (scale * (1 + self.rng.random()), int(self.rng.integers(-20, 20))) if self.quantized else None

    def _grow(self) -> None:
        rng, m = self.rng, self.model
        t = self.tensors[int(rng.integers(len(self.tensors)))]
        kind = rng.choice(["cut", "cut", "logistic", "tanh", "mul", "add", "product"])
        if kind == "cut":
            axis = 0 if t.shape[0] > 1 else 1
            if t.shape[axis] >= 4:
                self.tensors += m.split(t, 4, axis)
        elif kind == "product" and t.shape[1] == 16:
            self.tensors.append(m.op("FULLY_CONNECTED", [t, self.weights], {}, quantization=self._scale(0.02)))
        elif kind in ("mul", "add"):
            alike = [u for u in self.tensors if u.shape == t.shape]
            other = alike[int(rng.integers(len(alike)))]
            self.tensors.append(m.op(kind.upper(), [t, other], {}, quantization=self._scale(0.02)))
        elif kind in ("logistic", "tanh"):
            fixed: Any = {"logistic": (1 / 256, -128), "tanh": (1 / 128, 0)}[kind] if self.quantized else None
            parts = self.tensors[-4:] if rng.random() < 0.5 else [t]
            self.tensors += [m.op(kind.upper(), [part], quantization=fixed) for part in parts]


def results(interpreter: Interpreter, seed: int) -> list[np.ndarray]:
    """Outputs of two runs."""
    rng, found = np.random.default_rng(seed), []
    for _ in range(2):
        for detail in interpreter.get_input_details():
            values = rng.standard_normal(detail["shape"]).astype(f32)
            codes = rng.integers(-128, 128, detail["shape"], np.int8)
            interpreter.set_tensor(detail["index"], codes if detail["dtype"] == np.int8 else values)
        interpreter.invoke()
        found += [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]
    return found


@pytest.mark.parametrize("dtype", ["float32", "int8"])
def test_results_are_those_of_nodes_one_by_one(dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DELEGANT_VALIDATE", "1")  # the layout of memory is checked as well
    batched = needless = 0
    for seed in range(60):
        drawn = Drawn(seed, dtype)
        model = drawn.model.to_bytes()
        planned, plain = Interpreter(model_content=model), Interpreter(
            model_content=model, experimental_preserve_all_tensors=True
        )
        for interpreter in (planned, plain):
            interpreter.allocate_tensors()
        steps = planned._executions[0]._steps
        found = sum(len(step.nodes) - 1 for step in steps if isinstance(step, Batch))
        batched += found
        needless += len(plain._executions[0]._steps) - len(steps) - found
        for mine, theirs in zip(results(planned, seed), results(plain, seed), strict=True):
            tolerance = 0 if dtype == "int8" else 1e-5 * float(np.abs(theirs).max())
            np.testing.assert_allclose(mine, theirs, rtol=0, atol=tolerance, err_msg=f"seed {seed}")
    assert batched > 20 and (needless > 20) == (dtype == "int8")
