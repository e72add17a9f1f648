"""Which operations become one kernel, and that they remember the nodes they came from."""

from __future__ import annotations

import numpy as np
from gpu_cases import weights
from gpu_programs import program, work

from delegant.core.build.builder import GraphBuilder
from delegant.core.build.builder_base import BuilderTensor
from delegant.delegates.gpu.program import ir


def conv(g: GraphBuilder, x: BuilderTensor, kernel: int = 1, **more: object) -> BuilderTensor:
    channels = x.shape[3]
    return g.conv_2d(x, weights(channels, kernel, kernel, channels), weights(channels), **more)  # type: ignore[arg-type]


def test_a_residual_that_the_convolution_reads_too_stays_outside() -> None:
    made = program((1, 5, 5, 8), lambda g, x: g.add(conv(g, x), x))
    assert [type(op) for op in work(made)] == [ir.Conv2D, ir.Elementwise]


def test_a_residual_from_further_back_joins() -> None:
    def build(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
        return g.add(x, conv(g, conv(g, x, activation="RELU6")), activation="RELU")

    first, second = work(program((1, 5, 5, 8), build))
    assert [step.function for step in second.steps] == ["ADD", "RELU"]  # type: ignore[union-attr]
    assert (first.nodes, second.nodes) == ((0,), (1, 2))


def test_a_value_that_two_operations_read_is_kept() -> None:
    def build(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
        made = conv(g, x)
        return g.add(g.relu(made), g.tanh(made))

    assert len(work(program((1, 5, 5, 8), build))) == 3


def test_chains_of_elementwise_operators_become_one() -> None:
    made = program((2, 8), lambda g, x: g.mul(g.tanh(g.add(g.relu(x), np.float32(1))), weights(8)))
    (only,) = work(made)
    assert only.nodes == (0, 1, 2, 3)
    assert [step.function for step in only.steps] == ["RELU", "ADD", "TANH", "MUL"]


def test_zero_padding_joins_the_convolution() -> None:
    def build(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
        return conv(g, g.pad(x, [(0, 0), (1, 2), (3, 0), (0, 0)]), 3, stride=2, padding="VALID")

    (only,) = work(program((1, 9, 9, 4), build))
    assert isinstance(only, ir.Conv2D)
    assert (only.padding, only.nodes) == ((1, 3), (0, 1))


def test_other_padding_does_not() -> None:
    def channels(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
        return conv(g, g.pad(x, [(0, 0), (0, 0), (0, 0), (0, 4)]), 3)

    def ones(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
        return conv(g, g.pad(x, [(0, 0), (1, 1), (1, 1), (0, 0)], np.float32(1)), 3)

    for build in (channels, ones):
        assert [type(op) for op in work(program((1, 9, 9, 4), build))] == [ir.Copy, ir.Conv2D]


def test_reshapes_cost_nothing_where_the_memory_is_the_same() -> None:
    made = program((2, 3, 8), lambda g, x: g.relu(g.reshape(g.relu(x), (6, 8))))
    assert [type(op) for op in work(made)] == [ir.Elementwise, ir.Elementwise]


def test_equal_inputs_of_a_product_are_separated() -> None:
    made = program((2, 8, 8), lambda g, x: g.batch_matmul(x, x))
    assert [type(op) for op in work(made)] == [ir.Copy, ir.BatchMatMul]
    product = work(made)[1]
    assert product.inputs[0] != product.inputs[1]


def test_float16_weights_are_widened_at_build_time() -> None:
    def build(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
        small = g.constant("w", weights(4, 1, 1, 8).astype(np.float16))
        return g.conv_2d(x, g.dequantize(small), weights(4))

    (only,) = work(program((1, 3, 3, 8), build))
    assert isinstance(only, ir.Conv2D)
    np.testing.assert_array_equal(only.weights, weights(4, 1, 1, 8).astype(np.float16).astype(np.float32))


def test_swish_joins_the_convolution() -> None:
    def build(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
        made = conv(g, x)
        return g.mul(made, g.logistic(made))

    (only,) = work(program((1, 5, 5, 8), build))
    assert isinstance(only, ir.Conv2D)
    assert only.nodes == (0, 1, 2)
