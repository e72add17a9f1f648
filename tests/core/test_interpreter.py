"""What the Interpreter promises its user beyond LiteRT's behaviour, and where it is safer."""
from __future__ import annotations

import gc
import io
from typing import Any

import numpy as np
import pytest
from small_models import accumulator, chain, two_layers

from delegant.core.build.builder import ModelBuilder
from delegant.core.interpreter import Interpreter
from delegant.core.model.reader import open_model
from delegant.core.model.writer import write_model
from delegant.core.op_resolver import OpResolver

f32 = np.float32


def test_setting_a_constant_is_an_error_and_not_a_crash() -> None:
    interpreter = Interpreter(model_content=two_layers())
    interpreter.allocate_tensors()
    with pytest.raises(ValueError, match="constant"):
        interpreter.set_tensor(1, np.zeros((3, 4), f32))


def test_view_of_a_constant_cannot_be_written() -> None:
    interpreter = Interpreter(model_content=two_layers())
    interpreter.allocate_tensors()
    with pytest.raises(ValueError, match="read-only"):
        interpreter.tensor(1)()[...] = 0


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_view_writes_through_and_any_slice_of_it_counts_as_held(dtype: str) -> None:
    m = ModelBuilder()
    m.output(m.op("RESHAPE", [m.input("x", (1, 4), dtype), m.constant("shape", np.int32([4]))], shape=(4,)))
    interpreter = Interpreter(model_content=m.to_bytes())
    interpreter.allocate_tensors()
    view = interpreter.tensor(0)()
    assert view.dtype == interpreter.get_input_details()[0]["dtype"]
    view[...] = 7
    part = view[0, 1:]
    del view
    with pytest.raises(RuntimeError, match="at least 1 reference"):
        interpreter.invoke()
    del part
    gc.collect()
    interpreter.invoke()
    assert (interpreter.get_tensor(0) == 7).all()


def test_results_are_copies() -> None:
    interpreter = Interpreter(model_content=two_layers())
    interpreter.allocate_tensors()
    value = np.ones((1, 4), f32)
    interpreter.set_tensor(0, value)
    value[...] = 5
    got = interpreter.get_tensor(0)
    got[...] = 9
    assert (interpreter.get_tensor(0) == 1).all()


def test_all_tensors_are_kept_when_asked() -> None:
    model, x = chain(6), np.linspace(-2, 2, 6, dtype=f32).reshape(2, 3)
    interpreter = Interpreter(model_content=model, experimental_preserve_all_tensors=True)
    interpreter.allocate_tensors()
    interpreter.set_tensor(0, x)
    interpreter.invoke()
    for k in range(6):
        x = np.abs(x) if k % 2 else np.tanh(x)
        np.testing.assert_allclose(interpreter.get_tensor(k + 1), x, rtol=1e-6)


def test_variables_last_and_can_be_reset() -> None:
    model = accumulator()
    interpreter = Interpreter(model_content=model)
    interpreter.allocate_tensors()
    results = []
    for value in (1, 2, 4, None, 8):
        if value is None:
            interpreter.reset_all_variables()
            continue
        interpreter.set_tensor(0, np.full((1, 1), value, f32))
        interpreter.allocate_tensors()  # nothing has changed, so it keeps the state
        interpreter.invoke()
        results.append(interpreter.get_tensor(interpreter.get_output_details()[0]["index"]).item())
    assert results == [1, 3, 6, 8]


def test_string_tensors() -> None:
    m = ModelBuilder()
    x = m.input("words", (2, 2), "string")
    m.output(m.op("RESHAPE", [x, m.constant("shape", np.int32([4]))], shape=(4,)))
    interpreter = Interpreter(model_content=m.to_bytes())
    assert interpreter.get_input_details()[0]["dtype"] is np.bytes_
    interpreter.allocate_tensors()
    output = interpreter.get_output_details()[0]["index"]
    for words in ([["a", "bc"], ["", "dé"]], [[b"a", b"bc"], [b"", "dé".encode()]]):
        for dtype in (object, None):
            interpreter.set_tensor(0, np.array(words, dtype))
            interpreter.invoke()
            assert interpreter.get_tensor(output).tolist() == [b"a", b"bc", b"", "dé".encode()]


def test_custom_operator_of_the_caller() -> None:
    m = ModelBuilder()
    m.output(m.op("Twice", [m.input("x", (3,))], custom=True))
    model = m.to_bytes()
    with pytest.raises(RuntimeError, match=r"Encountered unresolved custom op: Twice\.\n.*Node number 0 \(Twice\)"):
        Interpreter(model_content=model).allocate_tensors()

    def prepare(op: Any) -> Any:
        op.output().resize(op.input(0).shape)
        return lambda: lambda: np.multiply(op.input(0).array, 2, out=op.output().array)

    interpreter = Interpreter(model_content=model, op_resolver=OpResolver({"Twice": prepare}))
    interpreter.allocate_tensors()
    interpreter.set_tensor(0, np.arange(3, dtype=f32))
    interpreter.invoke()
    assert interpreter.get_tensor(1).tolist() == [0, 2, 4]


