"""Fixtures shared by all tests."""
from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from suites import MISSING, find_suites

from delegant.core.errors import DeviceUnavailableError
from delegant.devices.device import Device
from delegant.devices.discovery import open_device


@pytest.fixture(scope="session")
def suites() -> Path:
    """The folder of the frozen test data; the test is skipped where it is not."""
    path = find_suites()
    if path is None:
        pytest.skip(MISSING)
    return path


def open_or_skip(api: str) -> Device:
    """The preferred device of an API; without one the test is skipped, or fails if `DELEGANT_REQUIRE` names the API."""
    try:
        return open_device(api)
    except DeviceUnavailableError as error:
        if api in os.environ.get("DELEGANT_REQUIRE", "").split(","):
            pytest.fail(f"DELEGANT_REQUIRE names {api}, but {error}")
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def opencl_device() -> Iterator[Device]:
    """The preferred OpenCL device."""
    device = open_or_skip("opencl")
    yield device
    device.close()


@pytest.fixture(scope="session")
def webgpu_device() -> Iterator[Device]:
    """The preferred WebGPU device."""
    device = open_or_skip("webgpu")
    yield device
    device.close()


@pytest.fixture(
    params=[pytest.param("opencl", marks=pytest.mark.opencl), pytest.param("webgpu", marks=pytest.mark.webgpu)]
)
def device(request: pytest.FixtureRequest) -> Device:
    """Each API's preferred device in turn."""
    return request.getfixturevalue(f"{request.param}_device")
