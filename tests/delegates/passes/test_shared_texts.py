"""Products that differ in an activation or a factor are one text where there are several of them."""

from __future__ import annotations

import numpy as np
import pytest
from gpu_programs import program, work

from delegant.core.build.builder import GraphBuilder
from delegant.core.build.builder_base import BuilderTensor
from delegant.delegates.gpu.emission.kernels import kernels
from delegant.delegates.gpu.passes.shared_texts import share_texts
from delegant.delegates.gpu.program import ir
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.parts.data_steps import Gated, Limited, Perhaps, PerhapsAdded, Scaled
from delegant.shaders.printing.wgsl import WGSL

LLVMPIPE = DeviceClass.LLVMPIPE


def dense(*activations: str) -> ir.Program:
    """Layers of 64 numbers for 28 rows, with a bias and an activation each."""

    def build(b: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
        for activation in activations:
            x = b.fully_connected(x, np.ones((64, 64), np.float32), np.ones(64, np.float32), activation=activation)
        return x

    return program((28, 64), build)


def attention(*factors: float) -> ir.Program:
    """Products of a tensor with itself, times a number unless that is 1."""

    def build(b: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
        for factor in factors:
            x = b.batch_matmul(x, x)
            x = x if factor == 1 else b.mul(x, np.float32(factor))
        return x

    return program((2, 16, 16), build)


def arithmetic(made: ir.Program) -> list[type]:
    """What makes the steps of each operation as data; nothing of one with its own text."""
    steps = [step for op in work(share_texts(made, LLVMPIPE)) for step in op.steps]
    return [type(step.arithmetic) for step in steps if isinstance(step, ir.CodeUnary | ir.CodeBinary)]


def texts(made: ir.Program) -> int:
    """Distinct texts of all kernels."""
    works = [w for op in made.ops for w in kernels(op, made, LLVMPIPE)]
    return len({WGSL(packs_halves=False).source(w.call.kernel) for w in works})


def test_activations_become_data() -> None:
    made = dense("NONE", "RELU", "RELU6")
    assert arithmetic(made) == [Limited] * 3
    assert texts(made) == 3 and texts(share_texts(made, LLVMPIPE)) == 1


def test_hard_swish_takes_the_others_along() -> None:
    def build(b: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
        for activation in ("RELU", "NONE"):
            x = b.fully_connected(x, np.ones((64, 64), np.float32), np.ones(64, np.float32), activation=activation)
        return b.hard_swish(x)

    made = program((28, 64), build)
    assert arithmetic(made) == [Gated, Gated] and texts(share_texts(made, LLVMPIPE)) == 1


def test_functions_that_cost_more_are_skipped_where_they_are_not_wanted() -> None:
    made = dense("NONE", "TANH")
    assert arithmetic(made) == [Perhaps] * 2 and texts(share_texts(made, LLVMPIPE)) == 1
    made = dense("NONE", "TANH", "RELU")
    assert arithmetic(made) == [Perhaps, Limited] * 3 and texts(share_texts(made, LLVMPIPE)) == 1


def test_sums_are_skipped_where_there_is_nothing_to_add() -> None:
    def build(b: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
        weights, bias = np.ones((64, 64), np.float32), np.ones(64, np.float32)
        return b.relu(b.add(b.fully_connected(b.fully_connected(x, weights, bias), weights, bias), x))

    made = program((28, 64), build)
    assert arithmetic(made) == [PerhapsAdded, Limited] * 2 and texts(share_texts(made, LLVMPIPE)) == 1


def test_products_without_a_bias_have_one_of_zeros_where_others_have_one() -> None:
    def build(b: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
        weights = np.ones((64, 64), np.float32)
        return b.fully_connected(b.fully_connected(x, weights, np.ones(64, np.float32)), weights)

    made = program((28, 64), build)
    assert texts(made) == 2 and texts(share_texts(made, LLVMPIPE)) == 1


def test_products_without_any_bias_have_none() -> None:
    made = program((28, 64), lambda b, x: b.fully_connected(x, np.ones((64, 64), np.float32)))
    assert [op.bias for op in share_texts(made, LLVMPIPE).ops if isinstance(op, ir.FullyConnected)] == [None]


def test_lanes_that_load_rows_of_their_own_keep_their_text() -> None:
    def build(b: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
        x = b.fully_connected(x, np.ones((64, 64), np.float32))
        return b.tanh(b.fully_connected(x, np.ones((16, 64), np.float32)))

    assert arithmetic(program((28, 64), build)) == []


def test_factors_become_data() -> None:
    made = attention(1, 0.25)
    assert arithmetic(made) == [Scaled, Scaled]
    assert texts(share_texts(made, LLVMPIPE)) == texts(made) - 1


@pytest.mark.parametrize("made", [dense("RELU", "RELU"), attention(0.25), dense("NONE"), dense("TANH", "TANH")])
def test_what_has_one_text_anyway_keeps_it(made: ir.Program) -> None:
    assert arithmetic(made) == []


@pytest.mark.parametrize("device", [d for d in DeviceClass if d is not LLVMPIPE])
def test_other_devices_compile_constants(device: DeviceClass) -> None:
    made = dense("NONE", "RELU")
    assert share_texts(made, device) is made
