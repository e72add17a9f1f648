"""The report on a GPU: parts answer within their time, and what fails is a line of it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
import on_this_gpu
from on_this_gpu import Machine, Part, ask, finished, outcomes, slug, summary

VERBOSE = """
[gw0] [  9%] PASSED tests/a.py::test_one[opencl-x]
[gw1] [ 18%] FAILED tests/a.py::test_two[FAILED words]
tests/a.py::test_three[a b] SKIPPED (no device) [ 27%]
tests/a.py::test_four ERROR                      [ 36%]
"""


def test_outcomes_of_a_run_that_was_cut_off() -> None:
    made = outcomes(VERBOSE)
    assert (made["passed"], made["failed"], made["skipped"]) == (1, 2, 1)
    assert made["failures"] == ["tests/a.py::test_two[FAILED words]", "tests/a.py::test_four"]


def test_reasons_are_those_of_the_summary() -> None:
    reason = "FAILED tests/a.py::test_two[FAILED words] - AssertionError: 3 of 7 [ 43%] differ"
    made = outcomes(f"{VERBOSE}\n=== short test summary ===\n{reason}\n")
    assert made["failed"] == 2 and made["failures"] == [reason]


def test_a_command_says_how_it_ended() -> None:
    assert finished([sys.executable, "-c", "print('words')"], 30) == ("", "words\n")
    assert finished([sys.executable, "-c", "raise SystemExit(3)"], 30)[0] == "exit code 3"
    how, text = finished([sys.executable, "-uc", "import time; print('begun'); time.sleep(60)"], 1.5)
    assert how == "cut off after 2 s" and text in ("begun\n", "")


def test_a_part_that_fails_leaves_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shares: list[float] = []

    def broken(machine: Machine, seconds: float) -> Any:
        raise OSError("no such thing")

    def sound(machine: Machine, seconds: float) -> Any:
        shares.append(seconds)
        return {"models": list(machine.models)}

    monkeypatch.setattr(on_this_gpu, "PARTS", {"peers": Part(10, broken), "overhead": Part(10, sound)})
    path, result = tmp_path / "results" / "gpu.json", {"seconds": {}}
    ask(Machine(("opencl",), ("a",)), ("peers", "overhead"), 100, on_this_gpu.time.monotonic(), result, path)
    written = json.loads(path.read_text())
    assert written["peers"] == {"failure": "OSError: no such thing"} and written["overhead"] == {"models": ["a"]}
    assert 90 < shares[0] <= 100 and set(written["seconds"]) == {"peers", "overhead"}


def test_answers_are_summed_up_in_lines() -> None:
    counted = {"opencl": {"passed": 2, "failed": 1, "skipped": 0, "ended": "well"}}
    assert summary("tests", counted) == ["opencl: 2 passed, 1 failed, 0 skipped; ended well"]
    rows = [{"model": "m", "peer": "p", "failure": "", "median_ms": 1.5}, {"model": "m", "peer": "q", "failure": "why"}]
    assert summary("peers", rows) == ["m: p 1.5 ms", "m: q why"]
    assert summary("peers", {"failure": "why"}) == ["failed: why"]


def test_a_device_names_its_file() -> None:
    assert slug("NVIDIA H100 80GB HBM3 (NVIDIA CUDA)") == "nvidia_h100_80gb_hbm3_nvidia_cuda"
