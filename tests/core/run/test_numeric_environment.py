"""NumPy's state while a model runs, and after."""
from __future__ import annotations

import warnings

import numpy as np
import pytest

from delegant.core.run import numeric_environment as environment


def test_overflow_is_silent_inside_only() -> None:
    huge = np.full(3, 3e38, np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with environment.numeric_environment(1):
            np.multiply(huge, huge)
        with pytest.raises(RuntimeWarning):
            np.multiply(huge, huge)


def test_blas_threads_are_set_and_restored() -> None:
    functions = environment._openblas()
    if functions is None:
        pytest.skip("NumPy here has no OpenBLAS of its own")
    get, _ = functions
    before = get()
    with pytest.raises(KeyError), environment.numeric_environment(1):
        assert get() == 1
        with environment.numeric_environment(1):
            pass
        assert get() == 1
        raise KeyError
    assert get() == before


def test_blas_gets_no_more_threads_than_there_are_cores() -> None:
    functions = environment._openblas()
    if functions is None:
        pytest.skip("NumPy here has no OpenBLAS of its own")
    with environment.numeric_environment(1000):
        assert functions[0]() <= environment.available_cores()
