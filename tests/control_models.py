"""Models that run subgraphs: a loop, a choice, a composite, one body called with two shapes."""
from __future__ import annotations

from typing import Any

import numpy as np
from flatbuffers import flexbuffers

from delegant.core.build.builder import GraphBuilder, ModelBuilder

f32, i32 = np.float32, np.int32
WIDTH = 8
CONDITION, BODY = 1, 2
THEN, ELSE = 1, 2


def _dense(graph: GraphBuilder, x: Any, seed: int) -> Any:
    weights = np.random.default_rng(seed).standard_normal((WIDTH, WIDTH)).astype(f32) / WIDTH
    return graph.fully_connected(x, weights, np.zeros(WIDTH, f32))


def loop(rows: int = 4, *, dense: bool = False, grows: bool = False) -> bytes:
    """n times: x becomes tanh(x + x), or tanh of a layer of it; or x is doubled in length.

    The counter's nodes are integers: SUB is node 0 of the body, the rest follows.
    """
    m = ModelBuilder()
    n, x = m.input("n", (1,), "int32"), m.input("x", (rows, WIDTH))
    condition, body = m.subgraph("condition"), m.subgraph("body")
    left = condition.input("n", (1,), "int32")
    condition.input("x", (rows, WIDTH))
    condition.output(condition.op("GREATER", [left, condition.constant("0", i32([0]))], dtype="bool"))
    left, y = body.input("n", (1,), "int32"), body.input("x", (rows, WIDTH))
    less = body.op("SUB", [left, body.constant("1", i32([1]))])
    if grows:
        more = body.tanh(body.op("CONCATENATION", [y, y], {"axis": 0}, shape=(2 * rows, WIDTH)))
    else:
        more = body.tanh(_dense(body, y, 0) if dense else body.add(y, y))
    body.output(less, more)
    outputs = [m.tensor("n_out", (1,), "int32"), m.tensor("x_out", (rows, WIDTH))]
    m.op_with_outputs("WHILE", [n, x], outputs, {"cond_subgraph_index": CONDITION, "body_subgraph_index": BODY})
    m.output(*outputs)
    return m.to_bytes()


def choice(*, dense: bool = False, constant: bool | None = None) -> bytes:
    """exp(tanh(x)), or of a layer of x, if the condition holds, else -x; then abs."""
    m = ModelBuilder()
    condition: Any = m.input("condition", (1,), "bool") if constant is None else None
    x = m.input("x", (4, WIDTH))
    if constant is not None:
        condition = m.constant("condition", np.array([constant]))
    then, otherwise = m.subgraph("then"), m.subgraph("else")
    y = then.input("x", (4, WIDTH))
    then.output(then.op("EXP", [then.tanh(_dense(then, y, 1) if dense else y)]))
    otherwise.output(otherwise.op("NEG", [otherwise.input("x", (4, WIDTH))]))
    options = {"then_subgraph_index": THEN, "else_subgraph_index": ELSE}
    m.output(m.op("ABS", [m.op("IF", [condition, x], options, shape=(4, WIDTH), dtype="float32")]))
    return m.to_bytes()


def composite(*shapes: tuple[int, ...], dense: bool = False, op: str = "STABLEHLO_COMPOSITE") -> bytes:
    """tanh(x) exp'd (or a layer's tanh) as one subgraph, called once for each input, with a NEG before and after."""
    m = ModelBuilder()
    body = m.subgraph("tanh then exp")
    y = body.input("y", shapes[0])
    body.output(body.op("EXP", [body.tanh(_dense(body, y, 2) if dense else y)]))
    options: dict[str, Any] = {"subgraph": body.index}
    if op == "STABLEHLO_COMPOSITE":
        options = _composite(body.index)
    for k, shape in enumerate(shapes):
        m.output(m.op("NEG", [m.op(op, [m.op("NEG", [m.input(f"x{k}", shape)])], options)]))
    return m.to_bytes()


def once() -> bytes:
    """A variable that CALL_ONCE sets to exp(tanh(c)), read and added to x."""
    m = ModelBuilder()
    x, start = m.input("x", (WIDTH,)), m.subgraph("initialize")

    def handle(graph: GraphBuilder) -> Any:
        return graph.op("VAR_HANDLE", [], {"container": "c", "shared_name": "v"}, shape=(), dtype="resource")

    value = start.op("EXP", [start.tanh(start.constant("c", np.linspace(0, 1, WIDTH, dtype=f32)))])
    start.op_with_outputs("ASSIGN_VARIABLE", [handle(start), value], [])
    m.op_with_outputs("CALL_ONCE", [], [], {"init_subgraph_index": start.index})
    m.output(m.add(x, m.op("READ_VARIABLE", [handle(m)], shape=(WIDTH,), dtype="float32")))
    return m.to_bytes()


def composites(kind: str) -> bytes:
    """A layer of x, [4, 8] float32, then a composite, then the negative of what that makes.

    Args:
        kind: "layer": of a layer whose weights come from the caller, with relu; "nested": of another one; "passes on":
            hands on its input beside its result; "random": draws random numbers; "complex": with an operator that no
            GPU has; "dead": with nodes that nobody needs and one of constants.
    """
    m = ModelBuilder()
    x = _dense(m, m.input("x", (4, WIDTH)), 3)
    body = m.subgraph(kind)
    y = body.input("y", (4, WIDTH))
    inputs, results, shapes = [x], [], [(4, WIDTH)]
    if kind == "layer":
        weights = np.random.default_rng(4).standard_normal((3, WIDTH)).astype(f32)
        inputs += [m.constant("w", weights), m.constant("b", np.zeros(3, f32))]
        w, b = body.input("w", (3, WIDTH)), body.input("b", (3,))
        results, shapes = [body.op("RELU", [body.op("FULLY_CONNECTED", [y, w, b], shape=(4, 3))])], [(4, 3)]
    elif kind == "nested":
        inner = m.subgraph("inner")
        inner.output(inner.tanh(inner.input("z", (4, WIDTH))))
        results = [body.op("EXP", [body.op("STABLEHLO_COMPOSITE", [y], _composite(inner.index))])]
    elif kind == "passes on":
        results, shapes = [y, body.tanh(y)], [(4, WIDTH)] * 2
    elif kind == "random":
        noise = body.op("RANDOM_UNIFORM", [body.constant("size", i32([4, WIDTH]))], shape=(4, WIDTH), dtype="float32")
        results = [body.add(body.tanh(y), body.mul(noise, body.constant("none", f32(0))))]
    elif kind == "complex":
        number = body.op("CAST", [body.tanh(y)], dtype="complex64")
        results = [body.op("COMPLEX_ABS", [number], dtype="float32")]
    elif kind == "dead":
        body.op("COMPLEX_ABS", [body.op("CAST", [y], dtype="complex64")], dtype="float32")
        half = body.op("NEG", [body.constant("half", f32([-0.5] * WIDTH))])
        results = [body.mul(body.tanh(y), half)]
    body.output(*results)
    outputs = [m.tensor(f"y{k}", shape, "float32") for k, shape in enumerate(shapes)]
    m.op_with_outputs("STABLEHLO_COMPOSITE", inputs, outputs, _composite(body.index))
    m.output(*(m.op("NEG", [output]) for output in outputs))
    return m.to_bytes()


def _composite(index: int) -> dict[str, Any]:
    attributes = bytes(flexbuffers.Dumps({}))
    return {"name": "odml.f", "decomposition_subgraph_index": index, "composite_attributes": attributes}
