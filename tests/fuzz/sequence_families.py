"""Models of one recurrent operator: LSTM cells in integers, and cells in both directions of time."""
from __future__ import annotations

import numpy as np
from fuzz.draft import OPTIMISED, Draft
from fuzz.recurrent_families import TANH, _floats, _steps, _weights

from delegant.core.build.builder import BuilderTensor

Each = list["BuilderTensor | None"]
BASIC = 1


def _codes(d: Draft, name: str, shape: tuple[int, ...], dtype: str, scale: float, spread: float, middle: float = 0):
    """A constant of normal values around `middle`, as codes."""
    limits = np.iinfo(dtype)
    values = np.round((d.rng.standard_normal(shape) * spread + middle) / scale)
    return d.constant(name, np.clip(values, limits.min, limits.max), dtype, quantization=(scale, 0))


def lstm_integer(d: Draft) -> None:
    """UNIDIRECTIONAL_SEQUENCE_LSTM and LSTM with int8 activations and weights and int16 gates."""
    d.invocations = 3
    op = d.pick(("UNIDIRECTIONAL_SEQUENCE_LSTM", "LSTM"))
    cifg, peephole, norm, projection = (d.flag() for _ in range(4))
    batch, steps, depth, units, projected = (d.integer(1, n) for n in (3, 4, 10, 10, 6))
    projected = min(projected, units) if peephole else projected  # else LiteRT's peepholes leave their memory
    outputs, major, gates = projected if projection else units, op != "LSTM" and d.flag(), "fco" if cifg else "ifco"
    lead = (batch,) if op == "LSTM" else (steps, batch) if major else (batch, steps)

    def each(names: str, make, present: bool = True) -> Each:
        return [make(g) if present and g in gates else None for g in names]

    bias_scale = 2.0**-20 if norm else d.scale(1e-5, 1e-4)
    inputs: Each = [d.input("x", (*lead, depth), "int8", quantization=d.quantization("int8", 0.005, 0.05))]
    inputs += each("ifco", lambda g: _weights(d, "int8", f"w{g}", (units, depth)))
    inputs += each("ifco", lambda g: _weights(d, "int8", f"r{g}", (units, outputs)))
    inputs += each("ifo", lambda g: _codes(d, f"p{g}", (units,), "int16", d.scale(5e-5, 5e-4), 0.3), peephole)
    inputs += each("ifco", lambda g: _codes(d, f"b{g}", (units,), "int32", bias_scale, 0.2))
    inputs.append(_weights(d, "int8", "projection", (outputs, units)) if projection else None)
    has_bias = projection and d.flag()
    inputs.append(_codes(d, "projected", (outputs,), "int32", d.scale(1e-5, 1e-4), 0.2) if has_bias else None)
    state = {"dtype": "int8", "quantization": d.quantization("int8", 0.004, 0.02)}
    inputs.append(d.model.variable("h", (batch, outputs), **state))
    inputs.append(d.model.variable("c", (batch, units), "int16", quantization=(2.0 ** -d.integer(9, 15), 0)))
    inputs += each("ifco", lambda g: _codes(d, f"n{g}", (units,), "int16", 2.0**-12, 0.3, 1.0), norm)
    between = [d.model.tensor(f"t{i}", (0,), "int16", quantization=(d.scale(1e-4, 1e-3), 0)) for i in range(4)]
    between.append(d.model.tensor("hidden", (0,), "int8", quantization=d.quantization("int8", 0.004, 0.02)))
    options = {"fused_activation_function": TANH, "cell_clip": d.pick((0.0, 1.5)),
               "proj_clip": d.pick((0.0, 0.5)) if projection else 0.0}  # fmt: skip
    more = {} if op == "LSTM" else {"time_major": major}
    y = d.model.tensor("y", (*lead, outputs), **state)
    d.model.op_with_outputs(op, inputs, [y], {**options, **more}, intermediates=between)
    d.model.output(y)


def lstm_step(d: Draft) -> None:
    """LSTM, one step at a time: the full cell in floats or with integer weights, and the basic one."""
    kind = d.pick(("float32", "hybrid", "basic", "uint8"))
    batch, depth, units = (d.integer(1, n) for n in (3, 10, 10))
    if kind in ("basic", "uint8"):
        _basic(d, kind == "uint8", batch, depth, units)
        return
    _steps(d, kind)
    inputs: Each = [d.input("x", (batch, depth))]
    inputs += [_weights(d, kind, f"w{g}", (units, depth)) for g in "ifco"]
    inputs += [_weights(d, kind, f"r{g}", (units, units)) for g in "ifco"]
    inputs += [None] * 3 + [_floats(d, f"b{g}", units) for g in "ifco"] + [None] * 2
    inputs += [d.model.variable("h", (batch, units)), d.model.variable("c", (batch, units))]
    d.output("LSTM", inputs, {"fused_activation_function": TANH}, shape=(batch, units))


