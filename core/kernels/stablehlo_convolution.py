"""STABLEHLO_CONVOLUTION in any number of dimensions and any layout; source: the StableHLO specification."""
from __future__ import annotations

from math import prod

import numpy as np

from ..graph import Shape
from ..op import Bind, Op
from ..window.padding import Spread
from .registry import kernel


@kernel("STABLEHLO_CONVOLUTION")
def prepare(op: Op) -> Bind:
    """Inputs: data and kernel, with their dimensions where the options say. Sums are of the output's type."""
    geometry = _Geometry(op)
    out = op.output()
    out.resize(geometry.result_shape())

    def run() -> None:
        x, weights = geometry.data(op.input(0).array), geometry.weights(op.input(1).array)
        result = geometry.convolve(x.astype(out.dtype, copy=False), weights.astype(out.dtype, copy=False))
        np.copyto(out.array, np.moveaxis(result, range(result.ndim), geometry.output_order))

    return lambda: run


class _Geometry:
    """Data as [batch, features, *spatial], weights as [features out, features in of a group, *spatial]."""

    def __init__(self, op: Op) -> None:
        o, x, weights = op.options, op.input(0), op.input(1)
        orders = (
            (o.input_batch_dimension, o.input_feature_dimension, *o.input_spatial_dimensions),
            (o.kernel_output_feature_dimension, o.kernel_input_feature_dimension, *o.kernel_spatial_dimensions),
            (o.output_batch_dimension, o.output_feature_dimension, *o.output_spatial_dimensions),
        )
        rank = len(x.shape)
        if len(weights.shape) != rank or any(sorted(order) != list(range(rank)) for order in orders):
            raise op.error(f"dimensions {orders} do not fit {x} and {weights}")
        self.input_order, self.kernel_order, self.output_order = orders
        ones = (1,) * (rank - 2)
        self.strides, self.dilations = o.window_strides or ones, o.rhs_dilation or ones
        steps, padding = o.lhs_dilation or ones, o.padding or (0, 0) * len(ones)
        self.reversal = o.window_reversal or (False,) * len(ones)
        lengths = {len(ones), len(self.strides), len(self.dilations), len(steps), len(self.reversal)}
        if lengths != {len(ones)} or len(padding) != 2 * len(ones) or min(
            *self.strides, *self.dilations, *steps, o.feature_group_count, o.batch_group_count, 1
        ) < 1:  # fmt: skip
            raise op.error("strides, dilations, padding or groups do not fit the spatial dimensions")
        self.groups, self.batch_groups = o.feature_group_count, o.batch_group_count
        self.x_shape = tuple(x.shape[d] for d in self.input_order)
        self.w_shape = tuple(weights.shape[d] for d in self.kernel_order)
        parts = self.groups * self.batch_groups
        if (
            self.x_shape[1] != self.w_shape[1] * self.groups or self.x_shape[0] % self.batch_groups
            or self.w_shape[0] % parts or min(self.groups, self.batch_groups) != 1
        ):  # fmt: skip
            raise op.error(f"{self.groups} and {self.batch_groups} groups do not fit {x} and {weights}")
        self.spread = Spread.of(self.x_shape[2:], steps, padding[0::2], padding[1::2])
        reach = [(n - 1) * d + 1 for n, d in zip(self.w_shape[2:], self.dilations, strict=True)]
        spans = zip(self.spread.shape, reach, self.strides, strict=True)
        self.places = tuple((n - r) // s + 1 if n >= r else 0 for n, r, s in spans)

    def result_shape(self) -> Shape:
        """In the output's own order of dimensions."""
        dims = self.x_shape[0] // self.batch_groups, self.w_shape[0], *self.places
        shape = [0] * len(dims)
        for place, n in zip(self.output_order, dims, strict=True):
            shape[place] = n
        return tuple(shape)

    def data(self, x: np.ndarray) -> np.ndarray:
        """Dilated and padded."""
        ordered = x.transpose(self.input_order)
        out = np.zeros((*self.x_shape[:2], *self.spread.shape), x.dtype)
        out[(slice(None), slice(None), *self.spread.target)] = ordered[(slice(None), slice(None), *self.spread.source)]
        return out

    def weights(self, array: np.ndarray) -> np.ndarray:
        """With the dimensions turned round that are to be."""
        turned = (slice(None, None, -1 if reverse else 1) for reverse in self.reversal)
        return array.transpose(self.kernel_order)[(slice(None), slice(None), *turned)]

    def convolve(self, x: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """[batch, features out, *places]. Groups of features or of batches each have their part of the weights."""
        axis, groups = (1, self.groups) if self.groups > 1 else (0, self.batch_groups)
        parts = zip(np.split(x, groups, axis), np.split(weights, groups, 0), strict=True)
        return np.concatenate([self._one_group(part, kernel) for part, kernel in parts], axis=1)

    def _one_group(self, x: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """The sum over the kernel's elements of a matrix product each."""
        sums = np.zeros((len(x), prod(self.places), len(weights)), x.dtype)
        for at in np.ndindex(weights.shape[2:]):
            seen = x[(slice(None), slice(None), *map(self._seen, at, self.dilations, self.strides, self.places))]
            rows = np.moveaxis(seen, 1, -1).reshape(len(x), prod(self.places), x.shape[1])
            sums += rows @ weights[(slice(None), slice(None), *at)].T
        return np.moveaxis(sums.reshape(len(x), *self.places, len(weights)), -1, 1)

    @staticmethod
    def _seen(at: int, dilation: int, stride: int, places: int) -> slice:
        first = at * dilation
        return slice(first, first + (places - 1) * stride + 1 if places else first, stride)
