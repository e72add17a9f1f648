"""Activations and layers that move data, for the model builder: their output shapes follow from their inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .builder_base import BuilderTensor, Operand, OperatorBuilder


class MovementLayers(OperatorBuilder):
    """Layers in terms of `op`. Layers that only move data keep the quantization of their input."""

    def relu(self, x: BuilderTensor, **more: Any) -> BuilderTensor:
        return self.op("RELU", [x], **more)

    def relu6(self, x: BuilderTensor, **more: Any) -> BuilderTensor:
        return self.op("RELU6", [x], **more)

    def logistic(self, x: BuilderTensor, **more: Any) -> BuilderTensor:
        return self.op("LOGISTIC", [x], **more)

    def tanh(self, x: BuilderTensor, **more: Any) -> BuilderTensor:
        return self.op("TANH", [x], **more)

    def hard_swish(self, x: BuilderTensor, **more: Any) -> BuilderTensor:
        return self.op("HARD_SWISH", [x], **more)

    def gelu(self, x: BuilderTensor, *, approximate: bool = False, **more: Any) -> BuilderTensor:
        return self.op("GELU", [x], {"approximate": approximate}, **more)

    def _move(
        self, name: str, inputs: list[BuilderTensor], shape: Sequence[int], options: Any, more: dict[str, Any]
    ) -> BuilderTensor:
        """An operator whose output has the first input's quantization unless said otherwise."""
        return self.op(name, inputs, options, **{"shape": shape, "quantization": inputs[0].quantization, **more})

    def reshape(self, x: BuilderTensor, shape: Sequence[int], **more: Any) -> BuilderTensor:
        """RESHAPE; one -1 in `shape` stands for whatever is left."""
        known = int(np.prod([n for n in shape if n >= 0]))
        left = int(np.prod(x.shape)) // known if known else 0
        full = tuple(left if n < 0 else n for n in shape)
        return self._move("RESHAPE", [x, self._integers(shape, "shape")], full, {"new_shape": tuple(shape)}, more)

    def squeeze(self, x: BuilderTensor, axes: Sequence[int], **more: Any) -> BuilderTensor:
        dropped = {axis % len(x.shape) for axis in axes}
        shape = [n for i, n in enumerate(x.shape) if i not in dropped]
        return self._move("SQUEEZE", [x], shape, {"squeeze_dims": tuple(axes)}, more)

    def transpose(self, x: BuilderTensor, permutation: Sequence[int], **more: Any) -> BuilderTensor:
        shape = [x.shape[i] for i in permutation]
        return self._move("TRANSPOSE", [x, self._integers(permutation, "permutation")], shape, None, more)

    def concatenation(self, xs: Sequence[BuilderTensor], axis: int = -1, **more: Any) -> BuilderTensor:
        shape = list(xs[0].shape)
        shape[axis] = sum(x.shape[axis] for x in xs)
        return self._move("CONCATENATION", list(xs), shape, {"axis": axis}, more)

    def pack(self, xs: Sequence[BuilderTensor], axis: int = 0, **more: Any) -> BuilderTensor:
        shape = list(xs[0].shape)
        shape.insert(axis % (len(shape) + 1), len(xs))
        return self._move("PACK", list(xs), shape, {"values_count": len(xs), "axis": axis}, more)

    def unpack(self, x: BuilderTensor, axis: int = 0) -> list[BuilderTensor]:
        axis %= len(x.shape)
        shape, count = x.shape[:axis] + x.shape[axis + 1 :], x.shape[axis]
        outputs = [self.tensor(f"unpack_{i}", shape, x.type, quantization=x.quantization) for i in range(count)]
        self.op_with_outputs("UNPACK", [x], outputs, {"num": count, "axis": axis})
        return outputs

    def split(self, x: BuilderTensor, count: int, axis: int) -> list[BuilderTensor]:
        """SPLIT into `count` equal parts."""
        shape = list(x.shape)
        shape[axis] //= count
        outputs = [self.tensor(f"split_{i}", shape, x.type, quantization=x.quantization) for i in range(count)]
        self.op_with_outputs("SPLIT", [self._integers(axis, "axis"), x], outputs, {"num_splits": count})
        return outputs

    def slice(self, x: BuilderTensor, begin: Sequence[int], size: Sequence[int], **more: Any) -> BuilderTensor:
        """SLICE; -1 in `size` stands for everything up to the end."""
        shape = [n - b if s < 0 else s for n, b, s in zip(x.shape, begin, size, strict=True)]
        inputs = [x, self._integers(begin, "begin"), self._integers(size, "size")]
        return self._move("SLICE", inputs, shape, None, more)

    def strided_slice(
        self,
        x: BuilderTensor,
        begin: Sequence[int],
        end: Sequence[int],
        strides: Sequence[int],
        *,
        begin_mask: int = 0,
        end_mask: int = 0,
        shrink_axis_mask: int = 0,
        **more: Any,
    ) -> BuilderTensor:
        """STRIDED_SLICE with the meaning of NumPy's slices; a mask's bit i is for dimension i."""
        shape = []
        for i, n in enumerate(x.shape):
            if shrink_axis_mask >> i & 1:
                continue
            start = None if begin_mask >> i & 1 else begin[i]
            stop = None if end_mask >> i & 1 else end[i]
            shape.append(len(range(*slice(start, stop, strides[i]).indices(n))))
        names = ("begin", "end", "strides")
        inputs = [x, *(self._integers(v, k) for k, v in zip(names, (begin, end, strides), strict=True))]
        options = {"begin_mask": begin_mask, "end_mask": end_mask, "shrink_axis_mask": shrink_axis_mask}
        return self._move("STRIDED_SLICE", inputs, shape, options, more)

    def pad(
        self, x: BuilderTensor, paddings: Sequence[tuple[int, int]], value: Operand | None = None, **more: Any
    ) -> BuilderTensor:
        """PAD with (before, after) for each dimension; PADV2 when a value is given."""
        shape = [n + before + after for n, (before, after) in zip(x.shape, paddings, strict=True)]
        inputs = [x, self._integers(paddings, "paddings")]
        if value is None:
            return self._move("PAD", inputs, shape, None, more)
        return self._move("PADV2", [*inputs, self._operand(value, "pad_value")], shape, None, more)

    def resize_bilinear(
        self,
        x: BuilderTensor,
        size: tuple[int, int],
        *,
        align_corners: bool = False,
        half_pixel_centers: bool = False,
        **more: Any,
    ) -> BuilderTensor:
        options = {"align_corners": align_corners, "half_pixel_centers": half_pixel_centers}
        return self._resize("RESIZE_BILINEAR", x, size, options, more)

    def resize_nearest_neighbor(
        self,
        x: BuilderTensor,
        size: tuple[int, int],
        *,
        align_corners: bool = False,
        half_pixel_centers: bool = False,
        **more: Any,
    ) -> BuilderTensor:
        options = {"align_corners": align_corners, "half_pixel_centers": half_pixel_centers}
        return self._resize("RESIZE_NEAREST_NEIGHBOR", x, size, options, more)

    def _resize(self, name: str, x: BuilderTensor, size: tuple[int, int], options: Any, more: Any) -> BuilderTensor:
        shape = (x.shape[0], *size, x.shape[3])
        return self._move(name, [x, self._integers(size, "size")], shape, options, more)

    def gather(self, x: BuilderTensor, indices: Operand, *, axis: int = 0, **more: Any) -> BuilderTensor:
        i = self._operand(indices, "indices")
        axis %= len(x.shape)
        shape = x.shape[:axis] + i.shape + x.shape[axis + 1 :]
        return self._move("GATHER", [x, i], shape, {"axis": axis}, more)

    def space_to_depth(self, x: BuilderTensor, block_size: int, **more: Any) -> BuilderTensor:
        n, h, w, c = x.shape
        shape = (n, h // block_size, w // block_size, c * block_size * block_size)
        return self._move("SPACE_TO_DEPTH", [x], shape, {"block_size": block_size}, more)

    def depth_to_space(self, x: BuilderTensor, block_size: int, **more: Any) -> BuilderTensor:
        n, h, w, c = x.shape
        shape = (n, h * block_size, w * block_size, c // (block_size * block_size))
        return self._move("DEPTH_TO_SPACE", [x], shape, {"block_size": block_size}, more)

    def quantize(self, x: BuilderTensor, dtype: Any, quantization: Any, **more: Any) -> BuilderTensor:
        """QUANTIZE to the codes of `quantization`, from floats or from other codes."""
        return self.op("QUANTIZE", [x], dtype=dtype, quantization=quantization, **more)

    def dequantize(self, x: BuilderTensor, **more: Any) -> BuilderTensor:
        return self.op("DEQUANTIZE", [x], dtype="float32", **more)

    def cast(self, x: BuilderTensor, dtype: Any, **more: Any) -> BuilderTensor:
        return self.op("CAST", [x], dtype=dtype, **more)
