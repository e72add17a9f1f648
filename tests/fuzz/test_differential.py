"""Random models of one operator against live LiteRT: integers equal, floats close.

    pytest -m long tests/fuzz                        # 200 fresh models per family
    DELEGANT_FUZZ_EXAMPLES=2000 pytest -m long tests/fuzz -k convolution

A failure prints the smallest model that hypothesis found. Where LiteRT itself is wrong, docs/litert-differences.md
says so and the family avoids the case. The default run takes a few models per family, always the same.
"""
from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from fuzz import (
    attention_families,
    control_families,
    elementwise_families,
    matrix_families,
    movement_families,
    network_families,
    recurrent_families,
    sequence_families,
    stablehlo_families,
    text_families,
    value_families,
    volume_families,
    window_families,
)
from fuzz.draft import OPTIMISED, REFERENCE, Draft, check, drafts
from hypothesis import HealthCheck, Phase, given, settings
from oracle import call_litert

from delegant.core.build.builder import ModelBuilder
from delegant.core.kernels import builtin_kernels
from delegant.core.schema.operator_options import operator_name

EXAMPLES = int(os.environ.get("DELEGANT_FUZZ_EXAMPLES", "200"))
FAMILIES: dict[str, Callable[[Draft], None]] = {
    **matrix_families.FAMILIES, **elementwise_families.FAMILIES, **window_families.FAMILIES,
    **movement_families.FAMILIES, **recurrent_families.FAMILIES, **sequence_families.FAMILIES,
    **stablehlo_families.FAMILIES, **value_families.FAMILIES, **volume_families.FAMILIES,
    **control_families.FAMILIES, **text_families.FAMILIES, **attention_families.FAMILIES,
    **network_families.FAMILIES,
}  # fmt: skip
_COMMON = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}


def run(family: str, **chosen: object) -> None:
    """Check models of a family."""

    @settings(**_COMMON, **chosen)  # type: ignore[arg-type]
    @given(draft=drafts(FAMILIES[family]))
    def check_one(draft: Draft) -> None:
        check(draft)

    check_one()


@pytest.mark.parametrize("family", FAMILIES)
def test_a_few_models(family: str) -> None:
    run(family, max_examples=20, derandomize=True, phases=[Phase.generate])


@pytest.mark.long
@pytest.mark.parametrize("family", FAMILIES)
def test_fresh_models(family: str) -> None:
    run(family, max_examples=EXAMPLES, phases=[Phase.generate, Phase.shrink])


@pytest.mark.long
def test_every_operator_of_litert_is_in_a_family() -> None:
    drawn: set[str] = set()
    for family in FAMILIES.values():

        @settings(**_COMMON, max_examples=500, derandomize=True, phases=[Phase.generate])  # type: ignore[arg-type]
        @given(draft=drafts(family))
        def draw(draft: Draft) -> None:
            drawn.update(operator_name(code) for code in draft.model.build().operator_codes)

        draw()
    assert {name for name in builtin_kernels() if _litert_has(name)} - drawn == set()


def _litert_has(name: str) -> bool:
    """Whether either resolver knows the operator."""
    m = ModelBuilder()
    m.op_with_outputs(name, [], [])
    m.output(m.input("x", (1,)))
    return any(
        "Didn't find op" not in str(call_litert([], model_content=m.to_bytes(), experimental_op_resolver_type=name))
        for name in (REFERENCE, OPTIMISED)
    )
