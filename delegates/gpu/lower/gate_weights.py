"""The weights of a cell's gates, and what an input brings to the gates with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ....core.graph import Node
from ....shaders.kernels.dynamic_range import Rows
from ....shaders.kernels.recurrent import area
from ....shaders.kernels.recurrent_product import Quantize
from ..program import ir
from ..program.ir_dynamic import ScaledSums
from .code_checks import scale_of
from .context import Lowering
from .dynamic_range import quantized
from .registry import HYBRID_WEIGHTS


@dataclass(frozen=True, eq=False)
class GateWeights:
    """A matrix [units, depth] for each gate (a diagonal one [units] perhaps, between steps).

    Attributes:
        factors: the scale of each where they are whole numbers, for which activations are quantized; else None.
        asymmetric: those have zero points.
    """

    matrices: tuple[np.ndarray, ...]
    factors: tuple[float, ...] | None
    asymmetric: bool

    def quantize(self, width: int) -> Quantize | None:
        """How an area of this true width is quantized."""
        return None if self.factors is None else Quantize(self.asymmetric, self.factors, width)


def gate_weights(lowered: Lowering, node: Node, positions: Iterable[int]) -> GateWeights:
    """The weights at these inputs."""
    tensors = [lowered.tensor(node, position) for position in positions]
    asymmetric = node.options.asymmetric_quantize_inputs
    if lowered.widened or tensors[0].type not in HYBRID_WEIGHTS:
        values = (lowered.constant(node, position) for position in positions)
        return GateWeights(tuple(v for v in values if v is not None), None, asymmetric)
    codes = tuple(t.data.astype(np.float32) for t in tensors if t.data is not None)
    return GateWeights(codes, tuple(float(scale_of(t)) for t in tensors), asymmetric)


def widened(values: np.ndarray, *widths: int) -> np.ndarray:
    """`values` with zeros after them along the last axes, up to these widths."""
    missing = [(0, 0)] * (values.ndim - len(widths))
    missing += [(0, width - n) for n, width in zip(values.shape[-len(widths) :], widths, strict=True)]
    return np.ascontiguousarray(np.pad(values, missing))


def side_by_side(gates: Sequence[np.ndarray]) -> np.ndarray:
    """Each gate's rows [units, ...], as many as an area has."""
    units = area(len(gates[0]))
    return np.concatenate([widened(g, units, *g.shape[1:]) for g in gates])


def between_steps(weights: Sequence[np.ndarray], outputs: int) -> np.ndarray:
    """The gates' recurrent weights [units, outputs], or [units] for diagonal matrices, as a `Recurrence` has them."""
    square = [np.diag(w) if w.ndim == 1 else w for w in weights]
    return np.stack([widened(w, area(w.shape[0]), area(outputs)) for w in square])


def entering(
    lowered: Lowering, nodes: tuple[int, ...], x: int, weights: GateWeights, biases: Sequence[np.ndarray] | None = None
) -> int:
    """The gates' sums of all steps from an input [..., depth]: one product with the weights of all gates."""
    matrix, bias = side_by_side(weights.matrices), None if biases is None else side_by_side(biases)
    *lead, depth = lowered.shape(x)
    if weights.factors is None:
        made = lowered.new((*lead, len(matrix)))
        return lowered.add(ir.FullyConnected(inputs=(x,), output=made, nodes=nodes, weights=matrix, bias=bias))
    count = int(np.prod(lead))
    codes, scales = quantized(lowered, nodes, lowered.reshaped(x, (count, depth), nodes), weights.asymmetric)
    sums = lowered.new((count, len(matrix)), whole=True)
    lowered.add(ir.FullyConnected(inputs=(codes,), output=sums, nodes=nodes, weights=matrix, bias=None))
    factors = np.repeat(np.array(weights.factors, np.float32), len(matrix) // len(weights.factors))
    made = lowered.new((count, len(matrix)))
    rows = Rows(count, 1, len(matrix))
    lowered.add(
        ScaledSums(
            inputs=(sums, scales), output=made, nodes=nodes, rows=rows, factors=factors, bias=bias, chained=False
        )
    )
    return lowered.reshaped(made, (*lead, len(matrix)), nodes)


def added(lowered: Lowering, nodes: tuple[int, ...], sums: int, others: int) -> int:
    """The sum of two values of one shape."""
    made, step = lowered.new(lowered.shape(sums)), ir.Binary("ADD", others)
    return lowered.add(ir.Elementwise(inputs=(sums,), output=made, nodes=nodes, steps=(step,)))
