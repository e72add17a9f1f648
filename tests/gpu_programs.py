"""Small graphs as programs of GPU operations, for tests of what the passes make of them."""

from __future__ import annotations

from collections.abc import Callable

from delegant.core.build.builder import GraphBuilder, ModelBuilder
from delegant.core.build.builder_base import BuilderTensor
from delegant.core.delegate import Partition
from delegant.core.kernels import builtin_kernels
from delegant.core.run.loading import load_graphs
from delegant.delegates.gpu.delegate import optimized
from delegant.delegates.gpu.program import ir
from delegant.devices.device import DeviceInfo

POCL = DeviceInfo(
    "opencl", "test", "", "", "cpu", "opencl", 128, 2**31, 2**31, 4096, 2**15, frozenset({"pocl"}), {"compute_units": 2}
)


def program(shape: tuple[int, ...], build: Callable[[GraphBuilder, BuilderTensor], BuilderTensor]) -> ir.Program:
    """A graph as one partition, lowered and fused."""
    builder = ModelBuilder()
    builder.output(build(builder, builder.input("x", shape)))
    return program_of(builder)


def program_of(builder: ModelBuilder) -> ir.Program:
    """A finished model as one partition, lowered and fused."""
    (graph,) = load_graphs(builder.build(), builtin_kernels())
    partition = Partition(graph, tuple(n.index for n in graph.nodes), graph.inputs, graph.outputs)
    return optimized(partition)


def work(made: ir.Program) -> list[ir.GpuOp]:
    """The operations that are kernels."""
    return [op for op in made.ops if not isinstance(op, ir.Alias)]
