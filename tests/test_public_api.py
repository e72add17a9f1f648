"""The package as a user meets it: names, lazy imports, delegates by name, policies, failures, placement."""
from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from typing import Any

import numpy as np
import pytest
from fake_delegate import FakeDelegate, chain

import delegant
from delegant.delegates import registry

HEAVY = ("wgpu", "pyopencl", "rich", "typer", "ml_dtypes", "platformdirs", "filelock", "PIL")


def run_python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def interpreter_of(model: bytes, delegate: Any = None, **options: Any) -> delegant.Interpreter:
    interpreter = delegant.Interpreter(model_content=model, delegates=delegate, **options)
    interpreter.allocate_tensors()
    return interpreter


def invoke(interpreter: Any, x: Any) -> Any:
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x)
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


X = np.linspace(-1, 1, 6, dtype=np.float32).reshape(2, 3)
EXPECTED = np.exp(-np.tanh(X))
MODEL = ("TANH", "NEG", "EXP")


# ------------------------------------------------------------------------------------------------- names, imports


def test_every_public_name_exists() -> None:
    for name in delegant.__all__:
        assert getattr(delegant, name) is not None
    assert set(delegant.__all__) <= set(dir(delegant))


def test_unknown_names_are_attribute_errors() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = delegant.nothing


def test_import_and_interpreter_load_no_accelerator_and_no_terminal_library() -> None:
    code = f"import sys, delegant; delegant.Interpreter; print([m for m in {HEAVY} if m in sys.modules])"
    assert run_python(code).strip() == "[]"


def test_import_alone_loads_nothing_but_the_standard_library_numpy_and_flatbuffers() -> None:
    code = (
        "import sys; import numpy, flatbuffers; before = set(sys.modules); import delegant\n"
        "print(sorted({m.split('.')[0] for m in set(sys.modules) - before} - set(sys.stdlib_module_names)))"
    )
    assert run_python(code).strip() == "['delegant']"


@pytest.mark.parametrize("first", ["import delegant.devices.discovery", "delegant.Interpreter", "pass"])
def test_devices_is_a_folder_and_a_function(first: Any) -> None:
    code = f"import delegant; {first}; print(callable(delegant.devices), type(delegant.devices()))"
    assert run_python(code).strip() == "True <class 'list'>"


def test_the_module_has_litert_s_names() -> None:
    from delegant import interpreter

    for name in ("Interpreter", "SignatureRunner", "OpResolverType", "load_delegate", "Delegate"):
        assert hasattr(interpreter, name)


# ------------------------------------------------------------------------------------------------- delegates by name


def test_unknown_delegates_are_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"unknown delegate 'tpu': known are .*opencl.*webgpu"):
        delegant.load_delegate("tpu")


@pytest.mark.parametrize("name", ["libedgetpu.so", "libedgetpu.so.1", "/usr/lib/libgpu.so", "gpu.dll"])
def test_native_libraries_are_refused_with_an_explanation(name: Any) -> None:
    with pytest.raises(ValueError, match="native delegate library"):
        delegant.load_delegate(name)


def test_options_must_be_a_mapping() -> None:
    with pytest.raises(TypeError, match="mapping"):
        delegant.load_delegate("opencl", ["device"])  # type: ignore[arg-type]


def plug_in(monkeypatch: Any, value: str) -> None:
    entry = metadata.EntryPoint("plugged", value, registry.GROUP)
    monkeypatch.setattr(registry, "_entry_points", lambda: {"plugged": entry})


def create_fake(options: Any = None) -> Any:
    return FakeDelegate()


def test_plug_ins_are_found_by_name(monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, "some_plug_in", sys.modules[__name__])
    plug_in(monkeypatch, "some_plug_in:create_fake")
    assert "plugged" in delegant.known_delegates()
    interpreter = interpreter_of(chain(*MODEL), "plugged")
    assert [p.device for p in interpreter.placement] == ["fake", "cpu", "fake"]


def test_broken_plug_ins_say_so(monkeypatch: Any) -> None:
    plug_in(monkeypatch, "no_such_module:create")
    with pytest.raises(delegant.DelegantError, match="no_such_module"):
        delegant.load_delegate("plugged")
    monkeypatch.setitem(sys.modules, "some_plug_in", sys)
    plug_in(monkeypatch, "some_plug_in:intern")
    with pytest.raises((delegant.DelegantError, TypeError)):
        delegant.load_delegate("plugged")


