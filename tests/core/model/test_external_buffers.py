"""Constants in files beside the model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from delegant.core.build.builder import ModelBuilder
from delegant.core.model.reader import open_model, read_model
from delegant.core.model.tensor_data import Constants
from delegant.core.model.writer import save_model, write_model
from delegant.core.schema import ExternalBuffer, ExternalBufferGroup, Model


def model_with_weights_elsewhere(**changes: Any) -> Model:
    """x + w with w, and another tensor that shares its bytes, at byte 4 of weights.bin."""
    m = ModelBuilder()
    x = m.input("x", (2,))
    w, same = m.tensor("w", (2,)), m.tensor("same", (1, 2))
    m.output(m.add(x, w))
    model = m.build()
    subgraph = model.subgraphs[0]
    tensors = [replace(t, external_buffer=7) if t.name in (w.name, same.name) else t for t in subgraph.tensors]
    buffer = replace(ExternalBuffer(id=7, group=0, offset=4, length=8), **changes)
    return replace(
        model,
        subgraphs=(replace(subgraph, tensors=tuple(tensors)),),
        external_buffer_groups=(ExternalBufferGroup("weights.bin"),),
        external_buffers=(buffer,),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "weights.bin").write_bytes(np.array([0, 1, 2], np.float32).tobytes())
    return tmp_path


def test_opening_finds_the_file(folder: Path) -> None:
    save_model(model_with_weights_elsewhere(), folder / "m.tflite")
    model = open_model(folder / "m.tflite")
    constants = Constants(model)
    values = {t.name: constants.get(t) for t in model.subgraphs[0].tensors}
    assert values["w"] is not None and values["w"].tolist() == [1.0, 2.0]
    assert values["same"] is not None and np.shares_memory(values["w"], values["same"])


def test_resaving_brings_the_constants_inside(folder: Path) -> None:
    save_model(model_with_weights_elsewhere(), folder / "m.tflite")
    model = open_model(folder / "m.tflite")
    assert read_model(write_model(model)) == model
    assert not model.external_buffers


def test_reading_from_memory_keeps_the_reference() -> None:
    model = model_with_weights_elsewhere()
    assert read_model(write_model(model)) == model


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id": 8}, "external buffer 7, which is not in the model"),
        ({"group": 3}, "External buffer 7 is in group 3 of 1"),
        ({"offset": 8}, "ends at byte 16 of 12"),
        ({"offset": (1 << 64) - 1}, "of 12 in its file"),
    ],
)
def test_references_to_nothing(folder: Path, changes: dict[str, int], message: str) -> None:
    save_model(model_with_weights_elsewhere(**changes), folder / "m.tflite")
    with pytest.raises(ValueError, match=message):
        open_model(folder / "m.tflite")


def test_missing_file(folder: Path) -> None:
    save_model(model_with_weights_elsewhere(), folder / "m.tflite")
    (folder / "weights.bin").unlink()
    with pytest.raises(ValueError, match=r"Could not open '.*weights\.bin'"):
        open_model(folder / "m.tflite")


@pytest.mark.parametrize("name", ["../secret", "/etc/hostname"])
def test_files_elsewhere_are_not_read(folder: Path, name: str) -> None:
    (folder / "secret").write_bytes(bytes(12))
    (folder / "models").mkdir()
    model = replace(model_with_weights_elsewhere(), external_buffer_groups=(ExternalBufferGroup(name),))
    save_model(model, folder / "models" / "m.tflite")
    with pytest.raises(ValueError, match="is not in the model's folder"):
        open_model(folder / "models" / "m.tflite")
