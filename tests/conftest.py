"""Fixtures shared by all tests."""
from __future__ import annotations

from pathlib import Path

import pytest
from suites import MISSING, find_suites


@pytest.fixture(scope="session")
def suites() -> Path:
    """The folder of the frozen test data; the test is skipped where it is not."""
    path = find_suites()
    if path is None:
        pytest.skip(MISSING)
    return path
