"""The geometry of a convolution window over NHWC pictures."""

from __future__ import annotations

from dataclasses import dataclass

from .layout import ceil_div

Pair = tuple[int, int]


@dataclass(frozen=True)
class ConvWindow:
    """Where the taps of each output pixel lie. Pairs are (vertical, horizontal).

    Args:
        x_shape: the input, NHWC.
        y_size: output (height, width).
        kernel, stride, dilation: of the window.
        padding: rows above and columns left of the picture (those below and right follow from y_size).
    """

    x_shape: tuple[int, int, int, int]
    y_size: Pair
    kernel: Pair
    stride: Pair = (1, 1)
    dilation: Pair = (1, 1)
    padding: Pair = (0, 0)

    @classmethod
    def of(
        cls,
        x_shape: tuple[int, int, int, int],
        kernel: Pair,
        stride: Pair = (1, 1),
        dilation: Pair = (1, 1),
        padding: str = "SAME",
    ) -> ConvWindow:
        """The window with TFLite's `SAME` or `VALID` padding.

        SAME: output = ceil(size / stride), the padding's smaller half before. VALID: only whole windows.
        """
        reach = [(size - 1) * d + 1 for size, d in zip(kernel, dilation, strict=True)]
        if padding == "VALID":
            out = [ceil_div(x_shape[1 + i] - reach[i] + 1, stride[i]) for i in (0, 1)]
            return cls(x_shape, (out[0], out[1]), kernel, stride, dilation)
        out = [ceil_div(x_shape[1 + i], stride[i]) for i in (0, 1)]
        total = [max((out[i] - 1) * stride[i] + reach[i] - x_shape[1 + i], 0) for i in (0, 1)]
        return cls(x_shape, (out[0], out[1]), kernel, stride, dilation, (total[0] // 2, total[1] // 2))

    @property
    def pixels(self) -> int:
        """Output pixels of all pictures."""
        return self.x_shape[0] * self.y_size[0] * self.y_size[1]

    @property
    def is_pointwise(self) -> bool:
        """True where each output pixel sees exactly its own input pixel."""
        return self.kernel == self.stride == (1, 1) and self.padding == (0, 0) and self.y_size == self.x_shape[1:3]

    @property
    def taps(self) -> ConvWindow:
        """The window alone, without sizes of pictures and of their padding: what texts depend on."""
        return ConvWindow((0, 0, 0, 0), (0, 0), self.kernel, self.stride, self.dilation)

    @property
    def name(self) -> str:
        """The window as part of kernel names: 3x3, 3x3s2, 3x3s2x1d2."""
        strides, gaps = (_pair_name(letter, pair) for letter, pair in (("s", self.stride), ("d", self.dilation)))
        return f"{self.kernel[0]}x{self.kernel[1]}{strides}{gaps}"

    def after(self, axis: int) -> int:
        """By how much the last window reaches beyond the picture along `axis` (0, 1); negative: it ends before."""
        reach = (self.kernel[axis] - 1) * self.dilation[axis] + 1
        last = (self.y_size[axis] - 1) * self.stride[axis] - self.padding[axis]
        return last + reach - self.x_shape[1 + axis]

    def interior(self, axis: int) -> Pair:
        """First and one past the last output position along `axis` (0, 1) whose taps are all inside the picture."""
        size, stride, before = self.x_shape[1 + axis], self.stride[axis], self.padding[axis]
        reach = (self.kernel[axis] - 1) * self.dilation[axis] + 1
        first = ceil_div(before, stride)
        last = (size + before - reach) // stride + 1
        end = max(0, min(self.y_size[axis], last))
        return min(first, end), end


def _pair_name(letter: str, pair: Pair) -> str:
    if pair == (1, 1):
        return ""
    return f"{letter}{pair[0]}" if pair[0] == pair[1] else f"{letter}{pair[0]}x{pair[1]}"
