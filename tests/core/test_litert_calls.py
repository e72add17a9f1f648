"""The Interpreter's API against LiteRT's: the same results, exception types and beginnings of messages."""
from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from descriptions import assert_same
from oracle import call_litert, run_litert
from running import call_ours
from small_models import two_layers

from delegant.core.build.builder import ModelBuilder
from delegant.core.interpreter import Interpreter, OpResolverType

f32 = np.float32
ALLOCATE = ("allocate_tensors", ())
Calls = Sequence[tuple[str, tuple[Any, ...]]]


def set_tensor(index: Any, value: Any) -> tuple[str, tuple[Any, ...]]:
    return "set_tensor", (index, value)


def resize(*arguments: Any) -> tuple[str, tuple[Any, ...]]:
    return "resize_tensor_input", arguments


# name -> calls. In `two_layers`: 0 input [-1, 4], 1 and 2 weights, 3 hidden, 4 a constant, 5 output [-1, 3].
SAME: dict[str, Calls] = {
    "wrong dtype": [ALLOCATE, set_tensor(0, np.zeros((1, 4)))],
    "wrong dimension": [ALLOCATE, set_tensor(0, np.zeros((2, 4), f32))],
    "wrong rank": [ALLOCATE, set_tensor(0, np.zeros(4, f32))],
    "None": [ALLOCATE, set_tensor(0, None)],
    "str": [ALLOCATE, set_tensor(0, "abc")],
    "list": [ALLOCATE, set_tensor(0, [[1.0, 2.0, 3.0, 4.0]])],
    "uint64": [ALLOCATE, set_tensor(0, np.zeros((1, 4), np.uint64))],
    "complex128": [ALLOCATE, set_tensor(0, np.zeros((1, 4), np.complex128))],
    "datetime": [ALLOCATE, set_tensor(0, np.zeros((1, 4), "M8[s]"))],
    "not contiguous": [ALLOCATE, set_tensor(0, np.arange(16, dtype=f32).reshape(4, 4)[:1, ::-1]), ("get_tensor", (0,))],
    "index too large": [ALLOCATE, set_tensor(9999, np.zeros((1, 4), f32)), ("get_tensor", (9999,))],
    "index negative": [ALLOCATE, set_tensor(-1, np.zeros((1, 4), f32)), ("get_tensor", (-1,)), ("tensor()", (-1,))],
    "index is no int": [ALLOCATE, ("get_tensor", (1.5,)), ("get_tensor", ("x",)), set_tensor("x", 0), resize("x", [1])],
    "subgraph": [ALLOCATE, ("get_tensor", (0, 5)), ("get_tensor_details", (3,)), ("get_tensor_details", (-1,))],
    "details": [
        ("get_input_details", ()), ("get_output_details", ()), ("get_tensor_details", ()), ("_get_ops_details", ()),
        ("get_signature_list", ()), ("_get_full_signature_list", ()), ("num_subgraphs", ()), ("_safe_to_run", ()),
    ],
    "before allocation": [
        set_tensor(0, np.zeros((1, 4), f32)), ("get_tensor", (0,)), ("tensor()", (0,)), ("get_tensor", (1,)),
        ("invoke", ()),
    ],
    "resized": [
        ALLOCATE, resize(0, [2, 4]), ("get_tensor", (0,)), ("invoke", ()), ("get_input_details", ()), ALLOCATE,
        ("get_output_details", ()), set_tensor(0, np.ones((2, 4), f32)), ("invoke", ()), ("get_tensor", (5,)),
    ],
    "resized to the same": [ALLOCATE, resize(0, [1, 4]), ("invoke", ())],
    "resized to nothing": [ALLOCATE, resize(0, [0, 4]), ALLOCATE, ("invoke", ()), ("get_output_details", ())],
    "resized strictly": [
        ALLOCATE, resize(0, [5, 4], True), ALLOCATE, ("get_output_details", ()), resize(0, [5, 5], True),
    ],
    "resized to another rank strictly": [ALLOCATE, resize(0, [1, 4, 1], True)],
    "resized an intermediate tensor": [ALLOCATE, resize(3, [7, 7]), ("invoke", ()), ALLOCATE, ("invoke", ())],
    "resized a constant": [ALLOCATE, resize(1, [2, 2])],
    "resized badly": [resize(0, "ab"), resize(0, [[1, 4]]), resize(0, 4), resize(0, [1.7, 4])],
    "no such input": [resize(99, [5, 4]), resize(-1, [5, 4]), resize(0, [-1, 4])],
    "held view": [
        ALLOCATE, ("hold", (0,)), ("invoke", ()), ALLOCATE, resize(0, [1, 4]), ("_safe_to_run", ()),
        set_tensor(0, np.ones((1, 4), f32)), ("get_tensor", (0,)),
    ],
    "set output": [ALLOCATE, set_tensor(5, np.zeros((1, 3), f32)), set_tensor(3, np.zeros((1, 3), f32))],
    "signatures": [
        ("get_signature_runner", ("nope",)), ("get_signature_runner", ("",)), ("signature", ("serving_default", {})),
        ("signature", ("serving_default", {"zz": np.zeros((1, 4), f32)})),
        ("signature", ("serving_default", {"x": [1]})), ("signature", (None, {"x": np.ones((3, 4), f32)})),
        ("signature", ("serving_default", {"x": np.ones((3, 4))})),
    ],
}  # fmt: skip

