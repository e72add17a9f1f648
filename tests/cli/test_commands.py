"""The commands as a user types them: output, JSON, exit codes, one-line errors."""
from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from control_models import WIDTH, loop
from fake_delegate import FakeDelegate, chain
from typer.testing import CliRunner

import delegant
from delegant.cli.main import app
from delegant.devices.discovery import Discovery
from delegant.measure.demo import DATA

MODEL = ("TANH", "NEG", "EXP")
COMMANDS = ("run", "devices", "explain", "compare", "bench", "profile", "tune", "inspect", "doctor", "demo")


@pytest.fixture
def model(tmp_path: Any) -> Any:
    path = tmp_path / "model.tflite"
    path.write_bytes(chain(*MODEL))
    return str(path)


@pytest.fixture(autouse=True)
def only_the_fake_delegate(monkeypatch: Any) -> Any:
    """The fake delegate is the only one, and has no device of that name but "fake"."""
    fake = FakeDelegate()

    def load(name: Any, options: Any = None) -> Any:
        if name == "missing":
            raise delegant.DeviceUnavailableError("no OpenCL driver: pip install pyopencl", delegate="missing")
        if name != "fake":
            raise ValueError(f"unknown delegate {name!r}: known are fake")
        fake.options = options
        return fake

    for place in ("delegant.cli.options", "delegant.interpreter", "delegant.measure.demo"):
        monkeypatch.setattr(f"{place}.load_delegate", load)
    for place in ("measure.benchmark", "measure.demo", "delegates.registry"):
        monkeypatch.setattr(f"delegant.{place}.known_delegates", lambda: ("fake",))
    monkeypatch.delenv("DELEGANT_DEBUG", raising=False)
    return fake


def call(*args: Any, code: Any = 0) -> Any:
    result = CliRunner().invoke(app, list(args))
    assert result.exit_code == code, result.output
    return result


def loaded(*args: Any, code: Any = 0) -> Any:
    return json.loads(call(*args, "--json", code=code).stdout)


# ------------------------------------------------------------------------------------------------- all commands


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_json(command: Any) -> None:
    assert "--json" in call(command, "--help").stdout


def test_without_arguments_the_commands_are_listed() -> None:
    text = CliRunner().invoke(app, []).output
    assert all(command in text for command in COMMANDS)


def test_version() -> None:
    assert call("--version").stdout.strip() == f"delegant {delegant.__version__}"


def test_python_dash_m_works() -> None:
    done = subprocess.run([sys.executable, "-m", "delegant", "--version"], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == f"delegant {delegant.__version__}"


# ------------------------------------------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("run", "none.tflite"), "none.tflite"),
        (("run", "MODEL", "none.npy"), "no such input file: none.npy"),
        (("run", "MODEL", "-d", "tpu"), "unknown delegate 'tpu': known are fake"),
        (("run", "MODEL", "--device", "NVIDIA"), "give --delegate"),
        (("run", "MODEL", "--labels", "none.txt"), "cannot read the labels"),
        (("compare", "MODEL", "-d", "cpu"), "give another --delegate"),
        (("inspect", "none.tflite"), "none.tflite"),
        (("bench", "none.tflite"), "none.tflite"),
    ],
)
def test_mistakes_are_one_line_and_exit_code_2(model: Any, args: Any, message: Any) -> None:
    result = call(*(model if arg == "MODEL" else arg for arg in args), code=2)
    assert message in result.stderr and "Traceback" not in result.output
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_file_that_is_no_model_is_a_mistake(tmp_path: Any) -> None:
    (tmp_path / "text.tflite").write_text("hello, I am no model")
    assert "error:" in call("explain", str(tmp_path / "text.tflite"), "-d", "fake", code=2).stderr


def test_inputs_of_another_shape_or_type_are_mistakes(model: Any, tmp_path: Any) -> None:
    np.save(tmp_path / "x.npy", np.zeros((2, 3), np.float64))
    assert "FLOAT64" in call("run", model, str(tmp_path / "x.npy"), code=2).stderr


