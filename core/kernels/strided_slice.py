"""STRIDED_SLICE: NumPy's x[begin:end:stride, ...] with masks for omitted bounds, ellipsis, new and dropped axes."""
from __future__ import annotations

from dataclasses import dataclass

from ..graph import Shape
from ..op import Bind, Op
from ..preparation import bind_copy, dynamic, known_ints, options_of
from ..schema import StridedSliceOptions
from .registry import kernel


@dataclass(frozen=True)
class _Axis:
    """The slice of one dimension.

    Attributes:
        new: a dimension that the input does not have.
        drop: take the element at `begin` and drop the dimension.
        relative: `end` counts from where the slice begins.
    """

    begin: int | None
    end: int | None
    stride: int = 1
    new: bool = False
    drop: bool = False
    relative: bool = False

    def slice(self, n: int) -> slice:
        """The slice of a dimension of n."""
        if not self.relative or self.end is None:
            return slice(self.begin, self.end, self.stride)
        start = slice(self.begin, None, self.stride).indices(n)[0]
        return slice(self.begin, start + self.end, self.stride)


@kernel("STRIDED_SLICE")
def prepare(op: Op) -> Bind:
    x = op.input(0)
    begin, end, stride = (known_ints(op.input(i)) for i in (1, 2, 3))
    if begin is None or end is None or stride is None:
        return dynamic(op)
    if not len(begin) == len(end) == len(stride):
        raise op.error(f"begin {list(begin)}, end {list(end)} and strides {list(stride)} differ in length")
    axes = _expand(op, begin, end, stride)
    index, shape = _index(op, axes, x.shape)
    op.output().resize(shape)
    return bind_copy(op, lambda array: array[index].reshape(shape))


def _expand(op: Op, begin: Shape, end: Shape, stride: Shape) -> list[_Axis]:
    """One `_Axis` per dimension of the input and per new axis. An ellipsis stands for at least one dimension."""
    options = options_of(op, StridedSliceOptions)
    rank = len(op.input(0).shape)
    ellipsis = next((i for i in range(len(begin)) if options.ellipsis_mask >> i & 1), None)
    added = sum(1 for i in range(len(begin)) if options.new_axis_mask >> i & 1 and i != ellipsis)
    axes: list[_Axis] = []
    for i in range(len(begin)):
        if i == ellipsis:
            later_new = sum(1 for j in range(i + 1, len(begin)) if options.new_axis_mask >> j & 1)
            used = sum(1 for axis in axes if not axis.new) + len(begin) - 1 - i - later_new
            axes += [_Axis(None, None)] * max(1, rank - used)
        elif options.new_axis_mask >> i & 1:
            axes.append(_Axis(None, None, new=True))
        else:
            axes.append(_specified(options, i, begin[i], end[i], stride[i]))
    axes = axes[: rank + added]
    return axes + [_Axis(None, None)] * (rank - sum(1 for axis in axes if not axis.new))


def _specified(options: StridedSliceOptions, i: int, begin: int, end: int, stride: int) -> _Axis:
    drop = bool(options.shrink_axis_mask >> i & 1)
    start = None if options.begin_mask >> i & 1 else begin
    stop = None if options.end_mask >> i & 1 else end
    return _Axis(start, stop, stride, drop=drop, relative=options.offset)


def _index(op: Op, axes: list[_Axis], shape: Shape) -> tuple[tuple[slice, ...], Shape]:
    """NumPy slices of the input's dimensions, and the output's shape."""
    index: list[slice] = []
    result: list[int] = []
    dims = iter(shape)
    for axis in axes:
        if axis.new:
            result.append(1)
            continue
        n = next(dims)
        if axis.stride == 0:
            raise op.error("strides must be non-zero")
        if axis.drop:
            at = axis.begin if axis.begin is not None else (0 if axis.stride > 0 else n - 1)
            at += n if at < 0 else 0
            if not 0 <= at < n:
                raise op.error(f"index {axis.begin} is out of range for a dimension of {n}")
            index.append(slice(at, at + 1))
            continue
        index.append(axis.slice(n))
        result.append(len(range(*index[-1].indices(n))))
    return tuple(index), tuple(result)
