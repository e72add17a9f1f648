"""Products share a text whose lanes load rows of their own only where all of them have teams of one size."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from gpu_programs import program, work

from delegant.core.build.builder import GraphBuilder
from delegant.core.build.builder_base import BuilderTensor
from delegant.delegates.gpu.passes.lane_teams import spread_lanes
from delegant.delegates.gpu.program import ir
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.schedules.select import LaneTile

LLVMPIPE = DeviceClass.LLVMPIPE


def dense(*widths: int, rows: int = 28, activation: str = "NONE") -> ir.Program:
    """Fully connected layers one after the other, with `widths` outputs each."""

    def build(b: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
        for width in widths:
            x = b.fully_connected(x, np.zeros((width, x.shape[-1]), np.float32), activation=activation)
        return x

    return program((rows, widths[0]), build)


def spread(made: ir.Program, device: DeviceClass = LLVMPIPE) -> list[int]:
    """`across` of each operation's tile, 0 for one whose lanes load all rows."""
    tiles = [getattr(op, "schedule", None) for op in work(spread_lanes(made, device))]
    return [tile.across if isinstance(tile, LaneTile) and tile.spread else 0 for tile in tiles]


def test_products_of_one_width_spread_their_lanes() -> None:
    assert spread(dense(64, 64)) == [8, 8]
    assert spread(dense(32, 32)) == [4, 4]


def test_products_that_would_need_two_texts_keep_one() -> None:
    assert spread(dense(64, 32)) == [0, 0]


def test_a_single_row_is_loaded_by_all_lanes() -> None:
    assert spread(dense(64, 64, rows=1)) == [0, 0]


@pytest.mark.parametrize("device", [d for d in DeviceClass if d is not LLVMPIPE])
def test_other_devices_have_no_teams(device: DeviceClass) -> None:
    made = dense(64, 64)
    assert spread_lanes(made, device) is made


def test_a_schedule_that_was_measured_stays() -> None:
    made = dense(64, 64)
    chosen = LaneTile(7, (4,), 2)
    index = next(i for i, op in enumerate(made.ops) if isinstance(op, ir.FullyConnected | ir.Conv2D))
    ops = [replace(op, schedule=chosen) if i == index else op for i, op in enumerate(made.ops)]
    assert spread(made.with_ops(tuple(ops))) == [0, 8]
