"""TRANSPOSE_CONV: float, dynamic range, and quantized in 8 and 16 bits."""
from __future__ import annotations

from ..arithmetic.linear import linear
from ..arithmetic.packing import packs
from ..op import Bind, Op, Run
from ..steps import Step, sequence
from ..window.transposed_convolution import TransposedConvolution, output_shape, scatter_axes
from .registry import kernel


@kernel("TRANSPOSE_CONV")
@packs(1, 3)
def prepare(op: Op) -> Bind:
    """output shape `[4]`, filters `[o, kh, kw, c]`, input `[n, h, w, c]`, bias `[o]` or none -> `[n, oh, ow, o]`.

    Raises:
        RuntimeError: the shapes do not fit each other.
    """
    weights, source, bias = op.input(1), op.input(2), op.optional_input(3)
    if len(source.shape) != 4 or len(weights.shape) != 4 or weights.shape[3] != source.shape[3]:
        raise op.error("input and filters must have 4 dimensions, the last of them equal.")
    options = op.options
    shape = output_shape(op, source.shape[0], weights.shape[0])
    parameters = linear(
        op, source, weights, bias, channel_axis=0, activation=options.fused_activation_function, chained_scales=True,
        zero_point_in_sums=False,
    )
    axes = scatter_axes(
        op, source.shape[1:3], (shape or source.shape)[1:3], weights.shape[1:3],
        (options.stride_h, options.stride_w), (1, 1),
    )
    convolution = TransposedConvolution(op, axes, parameters.weights.transpose(3, 1, 2, 0), parameters)

    def bind() -> Run:
        convolution.bind()
        steps: list[Step] = []
        for n in range(source.shape[0]):
            steps += convolution.steps(source.array[n], op.output().array[n])
        return sequence(steps)

    return bind
