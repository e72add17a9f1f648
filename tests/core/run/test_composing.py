"""Functions of codes that only small sums and products read are never computed, and nobody can tell."""
from __future__ import annotations

import numpy as np
import pytest
from fake_delegate import FakeDelegate
from oracle import run_litert

from delegant import Interpreter, OpResolver
from delegant.core.build.builder import ModelBuilder
from delegant.core.op import Bind, Op


def gated(dtype: str = "int8", size: int = 48, keep: bool = False) -> bytes:
    """`LOGISTIC(a) * TANH(b) + TANH(a) * TANH(a)`; `keep`: the sigmoid is an output too."""
    m = ModelBuilder()
    low = -128 if dtype == "int8" else 0
    a, b = (m.input(name, (1, size), dtype, quantization=(0.04, 3 + low // 2)) for name in "ab")
    gate = m.op("LOGISTIC", [a], quantization=(1 / 256, low))
    values = [m.op("TANH", [x], quantization=(1 / 128, low + 128)) for x in (a, b)]
    first = m.op("MUL", [gate, values[1]], {}, quantization=(0.01, 5 - low // 3))
    second = m.op("MUL", [values[0], values[0]], {}, quantization=(0.005, low))
    m.output(m.op("ADD", [first, second], {}, quantization=(0.02, 1 + low // 4)))
    if keep:
        m.output(gate)
    return m.to_bytes()


def operators(interpreter: Interpreter) -> list[str]:
    """Those of the steps."""
    execution = interpreter._executions[0]
    return sorted(execution.graph.nodes[step].op for step in execution._steps if isinstance(step, int))


def ready(model: bytes, **arguments: object) -> Interpreter:
    interpreter = Interpreter(model_content=model, **arguments)  # type: ignore[arg-type]
    interpreter.allocate_tensors()
    return interpreter


def check(interpreter: Interpreter, model: bytes) -> None:
    """All pairs of codes of a few, beside LiteRT."""
    for seed in range(3):
        details = interpreter.get_input_details()
        rng = np.random.default_rng(seed)
        values = [rng.integers(0, 256, d["shape"], np.uint8).view(d["dtype"]) for d in details]
        for detail, value in zip(details, values, strict=True):
            interpreter.set_tensor(detail["index"], value)
        interpreter.invoke()
        ours = [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]
        for mine, theirs in zip(ours, run_litert(model, values), strict=True):
            np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("dtype", ["int8", "uint8"])
def test_only_sums_and_products_are_left(dtype: str) -> None:
    interpreter = ready(gated(dtype))
    assert operators(interpreter) == ["ADD", "MUL", "MUL"]
    check(interpreter, gated(dtype))


def test_what_is_an_output_is_computed() -> None:
    interpreter = ready(gated(keep=True))
    assert operators(interpreter) == ["ADD", "LOGISTIC", "MUL", "MUL"]
    check(interpreter, gated(keep=True))


def test_large_tensors_and_preserved_ones_are_computed() -> None:
    everything = ["ADD", "LOGISTIC", "MUL", "MUL", "TANH", "TANH"]
    large = ready(gated(size=5000))
    assert operators(large) == everything
    check(large, gated(size=5000))
    assert operators(ready(gated(), experimental_preserve_all_tensors=True)) == everything


def test_what_a_replaced_kernel_reads_is_computed() -> None:
    read: list[np.ndarray] = []

    def product(op: Op) -> Bind:
        op.output().resize(op.input(0).shape)
        return lambda: lambda: read.append(op.input(0).array.copy())

    resolver = OpResolver()
    resolver.replace("MUL", product)
    interpreter = ready(gated(), op_resolver=resolver)
    interpreter.invoke()
    assert operators(interpreter) == ["ADD", "LOGISTIC", "MUL", "MUL", "TANH", "TANH"] and read[0].any()


def test_what_a_delegate_reads_is_computed() -> None:
    model = ModelBuilder()
    a = model.input("a", (1, 8), "int8", quantization=(0.04, 3))
    gate = model.op("LOGISTIC", [a], quantization=(1 / 256, -128))
    model.output(model.op("MUL", [gate, a], {}, quantization=(0.01, 5)))
    model.output(model.op("ABS", [gate], quantization=(1 / 256, -128)))
    interpreter = ready(model.to_bytes(), delegates=[FakeDelegate(("ABS",))])
    assert operators(interpreter) == ["LOGISTIC", "MUL"]
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], np.full((1, 8), 3, np.int8))
    interpreter.invoke()
    outputs = [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]
    assert (outputs[0] == 5).all() and (outputs[1] == 0).all()  # 0.5 * 0.0, and the code of 0.5


@pytest.mark.parametrize("swapped", [False, True])
def test_a_product_with_a_function_of_its_factor(swapped: bool) -> None:
    """Of any size: it is one function of the factor's codes."""
    m = ModelBuilder()
    x = m.input("x", (3, 4000), "int8", quantization=(0.04, 3))
    factors = [x, m.op("LOGISTIC", [x], quantization=(1 / 256, -128))]
    m.output(m.op("MUL", factors[::-1] if swapped else factors, {}, quantization=(0.03, -5)))
    interpreter = ready(m.to_bytes())
    assert operators(interpreter) == ["MUL"]
    check(interpreter, m.to_bytes())
    plan = interpreter._executions[0].storage.plan
    assert plan is not None and len(plan.tensors) == 2


def test_plain_integers_beside_codes() -> None:
    """A sum whose first operand has no scale adds the numbers as they are."""
    model = ModelBuilder()
    a = model.input("a", (16,), "int8")
    tangent = model.op("TANH", [model.input("b", (16,), "int8", quantization=(0.04, 3))], quantization=(1 / 128, 0))
    model.output(model.op("ADD", [a, tangent], {}))
    interpreter = ready(model.to_bytes())
    assert operators(interpreter) == ["ADD", "TANH"]
    interpreter.set_tensor(interpreter.get_input_details()[1]["index"], np.full(16, 127, np.int8))
    interpreter.invoke()
    assert (interpreter.get_tensor(interpreter.get_output_details()[0]["index"]) == 127).all()


def test_resizing_decides_anew() -> None:
    interpreter = ready(gated())
    for size, count in ((5000, 6), (30, 3)):
        for detail in interpreter.get_input_details():
            interpreter.resize_tensor_input(detail["index"], [1, size])
        interpreter.allocate_tensors()
        assert len(operators(interpreter)) == count