def test_delegates_opened_by_name_are_closed_with_the_interpreter(monkeypatch: Any) -> None:
    opened = FakeDelegate()
    monkeypatch.setattr("delegant.interpreter.load_delegate", lambda name: opened)
    with interpreter_of(chain(*MODEL), ["fake"]):
        assert not opened.is_closed
    assert opened.is_closed and all(p.is_closed for p in opened.compiled)


def test_open_delegates_stay_the_users() -> None:
    own = FakeDelegate()
    with interpreter_of(chain(*MODEL), own):
        pass
    assert not own.is_closed


def test_a_delegate_that_was_opened_is_closed_when_the_next_cannot_be(monkeypatch: Any) -> Any:
    opened = FakeDelegate()

    def load(name: Any) -> Any:
        if name == "broken":
            raise delegant.DeviceUnavailableError("no driver: install one")
        return opened

    monkeypatch.setattr("delegant.interpreter.load_delegate", load)
    with pytest.raises(delegant.DeviceUnavailableError, match="install"):
        interpreter_of(chain(*MODEL), ["fake", "broken"])
    assert opened.is_closed


@pytest.mark.parametrize("options", [{"policy": "always"}, {"min_nodes": 0}])
def test_bad_options_are_value_errors(options: Any) -> None:
    with pytest.raises(ValueError, match=r"policy|min_nodes"):
        interpreter_of(chain(*MODEL), FakeDelegate(), **options)


def test_what_is_no_delegate_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="a delegate is a name"):
        interpreter_of(chain(*MODEL), [42])


# ------------------------------------------------------------------------------------------------- placement, policies


def test_experimental_delegates_is_another_name_for_delegates() -> None:
    fake = FakeDelegate()
    interpreter = delegant.Interpreter(model_content=chain(*MODEL), experimental_delegates=[fake])
    interpreter.allocate_tensors()
    np.testing.assert_allclose(invoke(interpreter, X), EXPECTED, rtol=1e-6)
    assert fake.runs >= 2 and interpreter.delegates == (fake,)


def test_placement_says_where_and_why() -> None:
    interpreter = interpreter_of(chain(*MODEL), FakeDelegate())
    assert [(p.op, p.device, p.partition) for p in interpreter.placement] == [
        ("TANH", "fake", 0), ("NEG", "cpu", None), ("EXP", "fake", 1),
    ]  # fmt: skip
    assert interpreter.placement[1].reason == "NEG is none of EXP, TANH"
    report = interpreter.placement_report()
    assert report.share == pytest.approx(2 / 3) and report.transfer_bytes == 4 * 24


def test_placement_without_delegates() -> None:
    interpreter = interpreter_of(chain(*MODEL))
    assert {p.rule for p in interpreter.placement} == {"no_delegate"}
    assert interpreter.placement_report().share == 0


def test_resizing_plans_again_with_the_new_shapes() -> None:
    interpreter = interpreter_of(chain(*MODEL), FakeDelegate())
    before = interpreter.placement_report().transfer_bytes
    interpreter.resize_tensor_input(interpreter.get_input_details()[0]["index"], (4, 3))
    interpreter.allocate_tensors()
    assert interpreter.placement_report().transfer_bytes == 2 * before
    x = np.ones((4, 3), np.float32)
    np.testing.assert_allclose(invoke(interpreter, x), np.exp(-np.tanh(x)), rtol=1e-6)


def test_require_names_what_is_left() -> None:
    with pytest.raises(delegant.DelegantError, match=r"node 1 \(NEG\): NEG is none of EXP, TANH"):
        interpreter_of(chain(*MODEL), FakeDelegate(), policy="require")


def test_an_attachment_has_its_own_policy() -> None:
    attachment = delegant.Attachment(FakeDelegate(), delegant.Policy.REQUIRE)
    with pytest.raises(delegant.DelegantError, match="require"):
        interpreter_of(chain(*MODEL), attachment, policy="prefer")


def test_preserving_all_tensors_reads_the_inside_of_a_partition() -> None:
    interpreter = interpreter_of(chain("TANH", "EXP"), FakeDelegate(), experimental_preserve_all_tensors=True)
    invoke(interpreter, X)
    inner = interpreter.graph.nodes[0].outputs[0]
    np.testing.assert_allclose(interpreter.get_tensor(inner), np.tanh(X), rtol=1e-6)


def test_auto_takes_back_what_is_slower_and_keeps_computing() -> None:
    slow = FakeDelegate(seconds=0.02)
    interpreter = interpreter_of(chain("TANH", "EXP"), slow, policy="auto")
    for _ in range(8):
        np.testing.assert_allclose(invoke(interpreter, X), np.exp(np.tanh(X)), rtol=1e-6)
    assert {(p.device, p.rule) for p in interpreter.placement} == {("cpu", "measured")}
    assert "slower than the CPU" in interpreter.placement[0].reason
    assert all(p.is_closed for p in slow.compiled)
    assert interpreter.placement_report().partitions == ()


