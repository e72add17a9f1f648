"""Models of one operator and one type, to ask the interpreter and the delegates whether they take it."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from delegant.core.build.builder import BuilderTensor, ModelBuilder, quantized
from delegant.core.dtypes import numpy_dtype, tensor_type
from delegant.core.model.op_versions import newest_version

TYPES = (
    "float32", "float16", "bfloat16", "float64", "int4", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64",
    "uint64", "bool", "complex64", "complex128", "string",
)  # fmt: skip
MIXED = ("float32 x int8", "float32 x int4", "int8 x int4")
"""Types of activations and of constant weights."""
CODES = ("int4", "int8", "uint8", "int16")
CALL_TARGET = "copy"
"""The custom operator that `STABLEHLO_CUSTOM_CALL` calls; whoever runs the probes provides it."""


class Probe:
    """A model in the making; tensors of codes have a scale, constants and inputs hold ones.

    Attributes:
        type: of the values that the operator works on.
        weights: of its constant weights; the same as `type` unless the types are mixed.
        feeds: the values of the inputs.
    """

    def __init__(self, kind: str) -> None:
        self.type, _, weights = kind.partition(" x ")
        self.weights = weights or self.type
        self.g = ModelBuilder()
        self.feeds: list[np.ndarray] = []

    def x(self, *shape: int, type: str = "", scale: float = 0.5, zero: int = 0) -> BuilderTensor:
        """An input of ones."""
        type = type or self.type
        self.feeds.append(ones(shape, type))
        return self.g.input(f"x{len(self.feeds)}", shape, type, quantization=codes(type, scale, zero))

    def c(self, value: Any, type: str = "int32", scale: float = 0.5, axis: int | None = None) -> BuilderTensor:
        """A constant; `axis` is that of its channels, where each is to have its scale."""
        array = np.asarray(value)
        array = np.full(array.shape, b"a", object) if type == "string" else array.astype(numpy_dtype(tensor_type(type)))
        scales = scale if axis is None else np.full(array.shape[axis], scale)
        params = quantized(scales, 0, axis or 0) if type in CODES else None
        return self.g.constant(f"c{len(self.g._tensors)}", array, type, quantization=params)

    def w(self, *shape: int, axis: int | None = None) -> BuilderTensor:
        """Constant weights; 8-bit ones under 16-bit activations."""
        type = "int8" if self.weights == "int16" else self.weights
        return self.c(np.ones(shape), type, axis=None if type == "uint8" else axis)

    def b(self, size: int) -> BuilderTensor:
        """A bias of the type that goes with the activations."""
        type = {"int8": "int32", "uint8": "int32", "int16": "int64"}.get(self.type, self.type)
        params = quantized(0.25) if self.type in CODES else None
        return self.g.constant("bias", np.zeros(size, numpy_dtype(tensor_type(type))), type, quantization=params)

    def out(self, op: str, inputs: Sequence[BuilderTensor | None], options: Any = None, *, shape: Sequence[int] = (1,),
            type: str = "", scale: float = 0.5, zero: int = 0, count: int = 1) -> None:  # fmt: skip
        """The operator, in its newest version, with outputs that are those of the model."""
        outputs = [self.result(shape, type, scale, zero) for _ in range(count)]
        self.g.op_with_outputs(op, inputs, outputs, options, version=newest_version(op))
        self.g.output(*outputs)

    def result(self, shape: Sequence[int] = (1,), type: str = "", scale: float = 0.5, zero: int = 0) -> BuilderTensor:
        """A tensor that the operator fills."""
        type = type or self.type
        name = f"y{len(self.g._tensors)}"
        return self.g.tensor(name, shape, type, quantization=codes(type, scale, zero))


def codes(type: str, scale: float, zero: int = 0) -> tuple[float, int] | None:
    """The quantization of a tensor of codes; None for other types."""
    return (scale, zero) if type in CODES else None


def ones(shape: Sequence[int], type: str) -> np.ndarray:
    """An array of ones, or of strings."""
    if type == "string":
        return np.full(shape, b"a", object)
    return np.ones(shape, numpy_dtype(tensor_type(type)))


@dataclass(frozen=True)
class Builder:
    """How the models of one operator are made.

    Attributes:
        build: adds the operator `op` to a probe.
        kinds: types to ask for.
    """

    op: str
    build: Callable[[Probe, str], None]
    kinds: tuple[str, ...]


PROBES: dict[str, Builder] = {}


def probe(*ops: str, kinds: Iterable[str] = TYPES) -> Callable[[Callable[[Probe, str], None]], Any]:
    """Registers how models of operators are made."""

    def register(build: Callable[[Probe, str], None]) -> Callable[[Probe, str], None]:
        for op in ops:
            if op in PROBES:
                raise ValueError(f"{op} has a probe already")
            PROBES[op] = Builder(op, build, tuple(kinds))
        return build

    return register


def make(op: str, kind: str) -> Probe:
    """The model of an operator of a type."""
    made = Probe(kind)
    PROBES[op].build(made, op)
    return made
