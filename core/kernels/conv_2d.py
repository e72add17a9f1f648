"""CONV_2D: float, dynamic range, and quantized in 8 and 16 bits; grouped and dilated."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..arithmetic.hybrid import quantize_image
from ..arithmetic.linear import Linear, linear
from ..arithmetic.packing import packs
from ..op import Bind, Op, Operand, Run
from ..steps import Step, sequence
from ..window.convolution import Convolution
from ..window.geometry import Axis, window_axes
from ..window.row_pairs import RowPairConvolution, suits_row_pairs
from ..window.row_products import RowProducts, suits_row_products
from .registry import kernel

Way = Convolution | RowPairConvolution | RowProducts


@kernel("CONV_2D")
@packs(1, 2)
def prepare(op: Op) -> Bind:
    """input `[n, h, w, c]`, filters `[o, kh, kw, c / groups]`, bias `[o]` or none -> `[n, oh, ow, o]`.

    Raises:
        RuntimeError: the channels of filters and input do not fit.
    """
    source, weights, bias = op.input(0), op.input(1), op.optional_input(2)
    _check(op)
    options = op.options
    axes = window_axes(
        op, source.shape[1:3], weights.shape[1:3], (options.stride_h, options.stride_w),
        (options.dilation_h_factor, options.dilation_w_factor),
    )
    op.output().resize((source.shape[0], axes[0].out, axes[1].out, weights.shape[0]))
    parameters = linear(op, source, weights, bias, channel_axis=0, activation=options.fused_activation_function)
    hybrid = parameters.hybrid
    if hybrid is not None and weights.shape[3] != source.shape[3]:
        hybrid.chained = True
    kind = parameters.weights.dtype if hybrid is not None else source.dtype
    count = source.shape[0]
    if hybrid is None and all(axis.is_pointwise for axis in axes):
        axes, count = (_stacked(axes[0], count), axes[1]), 1
    convolution = _way(axes, parameters, source)(
        op, axes, parameters.weights, source.shape[3], kind, parameters.pad_value, parameters.epilogue
    )
    codes = op.request_scratch(source.shape, kind) if hybrid is not None else -1

    def bind() -> Run:
        convolution.bind()
        steps: list[Step] = []
        images = source.array if hybrid is None else op.scratch[codes]
        images = images.reshape(count, axes[0].size, *images.shape[2:])
        out = op.output().array.reshape(count, axes[0].out, *op.output().shape[2:])
        for n in range(count):
            if hybrid is not None:
                steps.append(quantize_image(source.array[n], images[n], hybrid.scale, asymmetric=hybrid.chained))
            steps += convolution.steps(images[n], out[n])
        return sequence(steps)

    return bind


def _way(axes: Sequence[Axis], parameters: Linear, source: Operand) -> type[Way]:
    weights = parameters.weights
    if parameters.hybrid is None and suits_row_pairs(axes, weights, source):
        return RowPairConvolution
    return RowProducts if suits_row_products(axes, weights, source.shape[-1]) else Convolution


def _stacked(height: Axis, images: int) -> Axis:
    """The height of images on top of each other: pointwise, all of them are one image, and products are larger."""
    return replace(height, size=images * height.size, out=images * height.out)


def _check(op: Op) -> None:
    source, weights = op.input(0), op.input(1)
    if len(source.shape) != 4 or len(weights.shape) != 4:
        raise op.error(f"input and filters must have 4 dimensions, not {len(source.shape)} and {len(weights.shape)}.")
    channels, depth, filters = source.shape[3], weights.shape[3], weights.shape[0]
    if 0 in (depth, channels) or channels % depth or filters % (channels // depth):
        raise op.error(f"an input of {channels} channels does not fit {filters} filters of {depth} channels.")
    bias = op.optional_input(2)
    if bias is not None and bias.shape != (filters,):
        raise op.error(f"a bias {bias} does not fit {filters} filters.")
