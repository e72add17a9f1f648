"""Fixtures of the kernel tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from byte_places import PLACES, Place, multiplying
from kernel_machines import CLASSES

from delegant.devices.device import Device
from delegant.shaders.device_class import DeviceClass

_MARKS = {"opencl": (pytest.mark.opencl,), "webgpu": (pytest.mark.webgpu,), "numpy": ()}
_TARGETS = [
    pytest.param((machine, kind), id=f"{machine}-{kind.value}", marks=_MARKS[machine])
    for machine, kinds in CLASSES.items()
    for kind in kinds
]


@pytest.fixture(params=_TARGETS)
def target(request: pytest.FixtureRequest) -> Iterator[tuple[Device | None, DeviceClass]]:
    """(device, or None for the NumPy machine; the class whose schedules it runs)."""
    machine, kind = request.param
    yield (None if machine == "numpy" else request.getfixturevalue(f"{machine}_device"), kind)


@pytest.fixture(params=[pytest.param(name, marks=_MARKS[name]) for name in CLASSES])
def machine(request: pytest.FixtureRequest) -> Device | None:
    """A device of each API, or None for the NumPy machine."""
    return None if request.param == "numpy" else request.getfixturevalue(f"{request.param}_device")


@pytest.fixture(params=["numpy", pytest.param("opencl", marks=pytest.mark.opencl)])
def byte_machine(request: pytest.FixtureRequest) -> Device | None:
    """A machine with the instructions that OpenCL C has for bytes."""
    return multiplying(request, request.param)


@pytest.fixture(params=[pytest.param(p, marks=_MARKS[p[0]], id=f"{p[0]}-{p[1].value}") for p in PLACES])
def place(request: pytest.FixtureRequest) -> Place:
    machine, kind = request.param
    return Place(multiplying(request, machine), kind)
