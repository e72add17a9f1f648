"""Custom operators of tflite-micro's audio front end, up to the energy spectrum:
SignalWindow, SignalFftAutoScale, SignalRfft, SignalEnergy. All of it is 16-bit integer arithmetic.

Source of the definitions: tflite-micro signal/src, and KISS FFT's 16-bit fixed point for the transform.
"""
from __future__ import annotations

import numpy as np

from ..custom_options import required
from ..op import Bind, Op, Run
from .registry import kernel

_FRACTION_BITS, _SAMPLE_MAX = 15, 32767

Complex = tuple[np.ndarray, np.ndarray]
"""Real and imaginary parts."""


@kernel("SignalWindow", custom=True)
def prepare_window(op: Op) -> Bind:
    """Input times window, shifted right by `shift` and saturated."""
    x, window = op.input(0), op.input(1)
    shift = required(op, "shift")
    if window.shape != x.shape[-1:]:
        raise op.error(f"window {window} does not fit {x}")
    op.output().resize(x.shape)

    def run() -> None:
        product = (x.array.astype(np.int32) * window.array) >> shift
        np.copyto(op.output().array, np.clip(product, -32768, 32767), casting="unsafe")

    return lambda: run


@kernel("SignalFftAutoScale", custom=True)
def prepare_auto_scale(op: Op) -> Bind:
    """Shift left as far as the largest sample allows; the second output is by how much."""
    x = op.input(0)
    op.output(0).resize(x.shape)
    op.output(1).resize(())

    def run() -> None:
        largest = int(np.abs(x.array.astype(np.int32)).max(initial=0))
        bits = max(16 - largest.bit_length() - 1, 0) if largest else 0
        np.left_shift(x.array, bits, out=op.output(0).array)
        op.output(1).array[...] = bits

    return lambda: run


@kernel("SignalEnergy", custom=True)
def prepare_energy(op: Op) -> Bind:
    """Squared magnitude of interleaved complex bins from `start_index` to before `end_index`; others stay 0."""
    x = op.input(0)
    bins = x.shape[-1] // 2
    chosen = slice(required(op, "start_index"), min(required(op, "end_index"), bins))
    op.output().resize((*x.shape[:-1], bins))

    def run() -> None:
        wide = x.array.astype(np.int64)
        energy = wide[..., 0::2] ** 2 + wide[..., 1::2] ** 2
        op.output().array.fill(0)
        op.output().array[..., chosen] = energy[..., chosen]

    return lambda: run


@kernel("SignalRfft", custom=True)
def prepare_rfft(op: Op) -> Bind:
    """Transform of real int16 or float32 samples, padded with zeros to `fft_length`; interleaved complex bins."""
    x, length = op.input(0), required(op, "fft_length")
    if length < 4 or length & (length - 1) or x.shape[-1] > length:
        raise op.error(f"cannot transform {x} with a length of {length}")
    if x.dtype not in (np.int16, np.float32):
        raise op.error(f"SignalRfft does not support {x.type.name}")
    op.output().resize((*x.shape[:-1], length + 2))

    def bind() -> Run:
        transform = FixedRfft(length) if x.dtype == np.int16 else _float_rfft
        padded = np.zeros((*x.shape[:-1], length), x.dtype)
        samples, target = padded[..., : x.shape[-1]], op.output().array

        def run() -> None:
            np.copyto(samples, x.array)
            real, imaginary = transform(padded)
            target[..., 0::2], target[..., 1::2] = real, imaginary

        return run

    return bind


