"""Models of one recurrent operator, with weights of floats, of integers under floats, or all integers."""
from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from delegant.core.build.builder import BuilderTensor, ModelBuilder

TANH, RELU = 4, 1
Made = tuple[ModelBuilder, tuple[int, ...]]
"""A model and the shape of its input."""


@dataclass(frozen=True)
class Variant:
    """Which parts an LSTM has."""

    cifg: bool = False
    peephole: bool = False
    norm: bool = False
    projection: bool = False

    def __str__(self) -> str:
        return "+".join(name for name, value in vars(self).items() if value) or "plain"


VARIANTS = [
    Variant(), Variant(cifg=True), Variant(peephole=True), Variant(norm=True), Variant(projection=True),
    Variant(True, True, True, True),
]


class Lstm:
    """Builds the 24 operands of an LSTM: weights of floats, of integers under floats, or all integers."""

    def __init__(self, kind: str, variant: Variant, rng: np.random.Generator) -> None:
        self.kind, self.variant, self.rng = kind, variant, rng
        self.model = ModelBuilder()
        self.depth, self.units = 5, 7
        self.outputs = 4 if variant.projection else self.units

    def weights(self, name: str, shape: tuple[int, ...], spread: float = 0.5) -> BuilderTensor:
        values = self.rng.standard_normal(shape) * spread
        if self.kind == "float32":
            return self.model.constant(name, values.astype(np.float32))
        scale = np.float32(np.abs(values).max() / 127)
        return self.model.constant(name, np.round(values / scale).astype(np.int8), quantization=(float(scale), 0))

    def vector(self, name: str, scale: float, spread: float = 0.3) -> BuilderTensor:
        """A peephole or norm: int16 in the integer LSTM, int8 peepholes and float norms under floats."""
        values = self.rng.standard_normal(self.units) * spread + (1 if name.startswith("norm") else 0)
        if self.kind == "int8":
            codes = np.round(values / scale).astype(np.int16)
            return self.model.constant(name, codes, quantization=(scale, 0))
        if self.kind == "hybrid" and not name.startswith("norm"):
            return self.weights(name, (self.units,), spread)
        return self.model.constant(name, values.astype(np.float32))

    def bias(self, name: str, size: int, scale: float) -> BuilderTensor:
        values = self.rng.standard_normal(size) * 0.2
        if self.kind != "int8":
            return self.model.constant(name, values.astype(np.float32))
        return self.model.constant(name, np.round(values / scale).astype(np.int32), quantization=(scale, 0))

    def build(
        self, op: str = "UNIDIRECTIONAL_SEQUENCE_LSTM", asymmetric: bool = False, clip: float = 0.0, fraction: int = 11
    ) -> ModelBuilder:
        """The model: of two sequences of three steps, or of one step of each; `fraction`: bits of an integer state."""
        model, integer, shape = self.model, self.kind == "int8", (2,) if op == "LSTM" else (2, 3)
        gates = "fco" if self.variant.cifg else "ifco"
        x = model.input("x", (*shape, self.depth), "int8" if integer else "float32",
                        quantization=(0.02, 5) if integer else None)
        state = {"dtype": "int8", "quantization": (0.008, 3)} if integer else {"dtype": "float32"}
        inputs: list[BuilderTensor | None] = [x]
        inputs += [self.weights(f"w{g}", (self.units, self.depth)) if g in gates else None for g in "ifco"]
        inputs += [self.weights(f"r{g}", (self.units, self.outputs)) if g in gates else None for g in "ifco"]
        inputs += [self.vector(f"p{g}", 1e-4) if self.variant.peephole and g in gates else None for g in "ifo"]
        inputs += [self.bias(f"b{g}", self.units, 2.0**-20 if self.variant.norm else 1e-4) if g in gates else None
                   for g in "ifco"]
        inputs.append(self.weights("projection", (self.outputs, self.units)) if self.variant.projection else None)
        biased = self.variant.projection and op == "LSTM"
        inputs.append(self.bias("projection_bias", self.outputs, 1e-4) if biased else None)
        inputs.append(model.variable("h", (2, self.outputs), **state))
        cell = {"dtype": "int16", "quantization": (2.0**-fraction, 0)} if integer else {"dtype": "float32"}
        inputs.append(model.variable("c", (2, self.units), **cell))
        inputs += [self.vector(f"norm{g}", 2.0**-12) if self.variant.norm and g in gates else None for g in "ifco"]
        if integer:
            state["quantization"] = (0.0081, 2)
        output = model.tensor("y", (*shape, self.outputs), **state)
        options = {"fused_activation_function": TANH, "cell_clip": clip, "asymmetric_quantize_inputs": asymmetric}
        model.op_with_outputs(op, inputs, [output], options | ({"proj_clip": clip} if clip else {}),
                              intermediates=self._intermediates() if integer else [])
        model.output(output)
        return model

    def _intermediates(self) -> list[BuilderTensor]:
        gates = [self.model.tensor(f"gate{i}", (0,), "int16", quantization=(2.0**-12 * 1.3, 0)) for i in range(4)]
        return [*gates, self.model.tensor("hidden", (0,), "int8", quantization=(0.0078, -3))]


