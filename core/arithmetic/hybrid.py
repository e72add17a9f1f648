"""Dynamic-range quantization of float activations, for operators with float activations and integer weights.

The rows are quantized as the x86 build of LiteRT does it, which is the NEON code and not the portable one.
Source: `internal/optimized/neon_tensor_utils.cc`.
"""
from __future__ import annotations

from typing import Any

import numpy as np

from ..steps import Step, chunks
from .clamp import clamp
from .numerics import round_half_away

_BLOCK = 8
_PIECE = 1 << 15
_SIGN, _HALF = np.array(-(2**31), np.int32), np.array(0.5, np.float32)


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
    scales, zero_points = _asymmetric_scales(rows.min(axis=1, initial=0), rows.max(axis=1, initial=0))
    codes = _round(rows * (np.float32(1) / scales)[:, None])
    codes += zero_points[:, None].astype(np.float32)
    return np.clip(codes, -128, 127, out=codes), scales, zero_points


def _asymmetric_scales(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scale and zero point for the range from `low` <= 0 to `high` >= 0; 1 and 0 where it is empty."""
    empty = low == high
    scale = np.where(empty, 1.0, (high - low).astype(np.float64) / 255)
    from_low, from_high = -128 - low / scale, 127 - high / scale
    nearer_low = 128 + np.abs(low / scale) < 127 + np.abs(high / scale)
    zero_points = np.clip(round_half_away(np.where(nearer_low, from_low, from_high)), -128, 127)
    return scale.astype(np.float32), np.where(empty, 0, zero_points).astype(np.int32)


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
    """As `quantize_rows`, for a contiguous image that counts as one row; `scale` is 0-d.

    It is worked through in pieces that stay in cache, and the zero point is taken off the limits instead of the codes.
    """
    flat, target = image.reshape(-1), codes.reshape(-1)
    spare, wide = (np.empty(min(_PIECE, flat.size), np.float32) for _ in range(2))
    parts = [(flat[part], target[part]) for part in chunks(flat.size, _PIECE)]
    pieces = [(x, y if y.dtype == np.float32 else wide[: y.size], y) for x, y in parts]
    last = flat.size // _BLOCK * _BLOCK

    def step() -> None:
        factor, zero_point, has_negatives = _image_scale(flat, scale, asymmetric)
        low, high = (-128 - zero_point, 127 - zero_point) if asymmetric else (-127, 127)
        for piece, values, result in pieces:
            np.multiply(piece, factor, values)
            _round_in_place(values, spare[: values.size], has_negatives)
            clamp(values, low, high, result)()
        np.clip(round_half_away(flat[last:] * factor), low, high, out=target[last:])

    return step


def _image_scale(flat: np.ndarray, scale: np.ndarray, asymmetric: bool) -> tuple[np.floating[Any], int, bool]:
    """Sets the scale; returns what to multiply with, the zero point, and whether there are numbers below 0."""
    low, high = flat.min(initial=0), flat.max(initial=0)
    if asymmetric:
        scale[...], zero_point = _asymmetric_scales(low, high)
        return np.float32(np.float32(1) / scale), int(zero_point), bool(low < 0)
    largest = np.maximum(-low, high)
    scale[...] = largest / np.float32(127) if largest else 1
    return np.float32(127) / (largest or np.float32(1)), 0, bool(low < 0)


def _round_in_place(values: np.ndarray, spare: np.ndarray, has_negatives: bool) -> None:
    """`trunc(x + copysign(1/2, x))`, the sign moved by two operations on bits, which NumPy runs on whole vectors."""
    if not has_negatives:
        np.add(values, _HALF, values)
    else:
        np.bitwise_and(values.view(np.int32), _SIGN, spare.view(np.int32))
        np.bitwise_or(spare.view(np.int32), _HALF.view(np.int32), spare.view(np.int32))
        np.add(values, spare, values)
    np.trunc(values, values)
