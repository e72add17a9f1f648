"""The frozen test data: where it is, and its own reader and judge."""
from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

MISSING = "no frozen test data: set DELEGANT_SUITES to the folder that holds suite_io.py"


@cache
def find_suites() -> Path | None:
    """The folder of the frozen test data: `DELEGANT_SUITES`, or `shared/suites` beside the checkout."""
    named = os.environ.get("DELEGANT_SUITES")
    candidates = [Path(named)] if named else []
    candidates.append(Path(__file__).resolve().parent.parent.parent / "shared" / "suites")
    return next((path for path in candidates if (path / "suite_io.py").is_file()), None)


@cache
def suite_module(name: str) -> ModuleType:
    """A module that comes with the data: "suite_io" or "run_suite"."""
    path = find_suites()
    assert path is not None, MISSING
    spec = importlib.util.spec_from_file_location(name, path / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def cases(pack: str) -> Iterator[Any]:
    """The cases of a visible pack; none where the data is not there."""
    path = find_suites()
    if path is not None:
        yield from suite_module("suite_io").open_pack(str(path / "visible" / pack))
