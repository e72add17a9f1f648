"""A whole delegate: it takes float32 TANH, LOGISTIC and EXP and computes them with NumPy.

Install the folder (`pip install examples/numpy_delegate`) and it is there by name: `delegates=["numpy"]`.
"""
from collections.abc import Mapping, Sequence

import numpy as np

from delegant.core.delegate import CompiledPartition, Delegate, Partition, Supported, Unsupported, Verdict
from delegant.core.graph import Graph, Node

FUNCTIONS = {"TANH": np.tanh, "EXP": np.exp, "LOGISTIC": lambda x: 1 / (1 + np.exp(-x))}


class NumpyPartition(CompiledPartition):
    def __init__(self, partition: Partition) -> None:
        self.partition = partition

    def run(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:
        values = dict(zip(self.partition.inputs, inputs, strict=True))
        for index in self.partition.nodes:
            node = self.partition.graph.nodes[index]
            values[node.outputs[0]] = FUNCTIONS[node.op](values[node.inputs[0]])
        for tensor, output in zip(self.partition.outputs, outputs, strict=True):
            output[...] = values[tensor]


class NumpyDelegate(Delegate):
    name, device, is_software = "numpy", "this CPU, through NumPy", True

    def supports(self, node: Node, graph: Graph) -> Verdict:
        if node.op not in FUNCTIONS:
            return Unsupported("op", f"{node.op} is none of {', '.join(FUNCTIONS)}")
        dtype = graph.tensors[node.inputs[0]].dtype
        return Supported() if dtype == np.float32 else Unsupported("dtype", f"{dtype} is not float32")

    def compile(self, partition: Partition) -> CompiledPartition:
        return NumpyPartition(partition)


def create(options: Mapping[str, str] | None = None) -> Delegate:
    return NumpyDelegate()
