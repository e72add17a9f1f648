"""STABLEHLO_CASE and STABLEHLO_RNG_BIT_GENERATOR against LiteRT; CALL and STABLEHLO_WHILE against what they mean."""
from __future__ import annotations

import numpy as np
import pytest
from ops.harness import check_model, run_delegant

from delegant.core.build.builder import ModelBuilder

WITHOUT_REF = "BUILTIN_WITHOUT_DEFAULT_DELEGATES"
DEFAULT, PHILOX, THREEFRY = range(3)


@pytest.mark.parametrize("number", [0, 1, 2, 3, -1])
def test_case(number: int) -> None:
    model = ModelBuilder()
    operands = [model.input("number", (1,), "int32"), model.input("x", (2, 3))]
    branches = []
    for name in ("NEG", "ABS", "EXP"):
        branch = model.subgraph(name)
        branch.output(branch.op(name, [branch.input("x", (2, 3))]))
        branches.append(branch.index)
    options = {"branch_subgraph_indices": tuple(branches)}
    model.output(model.op("STABLEHLO_CASE", operands, options, shape=(2, 3), dtype="float32"))
    x = np.random.default_rng(number + 1).standard_normal((2, 3)).astype(np.float32)
    check_model(model, [np.array([number], np.int32), x], resolver=WITHOUT_REF)


@pytest.mark.parametrize("number", [0, 1])
def test_case_with_branches_of_different_shapes(number: int) -> None:
    model = ModelBuilder()
    operands = [model.input("number", (), "int32"), model.input("x", (2, 3))]
    branches = []
    for shape in ((6,), (3, 2)):
        branch = model.subgraph("reshape")
        inputs = [branch.input("x", (2, 3)), branch.constant("shape", np.array(shape, np.int32))]
        branch.output(branch.op("RESHAPE", inputs, shape=shape))
        branches.append(branch.index)
    options = {"branch_subgraph_indices": tuple(branches)}
    model.output(model.op("STABLEHLO_CASE", operands, options, shape=(1,), dtype="float32"))
    x = np.arange(6, dtype=np.float32).reshape(2, 3)
    (result,) = run_delegant(model.to_bytes(), [np.array(number, np.int32), x])
    np.testing.assert_array_equal(result, x.reshape(((6,), (3, 2))[number]))


@pytest.mark.parametrize(("algorithm", "words"), [(THREEFRY, 2), (PHILOX, 2), (PHILOX, 3), (DEFAULT, 3)])
@pytest.mark.parametrize("dtype", ["int32", "uint32", "int64", "uint64"])
@pytest.mark.parametrize("shape", [(4,), (3, 3), (1,)])
def test_random_bits(shape: tuple[int, ...], dtype: str, algorithm: int, words: int) -> None:
    """The counter's low word overflows within the second state."""
    for counter in (12345678901234567, 2**40 - 2, 2**64 - 1):
        model = ModelBuilder()
        state = model.input("state", (words,), "uint64")
        outputs = [model.tensor("next", (words,), "uint64"), model.tensor("bits", shape, dtype)]
        model.op_with_outputs("STABLEHLO_RNG_BIT_GENERATOR", [state], outputs, {"algorithm": algorithm})
        model.output(*outputs)
        check_model(model, [np.array([0xFEDCBA9876543210, counter, 77][:words], np.uint64)])


def test_call() -> None:
    model = ModelBuilder()
    callee = model.subgraph("negated")
    callee.output(callee.op("NEG", [callee.input("x", (4,))]))
    model.output(model.op("CALL", [model.input("x", (4,))], {"subgraph": callee.index}))
    x = np.arange(4, dtype=np.float32)
    np.testing.assert_array_equal(run_delegant(model.to_bytes(), [x])[0], -x)


def test_while() -> None:
    """Double until 100 is reached."""
    model = ModelBuilder()
    condition, body = model.subgraph("condition"), model.subgraph("body")
    limit = condition.constant("limit", np.array(100, np.int32))
    condition.output(condition.op("LESS", [condition.input("x", (), "int32"), limit], shape=(), dtype="bool"))
    x = body.input("x", (), "int32")
    body.output(body.op("STABLEHLO_ADD", [x, x]))
    options = {"cond_subgraph_index": condition.index, "body_subgraph_index": body.index}
    model.output(model.op("STABLEHLO_WHILE", [model.input("x", (), "int32")], options))
    assert run_delegant(model.to_bytes(), [np.array(7, np.int32)])[0] == 112
