"""Inputs for a model: random, from NumPy files, from a picture."""
from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

Inputs = Mapping[str, np.ndarray] | Sequence[np.ndarray]
"""Arrays by the inputs' names, or in the order of `get_input_details`."""

Detail = Mapping[str, Any]
"""One entry of `get_input_details`."""

SCALINGS = {"signed": (2.0, -1.0), "unit": (1.0, 0.0), "raw": (255.0, 0.0)}
"""How a pixel p becomes a real number, p / 255 * factor + offset: signed is -1..1, unit 0..1, raw 0..255."""
CODES = "codes"
"""The scaling that makes pixels the codes of an 8-bit input: p for uint8, p - 128 for int8."""


def integer_range(dtype: Any) -> tuple[int, int]:
    """The smallest and largest value of an integer type."""
    bounds = np.iinfo(dtype)
    return int(bounds.min), int(bounds.max)


def random_array(detail: Detail, rng: np.random.Generator) -> np.ndarray:
    """Random values for one input.

    float and complex: uniform in [-1, 1). 8- and 16-bit integers: the type's whole range, as quantized tensors use it.
    Wider integers: 0 or 1, because they are mostly indices and those must exist. Strings: empty.
    """
    shape, dtype = tuple(int(n) for n in detail["shape"]), np.dtype(detail["dtype"])
    if dtype.kind in "OS":
        return np.full(shape, b"", dtype=object)
    if dtype.kind == "b":
        return rng.integers(0, 2, shape).astype(bool)
    if dtype.kind in "iu":
        low, high = integer_range(dtype) if dtype.itemsize < 4 else (0, 1)
        return rng.integers(low, high, shape, dtype=dtype, endpoint=True)
    return rng.uniform(-1, 1, shape).astype(dtype)


def random_inputs(details: Sequence[Detail], seed: int = 0) -> list[np.ndarray]:
    """Random values for every input, the same for the same seed."""
    rng = np.random.default_rng(seed)
    return [random_array(detail, rng) for detail in details]


def match_inputs(details: Sequence[Detail], inputs: Inputs) -> list[np.ndarray]:
    """`inputs` in the order of `details`.

    Raises:
        ValueError: the number or a name does not fit.
    """
    names = [str(detail["name"]) for detail in details]
    if len(inputs) != len(details):
        raise ValueError(f"the model has {len(details)} inputs ({', '.join(names)}), got {len(inputs)}")
    if not isinstance(inputs, Mapping):
        return [np.asarray(value) for value in inputs]
    unknown = sorted(set(inputs) - set(names))
    if unknown:
        raise ValueError(f"the model has no input {unknown[0]!r}; its inputs are {', '.join(names)}")
    return [np.asarray(inputs[name]) for name in names]


def batch_of(array: np.ndarray, size: int, name: str) -> np.ndarray:
    """`size` times the one example that an array has along its first dimension.

    Raises:
        ValueError: it has none, or more than one.
    """
    if size == 1:
        return array
    if array.ndim == 0 or array.shape[0] != 1:
        raise ValueError(
            f"input {name} has the shape {list(array.shape)}: its first dimension is not a batch of 1 example"
        )
    return np.repeat(array, size, axis=0)


def quantize(real: np.ndarray, detail: Detail) -> np.ndarray:
    """Real numbers as the codes of a quantized input: round(real / scale) + zero_point, clamped to the type."""
    scale, zero_point = detail["quantization"]
    codes = np.rint(real / scale) + zero_point
    return np.clip(codes, *integer_range(detail["dtype"])).astype(detail["dtype"])


def default_scaling(detail: Detail) -> str:
    """Which scaling a picture gets when the user names none.

    uint8: the pixels are the codes, as image models with uint8 inputs are made to be fed. int8: the range its codes
    stand for decides (below 0: signed; up to about 1: unit; else raw). A float input does not say; -1..1 is what most
    TFLite image models were trained on.
    """
    dtype, (scale, zero_point) = np.dtype(detail["dtype"]), detail["quantization"]
    if dtype.kind not in "iu":
        return "signed"
    if dtype == np.uint8 or not scale:
        return CODES
    low, high = ((code - zero_point) * scale for code in integer_range(dtype))
    if low < -0.5 * high:
        return "signed"
    return "unit" if high < 2 else "raw"


