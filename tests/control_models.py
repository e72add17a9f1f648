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


def recurrence(steps: int = 5, *, form: str = "update", read: bool = False) -> bytes:
    """A gated recurrent unit over x [steps, 1, 8], as WHILE: the states of all steps come out.

    Args:
        form: how a step's state goes to its row: "update" by DYNAMIC_UPDATE_SLICE, "parts" by a concatenation of what
            stands before it, it, and what stands after it, as the converter writes a TensorList.
        read: each step also adds the first row that there is so far.
    """
    m = ModelBuilder()
    shapes: dict[str, Any] = {"t": ((), "int32"), "h": ((1, WIDTH),), "rows": ((steps, 1, WIDTH),)}
    shapes["x"] = shapes["rows"]
    condition, body = m.subgraph("condition"), m.subgraph("body")
    (t, *_), (at, h, rows, x) = ([graph.input(name, *s) for name, s in shapes.items()] for graph in (condition, body))
    condition.output(condition.op("LESS", [t, condition.constant("steps", i32(steps))], dtype="bool"))
    new = _gated(body, body.op("GATHER", [x, at], {"axis": 0}, shape=(1, WIDTH)), h)
    if read:
        new = body.add(new, body.reshape(body.slice(rows, [0, 0, 0], [1, 1, WIDTH]), (1, WIDTH)))
    place, row = body.reshape(at, (1,)), body.reshape(new, (1, 1, WIDTH))
    written = (_updated if form == "update" else _joined)(body, rows, row, place)
    body.output(body.add(at, i32(1)), new, written, x)
    zeros = [m.constant(name, np.zeros(shapes[name][0], f32)) for name in ("h", "rows")]
    outputs = [m.tensor(f"{name}_out", *s) for name, s in shapes.items()]
    options = {"cond_subgraph_index": condition.index, "body_subgraph_index": body.index}
    sequence = m.input("sequence", (steps, 1, WIDTH))
    m.op_with_outputs("WHILE", [m.constant("start", i32(0)), *zeros, sequence], outputs, options)
    m.output(m.op("NEG", [outputs[2]]), m.op("ABS", [outputs[1]]))
    return m.to_bytes()


def _gated(graph: GraphBuilder, x: Any, h: Any) -> Any:
    keep = graph.logistic(graph.add(_dense(graph, x, 5), _dense(graph, h, 6)))
    fresh = graph.tanh(graph.add(_dense(graph, x, 7), graph.mul(graph.logistic(_dense(graph, h, 8)), h)))
    return graph.add(graph.mul(keep, h), graph.mul(graph.sub(f32(1), keep), fresh))


def _updated(graph: GraphBuilder, rows: Any, row: Any, place: Any) -> Any:
    start = graph.op("CONCATENATION", [place, graph.constant("edge", i32([0, 0]))], {"axis": 0}, shape=(3,))
    return graph.op("DYNAMIC_UPDATE_SLICE", [rows, row, start], shape=rows.shape)


def _joined(graph: GraphBuilder, rows: Any, row: Any, place: Any) -> Any:
    rest, zeros = (graph.constant(name, i32([value] * 2)) for name, value in (("rest", -1), ("zeros", 0)))
    size = graph.op("CONCATENATION", [place, rest], {"axis": 0}, shape=(3,))
    head = graph.op("SLICE", [rows, graph.constant("origin", i32([0, 0, 0])), size], shape=rows.shape)
    after = graph.op("CONCATENATION", [graph.add(place, i32([1])), zeros], {"axis": 0}, shape=(3,))
    tail = graph.op("SLICE", [rows, after, graph.constant("all", i32([-1, -1, -1]))], shape=rows.shape)
    return graph.op("CONCATENATION", [head, row, tail], {"axis": 0}, shape=rows.shape)
