"""The convolutions in float64, one tap at a time."""

from __future__ import annotations

import numpy as np

from delegant.shaders.conv_window import ConvWindow


def tap(x: np.ndarray, window: ConvWindow, ky: int, kx: int) -> np.ndarray:
    """What tap (ky, kx) sees: [n, oh, ow, c], zeros outside the picture."""
    (out_h, out_w), (dy, dx), (sy, sx) = window.y_size, window.dilation, window.stride
    reach = [
        (o - 1) * s + (k - 1) * d + 1
        for o, s, k, d in zip(window.y_size, window.stride, window.kernel, window.dilation, strict=True)
    ]
    after = [max(r - size - p, 0) for r, size, p in zip(reach, x.shape[1:3], window.padding, strict=True)]
    wide = np.pad(x.astype(np.float64), [(0, 0), *zip(window.padding, after, strict=True), (0, 0)])
    top, left = ky * dy, kx * dx
    return wide[:, top : top + (out_h - 1) * sy + 1 : sy, left : left + (out_w - 1) * sx + 1 : sx]


def conv_2d_reference(x: np.ndarray, weights: np.ndarray, window: ConvWindow, groups: int = 1) -> np.ndarray:
    """Convolution with weights [o, kh, kw, c / groups]."""
    out, height, width, depth = weights.shape
    y = np.zeros((x.shape[0], *window.y_size, out))
    each = out // groups
    for ky in range(height):
        for kx in range(width):
            seen = tap(x, window, ky, kx)
            for g in range(groups):
                block = weights[g * each : (g + 1) * each, ky, kx].T
                y[..., g * each : (g + 1) * each] += seen[..., g * depth : (g + 1) * depth] @ block
    return y


def depthwise_reference(x: np.ndarray, weights: np.ndarray, window: ConvWindow) -> np.ndarray:
    """Depthwise convolution with weights [kh, kw, c * multiplier]."""
    per_output = weights.transpose(2, 0, 1)[..., None]
    multiplier = weights.shape[2] // x.shape[3]
    return conv_2d_reference(np.repeat(x, multiplier, 3), per_output, window, weights.shape[2])


def transpose_conv_reference(x: np.ndarray, weights: np.ndarray, window: ConvWindow) -> np.ndarray:
    """Transposed convolution with weights [o, kh, kw, c]: every input pixel spreads over its window."""
    n, h, w, _ = x.shape
    out, height, width, _ = weights.shape
    (sy, sx), (out_h, out_w), (above, before) = window.stride, window.y_size, window.padding
    wide = np.zeros((n, h * sy + height + out_h + above, w * sx + width + out_w + before, out))
    for i in range(h):
        for j in range(w):
            spread = np.einsum("nc,oklc->nklo", x[:, i, j].astype(np.float64), weights)
            wide[:, i * sy : i * sy + height, j * sx : j * sx + width] += spread
    return wide[:, above : above + out_h, before : before + out_w]
