"""Models of several operators: subgraphs that grow, hash tables and variables, custom operators, changes of shape."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from flatbuffers import flexbuffers
from fuzz.draft import OPTIMISED, Draft

from delegant.core.build.builder import BuilderTensor, GraphBuilder
from delegant.core.schema import TensorType

INT64, STRING = 4, 5
SMALL = ("ABS", "NEG", "SQUARE", "FLOOR", "RELU")
"""Operators of one float operand that keep its shape."""


def _chain(d: Draft, graph: GraphBuilder, x: BuilderTensor, grow: bool) -> BuilderTensor:
    """A few operators; with `grow` one of them doubles the first dimension."""
    for _ in range(d.integer(1, 2)):
        x = graph.op(d.pick(SMALL), [x])
    if grow:
        x = graph.op("CONCATENATION", [x, x], {"axis": 0}, shape=(2 * x.shape[0], *x.shape[1:]))
    return x


def branches(d: Draft) -> None:
    """IF, also inside IF, with branches that give other shapes, and what follows it."""
    d.invocations, shape = 2, d.shape(1, 3, 4)
    condition, x = d.input("condition", (1,), "bool"), d.input("x", shape)
    y = _if(d, d.model, condition, x, d.integer(0, 1))
    d.model.output(d.model.op(d.pick(SMALL), [y]))


def _if(d: Draft, graph: GraphBuilder, condition: BuilderTensor, x: BuilderTensor, depth: int) -> BuilderTensor:
    numbers = []
    for name in ("then", "else"):
        branch = d.model.subgraph(name)
        a, flag = branch.input("a", x.shape), branch.input("flag", (1,), "bool")
        y = _chain(d, branch, a, d.flag())
        if depth:
            y = _if(d, branch, branch.op("LOGICAL_NOT", [flag]) if d.flag() else flag, y, depth - 1)
        branch.output(y)
        numbers.append(branch.index)
    options = {"then_subgraph_index": numbers[0], "else_subgraph_index": numbers[1]}
    return graph.op("IF", [condition, x, condition], options, shape=x.shape, dtype="float32")


def loops(d: Draft) -> None:
    """WHILE over a counter and a tensor that grows or not, and two passengers that may change places.

    Not as they are: LiteRT overwrites one with the other.
    """
    d.invocations, shape = 2, d.shape(1, 3, 3)
    count = d.input("count", (1,), "int32", values=lambda: d.rng.integers(0, 4, 1).astype(np.int32))
    state = [count, d.input("x", shape), d.input("a", (2,)), d.input("b", (2,))]
    condition, body = d.model.subgraph("condition"), d.model.subgraph("body")
    tests, steps = ([graph.input(f"s{i}", s.shape, s.type) for i, s in enumerate(state)] for graph in (condition, body))
    zero = condition.constant("zero", np.zeros(1, np.int32))
    condition.output(condition.op("GREATER", [tests[0], zero], dtype="bool"))
    less = body.op("SUB", [steps[0], body.constant("one", np.ones(1, np.int32))])
    swapped = [body.op("ABS", [steps[3]]), body.op("NEG", [steps[2]])]
    passengers = swapped if d.flag() else [steps[2], body.op("ADD", [steps[2], steps[3]])]
    grow = d.flag()
    body.output(less, _chain(d, body, steps[1], grow), *passengers)
    outputs = [d.model.tensor(f"y{i}", s.shape, s.type) for i, s in enumerate(state)]
    options = {"cond_subgraph_index": condition.index, "body_subgraph_index": body.index}
    d.model.op_with_outputs("WHILE", state, outputs, options)
    d.model.output(*outputs[1:], d.model.op(d.pick(SMALL), [outputs[1]]))


def counted_loops(d: Draft) -> None:
    """WHILE over a counter that starts at a constant, and rows that each round writes one of, perhaps after reading."""
    d.invocations, shape = 2, (1, *d.shape(1, 2, 4))
    rounds, step = d.integer(0, 4), d.integer(1, 2)
    length = max(1, (rounds - 1) * step + d.integer(1, 2))
    rows = np.zeros((length, *shape[1:]), np.float32) + d.integer(0, 1)
    state = [d.constant("start", np.int32(0)), d.input("x", shape), d.constant("rows", rows, "float32")]
    condition, body = d.model.subgraph("condition"), d.model.subgraph("body")
    tests, steps = ([graph.input(f"s{i}", s.shape, s.type) for i, s in enumerate(state)] for graph in (condition, body))
    limit = condition.constant("limit", np.int32(rounds * step))
    condition.output(condition.op("LESS", [tests[0], limit], dtype="bool"))
    at, x, written = steps
    y = _chain(d, body, x, False)
    if d.flag():
        y = body.op("ADD", [y, body.op("SLICE", [written, *_corner(body, shape)], shape=shape)])
    place = body.reshape(at, (1,))
    rest = body.constant("rest", np.zeros(len(shape) - 1, np.int32))
    where = body.op("CONCATENATION", [place, rest], {"axis": 0}, shape=(len(shape),))
    row = body.op("ABS", [y]) if d.flag() else y
    updated = body.op("DYNAMIC_UPDATE_SLICE", [written, row, where], shape=rows.shape)
    body.output(body.add(at, np.int32(step)), y, updated)
    outputs = [d.model.tensor(f"y{i}", s.shape, s.type) for i, s in enumerate(state)]
    options = {"cond_subgraph_index": condition.index, "body_subgraph_index": body.index}
    d.model.op_with_outputs("WHILE", state, outputs, options)
    d.model.output(*(d.model.op(d.pick(SMALL), [output]) for output in outputs[1:]))


def _corner(graph: GraphBuilder, shape: tuple[int, ...]) -> list[BuilderTensor]:
    return [graph.constant("begin", np.zeros(len(shape), np.int32)), graph.constant("size", np.int32(shape))]


def cases(d: Draft) -> None:
    """STABLEHLO_CASE and STABLEHLO_COMPOSITE."""
    shape = d.shape(1, 3, 4)
    number = d.input("number", (1,), "int32", values=lambda: d.rng.integers(-1, 4, 1).astype(np.int32))
    x, numbers = d.input("x", shape), []
    for i in range(d.integer(1, 3)):
        graph = d.model.subgraph(f"branch{i}")
        graph.output(_chain(d, graph, graph.input("x", shape), False))
        numbers.append(graph.index)
    d.resolvers = (OPTIMISED,)
    d.output("STABLEHLO_CASE", [number, x], {"branch_subgraph_indices": tuple(numbers)}, shape=shape, dtype="float32")


def composites(d: Draft) -> None:
    shape = d.shape(1, 3, 4)
    x, graph = d.input("x", shape), d.model.subgraph("decomposed")
    graph.output(_chain(d, graph, graph.input("x", shape), d.flag()))
    options = {"name": "any", "decomposition_subgraph_index": graph.index,
               "composite_attributes": bytes(flexbuffers.Dumps({}))}  # fmt: skip
    d.output("STABLEHLO_COMPOSITE", [x], options)


def variables(d: Draft) -> None:
    """Variables that a subgraph sets once, and that every invocation reads and changes."""
    d.invocations, shape, names = 3, d.shape(1, 2, 4), ("u", "v")[: d.integer(1, 2)]
    dtype = d.pick(("float32", "int32"))

    def handle(graph: GraphBuilder, name: str) -> BuilderTensor:
        return graph.op("VAR_HANDLE", [], {"container": "c", "shared_name": name}, shape=(), dtype="resource")

    once = d.model.subgraph("once")
    for name in names:
        value = d.rng.integers(-9, 9, shape).astype(dtype)
        once.op_with_outputs("ASSIGN_VARIABLE", [handle(once, name), once.constant(name, value)], [])
    d.model.op_with_outputs("CALL_ONCE", [], [], {"init_subgraph_index": once.index})
    x = d.input("x", shape, dtype, values=lambda: d.rng.integers(-9, 9, shape).astype(dtype))
    for name in names:
        place = handle(d.model, name)
        read = d.model.op("READ_VARIABLE", [place], shape=shape, dtype=dtype)
        x = d.model.op(d.pick(("ADD", "SUB", "MAXIMUM")), [read, x])
        d.model.op_with_outputs("ASSIGN_VARIABLE", [place, x], [])
    d.model.output(x)


def hash_tables(d: Draft) -> None:
    """A table from numbers to words or from words to numbers, filled by the model or by a subgraph once."""
    d.resolvers, d.invocations = (OPTIMISED,), 2
    words, count = d.flag(), d.integer(1, 5)
    numbers = d.rng.integers(-5, 6, count).astype(np.int64)
    texts = np.array([b"w%d" % n for n in d.rng.integers(0, 6, count)], object)
    keys, values = (texts, numbers) if words else (numbers, texts)
    kinds = ("string", "int64") if words else ("int64", "string")
    types = (STRING, INT64) if words else (INT64, STRING)
    options = {"table_id": d.integer(0, 9), "key_dtype": types[0], "value_dtype": types[1]}

    def table(graph: GraphBuilder) -> BuilderTensor:
        made = graph.tensor("handle", (1,), "resource")
        graph.op_with_outputs("HASHTABLE", [], [made], options)
        return made

    filling = d.model.subgraph("once") if d.flag() else d.model
    place = table(d.model)
    there = place if filling is d.model else table(filling)
    entries = [filling.constant("keys", keys, kinds[0]), filling.constant("values", values, kinds[1])]
    filling.op_with_outputs("HASHTABLE_IMPORT", [there, *entries], [])
    if filling is not d.model:
        d.model.op_with_outputs("CALL_ONCE", [], [], {"init_subgraph_index": filling.index})
    shape = d.shape(1, 2, 4)
    asked = d.input("asked", shape, kinds[0], values=lambda: _keys(d, shape, words))
    missing = np.array([b"none"], object) if kinds[1] == "string" else np.array([-1], np.int64)
    operands = [place, asked, d.model.constant("missing", missing, kinds[1])]
    found = d.model.op("HASHTABLE_FIND", operands, shape=shape, dtype=kinds[1])
    d.model.output(found, d.model.op("HASHTABLE_SIZE", [place], shape=(1,), dtype="int64"))


def _keys(d: Draft, shape: tuple[int, ...], words: bool) -> np.ndarray:
    numbers = d.rng.integers(-5, 6, shape)
    if not words:
        return numbers.astype(np.int64)
    return np.array([b"w%d" % abs(n) for n in numbers.reshape(-1)]).reshape(shape)


def _custom(d: Draft, name: str, inputs: list[BuilderTensor], options: dict[str, Any], outputs: int = 1) -> None:
    results = [d.model.tensor(f"y{i}", (1,)) for i in range(outputs)]
    made = bytes(flexbuffers.Dumps(options))
    d.model.op_with_outputs(name, inputs, results, custom=True, custom_options=made)
    d.model.output(*results)


def sound(d: Draft) -> None:
    """AudioSpectrogram, and Mfcc of what one gives."""
    if d.flag():
        size = d.integer(2, 40)
        options = {"window_size": size, "stride": d.integer(1, 20), "magnitude_squared": d.flag()}
        _custom(d, "AudioSpectrogram", [d.input("x", (d.integer(size, 120), d.integer(1, 3)))], options)
        return
    shape, bands = (d.integer(1, 2), d.integer(1, 4), d.integer(2, 129)), d.integer(1, 40)
    energy = d.input("x", shape, values=lambda: d.rng.chisquare(2, shape).astype(np.float32))
    rate = d.input("rate", (1,), "int32", values=lambda: np.array([d.integer(1, 3) * 8000], np.int32))
    low = d.integer(0, 500)
    options = {"lower_frequency_limit": low, "upper_frequency_limit": low + d.integer(1, 4000),
               "filterbank_channel_count": bands, "dct_coefficient_count": d.integer(1, bands)}  # fmt: skip
    _custom(d, "Mfcc", [energy, rate], options)


def rotation(d: Draft) -> None:
    d.resolvers = (OPTIMISED,)
    size, shape = 1 << d.integer(0, 6), d.shape(1, 2, 3)
    x = d.input("x", (*shape, size * d.integer(1, 3)))
    options = {"hadamard_size": size, "random_binary_vector": [1] * size}
    y = d.model.tensor("y", x.shape)
    made = bytes(flexbuffers.Dumps(options))
    d.model.op_with_outputs("aeq.hadamard_rotation", [x], [y], custom=True, custom_options=made)
    d.model.output(y)


def shapes(d: Draft) -> None:
    """RESHAPE (with an open dimension, or by a shape that comes at run time), SQUEEZE, EXPAND_DIMS and BITCAST."""
    op, shape = d.pick(("RESHAPE", "SQUEEZE", "EXPAND_DIMS", "BITCAST")), d.shape(1, 4, 4)
    x = d.input("x", shape, d.pick(("float32", "int8", "int32", "int64", "bool", "uint8")))
    if op == "RESHAPE":
        turned = [shape[i] for i in d.permutation(len(shape))]
        open_one = [-1 if i == d.integer(0, len(shape)) else n for i, n in enumerate(turned)]
        wanted = open_one if open_one.count(-1) <= 1 else turned
        if d.flag():
            size = d.input("shape", (len(wanted),), "int32", values=lambda: np.array(wanted, np.int32))
        else:
            size = d.constant("shape", wanted)
        d.output(op, [x, size])
    elif op == "SQUEEZE":
        axes = [i - len(shape) if d.flag() else i for i, n in enumerate(shape) if n == 1 and d.flag()]
        d.output(op, [x], {"squeeze_dims": tuple(axes)})
    elif op == "EXPAND_DIMS":
        d.output(op, [x, d.constant("axis", d.integer(-len(shape) - 1, len(shape)))])
    else:
        same = {"float32": "int32", "int32": "float32", "int8": "uint8", "uint8": "int8"}
        d.output(op, [x], dtype=same.get(TensorType(x.type).name.lower(), x.type))


FAMILIES: dict[str, Callable[[Draft], None]] = {
    "branches": branches, "loops": loops, "counted_loops": counted_loops, "cases": cases, "composites": composites,
    "variables": variables, "hash_tables": hash_tables, "sound": sound, "rotation": rotation, "shapes": shapes,
}  # fmt: skip
