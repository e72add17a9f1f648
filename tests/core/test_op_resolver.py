"""Resolvers: adding, replacing, restricting and removing kernels, and who sees the change."""
from __future__ import annotations

import numpy as np
import pytest
from small_models import chain

import delegant
from delegant.core.build.builder import ModelBuilder
from delegant.core.interpreter import Interpreter
from delegant.core.kernels import registry
from delegant.core.op import Bind, Op
from delegant.core.op_resolver import OpResolver, register_custom_op


def times(factor: float):
    """A kernel that multiplies its input."""

    def prepare(op: Op) -> Bind:
        op.output().resize(op.input(0).shape)
        return lambda: lambda: np.multiply(op.input(0).array, np.float32(factor), out=op.output().array)

    return prepare


def custom_model(name: str) -> bytes:
    m = ModelBuilder()
    x, y = m.input("x", (3,)), m.tensor("y", (3,))
    m.op_with_outputs(name, [x], [y], custom=True)
    m.output(y)
    return m.to_bytes()


def result(model: bytes, resolver: OpResolver | None = None, **more) -> list[float]:
    interpreter = Interpreter(model_content=model, op_resolver=resolver, **more)
    interpreter.allocate_tensors()
    x = interpreter.get_input_details()[0]
    interpreter.set_tensor(x["index"], np.arange(x["shape"].prod(), dtype=np.float32).reshape(x["shape"]))
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"]).ravel().tolist()


def test_an_added_operator_runs() -> None:
    resolver = OpResolver({"Twice": times(2)})
    resolver.add("Thrice", times(3), inplace=(0,))
    assert result(custom_model("Twice"), resolver) == [0, 2, 4]
    assert result(custom_model("Thrice"), resolver) == [0, 3, 6]
    assert resolver.custom["Thrice"].inplace == (0,)
    assert "Twice" in resolver and "Twice" not in OpResolver()


@pytest.mark.parametrize("name", ["ABS", "TFLite_Detection_PostProcess", "Mine"])
def test_a_second_kernel_is_refused(name: str) -> None:
    resolver = OpResolver({"Mine": times(1)})
    with pytest.raises(ValueError, match=f"{name} has a kernel already; use replace"):
        resolver.add(name, times(2))


def test_a_builtin_operator_can_be_replaced() -> None:
    resolver = OpResolver()
    resolver.replace("ABS", times(10))
    assert result(chain(2, (3,)), resolver) == pytest.approx(list(10 * np.tanh([0.0, 1.0, 2.0])))
    assert result(chain(2, (3,))) == pytest.approx(list(np.tanh([0.0, 1.0, 2.0])))


@pytest.mark.parametrize("change", ["replace", "remove", "restrict"])
def test_what_is_not_there_is_refused_and_nothing_changes(change: str) -> None:
    resolver = OpResolver()
    before = dict(resolver.builtin), dict(resolver.custom)
    arguments = {"replace": ("Nobody", times(1)), "remove": ("ABS", "Nobody"), "restrict": (["ABS", "Nobody"],)}
    with pytest.raises(ValueError, match="Nobody has no kernel"):
        getattr(resolver, change)(*arguments[change])
    assert (dict(resolver.builtin), dict(resolver.custom)) == before


def test_a_removed_builtin_operator_is_not_found_when_loading() -> None:
    resolver = OpResolver()
    resolver.remove("TANH")
    with pytest.raises(ValueError, match="Didn't find op for builtin opcode 'TANH' version '1'"):
        Interpreter(model_content=chain(1), op_resolver=resolver)
    resolver.add("TANH", times(1))
    assert result(chain(1, (2,)), resolver) == [0, 1]


def test_a_removed_custom_operator_is_not_found_when_allocating() -> None:
    resolver = OpResolver({"Mine": times(1)})
    resolver.remove("Mine")
    with pytest.raises(RuntimeError, match="unresolved custom op: Mine"):
        Interpreter(model_content=custom_model("Mine"), op_resolver=resolver).allocate_tensors()


def test_restrict_keeps_only_what_is_named() -> None:
    resolver = OpResolver({"Mine": times(1), "Other": times(1)})
    resolver.restrict(["TANH", "Mine"])
    assert (set(resolver.builtin), set(resolver.custom)) == ({"TANH"}, {"Mine"})


def test_copies_and_interpreters_do_not_see_later_changes() -> None:
    resolver = OpResolver({"Mine": times(2)})
    twin, interpreter = resolver.copy(), Interpreter(model_content=custom_model("Mine"), op_resolver=resolver)
    resolver.replace("Mine", times(5))
    assert result(custom_model("Mine"), twin) == [0, 2, 4]
    interpreter.allocate_tensors()
    interpreter.set_tensor(0, np.ones(3, np.float32))
    interpreter.invoke()
    assert interpreter.get_tensor(1).tolist() == [2, 2, 2]


@pytest.mark.parametrize(("name", "kernel", "error"), [("", times(1), ValueError), ("Mine", 3, TypeError)])
def test_nonsense_is_refused(name: str, kernel: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        OpResolver().add(name, kernel)  # type: ignore[arg-type]


def test_the_interpreter_takes_only_a_resolver() -> None:
    with pytest.raises(TypeError, match="op_resolver must be an OpResolver, not dict"):
        Interpreter(model_content=chain(1), op_resolver={})  # type: ignore[arg-type]


def test_a_registered_operator_is_known_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_custom", dict(registry._custom))
    delegant.register_custom_op("ForAll", times(4))
    assert result(custom_model("ForAll")) == [0, 4, 8]
    with pytest.raises(ValueError, match="ForAll has a kernel already"):
        register_custom_op("ForAll", times(5))
    with pytest.raises(ValueError, match="CONV_2D is a builtin operator"):
        register_custom_op("CONV_2D", times(1))


def test_the_public_interpreter_takes_one() -> None:
    resolver = delegant.OpResolver({"Mine": times(2)})
    with delegant.Interpreter(model_content=custom_model("Mine"), op_resolver=resolver) as interpreter:
        interpreter.allocate_tensors()


def call_model(target: str) -> bytes:
    m = ModelBuilder()
    m.output(m.op("STABLEHLO_CUSTOM_CALL", [m.input("x", (3,))], {"call_target_name": target}))
    return m.to_bytes()


def test_a_custom_call_runs_the_operator_that_it_names() -> None:
    resolver = OpResolver({"Twice": times(2)})
    assert result(call_model("Twice"), resolver) == [0, 2, 4]
    resolver.replace("STABLEHLO_CUSTOM_CALL", times(5))
    assert result(call_model("Twice"), resolver) == [0, 2, 4]
    assert result(call_model("Other"), resolver) == [0, 5, 10]


def test_a_custom_call_of_nobody_is_named() -> None:
    with pytest.raises(RuntimeError, match=r"custom call: 'Nobody'.*register_custom_op"):
        result(call_model("Nobody"))
    assert "Nobody" not in OpResolver()