def test_an_input_with_another_number_of_dimensions_is_a_mistake(model: Any, tmp_path: Any) -> None:
    np.save(tmp_path / "x.npy", np.zeros(6, np.float32))
    assert "has the shape [2, 3], the given array [6]" in call("run", model, str(tmp_path / "x.npy"), code=2).stderr


def test_an_input_that_changes_the_models_shape_warns(model: Any, tmp_path: Any) -> None:
    np.save(tmp_path / "x.npy", np.zeros((2, 4), np.float32))
    assert "resized to [2, 4]" in call("run", model, str(tmp_path / "x.npy")).stderr
    np.save(tmp_path / "batch.npy", np.zeros((5, 3), np.float32))
    assert "warning" not in call("run", model, str(tmp_path / "batch.npy")).stderr


@pytest.mark.parametrize("name", ["x.npy", "x.npz"])
def test_files_without_numbers_are_named(model: Any, tmp_path: Any, name: Any) -> None:
    path = tmp_path / name
    path.write_text("no array")
    assert name in call("run", model, str(path), code=2).stderr
    with path.open("wb") as file:
        np.save(file, np.array([{}], object), allow_pickle=True)
    assert f"{name}' is no {path.suffix} file of numbers" in call("run", model, str(path), code=2).stderr


def test_failures_have_exit_code_1(model: Any, only_the_fake_delegate: Any) -> None:
    assert "pip install" in call("run", model, "-d", "missing", code=1).stderr
    assert "node 1 (NEG)" in call("run", model, "-d", "fake", "--policy", "require", code=1).stderr


def test_debug_lets_the_traceback_through(monkeypatch: Any) -> None:
    monkeypatch.setenv("DELEGANT_DEBUG", "1")
    result = CliRunner().invoke(app, ["run", "none.tflite"])
    assert isinstance(result.exception, ValueError)


def test_a_failing_delegate_warns_in_one_line_and_the_result_is_right(model: Any, only_the_fake_delegate: Any) -> None:
    only_the_fake_delegate.fails_at, only_the_fake_delegate.error = "run", delegant.DeviceLostError("it is gone")
    result = call("run", model, "-d", "fake", "--json")
    assert "warning: delegate fake failed" in result.stderr and "it is gone" in result.stderr
    report = json.loads(result.stdout)
    assert {node["rule"] for node in report["placement"]["nodes"]} >= {"fallback"}


