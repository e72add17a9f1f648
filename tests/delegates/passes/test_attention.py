"""Attention as exporters write it becomes one operation, with the same numbers; what only looks like it does not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from attention_forms import FORMS, OTHERS, SCALE, Form, Known, with_heads_split, with_one_tensor_split
from gpu_programs import program_of, work
from ops.harness import assert_close, run_delegant
from oracle import run_litert

import delegant
from delegant.core.build.builder import ModelBuilder
from delegant.core.build.builder_base import BuilderTensor
from delegant.core.delegate import Delegate
from delegant.delegates.gpu.passes.attention import join_attention
from delegant.delegates.gpu.program import ir
from delegant.delegates.gpu.program.ir_attention import Attention
from delegant.devices import cache
from delegant.devices.device import Device
from delegant.shaders.device_class import DeviceClass


def built(form: Form) -> ModelBuilder:
    builder = ModelBuilder()
    builder.output(form(builder))
    return builder


def joined(form: Form) -> list[ir.GpuOp]:
    """The kernels of a form, copies at the host's edges apart."""
    made = join_attention(program_of(built(form)), DeviceClass.CPU)
    edges = {v for v in (*made.inputs, *made.results) if v is not None}
    roots = made.roots
    return [
        op for op in work(made)
        if not isinstance(op, ir.Copy) or (op.nodes and roots.get(op.output, op.output) not in edges)
    ]  # fmt: skip


def feeds(model: bytes) -> list[np.ndarray]:
    random = np.random.default_rng(7)
    with delegant.Interpreter(model_content=model) as interpreter:
        details = interpreter.get_input_details()
    return [2 * random.standard_normal(tuple(d["shape"]), np.float32) for d in details]


def run(interpreter: delegant.Interpreter, values: list[np.ndarray]) -> np.ndarray:
    """The one output."""
    interpreter.allocate_tensors()
    for detail, value in zip(interpreter.get_input_details(), values, strict=True):
        interpreter.set_tensor(detail["index"], value)
    interpreter.invoke()
    result: np.ndarray = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
    return result


def ran(model: bytes, values: list[np.ndarray], delegate: Delegate) -> np.ndarray:
    with delegant.Interpreter(model_content=model, delegates=[delegate], policy="require") as interpreter:
        return run(interpreter, values)


@pytest.mark.parametrize("known", FORMS, ids=str)
def test_a_form_is_one_operation(known: Known) -> None:
    ops = joined(known.form)
    assert sum(isinstance(op, Attention) for op in ops) == 1
    assert len(ops) == 1 + known.others


@pytest.mark.parametrize("known", FORMS, ids=str)
def test_it_computes_what_the_operators_do(delegate: Delegate, known: Known) -> None:
    model = built(known.form).to_bytes()
    values = feeds(model)
    (expected,), (ours,) = run_litert(model, values), run_delegant(model, values)
    assert_close(ours, expected)
    assert_close(ran(model, values, delegate), expected, 1e-4)


@pytest.mark.parametrize("form", OTHERS, ids=lambda form: form.__name__)
def test_what_looks_like_it_stays(form: Form) -> None:
    ops = joined(form)
    assert not any(isinstance(op, Attention) for op in ops)
    assert sum(isinstance(op, ir.BatchMatMul) for op in ops) == 2


def test_it_stands_for_all_of_its_nodes() -> None:
    """Those that move heads too, so that a profile leads back to them; shapes alone are nobody's work."""
    builder = built(with_heads_split)
    (op,) = [op for op in joined(with_heads_split) if isinstance(op, Attention)]
    model = builder.build()
    names = [model.operator_codes[o.opcode_index].builtin_code.name for o in model.subgraphs[0].operators]
    others = [name for node, name in enumerate(names) if node not in op.nodes]
    assert set(others) == {"RESHAPE"}


def test_operands_in_one_tensor_are_bound_once() -> None:
    """WebGPU refuses to bind memory twice, and nothing has to be copied for that."""
    (op,) = [op for op in joined(with_one_tensor_split) if isinstance(op, Attention)]
    assert len(op.inputs) == 1
    assert {matrices.binding for matrices in (op.shape.q, op.shape.k, op.shape.v)} == {"q"}
    assert op.shape.scale == pytest.approx(float(SCALE))


def long(g: ModelBuilder) -> BuilderTensor:
    """Enough queries that there is a choice."""
    q, k, v = (g.input(name, (1, 2, 20, 16)) for name in "qkv")
    return g.batch_matmul(g.softmax(g.batch_matmul(q, k, adj_y=True)), v)


def test_a_tuner_tries_its_schedules(device: Device, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them compute the same; what is the fastest is remembered for the shape."""
    monkeypatch.setenv(cache.ENVIRONMENT, str(tmp_path))
    model, results = built(long).to_bytes(), []
    values = feeds(model)
    for tune in ("off", "0.5"):
        delegate = delegant.load_delegate(device.info.api, {"tune": tune})
        results.append(ran(model, values, delegate))
    tuner = delegate.tuner
    assert tuner is not None
    assert [shape.split()[0] for shape in tuner.outcomes] == ["attention"]
    assert_close(results[1], results[0], 1e-4)


# --- half floats


def wide(g: ModelBuilder) -> BuilderTensor:
    """Tensors large enough to be half floats; scores are beyond their range before the softmax scales them."""
    x = g.input("x", (1, 96, 64))
    weights = np.random.default_rng(0).standard_normal((3, 64, 64)).astype(np.float32)
    zeros = np.zeros(64, np.float32)
    q, k, v = (g.fully_connected(x, w, zeros, keep_num_dims=True) for w in weights)
    scores = g.batch_matmul(g.mul(q, np.float32(20)), g.mul(k, np.float32(20)), adj_y=True)
    return g.batch_matmul(g.softmax(scores, beta=1e-6), v)


def test_half_floats_hold_operands_and_not_scores(device: Device) -> None:
    model = built(wide).to_bytes()
    values, results = feeds(model), []
    for options in ({}, {"precision": "fp16"}):
        delegate = delegant.load_delegate(device.info.api, options)
        with delegant.Interpreter(model_content=model, delegates=[delegate], policy="require") as interpreter:
            results.append(run(interpreter, values))
            rules = [place.rule for place in interpreter.placement]
    assert rules.count("fp16") >= 3
    assert "fp32" not in rules
    assert_close(results[1], results[0], 5e-3)
