"""Custom operators of tflite-micro's audio front end, from the energy spectrum on: SignalFilterBank,
SignalFilterBankSquareRoot, SignalFilterBankSpectralSubtraction, SignalPCAN, SignalFilterBankLog.

Source of the definitions: tflite-micro signal/src.
"""
from __future__ import annotations

from math import isqrt, log2

import numpy as np

from ..arithmetic.numerics import wrap32
from ..custom_options import flexbuffer_map, required
from ..op import Bind, Op, Run
from .registry import kernel

_UINT32 = 0xFFFFFFFF
_SNR_BITS, _OUTPUT_BITS = 12, 6
_LOG_SCALE_BITS, _LOG_SEGMENTS_BITS = 16, 7
_LN_2 = 45426
"""ln(2) in 16 fraction bits."""


@kernel("SignalFilterBank", custom=True)
def prepare_filter_bank(op: Op) -> Bind:
    """Each frequency adds to two neighbouring channels, with a weight and what the weight leaves."""
    x, weights, rest = op.input(0), op.input(1), op.input(2)
    frequency_starts, weight_starts, widths = op.input(3), op.input(4), op.input(5)
    channels = required(op, "num_channels")
    if channels < 1 or any(operand.shape != (channels + 1,) for operand in (frequency_starts, weight_starts, widths)):
        raise op.error(f"a filter bank of {channels} channels needs {channels + 1} starts and widths")
    op.output().resize((channels,))

    def run() -> None:
        energy = x.array.astype(np.uint64)
        carried = np.uint64(0)
        for i in range(channels + 1):
            start, at, width = (int(v.array[i]) for v in (frequency_starts, weight_starts, widths))
            part = energy[start : start + width]
            total = carried + (weights.array[at : at + width].astype(np.int64).astype(np.uint64) * part).sum()
            carried = (rest.array[at : at + width].astype(np.int64).astype(np.uint64) * part).sum()
            if i > 0:
                op.output().array[i - 1] = total

    return lambda: run


def rounded_sqrt(value: int, largest: int) -> int:
    """The square root to the nearest integer, at most `largest`."""
    root = isqrt(value)
    return root + 1 if value - root * root > root and root != largest else root


@kernel("SignalFilterBankSquareRoot", custom=True)
def prepare_square_root(op: Op) -> Bind:
    """Square roots, shifted right by the second input."""
    x = op.input(0)
    op.output().resize(x.shape)

    def run() -> None:
        shift = int(op.input(1).array)
        roots = [rounded_sqrt(v, 0xFFFF if v <= _UINT32 else _UINT32) >> shift for v in x.array.tolist()]
        op.output().array[...] = roots

    return lambda: run


@kernel("SignalFilterBankSpectralSubtraction", custom=True)
def prepare_spectral_subtraction(op: Op) -> Bind:
    """Subtract a running estimate of the noise; the second output is the estimate, kept between invocations."""
    x, clamping = op.input(0), bool(flexbuffer_map(op).get("clamping"))
    op.output(0).resize(x.shape)
    op.output(1).resize(x.shape)
    bits, scale_bits = required(op, "smoothing_bits"), required(op, "spectral_subtraction_bits")

    def per_channel(name: str) -> np.ndarray:
        """The option for channels of even index, and its alternate for those of odd index."""
        pair = (required(op, name), required(op, f"alternate_{name}"))
        return np.array([pair[i % 2] for i in range(x.shape[0])], np.uint64)

    def bind() -> Run:
        keep, kept = per_channel("smoothing"), per_channel("one_minus_smoothing")
        floor = np.uint64(required(op, "min_signal_remaining"))
        noise = op.context.resources.states[id(op)] = np.zeros(x.shape, np.uint64)
        down, shift = np.uint64(bits), np.uint64(scale_bits)

        def run() -> None:
            signal = x.array.astype(np.uint64)
            scaled = (signal << down) & np.uint64(_UINT32)
            noise[...] = ((scaled * keep + noise * kept) >> shift) & np.uint64(_UINT32)
            estimate = np.minimum(noise, scaled)
            if clamping:
                noise[...] = estimate
            remaining = (signal * floor) >> shift
            np.copyto(op.output(0).array, np.maximum((scaled - estimate) >> down, remaining), casting="unsafe")
            np.copyto(op.output(1).array, noise, casting="unsafe")

        return run

    return bind


