"""The example of a custom operator runs, and computes what it says."""
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "custom_operator.py"


def test_the_example_runs() -> None:
    done = subprocess.run([sys.executable, str(EXAMPLE)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    x = np.array([-1, 0, 1, 2])
    printed = np.array(done.stdout.replace("[", " ").replace("]", " ").split(), float)
    np.testing.assert_allclose(printed, x + np.sin(2 * x) ** 2 / 2, atol=1e-6)
