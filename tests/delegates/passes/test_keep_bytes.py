"""Which values are bytes on a device that multiplies bytes, and which conversions that saves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from quantized_cases import CASES, Draft

from delegant.core.build.builder_base import BuilderTensor, quantized
from delegant.core.delegate import Partition
from delegant.core.kernels import builtin_kernels
from delegant.core.run.loading import load_graphs
from delegant.delegates.gpu.delegate import optimized
from delegant.delegates.gpu.passes.keep_bytes import SINGLY, keep_bytes, multiplies_bytes
from delegant.delegates.gpu.program import ir
from delegant.devices.device import DeviceInfo

VNNI = DeviceInfo(
    *("opencl", "a processor", "", "", "cpu", "opencl", 64, 2**30, 2**30, 4096, 0),
    features=frozenset({"pocl", "avx512_vnni", "avx512_vbmi"}),
)
SHADERS = DeviceInfo(
    *("webgpu", "an adapter", "", "", "llvmpipe", "wgsl", 32, 2**30, 2**30, 1024, 32768),
    features=frozenset({"integer_dot_product"}),
)


def program(dtype: str, build: Callable[[Draft], BuilderTensor], info: DeviceInfo = VNNI) -> ir.Program:
    draft = Draft(dtype, np.random.default_rng(3))
    draft.g.output(build(draft))
    (graph,) = load_graphs(draft.g.build(), builtin_kernels())
    partition = Partition(graph, tuple(range(len(graph.nodes))), graph.inputs, graph.outputs)
    return keep_bytes(optimized(partition), info)


def kinds(made: ir.Program) -> list[type[ir.GpuOp]]:
    return [type(op) for op in made.ops if not isinstance(op, ir.Alias)]


def test_codes_are_bytes_and_sums_are_not() -> None:
    made = program("int8", CASES["mean"])
    held = [(type(op).__name__, made.values[op.output].kept is not None) for op in made.ops]
    assert ("Reduce", False) in held
    assert ("Elementwise", True) in held


@pytest.mark.parametrize(("dtype", "conversions"), [("int8", [ir.LoadCodes, ir.StoreCodes]), ("uint8", [])])
def test_the_host_writes_unsigned_bytes_where_they_are_used(dtype: str, conversions: list[type[ir.GpuOp]]) -> None:
    made = program(dtype, lambda draft: draft.g.max_pool_2d(draft.x(1, 6, 6, 8), (2, 2)))
    assert [kind for kind in kinds(made) if kind is not ir.Pool2D] == conversions


def test_an_output_that_is_an_input_is_copied() -> None:
    made = program("uint8", lambda draft: draft.g.reshape(draft.x(2, 8), (16,)))
    assert kinds(made) == [ir.StoreCodes]


@pytest.mark.parametrize(("dtype", "conversions"), [("int8", []), ("uint8", [ir.LoadCodes, ir.StoreCodes])])
def test_the_host_writes_signed_bytes_for_shader_devices(dtype: str, conversions: list[type[ir.GpuOp]]) -> None:
    made = program(dtype, lambda draft: draft.g.max_pool_2d(draft.x(1, 6, 6, 8), (2, 2)), SHADERS)
    assert [kind for kind in kinds(made) if kind is not ir.Pool2D] == conversions


def test_what_a_shader_stores_one_by_one_stays_float() -> None:
    made = program("int8", CASES["reduce_max"], SHADERS)
    held = [(type(op), made.values[op.output].kept is not None) for op in made.ops if not isinstance(op, ir.Alias)]
    assert held == [(ir.Copy, True), (ir.Reduce, False), (ir.Copy, True)]
    assert set(made.remarks.values()) == {("float codes", f"its codes are float32 on the device: {SINGLY}")}


def test_which_devices() -> None:
    assert multiplies_bytes(VNNI)
    assert not multiplies_bytes(replace(VNNI, features=frozenset({"pocl"})))
    assert multiplies_bytes(replace(VNNI, features=frozenset({"pocl", "avx2"})))
    assert not multiplies_bytes(replace(VNNI, features=frozenset({"avx2"})))
    assert multiplies_bytes(SHADERS)
    assert not multiplies_bytes(replace(SHADERS, features=frozenset({"pocl", "avx512_vnni"})))


def test_a_code_times_a_function_of_it_is_one_table() -> None:
    def swish(draft: Draft) -> BuilderTensor:
        x = draft.x(1, 3, 8)
        gate = draft.g.logistic(x, quantization=quantized(1 / 256, -128))
        return draft.g.mul(x, gate, quantization=quantized(0.02, 5))

    (chain,) = (op for op in program("int8", swish).ops if isinstance(op, ir.Elementwise))
    assert [step.function for step in chain.steps] == ["LOGISTIC+MUL"]
