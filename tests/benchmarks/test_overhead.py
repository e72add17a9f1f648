"""The benchmark of launches and transfers runs on every device, and counts what it says."""
from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

from overhead import LAUNCHES, chain, costs, interpreter_costs

from delegant.devices.device import Device


def test_the_chain_launches_its_kernel_so_often(device: Device) -> None:
    for group in (1, 8):
        plan = device.load(chain(device, LAUNCHES, group))
        before = np.frombuffer(plan.read(0, 0, 256), np.float32).copy()
        plan.run([], [])
        assert (np.frombuffer(plan.read(0, 0, 256), np.float32) - before).tolist() == [LAUNCHES] * 64
        plan.close()


def test_every_cost_is_found(device: Device) -> None:
    found = {cost.what: cost for cost in costs(device, "it", rounds=1)}
    assert len(found) == 9 and f"one launch of {LAUNCHES}" in found and "upload of 600 KiB" in found
    assert found["upload of 600 KiB"].total > 0


def test_the_interpreter_is_measured_alone() -> None:
    assert {cost.what for cost in interpreter_costs(1)} >= {"invoke", "set_tensor", "get_tensor"}