def _basic(d: Draft, integer: bool, batch: int, depth: int, units: int) -> None:
    """The cell whose states are inputs and outputs; 8-bit activations are around 128 in steps of 1/128."""
    d.resolvers = (OPTIMISED,)
    unit, wide = ((1 / 128, 128), (2.0**-11, 0)) if integer else (None, None)
    narrow, broad = ("uint8", "int16") if integer else ("float32", "float32")
    x, previous = (d.input(n, (batch, k), narrow, quantization=unit) for n, k in (("x", depth), ("h", units)))
    shape = (4 * units, depth + units)
    if integer:
        scale = d.scale(0.005, 0.03)
        w = d.constant("w", d.rng.integers(0, 256, shape), "uint8", quantization=(scale, d.integer(100, 156)))
        b = d.constant("b", d.rng.integers(-3000, 3000, 4 * units), quantization=(scale / 128, 0))
    else:
        w, b = (d.constant(n, d.rng.standard_normal(s) / 2, np.float32) for n, s in (("w", shape), ("b", shape[:1])))
    cell = d.input("c", (batch, units), broad, quantization=wide)
    sizes = ((units, narrow, unit), (units, broad, wide), (depth + units, narrow, unit), (4 * units, broad, wide))
    outputs = [d.model.tensor(f"y{i}", (batch, n), t, quantization=q) for i, (n, t, q) in enumerate(sizes)]
    options = {"kernel_type": BASIC, "fused_activation_function": TANH}
    d.model.op_with_outputs("LSTM", [x, previous, w, b, cell], outputs, options, version=2)
    d.model.output(*outputs[:2])


def bidirectional_rnn(d: Draft) -> None:
    """In floats; with integer weights and nothing else LiteRT reads memory that it never set."""
    _steps(d, "float32")
    batch, steps, depth, units, other = (d.integer(1, n) for n in (3, 4, 10, 10, 10))
    major, merged = d.flag(), d.flag()
    lead = (steps, batch) if major else (batch, steps)
    inputs: Each = [d.input("x", (*lead, depth))]
    for side, size in (("f", units), ("b", other)):
        inputs += [_weights(d, "float32", f"w{side}", (size, depth)), _weights(d, "float32", f"r{side}", (size, size))]
        inputs += [_floats(d, f"b{side}", size), d.model.variable(f"h{side}", (batch, size))]
    inputs += [None] * 3
    _both(d, "BIDIRECTIONAL_SEQUENCE_RNN", inputs, lead, (units, other), merged, major)


def bidirectional_lstm(d: Draft) -> None:
    """Not merged with the batch first: there LiteRT finds the states at wrong offsets."""
    kind = d.pick(("float32", "hybrid"))
    _steps(d, kind)
    cifg, peephole, projection = (d.flag() for _ in range(3))
    batch, steps, depth, units, projected = (d.integer(1, n) for n in (3, 4, 10, 10, 6))
    gates, outputs, merged = "fco" if cifg else "ifco", projected if projection else units, d.flag()
    major = merged or d.flag()
    lead = (steps, batch) if major else (batch, steps)
    inputs: Each = [d.input("x", (*lead, depth))]
    for side in "fb":
        inputs += [_weights(d, kind, f"w{side}{g}", (units, depth)) if g in gates else None for g in "ifco"]
        inputs += [_weights(d, kind, f"r{side}{g}", (units, outputs)) if g in gates else None for g in "ifco"]
        inputs += [_weights(d, kind, f"p{side}{g}", (units,)) if peephole and g in gates else None for g in "ifo"]
        inputs += [_floats(d, f"b{side}{g}", units) if g in gates else None for g in "ifco"]
        inputs += [_weights(d, kind, f"j{side}", (outputs, units)) if projection else None, None]
    for side in "fb":
        inputs += [d.model.variable(f"h{side}", (batch, outputs)), d.model.variable(f"c{side}", (batch, units))]
    inputs += [None] * 9
    _both(d, "BIDIRECTIONAL_SEQUENCE_LSTM", inputs, lead, (outputs, outputs), merged, major)


def _both(d: Draft, op: str, inputs: Each, lead: tuple[int, int], sizes: tuple[int, int], merged: bool, major: bool):
    outputs = [d.model.tensor("y0", (*lead, sum(sizes) if merged else sizes[0]))]
    outputs += [] if merged else [d.model.tensor("y1", (*lead, sizes[1]))]
    options = {"time_major": major, "fused_activation_function": TANH, "merge_outputs": merged}
    d.model.op_with_outputs(op, inputs, outputs, options)
    d.model.output(*outputs)


FAMILIES = {
    "lstm_integer": lstm_integer, "lstm_step": lstm_step, "bidirectional_rnn": bidirectional_rnn,
    "bidirectional_lstm": bidirectional_lstm,
}  # fmt: skip
