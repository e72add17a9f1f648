"""Dynamic-range quantization of float activations, for operators with float activations and integer weights.

The rows are quantized as the x86 build of LiteRT does it, which is the NEON code and not the portable one.
Source: `internal/optimized/neon_tensor_utils.cc`.
"""
from __future__ import annotations

import numpy as np

from .numerics import round_half_away
from .steps import Step

_BLOCK = 8


def _round(values: np.ndarray) -> np.ndarray:
    """Round half away along the last axis: whole blocks of 8 by adding a half and truncating, the rest exactly.

    The two differ only at 0.49999997, whose sum with 0.5 rounds to 1.
    """
    body = values.shape[-1] // _BLOCK * _BLOCK
    rounded = np.trunc(values + np.copysign(np.float32(0.5), values))
    rounded[..., body:] = round_half_away(values[..., body:])
    return rounded


def quantize_symmetric(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Quantize each row of a 2-D float32 array to -127..127.

    Returns:
        codes: float32 array of integers, shape of `rows`.
        scales: float32, one per row (1 for a row of zeros).
    """
    largest = np.abs(rows).max(axis=1, initial=0).astype(np.float32)
    empty = largest == 0
    safe = np.where(empty, np.float32(1), largest)
    scales = np.where(empty, np.float32(1), safe / np.float32(127)).astype(np.float32)
    codes = _round(rows * (np.float32(127) / safe)[:, None])
    return np.clip(codes, -127, 127, out=codes), scales


def quantize_asymmetric(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Quantize each row of a 2-D float32 array to -128..127 with a zero point of its own.

    Returns:
        codes: float32 array of integers, shape of `rows`.
        scales: float32, one per row.
        zero_points: int32, one per row.
    """
    low = np.minimum(rows.min(axis=1, initial=0), np.float32(0))
    high = np.maximum(rows.max(axis=1, initial=0), np.float32(0))
    empty = low == high
    scale = np.where(empty, 1.0, (high - low).astype(np.float64) / 255)
    from_low, from_high = -128 - low / scale, 127 - high / scale
    nearer_low = 128 + np.abs(low / scale) < 127 + np.abs(high / scale)
    zero_points = np.clip(round_half_away(np.where(nearer_low, from_low, from_high)), -128, 127)
    zero_points = np.where(empty, 0, zero_points).astype(np.int32)
    scales = scale.astype(np.float32)
    codes = _round(rows * (np.float32(1) / scales)[:, None])
    codes += zero_points[:, None].astype(np.float32)
    np.clip(codes, -128, 127, out=codes)
    codes[empty] = 0
    return codes, scales, zero_points


def centred_rows(rows: np.ndarray, *, asymmetric: bool) -> tuple[np.ndarray, np.ndarray]:
    """Quantized rows less their zero points, and the scales, one per row; `rows` is 2-D float32."""
    if not asymmetric:
        return quantize_symmetric(rows)
    codes, scales, zero_points = quantize_asymmetric(rows)
    codes -= zero_points[:, None].astype(np.float32)
    return codes, scales


def quantize_rows(rows: np.ndarray, codes: np.ndarray, scales: np.ndarray, *, asymmetric: bool) -> Step:
    """The step that quantizes rows `[rows, width]` to `codes` less the zero points, and sets `scales` `[rows]`."""

    def step() -> None:
        codes[...], scales[...] = centred_rows(rows, asymmetric=asymmetric)

    return step


def quantize_image(image: np.ndarray, codes: np.ndarray, scale: np.ndarray, *, asymmetric: bool) -> Step:
    """As `quantize_rows`, for an image that counts as one row; `scale` is 0-d."""
    return quantize_rows(image.reshape(1, -1), codes.reshape(1, -1), scale.reshape(1), asymmetric=asymmetric)
