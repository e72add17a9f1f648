"""The example plug-in works: found by its entry point, used by name, its answers those of the CPU."""
from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "numpy_delegate"
PROGRAM = """
import numpy as np
import delegant
from delegant.core.build.builder import ModelBuilder

m = ModelBuilder()
x = m.input("x", (2, 3))
m.output(m.op("LOGISTIC", [m.op("RELU", [m.op("TANH", [x])])]))
answers = {}
for delegates in ([], ["numpy"]):
    interpreter = delegant.Interpreter(model_content=m.to_bytes(), delegates=delegates)
    interpreter.allocate_tensors()
    interpreter.set_tensor(0, np.linspace(-2, 2, 6, dtype=np.float32).reshape(2, 3))
    interpreter.invoke()
    answers[bool(delegates)] = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
np.testing.assert_allclose(answers[True], answers[False], rtol=1e-6)
print(*(node.device for node in interpreter.placement))
print(interpreter.placement[1].reason)
"""


def test_the_plug_in_is_found_by_name_and_computes(tmp_path: Path) -> None:
    installed = tmp_path / "numpy_delegate-0.1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy-delegate\nVersion: 0.1.0\n")
    (installed / "entry_points.txt").write_text("[delegant.delegates]\nnumpy = numpy_delegate:create\n")
    path = os.pathsep.join([str(tmp_path), str(EXAMPLE), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["numpy cpu numpy", "RELU is none of TANH, EXP, LOGISTIC"]


def test_the_example_is_as_short_as_the_docs_say() -> None:
    code = [line for line in (EXAMPLE / "numpy_delegate.py").read_text().splitlines() if line.strip()]
    assert len(code) <= 45
