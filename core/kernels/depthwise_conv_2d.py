"""DEPTHWISE_CONV_2D: float, dynamic range, and quantized in 8 and 16 bits."""
from __future__ import annotations

from ..arithmetic.hybrid import quantize_image
from ..arithmetic.linear import linear
from ..arithmetic.packing import packs
from ..op import Bind, Op, Run
from ..steps import Step, sequence
from ..window.depthwise import DepthwiseConvolution
from ..window.geometry import window_axes
from .registry import kernel


@kernel("DEPTHWISE_CONV_2D")
@packs(1, 2)
def prepare(op: Op) -> Bind:
    """input `[n, h, w, c]`, filters `[1, kh, kw, c * multiplier]`, bias or none -> `[n, oh, ow, c * multiplier]`.

    Raises:
        RuntimeError: the channels of the filters are no multiple of the input's.
    """
    source, weights, bias = op.input(0), op.input(1), op.optional_input(2)
    multiplier = _multiplier(op)
    options = op.options
    height, width = window_axes(
        op, source.shape[1:3], weights.shape[1:3], (options.stride_h, options.stride_w),
        (options.dilation_h_factor, options.dilation_w_factor),
    )
    op.output().resize((source.shape[0], height.out, width.out, weights.shape[3]))
    parameters = linear(
        op, source, weights, bias, channel_axis=3, activation=options.fused_activation_function, chained_scales=False
    )
    hybrid = parameters.hybrid
    convolution = DepthwiseConvolution(
        op, (height, width), parameters.weights[0], multiplier, parameters.pad_value, parameters.epilogue
    )
    codes = op.request_scratch(source.shape, parameters.weights.dtype) if hybrid is not None else -1

    def bind() -> Run:
        convolution.bind()
        steps: list[Step] = []
        images = source.array if hybrid is None else op.scratch[codes]
        for n in range(source.shape[0]):
            if hybrid is not None:
                steps.append(quantize_image(source.array[n], images[n], hybrid.scale, asymmetric=True))
            steps += convolution.steps(images[n], op.output().array[n])
        return sequence(steps)

    return bind


def _multiplier(op: Op) -> int:
    """Output channels per input channel, from the shapes: the option of that name is not reliable in old files."""
    source, weights = op.input(0), op.input(1)
    if len(source.shape) != 4 or len(weights.shape) != 4 or weights.shape[0] != 1:
        raise op.error("input and filters must have 4 dimensions, and filters begin with 1.")
    if source.shape[3] == 0 or weights.shape[3] % source.shape[3]:
        raise op.error(f"{weights.shape[3]} filters do not fit an input of {source.shape[3]} channels.")
    return weights.shape[3] // source.shape[3]