OWN_WORDS = {"index is no int", "resized to another rank strictly", "no such input"}
"""Where LiteRT names C++ lines or signatures; only the type of the exception is compared."""


@pytest.mark.parametrize("name", SAME)
def test_calls_end_as_with_litert(name: str) -> None:
    model, calls = two_layers(), SAME[name]
    theirs = call_litert(calls, model_content=model, experimental_op_resolver_type="BUILTIN_REF")
    ours = call_ours(calls, model_content=model)
    assert len(ours) == len(theirs)
    for (call, _), (kind, value), (expected_kind, expected) in zip(
        [("constructor", ()), *calls], ours, theirs, strict=True
    ):
        assert kind == expected_kind, f"{call}: {value} instead of {expected}"
        if kind == "ok":
            assert_same(value, expected, call)
        elif name not in OWN_WORDS:
            assert value[:25] == expected[:25]


CONSTRUCTORS: dict[str, dict[str, Any]] = {
    "path and content": {"model_path": "x", "model_content": b"x"},
    "neither": {},
    "empty content": {"model_content": b""},
    "missing file": {"model_path": "/nonexistent/x.tflite"},
    "truncated": {"model_content": two_layers()[:100]},
    "no model": {"model_content": b"hello, this is no model at all"},
    "bytearray": {"model_content": bytearray(two_layers())},
    "str content": {"model_content": "abc"},
    "path is an int": {"model_path": 5},
    "no thread": {"model_content": two_layers(), "num_threads": 0},
    "fewer than no thread": {"model_content": two_layers(), "num_threads": -1},
    "threads in words": {"model_content": two_layers(), "num_threads": "2"},
    "threads by halves": {"model_content": two_layers(), "num_threads": 1.5},
    "True threads": {"model_content": two_layers(), "num_threads": True},
    "resolver by name": {"model_content": two_layers(), "experimental_op_resolver_type": "x"},
    "resolver by number": {"model_content": two_layers(), "experimental_op_resolver_type": 5},
    "unknown argument": {"model_content": two_layers(), "colour": 1},
}


@pytest.mark.parametrize("name", CONSTRUCTORS)
def test_constructor_ends_as_with_litert(name: str) -> None:
    arguments = CONSTRUCTORS[name]
    (expected_kind, expected), *_ = call_litert([], **arguments)
    (kind, message), *_ = call_ours([], **arguments)
    assert kind == expected_kind, message
    if kind == "ValueError":
        assert message[:20] == expected[:20]


def test_arguments_are_litert_s_in_order() -> None:
    theirs = [
        "model_path", "model_content", "experimental_delegates", "num_threads", "experimental_op_resolver_type",
        "experimental_preserve_all_tensors", "experimental_disable_delegate_clustering",
        "experimental_default_delegate_latest_features", "experimental_compress_quantization_zero_points",
        "experimental_disable_delegate_node_fusion", "experimental_force_delegate_node_profiling",
    ]  # fmt: skip
    ours = list(inspect.signature(Interpreter).parameters.values())
    assert [p.name for p in ours[: len(theirs)]] == theirs
    assert all(p.kind is p.KEYWORD_ONLY for p in ours[len(theirs) :])


@pytest.mark.parametrize("resolver", OpResolverType)
def test_every_resolver_gives_the_same_kernels(resolver: OpResolverType) -> None:
    model, x = two_layers(), np.ones((1, 4), f32)
    interpreter = Interpreter(model_content=model, experimental_op_resolver_type=resolver)
    interpreter.allocate_tensors()
    interpreter.set_tensor(0, x)
    interpreter.invoke()
    np.testing.assert_allclose(interpreter.get_tensor(5), run_litert(model, [x])[0], rtol=1e-6)


def test_a_strict_resize_is_held_against_the_present_shape() -> None:
    """Where the model leaves no dimension open."""
    m = ModelBuilder()
    m.output(m.op("ABS", [m.input("x", (1, 4))]))
    calls = [ALLOCATE, resize(0, [3, 4]), resize(0, [1, 4], True), resize(0, [3, 4], True), ALLOCATE]
    theirs, ours = call_litert(calls, model_content=m.to_bytes()), call_ours(calls, model_content=m.to_bytes())
    assert ours == theirs
    assert ours[3] == ("RuntimeError", theirs[3][1]) and "with value 3 to 1" in ours[3][1]
