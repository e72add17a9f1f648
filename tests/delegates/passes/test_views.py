"""Where values lie behind copies, aliases and factors: with the same elements at the same places."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from gpu_programs import program

from delegant.core.build.builder import GraphBuilder
from delegant.core.build.builder_base import BuilderTensor
from delegant.delegates.gpu.passes.views import linear, target, views
from delegant.delegates.gpu.program import ir
from delegant.delegates.gpu.program.regions import memory_of, offset

SHAPE = (2, 6, 8)
Build = Callable[[GraphBuilder, BuilderTensor], BuilderTensor]
ARRAY = np.arange(96, dtype=np.float32).reshape(SHAPE)
MOVED: dict[str, tuple[Build, Callable[[np.ndarray], np.ndarray]]] = {
    "transpose": (lambda g, x: g.transpose(x, [1, 0, 2]), lambda a: a.transpose(1, 0, 2)),
    "heads": (
        lambda g, x: g.transpose(g.reshape(x, (2, 6, 2, 4)), [0, 2, 1, 3]),
        lambda a: a.reshape(2, 6, 2, 4).transpose(0, 2, 1, 3),
    ),
    "part of a transpose": (
        lambda g, x: g.slice(g.transpose(x, [1, 0, 2]), [1, 0, 4], [3, 2, 4]),
        lambda a: a.transpose(1, 0, 2)[1:4, :, 4:],
    ),
    "piece": (lambda g, x: g.split(x, 2, 2)[1], lambda a: a[..., 4:]),
    "factor": (lambda g, x: g.transpose(g.mul(x, np.float32(3)), [1, 0, 2]), lambda a: 3 * a.transpose(1, 0, 2)),
}


def made(build: Build) -> tuple[ir.Program, dict[int, ir.GpuOp], int]:
    """A program that reads what `build` makes in a product; its makers, and that value."""
    found = program(SHAPE, lambda g, x: g.batch_matmul(y := build(g, x), y, adj_y=True))
    (product,) = (op for op in found.ops if isinstance(op, ir.BatchMatMul))
    return found, {op.output: op for op in found.ops}, product.inputs[0]


@pytest.mark.parametrize("name", MOVED)
def test_a_view_reads_the_input_itself(name: str) -> None:
    build, moved = MOVED[name]
    found, makers, value = made(build)
    first, *_ = views(found, makers, value)
    assert first.value == found.inputs[0]
    memory = memory_of(first.array)
    lying = np.lib.stride_tricks.as_strided(
        ARRAY.reshape(-1)[offset(first.array) :], first.array.shape, [4 * s for s in first.array.strides]
    )
    assert memory.size == ARRAY.size
    np.testing.assert_array_equal(first.factor * lying, moved(ARRAY))


@pytest.mark.parametrize("name", MOVED)
def test_the_last_view_is_the_value_as_it_is(name: str) -> None:
    found, makers, value = made(MOVED[name][0])
    last = views(found, makers, value)[-1]
    assert (last.array.shape, last.passed, last.factor) == (found.shape(value), (), 1.0)


def test_what_merges_axes_has_no_strides() -> None:
    """Rows of different heads side by side: no step leads from one to the next."""
    _, makers, value = (result := made(lambda g, x: g.reshape(g.transpose(x, [1, 0, 2]), (3, 4, 8))))
    assert len(views(result[0], makers, value)) == 1


def test_the_target_of_a_transpose() -> None:
    found = program(SHAPE, lambda g, x: g.tanh(g.transpose(g.tanh(x), [1, 0, 2])))
    (copy,) = (op for op in found.ops if isinstance(op, ir.Copy))
    view = target(found, copy)
    assert view is not None
    assert (view.value, view.array.shape, view.array.strides) == (copy.output, SHAPE, (8, 16, 1))


def test_the_target_of_a_part_is_none() -> None:
    found = program(SHAPE, lambda g, x: g.tanh(g.slice(g.tanh(x), [0, 1, 0], [2, 5, 8])))
    (copy,) = (op for op in found.ops if isinstance(op, ir.Copy))
    assert target(found, copy) is None


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (ir.Binary("MUL", constant=3.0), (3.0, None)),
        (ir.Binary("DIV", constant=4.0), (0.25, None)),
        (ir.Binary("DIV", constant=4.0, reverse=True), None),
        (ir.Binary("DIV", constant=0.0), None),
        (ir.Binary("ADD", 7), (1.0, 7)),
        (ir.Binary("ADD", constant=1.0), None),
        (ir.Binary("SUB", 7), (-1.0, 7)),
        (ir.Binary("SUB", 7, reverse=True), None),
        (ir.Unary("FINITE"), (1.0, None)),
        (ir.Unary("TANH"), None),
    ],
)
def test_linear_steps(step: ir.Step, expected: tuple[float, int | None] | None) -> None:
    assert linear(step) == expected
