"""PoCL is made to work on processors that its compiler does not know. Each test has a process of its own, because the
repair is made once in a process."""
from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from delegant.devices import host_cpu
from delegant.devices.device import Device
from delegant.devices.opencl import pocl

pytestmark = pytest.mark.opencl
_SPOIL = """
from delegant.devices import host_cpu
from delegant.devices.opencl import pocl
from delegant.devices.opencl.discovery import enumerate_devices
entry = next(entry for entry in enumerate_devices() if pocl.is_pocl(entry.handle))
address = int(entry.handle.int_ptr)
offset, name = pocl.find_name(address, pocl.LLVM_NAMES)
pocl.replace_name(address + offset, "generic")
"""
_BUILD = """
from delegant.core.errors import CompileError
from delegant.devices.opencl.device import OpenCLDevice
from launch_plans import chain
import numpy as np
device = OpenCLDevice(entry)
x, y = np.ones(16, np.float32), np.empty(16, np.float32)
try:
    plan = device.load(chain(device, 16, [(2.0, 1)]))
    plan.run([x], [y])
    print("works", y[0])
except CompileError as error:
    print("refused", "generic" in error.log)
print(pocl.repair(entry.handle).state)
"""


@pytest.fixture
def needs_pocl(opencl_device: Device) -> None:
    if "pocl" not in opencl_device.info.features or not sys.platform.startswith("linux"):
        pytest.skip("PoCL on Linux is not the device here")


def run(code: str, **environment: str) -> list[str]:
    """The lines that a new process prints."""
    path = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": path, **environment}, capture_output=True,
        text=True, timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")[:-1]


def test_an_unknown_processor_is_repaired(needs_pocl: None, tmp_path: Path) -> None:
    assert run(_SPOIL + _BUILD, DELEGANT_CACHE_DIR=str(tmp_path)) == ["works 3.0", "repaired"]


def test_without_the_repair_an_unknown_processor_is_refused(needs_pocl: None, tmp_path: Path) -> None:
    lines = run(_SPOIL + _BUILD, DELEGANT_POCL_FIX="0", POCL_CACHE_DIR=str(tmp_path))
    assert lines == ["refused True", "off"]


def test_a_known_processor_is_left_alone(needs_pocl: None, tmp_path: Path) -> None:
    known = _SPOIL.replace('"generic"', "host_cpu.llvm_name()")
    assert run(known + _BUILD, DELEGANT_CACHE_DIR=str(tmp_path)) == ["works 3.0", "not needed"]


def test_pocl_keeps_its_files_in_our_folder(needs_pocl: None, tmp_path: Path) -> None:
    run(_SPOIL + _BUILD, DELEGANT_CACHE_DIR=str(tmp_path))
    (folder,) = tmp_path.glob("pocl-*")
    assert host_cpu.llvm_name() in folder.name and any(folder.iterdir())


def test_without_a_place_for_its_files_pocl_works_on(needs_pocl: None, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert run(_SPOIL + _BUILD, DELEGANT_CACHE_DIR=str(tmp_path / "file")) == ["works 3.0", "repaired"]
    assert run(_SPOIL + _BUILD, DELEGANT_CACHE_DIR="off") == ["works 3.0", "repaired"]


def test_a_folder_that_the_user_chose_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POCL_CACHE_DIR", "chosen")
    with pocl.own_cache():
        assert os.environ["POCL_CACHE_DIR"] == "chosen"
    assert os.environ["POCL_CACHE_DIR"] == "chosen"


def test_child_processes_do_not_inherit_our_folder(needs_pocl: None) -> None:
    assert "POCL_CACHE_DIR" not in os.environ


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc/self/mem")
@pytest.mark.parametrize("address", [0, 8, 1 << 46, (1 << 64) - 8])
def test_an_address_without_memory_is_no_crash(address: int) -> None:
    assert pocl.find_name(address, frozenset({"generic"})) is None


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc/self/mem")
def test_a_name_is_found_and_replaced_in_a_structure() -> None:
    import ctypes

    text = ctypes.create_string_buffer(b"znver3")
    structure: Any = (ctypes.c_uint64 * 256)()
    structure[3], structure[9], structure[17] = 1, 0xDEADBEEF000, ctypes.addressof(text)
    address = ctypes.addressof(structure)
    assert pocl.find_name(address, frozenset({"generic"})) is None
    assert pocl.find_name(address, frozenset({"generic", "znver3"})) == (17 * 8, "znver3")
    pocl.replace_name(address + 17 * 8, "haswell")
    assert pocl.find_name(address, frozenset({"haswell"})) == (17 * 8, "haswell")


@pytest.mark.parametrize(
    ("flags", "name"),
    [
        ("fpu sse4_2", "x86-64"),
        ("avx", "sandybridge"),
        ("avx avx2 fma bmi2", "haswell"),
        ("avx avx2 fma bmi2 avx512f avx512dq avx512cd avx512bw avx512vl", "skylake-avx512"),
    ],
)
def test_the_name_fits_the_processor(flags: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_cpu, "cpu_info", lambda: ("a processor", frozenset(flags.split())))
    assert host_cpu.llvm_name() == name
    many, one = "OpenCL 3.0 PoCL 3.0-rc2, LLVM 14.0.6, SLEEF, DISTRO", "OpenCL 3.0 PoCL 5.0, LLVM 16"
    assert name not in pocl.wrong_names(many) and "generic" in pocl.wrong_names(many)
    assert pocl.wrong_names(one) == {"generic"}
    assert ("icelake-client" in pocl.wrong_names(many)) == (name in ("haswell", "skylake-avx512"))


def test_two_processes_compile_at_once(needs_pocl: None, tmp_path: Path) -> None:
    path = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path, "DELEGANT_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", _SPOIL + _BUILD]
    workers = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    for worker in workers:
        output, _ = worker.communicate(timeout=120)
        assert worker.returncode == 0 and output.startswith("works 3.0")


_CORES = """
import os
from delegant.devices.opencl.discovery import enumerate_devices
import numpy, pyopencl
before = set(os.listdir("/proc/self/task"))
enumerate_devices()
begun = [int(task) for task in set(os.listdir("/proc/self/task")) - before]
cores = sorted(sorted(os.sched_getaffinity(task)) for task in begun)
print(len(begun) == os.cpu_count(), cores == [[core] for core in range(os.cpu_count())])
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells a thread its core")
@pytest.mark.parametrize(("environment", "alone"), [({}, True), ({"POCL_AFFINITY": "0"}, False)])
def test_each_thread_has_a_core_of_its_own(
    needs_pocl: None, environment: dict[str, str], alone: bool, tmp_path: Path
) -> None:
    if os.sched_getaffinity(0) != set(range(os.cpu_count() or 0)) or os.cpu_count() == 1:
        pytest.skip("this process may use only some of the cores, or there is one")
    assert run(_CORES, DELEGANT_CACHE_DIR=str(tmp_path), **environment) == [f"True {alone}"]
