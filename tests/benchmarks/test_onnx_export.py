"""The networks as ONNX models compute the same, and the peers that run them answer what the CPU interpreter does."""
from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from delegant import Interpreter
from delegant.core.build.builder import ModelBuilder
from delegant.measure.demo import DATA

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

from networks import NETWORKS

INSTALL = 'pip install ".[peers]"'
DIGITS = (DATA / "digits_float32.tflite").read_bytes()


def answer(model: bytes) -> tuple[np.ndarray, np.ndarray]:
    """(input, output) of a run on the CPU."""
    interpreter = Interpreter(model_content=model)
    interpreter.allocate_tensors()
    detail, output = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    x = np.random.default_rng(0).uniform(-1, 1, detail["shape"]).astype(np.float32)
    interpreter.set_tensor(detail["index"], x)
    interpreter.invoke()
    return x, interpreter.get_tensor(output["index"])


def assert_close(actual: Any, expected: np.ndarray) -> None:
    assert actual.shape == expected.shape
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-5 * np.abs(expected).max())


@pytest.mark.parametrize("name", ["mobilenet_v2", "mobilenet_v3_small", "unet", "vit", "lstm_unrolled", "digits"])
def test_onnx_runtime_computes_the_same(name: str) -> None:
    pytest.importorskip("onnx", reason=INSTALL)
    onnxruntime = pytest.importorskip("onnxruntime", reason=INSTALL)
    from onnx_export import to_onnx

    model = DIGITS if name == "digits" else NETWORKS[name]()
    session = onnxruntime.InferenceSession(to_onnx(model), providers=["CPUExecutionProvider"])
    x, expected = answer(model)
    assert_close(session.run(None, {"input_0": x})[0], expected)


def test_what_is_not_known_is_named() -> None:
    pytest.importorskip("onnx", reason=INSTALL)
    from onnx_export import UnsupportedModelError, to_onnx

    m = ModelBuilder()
    m.output(m.op("ATAN2", [m.input("x", (2,)), m.input("y", (2,))]))
    with pytest.raises(UnsupportedModelError, match="does not know ATAN2"):
        to_onnx(m.to_bytes())
    with pytest.raises(UnsupportedModelError, match="only float32"):
        to_onnx((DATA / "digits_int8.tflite").read_bytes())


@pytest.mark.parametrize("peer", ["ONNX Runtime CPU, 1 thread", "Delegant CPU"])
def test_a_peer_in_its_child_process_answers_the_same(peer: str, tmp_path: Path) -> None:
    check_peer(peer, tmp_path, timeout=120)


@pytest.mark.long
@pytest.mark.opencl
def test_tinygrad_runs_on_the_opencl_device(tmp_path: Path) -> None:
    pytest.importorskip("tinygrad", reason=INSTALL)
    check_peer("tinygrad OpenCL", tmp_path, timeout=600)


def check_peer(name: str, folder: Path, timeout: float) -> None:
    if "Delegant" not in name:
        pytest.importorskip("onnx", reason=INSTALL)
        pytest.importorskip("onnxruntime", reason=INSTALL)
    from runners import PEERS
    from worker import Worker

    path = folder / "model.tflite"
    path.write_bytes(DIGITS)
    x, expected = answer(DIGITS)
    worker = Worker(next(peer for peer in PEERS if peer.name == name), str(path), [x], timeout)
    try:
        assert_close(worker.outputs[0], expected)
        assert worker.times(0.01, most=3)
    finally:
        worker.close()


def test_the_machine_is_described_with_its_devices_and_drivers() -> None:
    from peers import machine

    described = machine()
    assert set(described["devices"]) == {"opencl", "webgpu"} and described["packages"]["numpy"] == np.__version__
    assert all({"name", "driver", "class"} == set(d) for found in described["devices"].values() for d in found)


def test_medians_are_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason=INSTALL)
    from plots import draw_peers

    draw_peers([("a", "LiteRT", 2.0), ("a", "Delegant CPU", 30.0), ("b", "tinygrad", 1.0)], tmp_path / "new" / "p.png")
    assert (tmp_path / "new" / "p.png").read_bytes().startswith(b"\x89PNG")