def svdf(kind: str, rng: np.random.Generator, rank: int, activation: int) -> Made:
    model = ModelBuilder()
    batch, depth, units, memory = 2, 6, 5, 4
    filters = units * rank

    def constant(name: str, shape: tuple[int, ...], dtype: str, scale: float) -> BuilderTensor:
        if dtype == "float32":
            return model.constant(name, rng.standard_normal(shape).astype(np.float32))
        limits = {"int8": 127, "int16": 2000, "int32": 500}[dtype]
        return model.constant(name, rng.integers(-limits, limits, shape), dtype, quantization=(scale, 0))

    types: dict[str, Any] = {
        "float32": ("float32", "float32", "float32", "float32"),
        "hybrid": ("int8", "int8", "float32", "float32"),
        "int8": ("int8", "int16", "int32", "int16"),
    }[kind]
    integer = kind == "int8"
    x = model.input("x", (batch, depth), "int8" if integer else "float32", quantization=(0.03, -4) if integer else None)
    state = model.variable("state", (batch, filters * memory), types[3], quantization=(0.001, 0) if integer else None)
    inputs = [
        x, constant("features", (filters, depth), types[0], 0.01), constant("times", (filters, memory), types[1], 1e-3),
        constant("bias", (units,), types[2], 1e-6), state,
    ]
    options = {"rank": rank, "fused_activation_function": activation}
    model.output(model.op("SVDF", inputs, options, shape=(batch, units), quantization=(0.05, 6) if integer else None))
    return model, (batch, depth)


def rnn(op: str, kind: str, time_major: bool = False) -> Made:
    lstm = Lstm(kind, Variant(), np.random.default_rng(9))
    model = lstm.model
    shape = (2, 5) if op == "RNN" else (3, 2, 5) if time_major else (2, 3, 5)
    inputs = [model.input("x", shape), lstm.weights("w", (7, 5)), lstm.weights("r", (7, 7))]
    inputs += [lstm.bias("b", 7, 1.0), model.variable("h", (2, 7))]
    options = {"fused_activation_function": TANH, **({"time_major": time_major} if op != "RNN" else {})}
    model.output(model.op(op, inputs, options, shape=(*shape[:-1], 7)))
    return model, shape


def bidirectional_rnn(merged: bool, kind: str = "float32") -> Made:
    lstm = Lstm(kind, Variant(), np.random.default_rng(10))
    model = lstm.model
    inputs: list[BuilderTensor | None] = [model.input("x", (3, 2, 5))]
    for side in "fb":
        inputs += [lstm.weights(f"w{side}", (7, 5)), lstm.weights(f"r{side}", (7, 7)), lstm.bias(f"b{side}", 7, 1.0)]
        inputs.append(model.variable(f"h{side}", (2, 7)))
    inputs += [None] * 3
    outputs = [model.tensor("y0", (3, 2, 14 if merged else 7))]
    outputs += [] if merged else [model.tensor("y1", (3, 2, 7))]
    options = {"time_major": True, "fused_activation_function": TANH, "merge_outputs": merged}
    model.op_with_outputs("BIDIRECTIONAL_SEQUENCE_RNN", inputs, outputs, options)
    model.output(*outputs)
    return model, (3, 2, 5)


def bidirectional_lstm(variant: Variant, kind: str, time_major: bool, merged: bool) -> Made:
    lstm = Lstm(kind, variant, np.random.default_rng(11))
    model, gates = lstm.model, "fco" if variant.cifg else "ifco"
    shape = (3, 2) if time_major else (2, 3)
    inputs: list[BuilderTensor | None] = [model.input("x", (*shape, lstm.depth))]
    for side in "fb":
        inputs += [lstm.weights(f"w{side}{g}", (7, 5)) if g in gates else None for g in "ifco"]
        inputs += [lstm.weights(f"r{side}{g}", (7, lstm.outputs)) if g in gates else None for g in "ifco"]
        inputs += [lstm.vector(f"p{side}{g}", 1.0) if variant.peephole and g in gates else None for g in "ifo"]
        inputs += [lstm.bias(f"b{side}{g}", 7, 1.0) if g in gates else None for g in "ifco"]
        inputs += [lstm.weights(f"projection{side}", (lstm.outputs, 7)) if variant.projection else None, None]
    for side in "fb":
        inputs += [model.variable(f"h{side}", (2, lstm.outputs)), model.variable(f"c{side}", (2, 7))]
    inputs += [None] * 9
    outputs = [model.tensor("y0", (*shape, lstm.outputs * (2 if merged else 1)))]
    outputs += [] if merged else [model.tensor("y1", (*shape, lstm.outputs))]
    options = {"time_major": time_major, "fused_activation_function": TANH, "merge_outputs": merged}
    model.op_with_outputs("BIDIRECTIONAL_SEQUENCE_LSTM", inputs, outputs, options)
    model.output(*outputs)
    return model, (*shape, lstm.depth)


