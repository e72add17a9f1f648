"""Programs: compiled together, kept on disk for drivers that do not keep them, and compiled without any disk."""
from __future__ import annotations

import os
import subprocess
import sys
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from launch_plans import chain, expected

from delegant.devices import cache
from delegant.devices.device import Device
from delegant.devices.opencl import binaries as opencl_binaries
from delegant.devices.opencl import program as opencl_program

pytestmark = pytest.mark.opencl
STEPS = [(2.0, 1), (-0.5, 3), (4.0, 0)]


def check(device: Device, extra: str = "") -> None:
    """Load and run a plan with two kernels. `extra` text makes it a program not seen before."""
    plan = chain(device, 16, STEPS, kernels=2)
    kernels = tuple(replace(kernel, text=kernel.text + extra) for kernel in plan.kernels)
    loaded = device.load(replace(plan, kernels=kernels))
    x, y = np.arange(16, dtype=np.float32), np.empty(16, np.float32)
    loaded.run([x], [y])
    np.testing.assert_array_equal(y, expected(x, STEPS))
    loaded.close()


@pytest.fixture
def kept(opencl_device: Device, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of kept programs, with a driver that seems to keep none."""
    monkeypatch.setenv(cache.ENVIRONMENT, str(tmp_path))
    monkeypatch.setattr("pyopencl.characterize.has_src_build_cache", lambda device: None)
    return tmp_path / "opencl-programs"


def test_a_program_is_kept_and_loaded_again(
    opencl_device: Device, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(opencl_device)
    (entry,) = kept.iterdir()
    loads: list[Any] = []
    load = opencl_binaries.load
    monkeypatch.setattr(opencl_binaries, "load", lambda *args: loads.append(load(*args)) or loads[-1])
    check(opencl_device)
    assert len(loads) == 1 and loads[0] is not None
    assert list(kept.iterdir()) == [entry]


@pytest.mark.parametrize("content", [b"", b"\0" * 5, b"garbage" * 100])
def test_a_kept_program_that_is_broken_is_made_again(opencl_device: Device, kept: Path, content: bytes) -> None:
    check(opencl_device)
    (entry,) = kept.iterdir()
    whole = entry.read_bytes()
    entry.write_bytes(content)
    check(opencl_device)
    assert cache.read(entry) is not None
    entry.write_bytes(whole[: len(whole) // 2])
    check(opencl_device)
    assert cache.read(entry) is not None


def test_a_kept_program_that_the_driver_refuses_is_made_again(opencl_device: Device, kept: Path) -> None:
    check(opencl_device)
    (entry,) = kept.iterdir()
    cache.write(entry, b"this was a program of an older driver")
    check(opencl_device)
    assert len(cache.read(entry) or b"") > 1000


def test_a_driver_that_keeps_programs_is_left_to_it(
    opencl_device: Device, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pyopencl.characterize.has_src_build_cache", lambda device: True)
    check(opencl_device)
    assert not kept.exists()


def test_kernels_that_do_not_compile_together_compile_apart(opencl_device: Device) -> None:
    check(opencl_device, "float helper(float x) { return x; }\n")


def test_programs_may_be_compiled_in_parts(opencl_device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opencl_program, "part_count", lambda device: 2)
    check(opencl_device)


def test_what_a_compiler_only_remarks_upon_is_not_shown(opencl_device: Device) -> None:
    """`x && 1` gets a remark of PoCL's compiler, which pyopencl turns into a warning."""
    name = f"remarkable_{os.getpid()}"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check(opencl_device, f"\nint {name}(int x);\nint {name}(int x) {{ return x && 3; }}\n")


def test_nothing_needs_a_home(opencl_device: Device) -> None:
    code = "import test_program as t; from delegant.devices.discovery import *; t.check(open_device('opencl'))"
    tests = Path(__file__).parent
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "DELEGANT_"))}
    path = os.pathsep.join([str(tests), str(tests.parents[1]), os.environ.get("PYTHONPATH", "")])
    environment |= {"HOME": "/proc/none", "PYTHONPATH": path}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
