"""Outputs whose type in the file is not the one of the operands, against LiteRT's reference kernels."""
from __future__ import annotations

import numpy as np
import pytest
from ops.harness import check_model, run_delegant

from delegant.core.build.builder import ModelBuilder


def _model(op: str) -> ModelBuilder:
    model = ModelBuilder()
    x = model.input("x", (4,), "int8", quantization=(0.1, 0))
    between = model.op(op, [x, x], dtype="float32", quantization=(0.1, 0))
    model.output(model.op("ADD", [x, between], dtype="int8", quantization=(0.2, 0)))
    return model


@pytest.mark.parametrize("op", ["ADD", "SUB", "DIV", "MAXIMUM", "MINIMUM", "SQUARED_DIFFERENCE", "FLOOR_DIV"])
def test_they_take_the_type_of_the_operands(op: str) -> None:
    check_model(_model(op), [np.array([1, 2, 3, -4], np.int8)])


def test_other_operators_refuse_such_files() -> None:
    with pytest.raises(RuntimeError, match="ABS"):
        model = ModelBuilder()
        model.output(model.op("ABS", [model.input("x", (4,), "int8", quantization=(0.1, 0))], dtype="float32"))
        run_delegant(model.to_bytes(), [np.zeros(4, np.int8)])