def diagonal_lstm(kind: str) -> Made:
    """Recurrent weights are diagonals, floats also beside integer weights."""
    rng = np.random.default_rng(12)
    lstm = Lstm(kind, Variant(), rng)
    model = lstm.model
    inputs: list[BuilderTensor | None] = [model.input("x", (2, 3, lstm.depth))]
    inputs += [lstm.weights(f"w{g}", (7, lstm.depth)) for g in "ifco"]
    inputs += [model.constant(f"r{g}", rng.standard_normal(7).astype(np.float32)) for g in "ifco"]
    inputs += [None] * 3 + [lstm.bias(f"b{g}", 7, 1.0) for g in "ifco"] + [None] * 2
    inputs += [model.variable("h", (2, 7)), model.variable("c", (2, 7)), *[None] * 4]
    options = {"fused_activation_function": TANH, "diagonal_recurrent_tensors": True}
    model.output(model.op("UNIDIRECTIONAL_SEQUENCE_LSTM", inputs, options, shape=(2, 3, 7), version=4))
    return model, (2, 3, lstm.depth)


def with_auxiliary_input(op: str, kind: str, linked: bool, time_major: bool) -> Made:
    """With weights (linked) it adds to both cells, without it is what the backward cell reads."""
    rng = np.random.default_rng(13)
    lstm = Lstm(kind, Variant(), rng)
    model, gates = lstm.model, "ifco" if op == "LSTM" else "h"
    shape = (3, 2) if time_major else (2, 3)
    inputs: list[BuilderTensor | None] = [model.input("x", (*shape, 5))]
    states = [model.variable(f"s{i}", (2, 7)) for i in range(4)]
    for i, side in enumerate("fb"):
        inputs += [lstm.weights(f"w{side}{g}", (7, 5)) for g in gates]
        inputs += [lstm.weights(f"r{side}{g}", (7, 7)) for g in gates]
        inputs += [None] * 3 if op == "LSTM" else []
        inputs += [lstm.bias(f"b{side}{g}", 7, 1.0) for g in gates]
        inputs += [None] * 2 if op == "LSTM" else [states[i]]
    inputs += states if op == "LSTM" else []
    inputs.append(model.constant("other", rng.standard_normal((*shape, 5)).astype(np.float32)))
    inputs += [lstm.weights(f"a{side}{g}", (7, 5)) if linked else None for side in "fb" for g in gates]
    merged = time_major or op == "RNN"
    outputs = [model.tensor("y0", (*shape, 14 if merged else 7))]
    outputs += [] if merged else [model.tensor("y1", (*shape, 7))]
    options = {"time_major": time_major, "fused_activation_function": TANH, "merge_outputs": merged}
    model.op_with_outputs(f"BIDIRECTIONAL_SEQUENCE_{op}", inputs, outputs, options)
    model.output(*outputs)
    return model, (*shape, 5)


def lstm_of_8_bit_products(seed: int) -> Made:
    """The form with twelve intermediates: no input gate, layer normalization, a projection with a bias."""
    rng = np.random.default_rng(seed)
    lstm = Lstm("int8", Variant(cifg=True, norm=True, projection=True), rng)
    model = lstm.model
    inputs: list[BuilderTensor | None] = [model.input("x", (2, lstm.depth), "int8", quantization=(0.02, 5))]
    inputs += [None, *(lstm.weights(f"w{g}", (7, lstm.depth)) for g in "fco")]
    inputs += [None, *(lstm.weights(f"r{g}", (7, lstm.outputs)) for g in "fco"), None, None, None]
    inputs += [None, *(lstm.bias(f"b{g}", 7, 2.0**-20) for g in "fco")]
    inputs += [lstm.weights("projection", (lstm.outputs, 7)), lstm.bias("pb", lstm.outputs, 1e-4)]
    state = {"dtype": "int8", "quantization": (0.008, 3)}
    inputs.append(model.variable("h", (2, lstm.outputs), **state))
    inputs.append(model.variable("c", (2, 7), "int16", quantization=(2.0**-15, 0)))
    inputs += [None, *(lstm.vector(f"norm{g}", 2.0**-12) for g in "fco")]
    middle = [
        model.tensor(f"i{i}", (0,), "int16" if i % 3 == 0 else "int8",
                     quantization=(2.0**-12, 0) if i % 3 == 0 else (0.03 + 0.002 * i, int(rng.integers(-20, 20))))
        for i in range(12)
    ]  # fmt: skip
    output = model.tensor("y", (2, lstm.outputs), **state)
    options = {"fused_activation_function": TANH, "cell_clip": float(rng.choice([0, 0.5]))}
    model.op_with_outputs("LSTM", inputs, [output], options, intermediates=middle)
    model.output(output)
    return model, (2, lstm.depth)


