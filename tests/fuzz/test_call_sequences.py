"""Random sequences of calls of the Interpreter against live LiteRT: the same results, exceptions and state in between.

    pytest -m long tests/fuzz/test_call_sequences.py     # 300 fresh sequences per model
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from ops.harness import assert_close
from oracle import call_litert
from running import call_ours
from small_models import accumulator, two_layers, two_signatures

from delegant.core.build.builder import GraphBuilder, ModelBuilder
from delegant.core.interpreter import Interpreter

Call = tuple[str, tuple[Any, ...]]
RESOLVER = "BUILTIN_REF"


def unknown_shape() -> bytes:
    """What is above zero of a tensor with an open dimension: a shape known only at run time."""
    m = ModelBuilder()
    x = m.input("x", (-1, 3))
    places = m.op("WHERE", [m.op("GREATER", [x, m.constant("zero", np.float32(0))], dtype="bool")], shape=(-1, 2),
                  dtype="int64")  # fmt: skip
    picked = m.op("GATHER_ND", [x, places], shape=(-1,), dtype="float32")
    m.output(m.op("ABS", [picked]), m.op("NEG", [x]))
    return m.to_bytes()


def shared_variable() -> bytes:
    """A variable that one subgraph sets once; the main one adds to it, a signature reads it."""
    m = ModelBuilder()

    def handle(graph: GraphBuilder) -> Any:
        return graph.op("VAR_HANDLE", [], {"container": "c", "shared_name": "v"}, shape=(), dtype="resource")

    def start(graph: GraphBuilder) -> Any:
        graph.op_with_outputs("CALL_ONCE", [], [], {"init_subgraph_index": once.index})
        return graph.op("READ_VARIABLE", [handle(graph)], shape=(2,), dtype="float32")

    once = m.subgraph("once")
    value = once.constant("value", np.array([10, 20], np.float32))
    once.op_with_outputs("ASSIGN_VARIABLE", [handle(once), value], [])
    x = m.input("x", (2,))
    total = m.op("ADD", [start(m), x])
    m.op_with_outputs("ASSIGN_VARIABLE", [handle(m), total], [])
    m.output(total)
    reader = m.subgraph("reader")
    negated = reader.op("NEG", [start(reader)])
    reader.output(negated)
    m.signature("add", {"x": x}, {"sum": total})
    m.signature("read", {}, {"negated": negated}, reader)
    return m.to_bytes()


def loop() -> bytes:
    """Doubles a tensor with an open dimension `n` times."""
    m = ModelBuilder()
    state = [m.input("n", (1,), "int32"), m.input("x", (-1, 2))]
    condition, body = m.subgraph("condition"), m.subgraph("body")
    (left, _), (n, x) = ([g.input("n", (1,), "int32"), g.input("x", (-1, 2))] for g in (condition, body))
    condition.output(condition.op("GREATER", [left, condition.constant("0", np.zeros(1, np.int32))], dtype="bool"))
    body.output(body.op("SUB", [n, body.constant("1", np.ones(1, np.int32))]), body.op("ADD", [x, x]))
    outputs = [m.tensor("last", (1,), "int32"), m.tensor("y", (-1, 2))]
    options = {"cond_subgraph_index": condition.index, "body_subgraph_index": body.index}
    m.op_with_outputs("WHILE", state, outputs, options)
    m.output(*outputs)
    return m.to_bytes()


MODELS: dict[str, Callable[[], bytes]] = {
    "accumulator": accumulator, "loop": loop, "shared_variable": shared_variable, "two_layers": two_layers,
    "two_signatures": two_signatures, "unknown_shape": unknown_shape,
}  # fmt: skip


class User:
    """Someone who uses an interpreter: a list of calls that grows.

    Attributes:
        shapes: of the inputs as they are, by index.
    """

    def __init__(self, model: bytes, seed: int) -> None:
        interpreter = Interpreter(model_content=model)
        self.inputs, self.outputs = interpreter.get_input_details(), interpreter.get_output_details()
        self.signatures = interpreter.get_signature_list()
        self.shapes = {detail["index"]: [int(n) for n in detail["shape"]] for detail in self.inputs}
        self.rng = np.random.default_rng(seed)
        self.calls: list[Call] = [("allocate_tensors", ())]

    def value(self, detail: dict[str, Any], shape: Sequence[int]) -> np.ndarray:
        if np.dtype(detail["dtype"]).kind == "f":
            return self.rng.standard_normal(shape).astype(detail["dtype"])
        return self.rng.integers(0, 4, shape).astype(detail["dtype"])

    def run(self) -> None:
        for detail in self.inputs:
            self.calls.append(("set_tensor", (detail["index"], self.value(detail, self.shapes[detail["index"]]))))
        self.calls.append(("invoke", ()))
        self.calls += [("get_tensor", (detail["index"],)) for detail in self.outputs]

    def resize(self) -> None:
        """Another size of what the model leaves open, or one that it does not; then everything is set again."""
        detail = self.inputs[int(self.rng.integers(len(self.inputs)))]
        shape, strict = list(self.shapes[detail["index"]]), bool(self.rng.integers(2))
        size = int(self.rng.integers(1, 5))
        self.calls.append(("resize_tensor_input", (detail["index"], [size, *shape[1:]], strict)))
        if detail["shape_signature"][0] == -1:
            self.shapes[detail["index"]] = [size, *shape[1:]]
        else:
            self.calls.append(("resize_tensor_input", (detail["index"], shape)))
        self.calls.append(("allocate_tensors", ()))
        self.run()

    def sign(self) -> None:
        """Call a signature; names of inputs are those of tensors in these models."""
        details = {detail["name"]: detail for detail in self.inputs}
        for key, names in self.signatures.items():
            if set(names["inputs"]) <= set(details):
                values = {name: self.value(details[name], self.shapes[details[name]["index"]])
                          for name in names["inputs"]}  # fmt: skip
                self.calls.append(("signature", (key, values)))

    def describe(self) -> None:
        self.calls += [("get_input_details", ()), ("get_output_details", ())]

    def mistake(self) -> None:
        index = self.inputs[0]["index"]
        self.calls += [("set_tensor", (index, np.zeros((1, 1, 1), np.float32))), ("get_tensor", (999,))]

    def again(self) -> None:
        self.calls.append(("allocate_tensors", ()))
        self.run()

    def reset(self) -> None:
        self.calls.append(("reset_all_variables", ()))
        self.run()


ACTIONS = ("run", "run", "resize", "sign", "describe", "mistake", "again", "reset")


def check(name: str, **chosen: Any) -> None:
    model = MODELS[name]()

    @settings(deadline=None, database=None, suppress_health_check=list(HealthCheck), **chosen)
    @given(st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=7), st.integers(0, 1 << 32))
    def use(actions: list[str], seed: int) -> None:
        user = User(model, seed)
        for action in actions:
            getattr(user, action)()
        theirs = call_litert(user.calls, model_content=model, experimental_op_resolver_type=RESOLVER)
        ours = call_ours(user.calls, model_content=model)
        for call, mine, other in zip([("constructor", ()), *user.calls], ours, theirs, strict=True):
            _compare(call, mine, other)

    use()


def _compare(call: Call, ours: tuple[str, Any], theirs: tuple[str, Any]) -> None:
    assert ours[0] == theirs[0], f"{call}: {ours[1]} instead of {theirs[1]}"
    if ours[0] != "ok":
        assert ours[1][:25] == theirs[1][:25]
    elif isinstance(theirs[1], np.ndarray):
        assert_close(ours[1], theirs[1])
    elif isinstance(theirs[1], dict):
        assert list(ours[1]) == list(theirs[1])
        for name, value in theirs[1].items():
            assert_close(ours[1][name], value)
    elif isinstance(theirs[1], list):
        assert [d["shape"].tolist() for d in ours[1]] == [d["shape"].tolist() for d in theirs[1]]


@pytest.mark.parametrize("name", MODELS)
def test_a_few_sequences(name: str) -> None:
    check(name, max_examples=10, derandomize=True, phases=[Phase.generate])


@pytest.mark.long
@pytest.mark.parametrize("name", MODELS)
def test_fresh_sequences(name: str) -> None:
    check(name, max_examples=300, phases=[Phase.generate, Phase.shrink])
