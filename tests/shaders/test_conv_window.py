"""Output sizes and paddings as TFLite computes them."""

from __future__ import annotations

import pytest

from delegant.shaders.conv_window import ConvWindow


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "dilation", "padding", "out", "before"),
    [
        (224, 3, 2, 1, "SAME", 112, 0),
        (7, 3, 2, 1, "SAME", 4, 1),
        (7, 3, 1, 1, "SAME", 7, 1),
        (7, 5, 1, 2, "SAME", 7, 4),
        (7, 3, 1, 1, "VALID", 5, 0),
        (8, 3, 2, 1, "VALID", 3, 0),
        (9, 3, 1, 3, "VALID", 3, 0),
        (1, 3, 1, 1, "SAME", 1, 1),
        (5, 1, 2, 1, "SAME", 3, 0),
    ],
)
def test_same_and_valid(
    size: int, kernel: int, stride: int, dilation: int, padding: str, out: int, before: int
) -> None:
    window = ConvWindow.of((1, size, size, 8), (kernel,) * 2, (stride,) * 2, (dilation,) * 2, padding)
    assert window.y_size == (out, out)
    assert window.padding == (before, before)


@pytest.mark.parametrize("size", range(1, 12))
@pytest.mark.parametrize(
    ("kernel", "stride", "dilation"), [(1, 1, 1), (3, 1, 1), (3, 2, 1), (5, 2, 1), (3, 1, 2), (2, 3, 2)]
)
def test_interior_is_where_all_taps_are_inside(size: int, kernel: int, stride: int, dilation: int) -> None:
    window = ConvWindow.of((1, size, size, 4), (kernel,) * 2, (stride,) * 2, (dilation,) * 2)
    first, end = window.interior(0)
    for o in range(window.y_size[0]):
        taps = [o * stride - window.padding[0] + k * dilation for k in range(kernel)]
        assert (first <= o < end) == all(0 <= t < size for t in taps)


def test_names_tell_stride_and_dilation() -> None:
    assert ConvWindow((1, 8, 8, 4), (8, 8), (3, 3)).name == "3x3"
    assert ConvWindow((1, 8, 8, 4), (4, 8), (3, 5), (2, 1), (2, 2)).name == "3x5s2x1d2"
