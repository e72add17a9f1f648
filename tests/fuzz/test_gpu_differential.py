"""Random models of one operator on the GPU delegates against our CPU: integers equal, floats close.

    pytest -m long tests/fuzz/test_gpu_differential.py         # 200 fresh models per family and API
    DELEGANT_FUZZ_EXAMPLES=2000 pytest -m long tests/fuzz/test_gpu_differential.py -k "convolution and webgpu"

The families are those that meet LiteRT in `test_differential.py`. What a delegate leaves to the CPU is no case.
"""
from __future__ import annotations

import warnings

import numpy as np
import pytest
from fuzz import stablehlo_families, test_differential
from fuzz.draft import Draft, drafts
from fuzz.test_differential import _COMMON, EXAMPLES
from hypothesis import Phase, given, settings
from ops.harness import assert_close

import delegant
from delegant.core.delegate import Delegate
from delegant.core.errors import DelegateFallbackWarning

FAMILIES = {**test_differential.FAMILIES, **stablehlo_families.UNKNOWN_TO_LITERT}
CPU_ONLY = {
    "chance", "conversion", "detection", "hash_tables", "hashes", "random_bits", "rotation", "sound",
    "suppression", "words",
}  # fmt: skip
"""Families of which no delegate takes a model; conversions are left alone where they stand alone."""
TAKEN = sorted(FAMILIES.keys() - CPU_ONLY)
TOLERANCE = 1e-4
"""Of a float output's range, as docs/numerics.md has it, where the family allows no more."""


def outputs(interpreter: delegant.Interpreter, feeds: list[list[np.ndarray]]) -> list[np.ndarray]:
    for values in feeds:
        for detail, value in zip(interpreter.get_input_details(), values, strict=True):
            interpreter.set_tensor(detail["index"], value)
        interpreter.invoke()
    return [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]


def check(draft: Draft, delegate: Delegate) -> bool:
    """Compare with the CPU; whether the delegate took a part of the model."""
    data, feeds = draft.model.to_bytes(), draft.feeds()
    with delegant.Interpreter(model_content=data, delegates=[delegate]) as interpreter, warnings.catch_warnings():
        warnings.simplefilter("error", DelegateFallbackWarning)
        warnings.filterwarnings("ignore", ".*beyond 32 bits", DelegateFallbackWarning)
        try:
            interpreter.allocate_tensors()
        except RuntimeError:
            return False
        if all(place.device == "cpu" for place in interpreter.placement):
            return False
        got = outputs(interpreter, feeds)
    with delegant.Interpreter(model_content=data) as interpreter:
        interpreter.allocate_tensors()
        expected = outputs(interpreter, feeds)
    for ours, theirs in zip(draft.defined(got), draft.defined(expected), strict=True):
        largest = float(np.abs(theirs[np.isfinite(theirs)]).max(initial=1e-30)) if theirs.dtype.kind == "f" else 1.0
        assert_close(ours, theirs, max(TOLERANCE, draft.tolerance) * max(1.0, draft.magnitude / largest))
    return True


def run(family: str, delegate: Delegate, **chosen: object) -> int:
    """Check models of a family; how many of them the delegate took a part of."""
    taken = 0

    @settings(**_COMMON, **chosen)  # type: ignore[arg-type]
    @given(draft=drafts(FAMILIES[family]))
    def check_one(draft: Draft) -> None:
        nonlocal taken
        taken += check(draft, delegate)

    check_one()
    return taken


@pytest.mark.parametrize("family", TAKEN)
def test_a_few_models(family: str, delegate: Delegate) -> None:
    run(family, delegate, max_examples=4, derandomize=True, phases=[Phase.generate])


@pytest.mark.long
@pytest.mark.parametrize("family", TAKEN)
def test_fresh_models(family: str, delegate: Delegate) -> None:
    assert run(family, delegate, max_examples=EXAMPLES, phases=[Phase.generate, Phase.shrink])


@pytest.mark.parametrize("family", sorted(CPU_ONLY))
def test_families_that_stay_on_the_cpu(family: str, delegate: Delegate) -> None:
    """One that a delegate takes from now on belongs to the tests above."""
    assert not run(family, delegate, max_examples=10, derandomize=True, phases=[Phase.generate])
