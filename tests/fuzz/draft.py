"""A model under construction from hypothesis' choices, with the values to feed it."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from ops.harness import FLOAT_TOLERANCE, assert_close, random_values
from oracle import LiteRTError, OracleCrashedError, run_litert

from delegant.core.build.builder import BuilderTensor, ModelBuilder
from delegant.core.interpreter import Interpreter

T = TypeVar("T")
REFERENCE, OPTIMISED = "BUILTIN_REF", "BUILTIN_WITHOUT_DEFAULT_DELEGATES"
QUANTIZED = ("int8", "uint8", "int16")
ZERO_POINTS = {"int8": (-128, 127), "uint8": (0, 255), "int16": (0, 0)}


class Draft:
    """Choices, the model they lead to, and its inputs.

    Attributes:
        resolvers: of LiteRT, in the order in which they are asked until one has the operator.
        magnitude: of what is added up; floats may differ by `tolerance` times it, or times the largest output.
        defined: picks what of the outputs is defined.
        invocations: how often the model runs (with fresh values each time) before its outputs are compared.
    """

    def __init__(self, draw: DrawFn) -> None:
        self._draw = draw
        self.model = ModelBuilder()
        self.seed = self.integer(0, (1 << 32) - 1)
        self.rng = np.random.default_rng(self.seed)
        self.resolvers: tuple[str, ...] = (REFERENCE, OPTIMISED)
        self.tolerance, self.magnitude, self.invocations = FLOAT_TOLERANCE, 0.0, 1
        self.defined: Callable[[list[np.ndarray]], list[np.ndarray]] = list
        self.choices: list[Any] = []
        self._feeds: list[Callable[[], np.ndarray]] = []

    def integer(self, low: int, high: int) -> int:
        return self._draw(st.integers(low, high))

    def flag(self) -> bool:
        return self._draw(st.booleans())

    def pick(self, options: Sequence[T]) -> T:
        chosen = self._draw(st.sampled_from(options))
        self.choices.append(chosen)
        return chosen

    def shape(self, low: int, high: int, largest: int = 7) -> tuple[int, ...]:
        """`low` to `high` dimensions of 1 to `largest`."""
        return tuple(self._draw(st.lists(st.integers(1, largest), min_size=low, max_size=high)))

    def permutation(self, count: int) -> list[int]:
        return self._draw(st.permutations(range(count)))

    def axes(self, rank: int) -> list[int]:
        """Different axes, at least one, some counted from the end."""
        chosen = self.permutation(rank)[: self.integer(1, rank)]
        return [axis - rank if self.flag() else axis for axis in chosen]

    def axis(self, rank: int) -> int:
        return self.integer(-rank, rank - 1)

    def scale(self, low: float = 1e-3, high: float = 1.0) -> float:
        """Between the limits, uniform in its logarithm, exact in float32."""
        limits = (int(256 * np.log2(limit)) for limit in (low, high))
        return float(np.float32(2.0 ** (self.integer(*limits) / 256)))

    def quantization(self, dtype: str, low: float = 1e-3, high: float = 1.0) -> tuple[float, int] | None:
        """Scale and zero point of 8- and 16-bit types, None for others; 16 bits get scales 256 times finer."""
        if dtype not in QUANTIZED:
            return None
        finer = 256 if dtype == "int16" else 1
        return self.scale(low / finer, high / finer), self.integer(*ZERO_POINTS[dtype])

    def input(
        self, name: str, shape: Sequence[int], dtype: str = "float32", *, quantization: Any = None,
        values: Callable[[], np.ndarray] | None = None,
    ) -> BuilderTensor:
        """An input of the model; `values` makes what it is fed, random numbers of all kinds by default."""
        self._feeds.append(values or (lambda: random_values(self.rng, shape, dtype)))
        return self.model.input(name, shape, dtype, quantization=quantization)

    def constant(self, name: str, value: Any, dtype: Any = np.int32, **more: Any) -> BuilderTensor:
        return self.model.constant(name, np.asarray(value, dtype), **more)

    def operand(self, name: str, shape: Sequence[int], dtype: str) -> BuilderTensor:
        """An input or, as often, a constant; with random quantization if the type has any."""
        quantization = self.quantization(dtype)
        if self.flag():
            return self.model.constant(name, random_values(self.rng, shape, dtype), quantization=quantization)
        return self.input(name, shape, dtype, quantization=quantization)

    def output(self, op: str, inputs: Sequence[BuilderTensor | None], options: Any = None, **more: Any) -> None:
        """Add an operator whose output is the model's; its shape is for the interpreters to find."""
        self.choices.append(op)
        self.model.output(self.model.op(op, inputs, options, **more))

    def feeds(self) -> list[list[np.ndarray]]:
        return [[feed() for feed in self._feeds] for _ in range(self.invocations)]

    def __repr__(self) -> str:
        subgraph = self.model.build().subgraphs[0]
        return f"choices {self.choices}, seed {self.seed}\n  {subgraph.operators}\n  {subgraph.tensors}"


def drafts(family: Callable[[Draft], None]) -> SearchStrategy[Draft]:
    """Models of a family."""

    @st.composite
    def make(draw: DrawFn) -> Draft:
        draft = Draft(draw)
        family(draft)
        return draft

    return make()


def check(draft: Draft) -> None:
    """Run the model in both and compare; a model that LiteRT refuses, or dies of, is no case."""
    data, feeds = draft.model.to_bytes(), draft.feeds()
    expected = _expected(data, feeds, draft.resolvers)
    interpreter = Interpreter(model_content=data)
    interpreter.allocate_tensors()
    for values in feeds:
        for detail, value in zip(interpreter.get_input_details(), values, strict=True):
            interpreter.set_tensor(detail["index"], value)
        interpreter.invoke()
    results = [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]
    for ours, theirs in zip(draft.defined(results), draft.defined(expected), strict=True):
        largest = 1.0
        if draft.magnitude and theirs.dtype.kind == "f":
            largest = float(np.abs(theirs[np.isfinite(theirs)]).max(initial=1e-30))
        assert_close(ours, theirs, draft.tolerance * max(1.0, draft.magnitude / largest))


def _expected(data: bytes, feeds: list[list[np.ndarray]], resolvers: Sequence[str]) -> list[np.ndarray]:
    for resolver in resolvers:
        try:
            return run_litert(data, feeds[-1], resolver, pre=feeds[:-1])
        except LiteRTError as error:
            if "Didn't find op" not in str(error):
                break
        except OracleCrashedError:
            break
    assume(False)
    raise AssertionError("assume returned")