def test_auto_keeps_what_is_faster(monkeypatch: Any) -> Any:
    fast = FakeDelegate()
    seconds = iter([1.0, 0.5] * 20)  # per trial: the CPU, then the delegate

    def timed(runs: Any) -> Any:
        for run in runs:
            run()
        return next(seconds)

    monkeypatch.setattr("delegant.core.delegation.measured_partition._seconds", timed)
    interpreter = interpreter_of(chain("TANH", "EXP"), fast, policy="auto")
    for _ in range(8):
        np.testing.assert_allclose(invoke(interpreter, X), np.exp(np.tanh(X)), rtol=1e-6)
    assert {p.device for p in interpreter.placement} == {"fake"}
    runs = fast.runs
    invoke(interpreter, X)
    assert fast.runs == runs + 1


# ------------------------------------------------------------------------------------------------- failures

FAILURES = {
    "compile error": ("compile", delegant.CompileError("no kernel", kernel="tanh", log="line 3: what?")),
    "out of memory while compiling": ("compile", delegant.DeviceMemoryError("512 MiB do not fit")),
    "device lost": ("run", delegant.DeviceLostError("the device went away")),
    "out of memory while running": ("run", delegant.DeviceMemoryError("no memory")),
    "an exception of another kind": ("run", ZeroDivisionError("division by zero")),
    "wrong output size": ("run", ValueError("could not broadcast (3, 2) into (2, 3)")),
}


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("good_runs", [0, 2])
def test_no_inference_is_lost_when_a_delegate_fails(failure: Any, good_runs: Any) -> None:
    stage, error = FAILURES[failure]
    delegate = FakeDelegate(("TANH", "EXP"), stage, error, good_runs)
    with pytest.warns(delegant.DelegateFallbackWarning, match="delegate fake failed") as caught:
        interpreter = interpreter_of(chain("TANH", "EXP"), delegate)
        for k in range(1, 5):
            np.testing.assert_allclose(invoke(interpreter, X * k), np.exp(np.tanh(X * k)), rtol=1e-6)
    assert len(caught) == 1, "one failure, one warning"
    assert {(p.device, p.rule) for p in interpreter.placement} == {("cpu", "fallback")}
    assert str(error).splitlines()[0] in interpreter.placement[0].reason


@pytest.mark.parametrize("failure", FAILURES)
def test_require_raises_when_a_delegate_fails(failure: Any) -> None:
    stage, error = FAILURES[failure]
    delegate = FakeDelegate(("TANH", "EXP"), stage, error)
    with pytest.raises(delegant.DelegantError) as caught:
        invoke(interpreter_of(chain("TANH", "EXP"), delegate, policy="require"), X)
    assert str(error).splitlines()[0] in str(caught.value)


# ------------------------------------------------------------------------------------------------- switches


def test_validation_names_the_tensor_that_differs(monkeypatch: Any) -> None:
    monkeypatch.setenv("DELEGANT_VALIDATE", "1")
    with pytest.warns(delegant.DelegateMismatchWarning, match=r"node 1 \(EXP\), tensor y1 .*error of") as caught:
        interpreter = interpreter_of(chain("TANH", "EXP"), FakeDelegate(wrong_by=0.5))
        for _ in range(3):
            np.testing.assert_allclose(invoke(interpreter, X), np.exp(np.tanh(X)) + 0.5, rtol=1e-6)
    assert len(caught) == 1


@pytest.mark.filterwarnings("error")
def test_validation_is_silent_about_right_results(monkeypatch: Any) -> None:
    monkeypatch.setenv("DELEGANT_VALIDATE", "1")
    interpreter = interpreter_of(chain(*MODEL), FakeDelegate())
    for k in range(3):
        np.testing.assert_allclose(invoke(interpreter, X * k), np.exp(-np.tanh(X * k)), rtol=1e-6)


def test_debug_prints_the_placement(monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.setenv("DELEGANT_DEBUG", "1")
    interpreter_of(chain(*MODEL), FakeDelegate())
    assert "2 of 3 nodes" in capsys.readouterr().err
    monkeypatch.setenv("DELEGANT_DEBUG", "0")
    interpreter_of(chain(*MODEL), FakeDelegate())
    assert capsys.readouterr().err == ""
