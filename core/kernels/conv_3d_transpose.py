"""CONV_3D_TRANSPOSE in float32."""
from __future__ import annotations

from ..arithmetic.linear import linear
from ..arithmetic.packing import packs
from ..op import Bind, Op, Run
from ..schema import TensorType
from ..steps import Step, sequence
from ..window.transposed_convolution import TransposedConvolution, output_shape, scatter_axes
from .registry import kernel


@kernel("CONV_3D_TRANSPOSE")
@packs(1, 3)
def prepare(op: Op) -> Bind:
    """output shape `[5]`, filters `[kd, kh, kw, o, c]`, input `[n, d, h, w, c]`, bias or none -> `[n, od, oh, ow, o]`.

    Raises:
        RuntimeError: shapes or types do not fit.
    """
    weights, source, bias, options = op.input(1), op.input(2), op.optional_input(3), op.options
    if len(source.shape) != 5 or len(weights.shape) != 5 or source.shape[4] != weights.shape[4]:
        raise op.error("input and filters must have 5 dimensions and the same number of channels.")
    if source.type != TensorType.FLOAT32 or weights.type != TensorType.FLOAT32:
        raise op.error(f"{source.type.name} with {weights.type.name} is not supported by CONV_3D_TRANSPOSE.")
    shape = output_shape(op, source.shape[0], weights.shape[3])
    parameters = linear(op, source, weights, bias, channel_axis=3, activation=options.fused_activation_function)
    axes = scatter_axes(
        op, source.shape[1:4], (shape or source.shape)[1:4], weights.shape[:3],
        (options.stride_d, options.stride_h, options.stride_w),
        (options.dilation_d_factor, options.dilation_h_factor, options.dilation_w_factor),
    )
    convolution = TransposedConvolution(op, axes, parameters.weights.transpose(4, 0, 1, 2, 3), parameters)

    def bind() -> Run:
        convolution.bind()
        steps: list[Step] = []
        for n in range(source.shape[0]):
            steps += convolution.steps(source.array[n], op.output().array[n])
        return sequence(steps)

    return bind
