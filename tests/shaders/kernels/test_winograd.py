"""3x3 convolutions by fewer products: over odd sizes and channels, in parts, and how they round."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from conv_references import conv_2d_reference
from kernel_machines import run

from delegant.devices.device import Device
from delegant.shaders.conv_window import ConvWindow
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.kernels import winograd
from delegant.shaders.kernels.conv_2d import conv_2d
from delegant.shaders.kernels.winograd import (
    Squares,
    best_size,
    pitch,
    transformed_weights,
    winograd_input,
    winograd_output,
    winograd_product,
)
from delegant.shaders.parts.epilogue import NO_STEPS, Beside, Epilogue, activation, bias, combine

MACHINES = [pytest.param("numpy"), pytest.param("opencl", marks=pytest.mark.opencl)]
SIZES = [2, 4]
WINDOWS = [
    pytest.param(ConvWindow.of((1, 8, 8, 16), (3, 3)), 16, id="whole-squares"),
    pytest.param(ConvWindow.of((2, 7, 9, 20), (3, 3)), 24, id="odd-sizes-of-two-pictures"),
    pytest.param(ConvWindow.of((1, 11, 5, 7), (3, 3), padding="VALID"), 9, id="odd-channels-valid"),
    pytest.param(ConvWindow.of((1, 1, 1, 5), (3, 3)), 3, id="one-pixel"),
    pytest.param(ConvWindow((1, 4, 6, 12), (7, 5), (3, 3), padding=(3, 2)), 36, id="explicit-padding"),
]


@pytest.fixture(params=MACHINES)
def machine(request: pytest.FixtureRequest) -> Device | None:
    return None if request.param == "numpy" else request.getfixturevalue(f"{request.param}_device")


def convolve(
    machine: Device | None,
    window: ConvWindow,
    size: int,
    x: np.ndarray,
    w: np.ndarray,
    epilogue: Epilogue = NO_STEPS,
    parts: Sequence[range] | None = None,
    **beside: np.ndarray,
) -> list[np.ndarray]:
    """What the three kernels make of each part; what is not of the part is anything."""
    squares, (out, _, _, depth) = Squares.of(window, size), w.shape
    parts = parts or [range(squares.count)]
    calls = zip(
        parts,
        winograd_input(window, squares, parts),
        winograd_product(transformed_weights(w, size), parts),
        winograd_output(window, squares, parts, out, epilogue),
        strict=True,
    )
    made = []
    for part, apart, product, together in calls:
        values = run(apart, {"x": x}, (squares.positions, pitch(len(part), depth)), machine)
        sums = run(product, {"x": values}, (squares.positions, pitch(len(part), out)), machine)
        made.append(run(together, {"x": sums, **beside}, (window.x_shape[0], *window.y_size, out), machine))
    return made


def operands(window: ConvWindow, out: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(out)
    return rng.standard_normal(window.x_shape, np.float32), rng.standard_normal(
        (out, 3, 3, window.x_shape[3]), np.float32
    )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("window", "out"), WINDOWS)
def test_convolution(machine: Device | None, window: ConvWindow, out: int, size: int) -> None:
    x, w = operands(window, out)
    b = np.linspace(-1, 1, out, dtype=np.float32)
    expected = np.maximum(conv_2d_reference(x, w, window, 1) + b, 0)
    other = np.random.default_rng(1).standard_normal(expected.shape, np.float32)
    steps = Epilogue((bias(b), activation("RELU"), combine("mul", Beside("other"))))
    (got,) = convolve(machine, window, size, x, w, steps, other=other)
    np.testing.assert_allclose(got, expected * other, rtol=1e-4, atol=1e-4)


def test_hints_at_weights_leave_the_bits(machine: Device | None, monkeypatch: pytest.MonkeyPatch) -> None:
    window, out = ConvWindow.of((1, 9, 10, 16), (3, 3)), 40
    x, w = operands(window, out)
    (plain,) = convolve(machine, window, 4, x, w)
    monkeypatch.setattr(winograd, "HINTED", 0)
    monkeypatch.setattr(winograd, "HINTED_PANELS", 1)
    (call,) = winograd_product(transformed_weights(w, 4), [range(9)])
    assert call.kernel.name.endswith("_ahead")
    (hinted,) = convolve(machine, window, 4, x, w)
    np.testing.assert_array_equal(hinted, plain)


@pytest.mark.parametrize("size", SIZES)
def test_parts_make_the_whole_with_the_same_bits(machine: Device | None, size: int) -> None:
    """Each writes its own squares and no others."""
    window, out = ConvWindow.of((2, 9, 10, 16), (3, 3)), 20
    x, w = operands(window, out)
    squares = Squares.of(window, size)
    (whole,) = convolve(machine, window, size, x, w)
    middle = squares.count // 2 + 1
    parts = [range(middle), range(middle, squares.count)]
    pieces = convolve(machine, window, size, x, w, parts=parts)
    owner = np.arange(squares.count).reshape(squares.pictures, squares.down, squares.across)
    owner = owner.repeat(size, 1).repeat(size, 2)[:, : window.y_size[0], : window.y_size[1]]
    for part, piece in zip(parts, pieces, strict=True):
        mine = (owner >= part.start) & (owner < part.stop)
        np.testing.assert_array_equal(piece[mine], whole[mine])


@pytest.mark.parametrize(("size", "bound"), [(2, 1.5), (4, 8.0)])
def test_sums_round_about_as_well_as_plain_ones(size: int, bound: float) -> None:
    """In the root of the mean square, over what the sums of the plain kernel are off by."""
    window, out = ConvWindow.of((1, 12, 12, 128), (3, 3)), 16
    x, w = operands(window, out)
    exact = conv_2d_reference(x, w, window, 1)
    plain = run(conv_2d(DeviceClass.CPU, window, w), {"x": x}, exact.shape, None)
    (got,) = convolve(None, window, size, x, w)
    assert np.sqrt(np.mean((got - exact) ** 2)) <= bound * np.sqrt(np.mean((plain - exact) ** 2))


@pytest.mark.parametrize(
    ("picture", "out", "size"),
    [
        ((1, 56, 56, 64), 64, 4),
        ((1, 14, 14, 256), 256, 2),
        ((1, 7, 7, 512), 512, None),
        ((1, 128, 128, 16), 16, 4),
        ((1, 64, 64, 3), 64, None),
        ((1, 64, 64, 64), 3, None),
        ((1, 2, 2, 64), 64, None),
    ],
)
def test_the_size_suits_the_picture_and_the_weights(
    picture: tuple[int, int, int, int], out: int, size: int | None
) -> None:
    assert best_size(ConvWindow.of(picture, (3, 3)), out) == size
