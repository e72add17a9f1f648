"""Fixtures shared by all tests."""
from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from suites import MISSING, find_suites

import delegant
from delegant.core.delegate import Delegate
from delegant.core.errors import DeviceUnavailableError
from delegant.devices.device import Device
from delegant.devices.discovery import open_device

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")  # a busy machine is no failure


@pytest.fixture(scope="session")
def suites() -> Path:
    """The folder of the frozen test data; the test is skipped where it is not."""
    path = find_suites()
    if path is None:
        pytest.skip(MISSING)
    return path


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Fresh seeds have one name, so that the processes of `pytest -n` collect the same tests."""
    is_fresh = argname == "seed" and isinstance(val, int) and val > LARGEST_FIXED_SEED
    return "fresh" if is_fresh else None


LARGEST_FIXED_SEED = 1000
Opened = TypeVar("Opened")


def open_or_skip(api: str, opener: Callable[[str], Opened]) -> Opened:
    """What `opener` opens on an API; without a device the test is skipped, or fails if `DELEGANT_REQUIRE` names it."""
    try:
        return opener(api)
    except DeviceUnavailableError as error:
        if api in os.environ.get("DELEGANT_REQUIRE", "").split(","):
            pytest.fail(f"DELEGANT_REQUIRE names {api}, but {error}")
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def opencl_device() -> Iterator[Device]:
    """The preferred OpenCL device."""
    device = open_or_skip("opencl", open_device)
    yield device
    device.close()


@pytest.fixture(scope="session")
def webgpu_device() -> Iterator[Device]:
    """The preferred WebGPU device."""
    device = open_or_skip("webgpu", open_device)
    yield device
    device.close()


EACH_API = [pytest.param("opencl", marks=pytest.mark.opencl), pytest.param("webgpu", marks=pytest.mark.webgpu)]


@pytest.fixture(params=EACH_API)
def device(request: pytest.FixtureRequest) -> Device:
    """Each API's preferred device in turn."""
    return request.getfixturevalue(f"{request.param}_device")


@pytest.fixture(scope="module", params=EACH_API)
def delegate(request: pytest.FixtureRequest) -> Iterator[Delegate]:
    """Each API's delegate in turn, on the preferred device."""
    opened = open_or_skip(request.param, delegant.load_delegate)
    yield opened
    opened.close()