@pytest.mark.parametrize(
    ("command", "whole"),
    [
        (("bench", "MODEL", "--runs", "1", "--batch", "2"), ("ms each", "2 examples per invocation")),
        (("bench", "MODEL", "--runs", "1"), ("median ms", "p95 ms", "speed-up", "max error", "delegated")),
        (("compare", "MODEL", "-d", "fake", "--per-layer"), ("mismatches", "max error", "DEPTHWISE_CONV_2D")),
        (("profile", "MODEL", "--runs", "1"), ("kernel", "ops", "median us", "share", "FULLY_CONNECTED")),
        (("explain", "MODEL", "--nodes"), ("DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "partition")),
        (("inspect", "MODEL", "--full"), ("DEPTHWISE_CONV_2D", "serving_default", "version")),
        (("demo", "--runs", "1"), ("agreement", "median ms", "digits_float32", "speed-up", "delegated")),
    ],
    ids=lambda value: value[0],
)
def test_tables_fit_into_80_columns(monkeypatch: Any, command: Any, whole: Any) -> None:
    """Heads, numbers and operators' names stay whole; what is long goes on in the next line."""
    monkeypatch.setenv("COLUMNS", "80")
    model = str(DATA / "digits_int8.tflite")
    text = call(*(model if word == "MODEL" else word for word in command)).stdout
    assert [words for words in whole if words not in text] == []


# ------------------------------------------------------------------------------------------------- each command


def test_run(model: Any, tmp_path: Any) -> None:
    x = np.arange(6, dtype=np.float32).reshape(2, 3)
    np.save(tmp_path / "x.npy", x)
    report = loaded("run", model, str(tmp_path / "x.npy"), "-d", "fake", "-o", str(tmp_path / "out.npz"))
    np.testing.assert_allclose(report["outputs"][0]["value"], np.exp(-np.tanh(x)), rtol=1e-6)
    assert report["target"] == {"name": "fake", "device": "a fake device", "is_software": True}
    with np.load(tmp_path / "out.npz") as saved:
        np.testing.assert_allclose(saved["y2"], np.exp(-np.tanh(x)), rtol=1e-6)
    text = call("run", model, "-d", "fake").stdout
    assert "software: runs on the CPU" in text and "2 of 3 nodes on fake" in text


def test_run_prints_labels(tmp_path: Any) -> None:
    (tmp_path / "scores.tflite").write_bytes(chain("EXP", shape=(1, 3)))
    (tmp_path / "labels.txt").write_text("cat\ndog\nbird\n")
    np.save(tmp_path / "x.npy", np.array([[0, 2, 1]], np.float32))
    text = call(
        "run", str(tmp_path / "scores.tflite"), str(tmp_path / "x.npy"), "--labels", str(tmp_path / "labels.txt"),
        "--top", "2",
    ).stdout  # fmt: skip
    assert text.index("dog") < text.index("bird") and "cat" not in text


def test_compare(model: Any, only_the_fake_delegate: Any) -> None:
    report = loaded("compare", model, "-d", "fake", "--per-layer")
    assert report["outputs"][0]["error"]["max_abs"] < 1e-6 and len(report["layers"]) == 3
    assert "SNR" in call("compare", model, "-d", "fake", "--per-layer").stdout
    only_the_fake_delegate.wrong_by = 1.0
    call("compare", model, "-d", "fake", "--tolerance", "1e-3", code=1)


def test_bench(model: Any) -> None:
    report = loaded("bench", model, "--runs", "2")
    assert [t["target"]["name"] for t in report["timings"]] == ["cpu", "fake"]
    assert {"median_ms", "p95_ms", "first_ms", "load_ms", "speedup", "max_error", "share"} <= set(report["timings"][1])
    assert report["timings"][1]["runs"] == 2
    assert "speed-up" in call("bench", model, "--runs", "1", "-d", "fake").stdout
    assert "not a batch of 1" in call("bench", model, "--batch", "3", code=2).stderr
    assert [t["target"]["name"] for t in loaded("bench", model, "--runs", "1", "-d", "cpu")["timings"]] == ["cpu"]


@pytest.mark.parametrize("command", ["run", "compare", "bench", "explain", "profile"])
def test_precision_goes_to_the_delegate(command: str, model: Any, only_the_fake_delegate: Any) -> None:
    call(command, model, "-d", "fake", "--precision", "fp16", "--fp32", "EXP,2")
    assert only_the_fake_delegate.options == {"precision": "fp16", "fp32": "EXP,2"}


def test_precision_needs_a_delegate(model: Any) -> None:
    assert "give --delegate too" in call("run", model, "--precision", "fp16", code=2).output


def test_profile(model: Any, tmp_path: Any) -> None:
    report = loaded("profile", model, "-d", "fake", "--runs", "2", "--trace", str(tmp_path / "trace.json"))
    assert [(k["device"], k["nodes"], len(k["times_us"])) for k in report["kernels"]] == [
        ("fake", [0], 2), ("cpu", [1], 2), ("fake", [2], 2),
    ]  # fmt: skip
    assert len(json.loads((tmp_path / "trace.json").read_text())["traceEvents"]) == 2 + 2 * (1 + 1 + 2)
    text = call("profile", model, "-d", "fake", "--runs", "1").stdout
    assert "by operator" in text and text.count("not told") == 2
    assert [call("profile", model, "--runs", "1", *top).stdout.count(" cpu ") for top in ((), ("--top", "1"))] == [6, 4]


def test_explain(model: Any) -> None:
    (report,) = loaded("explain", model)
    assert report["placement"]["refusals"][0]["reason"] == "NEG is none of EXP, TANH"
    assert [p["device"] for p in report["placement"]["nodes"]] == ["fake", "cpu", "fake"]
    text = call("explain", model, "-d", "fake", "--nodes").stdout
    assert "2 of 3 nodes on fake (67%), 2 partitions, 96 B cross per run" in text and "NEG is none of" in text


def test_nodes_of_subgraphs_are_told_apart(tmp_path: Any) -> None:
    path = tmp_path / "loop.tflite"
    path.write_bytes(loop())
    (report,) = loaded("explain", str(path))
    places = [(p["subgraph"], p["node"], p["device"]) for p in report["placement"]["nodes"]]
    assert places == [(0, 0, "cpu"), (1, 0, "cpu"), (2, 0, "cpu"), (2, 1, "cpu"), (2, 2, "fake")]
    text = call("explain", str(path), "--nodes").stdout
    assert "2:2" in text and "2:ADD" in text and "2:0 " in text
    feeds = ["-i", str(tmp_path / "n.npy"), "-i", str(tmp_path / "x.npy")]
    np.save(tmp_path / "n.npy", np.int32([3]))
    np.save(tmp_path / "x.npy", np.ones((4, WIDTH), np.float32))
    rows = loaded("profile", str(path), "-d", "fake", "--runs", "1", *feeds)["kernels"]
    assert [(k["subgraph"], k["kernel"], k["calls"]) for k in rows if k["subgraph"] == 2] == [
        (2, "SUB", 3), (2, "ADD", 3), (2, "partition", 3)
    ]  # fmt: skip
    assert "3 x ADD" in call("profile", str(path), "-d", "fake", "--runs", "1", *feeds).stdout
    layers = loaded("compare", str(path), "-d", "fake", "--per-layer", *feeds)["layers"]
    assert {(layer["subgraph"], layer["op"]) for layer in layers} >= {(0, "WHILE"), (1, "GREATER"), (2, "TANH")}


def test_inspect(model: Any) -> None:
    report = loaded("inspect", model)
    assert report["subgraphs"][0]["op_counts"] == {"TANH": 1, "NEG": 1, "EXP": 1}
    text = call("inspect", model, "--full").stdout
    assert "subgraph 0" in text and "FLOAT32" in text and "TANH" in text


def test_devices_says_why_there_are_none(monkeypatch: Any) -> None:
    reason = "no driver: apt install mesa-vulkan-drivers"
    monkeypatch.setattr("delegant.cli.devices.discover", lambda api: Discovery(api, (), reason))
    assert "webgpu: no driver: apt install mesa-vulkan-drivers" in call("devices").stdout
    assert loaded("devices")[0] == {"api": "webgpu", "devices": [], "reason": reason}


def test_doctor_names_what_is_missing_and_fails_without_any_device(monkeypatch: Any) -> None:
    monkeypatch.setattr(
        "delegant.measure.diagnosis.discover", lambda api: Discovery(api, (), f"no {api}: pip install it")
    )
    result = call("doctor", code=1)
    assert "opencl: no opencl: pip install it" in result.stdout and "numpy" in result.stdout
    assert loaded("doctor", code=1)["packages"]["delegant"] == delegant.__version__


def test_doctor_is_content_with_one_device(monkeypatch: Any) -> None:
    from delegant.devices.device import DeviceInfo

    info = DeviceInfo("opencl", "a GPU", "someone", "1.0", "gpu", "opencl", 128, 1, 1, 1, 1)
    monkeypatch.setattr(
        "delegant.measure.diagnosis.discover",
        lambda api: Discovery(api, (info,) if api == "opencl" else (), "" if api == "opencl" else "no driver"),
    )
    report = loaded("doctor")
    assert report["apis"][1]["devices"][0]["name"] == "a GPU"
    assert report["notes"] == ["webgpu: no driver"]


def test_demo_classifies_digits_on_the_cpu_and_on_delegates() -> None:
    report = loaded("demo", "--runs", "1")
    assert report["digits"] == 450 and len(report["rows"]) == 4
    assert all(row["accuracy"] > 0.95 and row["agreement"] == 1 for row in report["rows"])
    text = call("demo", "--runs", "1", "-d", "fake", "-d", "missing").stdout
    assert "held-out handwritten digits" in text and "pip install pyopencl" in text