@kernel("SignalPCAN", custom=True)
def prepare_pcan(op: Op) -> Bind:
    """Per-channel gain from a table of the noise estimate, then a soft compression."""
    x, noise, table = op.input(0), op.input(1), op.input(2)
    shift = required(op, "snr_shift")
    op.output().resize(x.shape)

    def run() -> None:
        gains = [_gain(int(v), table.array) for v in noise.array]
        ratios = [((int(v) * (gain & _UINT32)) >> shift) & _UINT32 for v, gain in zip(x.array, gains, strict=True)]
        op.output().array[...] = [_shrink(ratio) for ratio in ratios]

    return lambda: run


def _gain(x: int, table: np.ndarray) -> int:
    """A piecewise quadratic function: one piece of three coefficients per power of two."""
    if x <= 2:
        return int(table[x])
    interval = x.bit_length()
    c0, c1, c2 = (int(v) for v in table[4 * interval - 6 : 4 * interval - 3])
    fraction = (x << (11 - interval) if interval < 11 else x >> (interval - 11)) & 0x3FF
    slope = ((c2 * fraction) >> 5) + (c1 << 5)
    result = int(wrap32(slope * fraction))
    return int(np.array(((result + (1 << 14)) >> 15) + c0).astype(np.int16))


def _shrink(x: int) -> int:
    """x^2 / 4 below 2, x - 1 above."""
    if x < 2 << _SNR_BITS:
        return (x * x) >> (2 + 2 * _SNR_BITS - _OUTPUT_BITS)
    return (x >> (_SNR_BITS - _OUTPUT_BITS)) - (1 << _OUTPUT_BITS)


def _log_table() -> np.ndarray:
    """log2(1 + x) - x in 16 fraction bits, at 128 steps of x and beyond the end."""
    steps = 1 << _LOG_SEGMENTS_BITS
    values = [round((log2(1 + i / steps) - i / steps) * (1 << _LOG_SCALE_BITS)) for i in range(steps + 1)]
    return np.array([*values, 0], np.int64)


_LOG_TABLE = _log_table()


@kernel("SignalFilterBankLog", custom=True)
def prepare_log(op: Op) -> Bind:
    """Natural logarithms in integers, scaled by `output_scale`."""
    x = op.input(0)
    scale, bits = required(op, "output_scale"), required(op, "input_correction_bits")
    op.output().resize(x.shape)

    def run() -> None:
        values = (x.array.astype(np.int64) << bits) & _UINT32
        logs = _scaled_log(np.maximum(values, 1), scale)
        op.output().array[...] = np.where(values > 1, np.minimum(logs, 32767), 0)

    return lambda: run


def _scaled_log(x: np.ndarray, scale: int) -> np.ndarray:
    half = 1 << (_LOG_SCALE_BITS - 1)
    whole = np.frexp(x.astype(np.float64))[1].astype(np.int64) - 1
    rest = x - (np.int64(1) << whole)
    up, down = np.maximum(_LOG_SCALE_BITS - whole, 0), np.maximum(whole - _LOG_SCALE_BITS, 0)
    fraction = (rest << up) >> down
    segment = fraction >> (_LOG_SCALE_BITS - _LOG_SEGMENTS_BITS)
    start = segment << (_LOG_SCALE_BITS - _LOG_SEGMENTS_BITS)
    rise = _LOG_TABLE[segment + 1] - _LOG_TABLE[segment]
    fraction = fraction + _LOG_TABLE[segment] + ((rise * (fraction - start)) >> _LOG_SCALE_BITS)
    natural = (_LN_2 * ((whole << _LOG_SCALE_BITS) + fraction) + half) >> _LOG_SCALE_BITS
    return ((scale * natural + half) & _UINT32) >> _LOG_SCALE_BITS