def lstm(variant: Variant, clip: float, kind: str = "float32", **more: Any) -> Made:
    made = Lstm(kind, variant, np.random.default_rng(14))
    return made.build(clip=clip, **more), (2, 3, made.depth)


def lstm_step(variant: Variant, kind: str = "float32") -> Made:
    made = Lstm(kind, variant, np.random.default_rng(15))
    return made.build("LSTM"), (2, made.depth)


def _cases(kind: str) -> dict[str, Callable[[], Made]]:
    """Models of one operator each, named by it, with weights of a kind."""
    made: dict[str, Callable[[], Made]] = {
        "RNN": lambda: rnn("RNN", kind),
        "UNIDIRECTIONAL_SEQUENCE_RNN": lambda: rnn("UNIDIRECTIONAL_SEQUENCE_RNN", kind),
        "UNIDIRECTIONAL_SEQUENCE_RNN_time_major": lambda: rnn("UNIDIRECTIONAL_SEQUENCE_RNN", kind, True),
        "BIDIRECTIONAL_SEQUENCE_RNN": lambda: bidirectional_rnn(False, kind),
        "BIDIRECTIONAL_SEQUENCE_RNN_merged": lambda: bidirectional_rnn(True, kind),
        "UNIDIRECTIONAL_SEQUENCE_LSTM_diagonal": lambda: diagonal_lstm(kind),
        "LSTM": lambda: lstm_step(Variant(), kind),
        "LSTM_with_everything": lambda: lstm_step(Variant(True, True, True, True), kind),
    }
    for rank in (1, 2):
        made[f"SVDF_of_rank_{rank}"] = partial(svdf, kind, np.random.default_rng(rank), rank, RELU)
    for op, linked, time_major in itertools.product(("RNN", "LSTM"), (True, False), (True, False)):
        name = f"BIDIRECTIONAL_SEQUENCE_{op}_with_auxiliary_{linked}_{time_major}"
        made[name] = partial(with_auxiliary_input, op, kind, linked, time_major)
    for variant, clip in itertools.product((*VARIANTS, Variant(peephole=True, norm=True)), (0.0, 0.6)):
        made[f"UNIDIRECTIONAL_SEQUENCE_LSTM_{variant}_{clip}"] = partial(lstm, variant, clip, kind)
    for variant, time_major, merged in itertools.product((Variant(), VARIANTS[-1]), (True, False), (True, False)):
        variant = replace(variant, norm=False)
        name = f"BIDIRECTIONAL_SEQUENCE_LSTM_{variant}_{time_major}_{merged}"
        made[name] = partial(bidirectional_lstm, variant, kind, time_major, merged)
    return made


FLOAT_CASES = _cases("float32")
"""Models of floats that the GPU delegates take whole, named by their operators."""
HYBRID_CASES = _cases("hybrid") | {
    f"UNIDIRECTIONAL_SEQUENCE_LSTM_asymmetric_{variant}":
    partial(lstm, variant, 0.0, "hybrid", asymmetric=True) for variant in VARIANTS
}
"""Such models with weights of integers."""

CODE_CASES: dict[str, Callable[[], Made]] = {
    f"SVDF_of_rank_{rank}": lambda rank=rank: svdf("int8", np.random.default_rng(rank), rank, RELU)
    for rank in (1, 2)
} | {
    f"UNIDIRECTIONAL_SEQUENCE_LSTM_{variant}_{clip}": lambda variant=variant, clip=clip: lstm(variant, clip, "int8")
    for variant in (
        Variant(), Variant(cifg=True, peephole=True), Variant(projection=True), Variant(norm=True),
        Variant(peephole=True, norm=True), Variant(cifg=True, norm=True, projection=True),
    ) for clip in (0.0, 0.6)
} | {
    "LSTM": lambda: lstm_step(Variant(projection=True), "int8"),
    "UNIDIRECTIONAL_SEQUENCE_LSTM_of_a_wide_state": lambda: lstm(Variant(), 0.0, "int8", fraction=8),
}
"""Models of codes that they take whole."""
