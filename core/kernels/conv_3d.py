"""CONV_3D in float32."""
from __future__ import annotations

import numpy as np

from ..arithmetic.linear import linear
from ..arithmetic.packing import packs
from ..op import Bind, Op, Run
from ..schema import TensorType
from ..steps import Step, sequence
from ..window.convolution import Convolution
from ..window.geometry import window_axes
from .registry import kernel


@kernel("CONV_3D")
@packs(1, 2)
def prepare(op: Op) -> Bind:
    """input `[n, d, h, w, c]`, filters `[kd, kh, kw, c, o]`, bias `[o]` or none -> `[n, od, oh, ow, o]`.

    Raises:
        RuntimeError: shapes or types do not fit.
    """
    source, weights, bias = op.input(0), op.input(1), op.optional_input(2)
    if len(source.shape) != 5 or len(weights.shape) != 5 or source.shape[4] != weights.shape[3]:
        raise op.error("input and filters must have 5 dimensions and the same number of channels.")
    if source.type != TensorType.FLOAT32 or weights.type != TensorType.FLOAT32:
        raise op.error(f"{source.type.name} inputs with {weights.type.name} weights are not supported by CONV_3D.")
    options = op.options
    axes = window_axes(
        op, source.shape[1:4], weights.shape[:3], (options.stride_d, options.stride_h, options.stride_w),
        (options.dilation_d_factor, options.dilation_h_factor, options.dilation_w_factor),
    )
    op.output().resize((source.shape[0], *(axis.out for axis in axes), weights.shape[4]))
    parameters = linear(op, source, weights, bias, channel_axis=4, activation=options.fused_activation_function)
    filters = np.moveaxis(parameters.weights, 4, 0)
    convolution = Convolution(op, axes, filters, source.shape[4], np.float32, 0, parameters.epilogue)

    def bind() -> Run:
        convolution.bind()
        steps: list[Step] = []
        for n in range(source.shape[0]):
            steps += convolution.steps(source.array[n], op.output().array[n])
        return sequence(steps)

    return bind
