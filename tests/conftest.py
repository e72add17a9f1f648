"""Fixtures shared by all tests."""
from __future__ import annotations

import os
from pathlib import Path

import pytest


def find_suites() -> Path | None:
    """The folder of the frozen test data: `DELEGANT_SUITES`, or `shared/suites` beside the checkout."""
    named = os.environ.get("DELEGANT_SUITES")
    candidates = [Path(named)] if named else []
    candidates.append(Path(__file__).resolve().parent.parent.parent / "shared" / "suites")
    return next((path for path in candidates if (path / "suite_io.py").is_file()), None)


@pytest.fixture(scope="session")
def suites() -> Path:
    """The folder of the frozen test data; the test is skipped where it is not."""
    path = find_suites()
    if path is None:
        pytest.skip("no frozen test data: set DELEGANT_SUITES to the folder that holds suite_io.py")
    return path