def _float_rfft(samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    spectrum = np.fft.rfft(samples, axis=-1)
    return spectrum.real, spectrum.imag


def _round(x: np.ndarray) -> np.ndarray:
    """Back to 16 bits from a product of Q15 values."""
    return ((x + (1 << (_FRACTION_BITS - 1))) >> _FRACTION_BITS).astype(np.int16).astype(np.int64)


def _divide(x: np.ndarray, divisor: int) -> np.ndarray:
    return _round(x * (_SAMPLE_MAX // divisor))


def _wrap(x: np.ndarray) -> np.ndarray:
    return x.astype(np.int16).astype(np.int64)


def _twiddles(phases: np.ndarray) -> Complex:
    cosine, sine = (np.floor(0.5 + _SAMPLE_MAX * f(phases)).astype(np.int64) for f in (np.cos, np.sin))
    return cosine, sine


def _multiply(a: Complex, b: Complex) -> Complex:
    return _round(a[0] * b[0] - a[1] * b[1]), _round(a[0] * b[1] + a[1] * b[0])


class FixedRfft:
    """The transform of 2^k real int16 samples in KISS FFT's arithmetic: every stage divides by its radix."""

    def __init__(self, length: int) -> None:
        self.half = length // 2
        self._stage_twiddles = _twiddles(-2 * np.pi * np.arange(self.half) / self.half)
        steps = np.arange(1, self.half // 2 + 1)
        self._last_twiddles = _twiddles(-np.pi * (steps / self.half + 0.5))
        self._radices = [4] * (int(np.log2(self.half)) // 2) + [2] * (int(np.log2(self.half)) % 2)

    def __call__(self, samples: np.ndarray) -> Complex:
        """Real and imaginary parts of bins 0 .. length / 2."""
        wide = samples.astype(np.int64)
        real, imaginary = self._transform((wide[..., 0::2], wide[..., 1::2]), 1, self._radices)
        return self._split(real, imaginary, samples.shape[:-1])

    def _transform(self, values: Complex, stride: int, radices: list[int]) -> Complex:
        """Complex transform, decimated in time: the outermost stage has the first radix."""
        if not radices:
            return values
        radix = radices[0]
        parts = [
            self._transform((values[0][..., i::radix], values[1][..., i::radix]), stride * radix, radices[1:])
            for i in range(radix)
        ]
        turned = []
        for i, part in enumerate(parts):
            scaled = _divide(part[0], radix), _divide(part[1], radix)
            at = np.arange(scaled[0].shape[-1]) * stride * i
            cosine, sine = self._stage_twiddles
            turned.append(scaled if i == 0 else _multiply(scaled, (cosine[at], sine[at])))
        return _butterfly4(turned) if radix == 4 else _butterfly2(turned)

    def _split(self, real: np.ndarray, imaginary: np.ndarray, batch: tuple[int, ...]) -> Complex:
        """The transform of the real samples from that of the complex ones they were packed in."""
        n = self.half
        out_r, out_i = (np.zeros((*batch, n + 1), np.int64) for _ in range(2))
        first, second = _divide(real[..., 0], 2), _divide(imaginary[..., 0], 2)
        out_r[..., 0], out_r[..., n] = _wrap(first + second), _wrap(first - second)
        k = np.arange(1, n // 2 + 1)
        bin_r, bin_i = _divide(real[..., k], 2), _divide(imaginary[..., k], 2)
        mirrored_r, mirrored_i = _divide(real[..., n - k], 2), _divide(-imaginary[..., n - k], 2)
        even = _wrap(bin_r + mirrored_r), _wrap(bin_i + mirrored_i)
        turned = _multiply((_wrap(bin_r - mirrored_r), _wrap(bin_i - mirrored_i)), self._last_twiddles)
        out_r[..., k], out_i[..., k] = (even[0] + turned[0]) >> 1, (even[1] + turned[1]) >> 1
        out_r[..., n - k], out_i[..., n - k] = (even[0] - turned[0]) >> 1, (turned[1] - even[1]) >> 1
        return out_r, out_i


def _butterfly2(parts: list[Complex]) -> Complex:
    first, second = parts
    real, imaginary = (
        np.concatenate([_wrap(first[i] + second[i]), _wrap(first[i] - second[i])], axis=-1) for i in (0, 1)
    )
    return real, imaginary


def _butterfly4(parts: list[Complex]) -> Complex:
    first, one, two, three = parts
    difference = [_wrap(first[i] - two[i]) for i in (0, 1)]
    total = [_wrap(first[i] + two[i]) for i in (0, 1)]
    plus = [_wrap(one[i] + three[i]) for i in (0, 1)]
    minus = [_wrap(one[i] - three[i]) for i in (0, 1)]
    real = [total[0] + plus[0], difference[0] + minus[1], total[0] - plus[0], difference[0] - minus[1]]
    imaginary = [total[1] + plus[1], difference[1] - minus[0], total[1] - plus[1], difference[1] + minus[0]]
    return _wrap(np.concatenate(real, axis=-1)), _wrap(np.concatenate(imaginary, axis=-1))
