"""FULLY_CONNECTED: float, dynamic range, and quantized with weights of 2 to 16 bits."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from math import prod

import numpy as np

from ..arithmetic.blockwise import blockwise_product, check_blocks
from ..arithmetic.epilogue import Epilogue
from ..arithmetic.hybrid import quantize_rows
from ..arithmetic.joined_epilogue import joined
from ..arithmetic.linear import Linear, linear
from ..arithmetic.packing import packs
from ..arithmetic.requantization import Rounding
from ..op import Bind, Op, Operand, Run
from ..schema import FullyConnectedOptionsWeightsFormat as WeightsFormat
from ..schema import TensorType
from ..steps import Step, assign, sequence
from .registry import kernel

_SMALL = 1 << 16


def _stack(op: Op, binds: Sequence[Bind]) -> Bind | None:
    """Products of the same weights whose outputs have scales of their own."""
    products = [bind for bind in binds if isinstance(bind, _Product)]
    epilogue = joined([product.parameters.epilogue for product in products])
    if epilogue is None or len(products) < len(binds):
        return None
    units, depth = op.input(1).shape
    rows = prod(op.input(0).shape) // depth
    op.output().resize((rows, units))
    return _Product(op, replace(products[0].parameters, epilogue=epilogue), rows, depth, units)


@kernel("FULLY_CONNECTED", rowwise=True, stack=_stack)
@packs(1, 2)
def prepare(op: Op) -> Bind:
    """input `[..., k]`, weights `[units, k]`, bias `[units]` or none -> `[batch, units]`, or `[..., units]`.

    Raises:
        RuntimeError: the input cannot be read as rows of the weights' width.
    """
    source, weights, bias = op.input(0), op.input(1), op.optional_input(2)
    rows = _batch(op)
    units, depth = weights.shape
    if weights.quantization is not None and weights.quantization.block_size:
        check_blocks(op)
        return lambda: blockwise_product(op, source.array.reshape(rows, depth), op.output().array.reshape(rows, units))
    parameters = linear(
        op, source, weights, bias, channel_axis=0, activation=op.options.fused_activation_function,
        rounding=_rounding(source, weights), chained_scales=False,
    )
    return _Product(op, parameters, rows, depth, units)


def _batch(op: Op) -> int:
    """Rows of the input; sets the output's shape."""
    source, weights = op.input(0), op.input(1)
    if op.options.weights_format != WeightsFormat.DEFAULT:
        raise op.error("shuffled weights are not supported by FULLY_CONNECTED.")
    if len(weights.shape) != 2 or weights.shape[1] == 0 or prod(source.shape) % weights.shape[1]:
        raise op.error(f"an input of shape {list(source.shape)} does not fit weights of shape {list(weights.shape)}.")
    units, depth = weights.shape
    rows = prod(source.shape) // depth
    if not op.options.keep_num_dims:
        op.output().resize((rows, units))
        return rows
    if not source.shape or source.shape[-1] != depth:
        raise op.error(f"with keep_num_dims the input's last dimension must be {depth}.")
    op.output().resize((*source.shape[:-1], units))
    return rows


def _rounding(source: Operand, weights: Operand) -> Rounding:
    """The reference kernels scale in float64, except with 16-bit or sparse weights."""
    if weights.info.sparsity is not None:
        return Rounding.FIXED
    wide = source.type == TensorType.INT16 and weights.type == TensorType.INT16
    return Rounding.WIDE if wide else Rounding.DOUBLE


def _transposed(weights: np.ndarray) -> np.ndarray:
    """Weights as the product takes them; small ones in the order in which it reads them."""
    return np.ascontiguousarray(weights.T) if weights.size <= _SMALL else weights.T


class _Product:
    """The bind of `[rows, depth]` times `[units, depth]` transposed, and the epilogue."""

    def __init__(self, op: Op, parameters: Linear, rows: int, depth: int, units: int) -> None:
        self._op, self.parameters = op, parameters
        self._rows, self._depth, self._units = rows, depth, units
        self._epilogue: Epilogue = parameters.epilogue
        kind = self._epilogue.accumulator
        self._codes = self._sums = -1
        if not self._epilogue.in_place:
            self._codes = op.request_scratch((rows, depth), kind)
            self._sums = op.request_scratch((rows, units), kind)
        self._epilogue.request_scratch(op, rows)

    def __call__(self) -> Run:
        op = self._op
        self._epilogue.bind(op)
        source, out = op.input(0).array, op.output().array
        return sequence(self._steps(source.reshape(self._rows, self._depth), out.reshape(self._rows, self._units)))

    def _steps(self, source: np.ndarray, out: np.ndarray) -> list[Step]:
        weights, hybrid = _transposed(self.parameters.weights), self.parameters.hybrid
        if self._epilogue.in_place:
            return [partial(np.dot, source, weights, out), *self._epilogue.steps(out, out)]
        codes, sums = self._op.scratch[self._codes], self._op.scratch[self._sums]
        if hybrid is None:
            steps: list[Step] = [assign(codes, source)]
            return [*steps, partial(np.dot, codes, weights, sums), *self._epilogue.steps(sums, out)]
        return self._hybrid_steps(source, codes, sums, out)

    def _hybrid_steps(self, source: np.ndarray, codes: np.ndarray, sums: np.ndarray, out: np.ndarray) -> list[Step]:
        """Every row has a scale of its own."""
        hybrid = self.parameters.hybrid
        assert hybrid is not None
        scales = np.ones(source.shape[0], np.float32)
        asymmetric = bool(self._op.options.asymmetric_quantize_inputs)
        steps: list[Step] = [
            quantize_rows(source, codes, scales, asymmetric=asymmetric),
            partial(np.dot, codes, _transposed(self.parameters.weights), sums),
        ]
        for row in range(source.shape[0]):
            part = slice(row, row + 1)
            steps.append(assign(hybrid.scale, scales[row, ...]))
            steps += hybrid.steps(sums[part], out[part])
        return steps
