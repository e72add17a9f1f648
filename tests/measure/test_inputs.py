"""Inputs from everywhere: random, files, pictures, with every scaling."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

from delegant.measure.inputs import (
    default_scaling,
    image_size,
    load_image,
    load_inputs,
    match_inputs,
    random_inputs,
)


def detail(dtype: Any = "float32", shape: Any = (1, 2, 2, 3), quantization: Any = (0.0, 0), name: Any = "image") -> Any:
    return {"name": name, "dtype": np.dtype(dtype).type, "shape": np.array(shape), "quantization": quantization}


@pytest.fixture
def picture(tmp_path: Any) -> Any:
    """Four pixels: black, white, red, grey."""
    pixels = np.array([[[0, 0, 0], [255, 255, 255]], [[255, 0, 0], [51, 51, 51]]], np.uint8)
    path = tmp_path / "four.png"
    Image.fromarray(pixels).save(path)
    return path, pixels


@pytest.mark.parametrize(
    ("dtype", "low", "high"),
    [("float32", -1, 1), ("int8", -128, 127), ("uint8", 0, 255), ("int32", 0, 1), ("int64", 0, 1), ("bool", 0, 1)],
)
def test_random_inputs_fit_their_type_and_repeat(dtype: Any, low: Any, high: Any) -> None:
    a, b = (random_inputs([detail(dtype, (50, 4))], seed=3)[0] for _ in range(2))
    assert a.dtype == np.dtype(dtype) and a.shape == (50, 4)
    np.testing.assert_array_equal(a, b)
    assert a.min() >= low and a.max() <= high and a.min() < a.max()
    assert not np.array_equal(a, random_inputs([detail(dtype, (50, 4))], seed=4)[0])


def test_inputs_match_by_name_or_order() -> None:
    details = [detail(name="a"), detail(name="b")]
    one, two = np.zeros(1), np.ones(1)
    assert match_inputs(details, {"b": two, "a": one})[1] is two
    assert match_inputs(details, [one, two])[0] is one
    with pytest.raises(ValueError, match="2 inputs \\(a, b\\), got 1"):
        match_inputs(details, [one])
    with pytest.raises(ValueError, match="no input 'c'"):
        match_inputs(details, {"a": one, "c": two})


@pytest.mark.parametrize(
    ("entry", "scaling"),
    [
        (detail("float32"), "signed"),
        (detail("uint8", quantization=(1 / 128, 128)), "codes"),
        (detail("int8"), "codes"),
        (detail("int8", quantization=(1 / 255, -128)), "unit"),
        (detail("int8", quantization=(2 / 255, -1)), "signed"),
        (detail("int8", quantization=(1.0, -128)), "raw"),
    ],
)
def test_the_default_scaling_follows_the_input(entry: Any, scaling: Any) -> None:
    assert default_scaling(entry) == scaling


@pytest.mark.parametrize(("scaling", "factor", "offset"), [("signed", 2, -1), ("unit", 1, 0), ("raw", 255, 0)])
def test_scalings_of_float_inputs(picture: Any, scaling: Any, factor: Any, offset: Any) -> None:
    path, pixels = picture
    loaded = load_image(path, detail(), scaling)
    np.testing.assert_allclose(loaded[0], pixels / 255 * factor + offset, atol=1e-6)
    assert loaded.dtype == np.float32


def test_integer_inputs_take_codes_or_are_quantized(picture: Any) -> None:
    path, pixels = picture
    np.testing.assert_array_equal(load_image(path, detail("uint8", quantization=(1 / 128, 128)))[0], pixels)
    np.testing.assert_array_equal(load_image(path, detail("int8"))[0], pixels.astype(int) - 128)
    quantized = load_image(path, detail("int8", quantization=(1 / 255, -128)))
    np.testing.assert_array_equal(quantized[0], pixels.astype(int) - 128)
    with pytest.raises(ValueError, match="codes"):
        load_image(path, detail("int8"), "signed")


def test_pictures_are_resized_and_converted(picture: Any) -> None:
    path, _ = picture
    assert load_image(path, detail(shape=(1, 5, 7, 1))).shape == (1, 5, 7, 1)
    assert image_size(detail(shape=(5, 7, 3))) == (5, 7, 3)


@pytest.mark.parametrize("shape", [(1, 10), (2, 8, 8, 3), (1, 8, 8, 7)])
def test_inputs_that_are_no_pictures_are_refused(picture: Any, shape: Any) -> None:
    with pytest.raises(ValueError, match="no picture"):
        load_image(picture[0], detail(shape=shape))


def test_unreadable_pictures_and_unknown_scalings_are_refused(picture: Any, tmp_path: Any) -> None:
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(ValueError, match="cannot read"):
        load_image(tmp_path / "text.png", detail())
    with pytest.raises(ValueError, match="unknown scaling"):
        load_image(picture[0], detail(), "loud")


def test_numpy_files(tmp_path: Any) -> None:
    a, b = np.arange(3.0), np.arange(4.0)
    np.save(tmp_path / "a.npy", a)
    np.save(tmp_path / "b.npy", b)
    np.savez(tmp_path / "named.npz", two=b, one=a)
    np.savez(tmp_path / "ordered.npz", a, b)
    details = [detail(name="one"), detail(name="two")]
    for paths in (["a.npy", "b.npy"], ["named.npz"], ["ordered.npz"]):
        first, second = load_inputs([tmp_path / p for p in paths], details)
        np.testing.assert_array_equal(first, a)
        np.testing.assert_array_equal(second, b)
    with pytest.raises(ValueError, match="got 1 files"):
        load_inputs([tmp_path / "a.npy"], details)
    with pytest.raises(ValueError, match="no such input file"):
        load_inputs([tmp_path / "none.npy"], details)


def test_pickles_are_not_loaded(tmp_path: Any) -> None:
    np.save(tmp_path / "evil.npy", np.array([object()]), allow_pickle=True)
    with pytest.raises(ValueError, match="pickle"):
        load_inputs([tmp_path / "evil.npy"], [detail()])
