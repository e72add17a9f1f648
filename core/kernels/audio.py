"""Custom operators of speech models: AudioSpectrogram and Mfcc.

Source of the definitions: audio_spectrogram.cc and mfcc.cc of LiteRT, and what they call. Both compute in float64.
"""
from __future__ import annotations

import numpy as np

from ..custom_options import flexbuffer_map, required
from ..op import Bind, Op, Run
from ..preparation import invoke_error, unsupported
from .registry import kernel

_FLOOR = 1e-12
"""Energies below this count as this before their logarithm is taken."""


@kernel("AudioSpectrogram", custom=True)
def prepare_spectrogram(op: Op) -> Bind:
    """Samples [time, channels] to squared magnitudes (or magnitudes) [channels, windows, frequencies].

    A periodic Hann window of `window_size` samples moves by `stride`, and is padded with zeros to a power of two.
    """
    x, out = op.input(0), op.output()
    window, stride = required(op, "window_size"), required(op, "stride")
    squared = bool(flexbuffer_map(op).get("magnitude_squared"))
    if x.dtype != np.float32:
        raise unsupported(op, x)
    if len(x.shape) != 2 or window < 2 or stride < 1:
        raise op.error(f"AudioSpectrogram of {x} with windows of {window} samples, {stride} apart")
    length = 1 << (window - 1).bit_length()
    count = 0 if x.shape[0] < window else 1 + (x.shape[0] - window) // stride
    out.resize((x.shape[1], count, 1 + length // 2))
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / window)

    def bind() -> Run:
        starts = np.arange(count)[:, None] * stride + np.arange(window)

        def run() -> None:
            spectrum = np.fft.rfft(x.array.T[:, starts] * hann, length, axis=-1)
            energy = np.square(spectrum.real) + np.square(spectrum.imag)
            np.copyto(out.array, energy, casting="unsafe")
            if not squared:
                np.sqrt(out.array, out=out.array)

        return run

    return bind


@kernel("Mfcc", custom=True)
def prepare_mfcc(op: Op) -> Bind:
    """Squared magnitudes [channels, windows, frequencies] to mel-frequency cepstral coefficients.

    The second input is the sample rate in Hz. The limits of frequency are whole Hz, as LiteRT reads them.
    """
    x, rate, out = op.input(0), op.input(1), op.output()
    low, high = required(op, "lower_frequency_limit"), required(op, "upper_frequency_limit")
    bands, coefficients = required(op, "filterbank_channel_count"), required(op, "dct_coefficient_count")
    if x.dtype != np.float32:
        raise unsupported(op, x)
    if len(x.shape) != 3 or min(x.shape) < 1 or rate.shape not in ((), (1,)) or rate.dtype != np.int32:
        raise op.error(f"Mfcc of {x} at the rate {rate}")
    if not 1 <= coefficients <= bands or not 0 <= low < high or x.shape[2] < 2:
        raise op.error(f"Mfcc of {coefficients} coefficients from {bands} bands between {low} and {high} Hz")
    out.resize((*x.shape[:2], coefficients))
    angles = np.arange(coefficients)[:, None] * np.pi / bands * (np.arange(bands) + 0.5)
    cosines = np.sqrt(2 / bands) * np.cos(angles)

    def run() -> None:
        hertz = int(rate.array.reshape(-1)[0])
        if hertz < 1:
            raise invoke_error(op, f"a sample rate of {hertz} Hz.")
        weights = mel_filterbank(x.shape[2], hertz, bands, low, high)
        if weights is None:
            out.array.fill(0)
            return
        energy = np.sqrt(x.array.astype(np.float64)) @ weights
        np.copyto(out.array, np.log(np.maximum(energy, _FLOOR)) @ cosines.T, casting="unsafe")

    return lambda: run


def mel_filterbank(frequencies: int, rate: int, bands: int, low: float, high: float) -> np.ndarray | None:
    """Weights [frequencies, bands] of triangles that are evenly spaced in mels and overlap by halves.

    None where the highest frequency is not in the spectrum: the coefficients are 0 then. The constant part of the
    spectrum is left out.
    """
    width = 0.5 * rate / (frequencies - 1)
    first, last = int(1.5 + low / width), int(high / width)
    if last >= frequencies:
        return None
    bottom, top = _mels(np.array([low, high], np.float64))
    edges = bottom + (top - bottom) / (bands + 1) * np.arange(bands + 2)
    at = np.arange(first, last + 1)
    mels = _mels(at * width)
    band = np.searchsorted(edges[1:-1], mels, side="left")
    falling = (edges[band + 1] - mels) / (edges[band + 1] - edges[band])
    weights = np.zeros((frequencies, bands + 2))
    weights[at, band] = falling
    weights[at, band + 1] += 1 - falling
    return weights[:, 1:-1]


def _mels(hertz: np.ndarray) -> np.ndarray:
    return 1127.0 * np.log1p(hertz / 700.0)
