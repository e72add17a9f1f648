"""Models of one recurrent operator, run three times: their state must carry over."""
from __future__ import annotations

import numpy as np
from fuzz.draft import Draft
from ops.harness import random_values

from delegant.core.build.builder import BuilderTensor

RELU, TANH = 1, 4


def _weights(d: Draft, kind: str, name: str, shape: tuple[int, ...]) -> BuilderTensor:
    values = d.rng.standard_normal(shape) * 0.5
    if kind == "float32":
        return d.constant(name, values, np.float32)
    scale = float(np.float32(max(np.abs(values).max(), 1e-3) / 127))
    return d.constant(name, np.round(values / scale), np.int8, quantization=(scale, 0))


def _floats(d: Draft, name: str, size: int, spread: float = 0.3, middle: float = 0.0) -> BuilderTensor:
    return d.constant(name, d.rng.standard_normal(size) * spread + middle, np.float32)


def _steps(d: Draft, kind: str) -> None:
    """Three invocations. With integer weights the state is quantized anew at each step, where the last bit of a float
    decides now and then on a code or, where the range is even, on the zero point: results move by about a code."""
    d.invocations, d.magnitude = 3, 1.0
    d.tolerance = 2e-2 if kind == "hybrid" else d.tolerance


def rnn(d: Draft) -> None:
    """RNN and UNIDIRECTIONAL_SEQUENCE_RNN, in floats and with integer weights."""
    op, kind = d.pick(("RNN", "UNIDIRECTIONAL_SEQUENCE_RNN")), d.pick(("float32", "hybrid"))
    _steps(d, kind)
    batch, steps, depth, units = d.integer(1, 4), d.integer(1, 4), d.integer(1, 20), d.integer(1, 20)
    major = op != "RNN" and d.flag()
    shape = (batch, depth) if op == "RNN" else (steps, batch, depth) if major else (batch, steps, depth)
    inputs = [d.input("x", shape), _weights(d, kind, "w", (units, depth)), _weights(d, kind, "r", (units, units)),
              _floats(d, "b", units), d.model.variable("h", (batch, units))]  # fmt: skip
    options = {"fused_activation_function": d.pick((TANH, RELU)),
               "asymmetric_quantize_inputs": kind == "hybrid" and d.flag()}  # fmt: skip
    d.output(op, inputs, options if op == "RNN" else {**options, "time_major": major}, shape=(*shape[:-1], units))


def svdf(d: Draft) -> None:
    kind = d.pick(("float32", "hybrid", "int8"))
    _steps(d, kind)
    batch, depth, units, memory, rank = (d.integer(1, n) for n in (3, 12, 8, 8, 2))
    filters, integer = units * rank, kind == "int8"
    x = d.input("x", (batch, depth), "int8" if integer else "float32", quantization=d.quantization("int8", 0.01, 0.1)
                if integer else None)  # fmt: skip
    features, out = _weights(d, kind, "features", (filters, depth)), None
    state = d.model.variable("state", (batch, filters * memory), "int16" if integer else "float32",
                             quantization=(0.001, 0) if integer else None)  # fmt: skip
    if integer:
        codes = random_values(d.rng, (filters, memory), np.int16) // 16
        times = d.constant("times", codes, np.int16, quantization=(d.scale(1e-4, 1e-3), 0))
        bias = d.constant("bias", random_values(d.rng, (units,), np.int32), quantization=(1e-6, 0))
        out = d.quantization("int8", 0.02, 0.3)
    else:
        times = _weights(d, kind, "times", (filters, memory))
        bias = _floats(d, "bias", units)
    options = {"rank": rank, "fused_activation_function": d.pick((0, RELU)) if not integer else RELU,
               "asymmetric_quantize_inputs": kind == "hybrid" and d.flag()}  # fmt: skip
    d.output("SVDF", [x, features, times, bias if d.flag() else None, state], options, quantization=out)


def lstm(d: Draft) -> None:
    """UNIDIRECTIONAL_SEQUENCE_LSTM with any of its parts, in floats and with integer weights."""
    kind = d.pick(("float32", "hybrid"))
    _steps(d, kind)
    cifg, peephole, norm, projection = (d.flag() for _ in range(4))
    batch, steps, depth, units, projected = (d.integer(1, n) for n in (3, 4, 10, 10, 6))
    outputs, major, gates = projected if projection else units, d.flag(), "fco" if cifg else "ifco"
    shape = (steps, batch) if major else (batch, steps)

    def each(names: str, make, present: bool = True) -> list[BuilderTensor | None]:
        return [make(g) if present and g in gates else None for g in names]

    inputs: list[BuilderTensor | None] = [d.input("x", (*shape, depth))]
    inputs += each("ifco", lambda g: _weights(d, kind, f"w{g}", (units, depth)))
    inputs += each("ifco", lambda g: _weights(d, kind, f"r{g}", (units, outputs)))
    inputs += each("ifo", lambda g: _weights(d, kind, f"p{g}", (units,)), peephole)
    inputs += each("ifco", lambda g: _floats(d, f"b{g}", units))
    inputs.append(_weights(d, kind, "projection", (outputs, units)) if projection else None)
    inputs.append(_floats(d, "projected", outputs) if projection and d.flag() else None)
    inputs += [d.model.variable("h", (batch, outputs)), d.model.variable("c", (batch, units))]
    inputs += each("ifco", lambda g: _floats(d, f"norm{g}", units, middle=1.0), norm)
    options = {
        "fused_activation_function": TANH, "time_major": major, "cell_clip": d.pick((0.0, 1.5)),
        "proj_clip": d.pick((0.0, 0.5)) if projection else 0.0,
        "asymmetric_quantize_inputs": kind == "hybrid" and d.flag(),
    }  # fmt: skip
    d.output("UNIDIRECTIONAL_SEQUENCE_LSTM", inputs, options, shape=(*shape, outputs))


FAMILIES = {"rnn": rnn, "svdf": svdf, "lstm": lstm}
