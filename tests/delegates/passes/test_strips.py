"""Convolutions that run strip by strip: which ones join, and that every strip computes its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from gpu_cases import weights
from gpu_programs import POCL, program

import delegant
from delegant.core.build.builder import GraphBuilder, ModelBuilder
from delegant.core.build.builder_base import BuilderTensor
from delegant.core.delegate import Delegate
from delegant.delegates.gpu.emission.strip_works import strip_scratch, strip_works
from delegant.delegates.gpu.passes import strips
from delegant.delegates.gpu.program import ir
from delegant.devices.device import DeviceInfo

SHAPE = (1, 23, 32, 8)
Build = Callable[[GraphBuilder, BuilderTensor], BuilderTensor]


@pytest.fixture(autouse=True)
def small_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Strips of few rows, for pictures of any size."""
    monkeypatch.setattr(strips, "SMALLEST", 0)
    monkeypatch.setattr(strips, "MOST_WORK", 9.0)
    monkeypatch.setattr(strips, "SCRATCH", 48 << 10)


def block(
    g: GraphBuilder, x: BuilderTensor, kernel: int = 3, stride: int = 1, dilation: int = 1, padding: str = "SAME"
) -> BuilderTensor:
    """Expand, filter, project, and add the input where that has the shape."""
    wide = g.conv_2d(x, weights(24, 1, 1, 8), weights(24), activation="RELU6")
    y = g.depthwise_conv_2d(
        wide, weights(1, kernel, kernel, 24), weights(24), activation="RELU", stride=stride, dilation=dilation,
        padding=padding,
    )  # fmt: skip
    y = g.conv_2d(y, weights(8, 1, 1, 24), weights(8))
    return g.add(x, y) if x.shape == y.shape else y


def first_layers(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
    """A convolution of a picture of few channels, then a depthwise one."""
    y = g.conv_2d(x, weights(16, 3, 3, 8), weights(16), stride=2, activation="RELU")
    return g.depthwise_conv_2d(y, weights(1, 5, 5, 16), weights(16))


def joined(build: Build, info: DeviceInfo = POCL, shape: tuple[int, ...] = SHAPE) -> list[ir.Strips]:
    return [op for op in strips.join_strips(program(shape, build), info).ops if isinstance(op, ir.Strips)]


def test_a_block_is_one_operation_that_lies_between_its_ends() -> None:
    made = strips.join_strips(program(SHAPE, block), POCL)
    (op,) = [op for op in made.ops if isinstance(op, ir.Strips)]
    assert [type(part) for part in op.ops] == [ir.Conv2D, ir.DepthwiseConv2D, ir.Conv2D]
    assert op.nodes == (0, 1, 2, 3)
    assert not {part.output for part in op.ops[:-1]} & {v for other in made.ops for v in (*other.reads, other.output)}
    assert strip_scratch(op, made) <= strips.SCRATCH


def test_strips_cover_the_output_once_and_read_what_they_need() -> None:
    made = strips.join_strips(program(SHAPE, block), POCL)
    (op,) = [op for op in made.ops if isinstance(op, ir.Strips)]
    row, works = 32 * 8 * 4, list(strip_works(op, made))
    reads, writes = ([strip[i].places[n] for strip in works] for i, n in ((0, "x"), (-1, "y")))
    assert [p.offset for p in writes] == [sum(p.size for p in writes[:i]) for i in range(len(writes))]
    assert sum(p.size for p in writes) == 23 * row
    assert [p.offset for p in reads[1:]] == [p.offset - row for p in writes[1:]]
    assert all(strip[1].places["x"] == strip[0].places["y"] for strip in works)


@pytest.mark.parametrize(
    "info",
    [replace(POCL, features=frozenset()), replace(POCL, device_class="gpu"), replace(POCL, buffer_alignment=4096)],
    ids=["no PoCL", "no processor", "rows that no binding can begin at"],
)
def test_other_devices_have_no_strips(info: DeviceInfo) -> None:
    assert joined(block, info) == []


def test_what_others_read_too_has_to_stay() -> None:
    def build(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
        wide = g.conv_2d(x, weights(24, 1, 1, 8), weights(24))
        return g.add(g.depthwise_conv_2d(wide, weights(1, 3, 3, 24), weights(24)), wide)

    assert joined(build) == []


def test_a_batch_a_multiplier_and_what_pays_little_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    assert joined(block, shape=(2, *SHAPE[1:])) == []
    assert joined(lambda g, x: g.depthwise_conv_2d(x, weights(1, 3, 3, 16), weights(16))) == []
    monkeypatch.setattr(strips, "MOST_WORK", 1.0)
    assert joined(block) == []
    monkeypatch.setattr(strips, "MOST_WORK", 9.0)
    monkeypatch.setattr(strips, "SMALLEST", 10**9)
    assert joined(block) == []


CASES: dict[str, Build] = {
    "3x3": block,
    "5x5": lambda g, x: block(g, x, kernel=5),
    "stride 2": lambda g, x: block(g, x, stride=2),
    "dilation 3": lambda g, x: block(g, x, dilation=3),
    "VALID": lambda g, x: block(g, x, kernel=5, padding="VALID"),
    "two blocks": lambda g, x: block(g, block(g, x)),
    "first layers": first_layers,
}


@pytest.mark.opencl
@pytest.mark.parametrize("case", CASES)
def test_strips_compute_what_the_operators_do(opencl_device: object, case: str) -> None:
    builder = ModelBuilder()
    builder.output(CASES[case](builder, builder.input("x", SHAPE)))
    delegate: Delegate = delegant.load_delegate("opencl", {"tune": "off"})
    x, results = np.random.default_rng(0).uniform(-1, 1, SHAPE).astype(np.float32), []
    for delegates in ([], [delegate]):
        interpreter = delegant.Interpreter(model_content=builder.to_bytes(), delegates=delegates, policy="require")
        interpreter.allocate_tensors()
        for _ in range(3):
            interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x)
            interpreter.invoke()
        results.append(interpreter.get_tensor(interpreter.get_output_details()[0]["index"]))
    np.testing.assert_allclose(results[1], results[0], rtol=1e-4, atol=1e-4)
