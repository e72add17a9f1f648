"""What the quantized epilogue computes, in each of its forms, against the int64 form."""
from __future__ import annotations

import numpy as np
import pytest

from delegant.core.arithmetic.epilogue import QuantizedEpilogue
from delegant.core.arithmetic.requantization import Requantization, Rounding, exact_accumulator, requantization
from delegant.core.graph import Node
from delegant.core.op import Op

FORMS = {
    "float32, one multiplier": (Rounding.FIXED, [0.0371], 3, (3, 255), np.uint8),
    "float32, lowest zero point": (Rounding.FIXED, [0.0371], -128, (-128, 127), np.int8),
    "offsets absorbed": (Rounding.FIXED, [0.01, 0.02, 0.003], -128, (-128, 127), np.int8),
    "magnitudes": (Rounding.FIXED, [0.0101, 0.02, 0.4], 5, (-128, 127), np.int8),
    "magnitudes, no zero point": (Rounding.FIXED, [0.0101, 0.02, 0.4], 0, (-100, 90), np.int8),
    "signs, ties possible": (Rounding.FIXED, [0.5, 0.25, 0.375], 7, (-128, 127), np.int8),
    "signs, small multipliers": (Rounding.FIXED, [2.0**-13 * 1.1, 0.3, 2.0**-14 * 1.3], 7, (-128, 127), np.int8),
    "double": (Rounding.DOUBLE, [0.5, 0.02, 0.25], -9, (-128, 127), np.int8),
    "double, 16 bits": (Rounding.DOUBLE, [0.5, 3.7, 0.25], 0, (-32768, 32767), np.int16),
    "wide": (Rounding.WIDE, [0.5, 0.02, 0.25], 0, (-32768, 32767), np.int16),
    "int64": (Rounding.FIXED, [1.5, 0.02, 2.5], 0, (-128, 127), np.int8),
}


def _codes(scaling: Requantization, offset: np.ndarray, sums: np.ndarray, bound: float) -> np.ndarray:
    accumulator = exact_accumulator(bound)
    epilogue = QuantizedEpilogue(offset, scaling, bound, accumulator)
    op = Op(Node(0, "CONV_2D", 1, (), ()), [], [], None)
    epilogue.request_scratch(op, sums.shape[0])
    op.scratch = [np.empty(shape, dtype) for shape, dtype in op.scratch_shapes]
    epilogue.bind(op)
    out = np.empty(sums.shape, scaling.output)
    for step in epilogue.steps(sums.astype(accumulator), out):
        step()
    return out


@pytest.mark.parametrize("largest", [2.0**10, 2.0**19, 2.0**25], ids=["2^10", "2^19", "2^25"])
@pytest.mark.parametrize("form", FORMS)
def test_codes(form: str, largest: float) -> None:
    rounding, reals, zero_point, limits, dtype = FORMS[form]
    rng = np.random.default_rng(len(form))
    real = np.resize(np.array(reals), 6)
    scaling = requantization(rounding, real, zero_point, limits, dtype)
    offset = rng.integers(-largest / 4, largest / 4, 6)
    near_codes = rng.uniform(limits[0] * 1.2 - zero_point, limits[1] * 1.2 - zero_point, (20_000, 6)) / real
    sums = np.clip(near_codes.round(), -largest / 2, largest / 2).astype(np.int64) - offset
    sums[:600] = np.arange(-300, 300)[:, None] - offset
    got = _codes(scaling, offset, sums, largest)
    np.testing.assert_array_equal(got, scaling.codes(sums + offset).astype(dtype))