def test_flex_operators_are_named_as_such() -> None:
    m = ModelBuilder()
    m.output(m.op("FlexErf", [m.input("x", (3,))], custom=True))
    with pytest.raises(RuntimeError, match="Select TensorFlow op"):
        Interpreter(model_content=m.to_bytes()).allocate_tensors()


def test_operators_too_new_are_refused() -> None:
    m = ModelBuilder()
    x = m.input("x", (3,))
    m.output(m.op("ADD", [x, x], version=99))
    with pytest.raises(ValueError, match="Didn't find op for builtin opcode 'ADD' version '99'"):
        Interpreter(model_content=m.to_bytes())


def test_nodes_out_of_order_are_refused() -> None:
    m = ModelBuilder()
    x, late, y = m.input("x", (3,)), m.tensor("late", (3,)), m.tensor("y", (3,))
    m.op_with_outputs("ABS", [late], [y])
    m.op_with_outputs("ABS", [x], [late])
    m.output(y)
    with pytest.raises(ValueError, match="in order of execution"):
        Interpreter(model_content=m.to_bytes())


@pytest.mark.parametrize(
    ("op", "options"),
    [("STABLEHLO_COMPOSITE", {"decomposition_subgraph_index": 1}), ("CALL", {"subgraph": 1}),
     ("IF", {"then_subgraph_index": 1, "else_subgraph_index": 1}), ("CALL_ONCE", {"init_subgraph_index": 1}),
     ("WHILE", {"cond_subgraph_index": 1, "body_subgraph_index": 1}),
     ("STABLEHLO_CASE", {"branch_subgraph_indices": (1,)}), ("STABLEHLO_REDUCE", {"body_subgraph_index": 1}),
     ("STABLEHLO_SORT", {"comparator_subgraph_index": 1}),
     ("STABLEHLO_SCATTER", {"update_computation_subgraph_index": 1}),
     ("STABLEHLO_CUSTOM_CALL", {"called_computations": (1,)})],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_subgraphs_that_call_themselves_are_refused(op: str, options: dict[str, Any]) -> None:
    m = ModelBuilder()
    m.output(m.input("x", (3,)))
    graph = m.subgraph("itself")
    graph.output(graph.op(op, [graph.input("x", (3,))], options))
    with pytest.raises(ValueError, match=r"subgraph 1 calls itself through subgraphs \[1\]"):
        Interpreter(model_content=m.to_bytes())


def test_a_circle_of_subgraphs_is_refused_and_a_long_chain_is_not() -> None:
    m = ModelBuilder()
    m.output(m.input("x", (3,)))
    graphs = [m.subgraph(f"graph{i}") for i in range(2000)]
    for graph in graphs:
        following = graph.index + 1 if graph.index < len(graphs) else 0
        graph.output(graph.op("CALL", [graph.input("x", (3,))], {"subgraph": following}))
    Interpreter(model_content=m.to_bytes())
    m.output(m.op("CALL", [m.input("y", (3,))], {"subgraph": 1}))
    with pytest.raises(ValueError, match="calls itself"):
        Interpreter(model_content=m.to_bytes())


def test_open_shape_of_an_input_that_was_not_resized() -> None:
    m = ModelBuilder()
    m.output(m.op("ABS", [m.input("x", (3,))]))
    model = m.build()
    graph = model.subgraphs[0]
    import dataclasses

    opened = dataclasses.replace(graph.tensors[0], shape=(-1,))
    graph = dataclasses.replace(graph, tensors=(opened, *graph.tensors[1:]))
    interpreter = Interpreter(model_content=write_model(dataclasses.replace(model, subgraphs=(graph,))))
    with pytest.raises(RuntimeError, match="resize_tensor_input"):
        interpreter.allocate_tensors()
    interpreter.resize_tensor_input(0, [2])
    interpreter.allocate_tensors()
    interpreter.invoke()
    assert interpreter.get_tensor(1).shape == (2,)


def test_too_large_for_any_memory() -> None:
    interpreter = Interpreter(model_content=chain(2))
    interpreter.resize_tensor_input(0, [2**30, 2**30])
    with pytest.raises(RuntimeError, match="Failed to allocate"):
        interpreter.allocate_tensors()


def test_context_manager_releases() -> None:
    with Interpreter(model_content=chain(2)) as interpreter:
        interpreter.allocate_tensors()
        interpreter.invoke()
    with pytest.raises(RuntimeError, match="not ready"):
        interpreter.invoke()


def test_path_may_be_bytes_or_a_path(tmp_path: Any) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(chain(2))
    for name in (path, str(path), str(path).encode()):
        Interpreter(name).allocate_tensors()
    assert open_model(path).subgraphs
    with pytest.raises(TypeError):
        Interpreter(io.BytesIO(chain(2)))  # type: ignore[arg-type]
