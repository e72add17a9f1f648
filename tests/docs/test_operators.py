"""The table of operators in docs/ says what the code can do, and what it can do is right."""
from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from ops.harness import assert_close, random_values, run_delegant
from oracle import LiteRTError, OracleCrashedError, run_litert

from delegant.core.schema import BuiltinOperator

DOCS = Path(__file__).resolve().parents[2] / "docs"
RESOLVERS = ("BUILTIN_REF", "BUILTIN_WITHOUT_DEFAULT_DELEGATES")
SCALE = np.float32(0.5)
RAW_IN_LITERT = {"FLOOR_DIV", "FLOOR_MOD", "REDUCE_WINDOW", "CAST", "LSH_PROJECTION"}
"""Operators that LiteRT computes from codes as they are."""
COARSE_IN_LITERT = {"EXP", "LOG", "RSQRT", "REDUCE_PROD", "DIV"}
"""Operators that lose more than two codes in LiteRT: in coarse tables, by rounding after every factor, by shifts of
more than 31 bits."""
GARBAGE = {
    "FAKE_QUANT": "reads every type as float32", "MATRIX_DIAG": "copies elements of unusual types by the wrong size",
    "MATRIX_SET_DIAG": "as MATRIX_DIAG", "PRELU": "reads int16 slopes as int8", "SUM": "reads int8 as uint8",
    "LOCAL_RESPONSE_NORMALIZATION": "leaves the window's last channel out", "FILL": "copies a string's address",
    "LSH_PROJECTION": "hashes 4-bit codes as they are packed",
    "RANDOM_UNIFORM": "draws anew", "RANDOM_STANDARD_NORMAL": "draws anew",
}  # fmt: skip
"""What LiteRT does there (docs/litert-differences.md)."""
PACKED = ("GATHER", "BROADCAST_TO", "DILATE", "STABLEHLO_PAD")
"""Where LiteRT moves bytes with two 4-bit codes each."""


@pytest.fixture(scope="module")
def operators() -> ModuleType:
    """The script that makes the page."""
    sys.path.insert(0, str(DOCS))
    try:
        return importlib.import_module("make_operators")
    finally:
        sys.path.remove(str(DOCS))


def test_the_page_is_what_the_code_says(operators: ModuleType) -> None:
    assert (DOCS / "operators.md").read_text(encoding="utf-8") == operators.page(), "run python docs/make_operators.py"


def test_every_operator_is_asked_for(operators: ModuleType) -> None:
    assert {op.name for op in BuiltinOperator} - set(operators.PROBES) == operators.PLACEHOLDERS


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16"])
def test_codes_stand_for_real_values(operators: ModuleType, dtype: str) -> None:
    """An operator that takes codes gives, to two codes, what it gives for the floats that they stand for."""
    asked = set(operators.PROBES) - RAW_IN_LITERT - COARSE_IN_LITERT
    wrong = [op for op in sorted(asked) if not _codes_are_right(operators, op, dtype)]
    assert wrong == []


def _codes_are_right(operators: ModuleType, op: str, dtype: str) -> bool:
    """Whether codes give the result of floats; also where there is nothing to compare: only one of
    the two is taken, only constants go in, or (LSTM) the codes are those of another cell."""
    kinds = operators.PROBES[op].kinds
    if dtype not in kinds or "float32" not in kinds or op.startswith("STABLEHLO"):
        return True
    if op == "LSTM" or operators.ask(op, dtype).cpu:
        return True
    codes, floats = operators.make(op, dtype), operators.make(op, "float32")
    rng = np.random.default_rng(1)
    given, real = [], []
    for code, value in zip(codes.feeds, floats.feeds, strict=True):
        is_code = code.dtype == np.dtype(dtype) and value.dtype == np.float32
        given.append(rng.integers(1, 20, code.shape).astype(dtype) if is_code else code)
        real.append(given[-1] * SCALE if is_code else value)
    if not any(value.dtype == np.float32 for value in real) or _has_weights(codes):
        return True
    if operators.ask(op, "float32").cpu:
        return True
    results = zip(run_delegant(codes.g.to_bytes(), given), run_delegant(floats.g.to_bytes(), real),
                  _scales(codes), strict=True)  # fmt: skip
    return all(_agree(ours, exact, *params) for ours, exact, params in results)


def _has_weights(probe: Any) -> bool:
    """Whether constants are codes: their floats are others than those of the float model."""
    return any(tensor.buffer and tensor.quantization is not None for tensor in probe.g._tensors)


def _scales(probe: Any) -> list[tuple[float, int]]:
    params = [probe.g._tensors[i].quantization for i in probe.g._outputs]
    return [(0.0, 0) if p is None else (p.scale[0], p.zero_point[0]) for p in params]


def _agree(codes: np.ndarray, exact: np.ndarray, scale: float, zero: int) -> bool:
    if not scale:
        return bool(np.array_equal(codes, exact))
    limits = np.iinfo(codes.dtype)
    clipped = np.clip(exact, scale * (limits.min - zero), scale * (limits.max - zero))
    return bool(np.all(np.abs(scale * (codes.astype(np.float64) - zero) - clipped) <= 2.01 * scale))


@pytest.mark.long
def test_litert_runs_nothing_that_is_refused_here(operators: ModuleType) -> None:
    """And where both run, they agree."""
    refused, different = [], []
    for op, builder in operators.PROBES.items():
        for kind in builder.kinds:
            probe = operators.make(op, kind)
            feeds = _random_feeds(probe, op)
            expected = _litert(probe.g.to_bytes(), feeds)
            if expected is None or op in GARBAGE:
                continue
            try:
                results = run_delegant(probe.g.to_bytes(), feeds)
            except RuntimeError as error:
                refused.append(f"{op} {kind}: {error}")
                continue
            if not (kind == "int4" and op in PACKED) and not _same(results, expected):
                different.append(f"{op} {kind}: {results} is not {expected}")
    assert (refused, different) == ([], [])


def _random_feeds(probe: Any, op: str) -> list[np.ndarray]:
    """Random numbers; ones where not every number will do."""
    if op in ("LOG", "SQRT", "RSQRT", "DIV", "FLOOR_DIV", "FLOOR_MOD", "POW", "RIGHT_SHIFT", "STABLEHLO_SHIFT_LEFT"):
        return probe.feeds
    types = [probe.g._tensors[i].type.name for i in probe.g._inputs]
    rng = np.random.default_rng(2)
    return [
        random_values(rng, x.shape, x.dtype) if x.dtype.kind in "iufb" and type != "INT4" else x
        for x, type in zip(probe.feeds, types, strict=True)
    ]


def _litert(model: bytes, feeds: list[np.ndarray]) -> list[np.ndarray] | None:
    for resolver in RESOLVERS:
        try:
            return run_litert(model, feeds, resolver)
        except (LiteRTError, OracleCrashedError):
            continue
    return None


def _same(results: list[np.ndarray], expected: list[np.ndarray]) -> bool:
    try:
        for ours, theirs in zip(results, expected, strict=True):
            assert_close(ours, theirs, 1e-3 if ours.dtype == np.float16 else 1e-5)
    except AssertionError:
        return False
    return True
