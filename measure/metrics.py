"""How far two tensors are apart."""
from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class TensorError:
    """The distance of a tensor from its reference.

    Attributes:
        max_abs: largest absolute difference; infinite where only one side is finite, 0 for empty tensors.
        relative: `max_abs` over the reference's largest magnitude (1 where that is 0): error relative to the range.
        rms: root of the mean squared difference.
        snr_db: 10 log10(sum of reference² / sum of difference²); infinite when equal.
        mismatches: elements that differ at all.
        size: number of elements.
        top1: share of rows (along the last dimension) whose largest element is at the same place, or None for tensors
            with fewer than two columns.
    """

    max_abs: float
    relative: float
    rms: float
    snr_db: float
    mismatches: int
    size: int
    top1: float | None

    @property
    def equal(self) -> bool:
        return self.mismatches == 0


def _as_numbers(array: np.ndarray) -> np.ndarray:
    """The values in a type in which differences neither overflow nor round."""
    if np.iscomplexobj(array):
        return array.astype(np.complex128)
    if array.dtype.kind in "biu":
        return array.astype(np.float64 if array.dtype.itemsize < 8 else np.longdouble)
    return array.astype(np.float64)


def _top1(actual: np.ndarray, reference: np.ndarray) -> float | None:
    if reference.ndim == 0 or reference.shape[-1] < 2 or reference.size == 0 or np.iscomplexobj(reference):
        return None
    return float(np.mean(actual.argmax(axis=-1) == reference.argmax(axis=-1)))


def _exact(actual: np.ndarray, reference: np.ndarray) -> TensorError:
    """Tensors of strings, which are equal or not."""
    wrong = int(np.count_nonzero(actual != reference))
    worst = math.inf if wrong else 0.0
    return TensorError(worst, worst, worst, -math.inf if wrong else math.inf, wrong, reference.size, None)


def tensor_error(actual: np.ndarray, reference: np.ndarray) -> TensorError:
    """Compare `actual` with `reference`. NaN equals NaN, and infinities of one sign equal each other.

    Raises:
        ValueError: the shapes differ.
    """
    if actual.shape != reference.shape:
        raise ValueError(f"cannot compare shapes {list(actual.shape)} and {list(reference.shape)}")
    if reference.dtype.kind in "OSU":
        return _exact(actual, reference)
    a, r = _as_numbers(actual), _as_numbers(reference)
    same = (a == r) | (np.isnan(a) & np.isnan(r))
    with np.errstate(invalid="ignore"):
        difference = np.where(same, 0.0, np.abs(a - r)).astype(np.float64)
    difference[np.isnan(difference)] = math.inf
    finite = np.abs(r[np.isfinite(r)])
    scale = float(finite.max(initial=0.0)) or 1.0
    worst = float(difference.max(initial=0.0))
    power, noise = float(np.sum(finite**2)), float(np.sum(difference**2))
    rms = math.sqrt(noise / difference.size) if difference.size else 0.0
    snr = math.inf if noise == 0 else 10 * math.log10(power / noise) if power and noise < math.inf else -math.inf
    return TensorError(worst, worst / scale, rms, snr, int(np.sum(~same)), r.size, _top1(a, r))