def scale_pixels(pixels: np.ndarray, detail: Detail, scaling: str) -> np.ndarray:
    """Pixels (0..255) as values of an input, by one of `SCALINGS` or as `CODES`.

    Raises:
        ValueError: the scaling is unknown, or makes real numbers for an integer input without quantization parameters.
    """
    dtype = np.dtype(detail["dtype"])
    if scaling == CODES:
        return (pixels.astype(np.int32) - (128 if dtype == np.int8 else 0)).astype(dtype)
    if scaling not in SCALINGS:
        raise ValueError(f"unknown scaling {scaling!r}: one of {', '.join([*SCALINGS, CODES])}")
    factor, offset = SCALINGS[scaling]
    real = pixels.astype(np.float32) / np.float32(255) * np.float32(factor) + np.float32(offset)
    if dtype.kind not in "iu":
        return real.astype(dtype)
    if not detail["quantization"][0]:
        raise ValueError(f"input {detail['name']} is {dtype} without quantization parameters: use scaling {CODES!r}")
    return quantize(real, detail)


def image_size(detail: Detail) -> tuple[int, int, int]:
    """Height, width and channels of an image input (NHWC).

    Raises:
        ValueError: the input is no picture.
    """
    shape = [int(n) for n in detail["shape"]]
    if len(shape) == 3:
        shape = [*shape, 1] if shape[-1] not in (1, 3, 4) else [1, *shape]
    if len(shape) != 4 or shape[0] != 1 or shape[3] not in (1, 3, 4):
        raise ValueError(f"input {detail['name']} of shape {shape} is no picture [1, height, width, 1, 3 or 4]")
    return shape[1], shape[2], shape[3]


def load_image(path: str | os.PathLike[str], detail: Detail, scaling: str | None = None) -> np.ndarray:
    """A picture for an image input: resized (bilinear, no cropping), converted to its channels, scaled to its range.

    Args:
        detail: the input's entry of `get_input_details`.
        scaling: "signed" (-1..1), "unit" (0..1), "raw" (0..255) or "codes"; by default `default_scaling`. Integer
            inputs are quantized with their parameters.

    Raises:
        ValueError: the input is no picture, the file cannot be read as one, or the scaling does not fit.
    """
    from PIL import Image, UnidentifiedImageError

    height, width, channels = image_size(detail)
    try:
        with Image.open(path) as picture:
            mode = {1: "L", 3: "RGB", 4: "RGBA"}[channels]
            resized = picture.convert(mode).resize((width, height), Image.Resampling.BILINEAR)
    except (UnidentifiedImageError, OSError) as error:
        raise ValueError(f"cannot read {os.fspath(path)!r} as a picture: {error}") from error
    pixels = np.asarray(resized).reshape([int(n) for n in detail["shape"]])
    return scale_pixels(pixels, detail, scaling or default_scaling(detail))


def _load_numpy(path: str | os.PathLike[str]) -> Any:
    """What NumPy finds in a file, with an error that names the file. Pickled objects are refused: they can run code."""
    try:
        return np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        kind = Path(path).suffix or "NumPy"
        raise ValueError(f"{os.fspath(path)!r} is no {kind} file of numbers; numpy.save writes one") from error


def load_npy(path: str | os.PathLike[str]) -> np.ndarray:
    """One input from a .npy file.

    Raises:
        ValueError: it cannot be read, or holds objects or several arrays.
    """
    array = _load_numpy(path)
    if not isinstance(array, np.ndarray):
        raise ValueError(f"{os.fspath(path)!r} holds several arrays: call it .npz")
    return array


def load_npz(path: str | os.PathLike[str], details: Sequence[Detail]) -> list[np.ndarray]:
    """Every input from one .npz file, by the inputs' names or, where none fits, in order.

    Raises:
        ValueError: the file's arrays do not fit the inputs.
    """
    archive = _load_numpy(path)
    if isinstance(archive, np.ndarray):
        raise ValueError(f"{os.fspath(path)!r} holds one array: call it .npy")
    with archive:
        arrays = {name: archive[name] for name in archive.files}
    if not set(arrays) & {str(detail["name"]) for detail in details}:
        return match_inputs(details, list(arrays.values()))
    return match_inputs(details, arrays)


def load_inputs(
    paths: Sequence[str | os.PathLike[str]], details: Sequence[Detail], scaling: str | None = None, seed: int = 0
) -> list[np.ndarray]:
    """Inputs from files: one .npz, or one .npy or picture per input; random where `paths` is empty.

    Raises:
        ValueError: a file is missing, cannot be read, or does not fit.
    """
    if not paths:
        return random_inputs(details, seed)
    for path in paths:
        if not Path(path).is_file():
            raise ValueError(f"no such input file: {os.fspath(path)}")
    if len(paths) == 1 and Path(paths[0]).suffix == ".npz":
        return load_npz(paths[0], details)
    if len(paths) != len(details):
        names = ", ".join(str(detail["name"]) for detail in details)
        raise ValueError(f"the model has {len(details)} inputs ({names}), got {len(paths)} files")
    return [
        load_npy(path) if Path(path).suffix == ".npy" else load_image(path, detail, scaling)
        for path, detail in zip(paths, details, strict=True)
    ]
