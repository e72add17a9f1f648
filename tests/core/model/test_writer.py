"""Writing: what is written reads back the same, and LiteRT computes the same with it."""

from __future__ import annotations

import dataclasses
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from oracle import LiteRTError, OracleCrashedError, run_litert

from delegant.core import schema
from delegant.core.build.builder import ModelBuilder
from delegant.core.model.flatbuffer import decode
from delegant.core.model.reader import open_model, read_model
from delegant.core.model.writer import save_model, write_model
from delegant.core.schema import OPTIONS_OF, Buffer, Model, Operator, OperatorCode, SubGraph, Table, Tensor
from delegant.core.schema.declaration import Field, Kind


def suite_io(suites: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("suite_io", suites / "suite_io.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def visible_cases(suites: Path) -> Iterator[Any]:
    """Every case with a model that is not there to be refused."""
    io = suite_io(suites)
    for folder in io.find_packs(suites / "visible"):
        for case in io.open_pack(folder):
            if case.model is not None and "refusal" not in case.tags:
                yield case


def sample(field: Field, number: int) -> Any:
    """A value for the field that is not its default."""
    if field.kind is Kind.SCALAR:
        if field.enum is not None:
            return max(field.enum)
        return {"?": not field.default, "f": 0.5 + number}.get(field.scalar.format, number + 3)
    if field.kind is Kind.VECTOR:
        if field.enum is not None:
            return tuple(field.enum)
        return {"?": (True, False), "f": (0.5, -2.0)}.get(field.scalar.format, (1, 2, number))
    if field.kind is Kind.STRING:
        return f"text {number}"
    if field.kind is Kind.BYTES:
        return bytes(range(number + 1))
    record = filled(field.members[number % len(field.members)])
    return (record, record) if field.kind is Kind.TABLES else record


def filled(cls: type[Table]) -> Table:
    """A record with every field away from its default."""
    return cls(**{name: sample(field, number) for number, (name, field) in enumerate(cls.declaration)})


def test_every_field_of_every_table_survives() -> None:
    model = filled(Model)
    assert isinstance(model, Model)
    assert decode(memoryview(write_model(model)), Model) == model


@pytest.mark.parametrize("options", schema.BUILTIN_OPTIONS + schema.BUILTIN_OPTIONS_2, ids=lambda cls: cls.__name__)
def test_options_survive(options: type[Table]) -> None:
    first = options in schema.BUILTIN_OPTIONS
    record = filled(options)
    op = Operator(builtin_options=record if first else None, builtin_options_2=None if first else record)
    model = Model(3, subgraphs=(SubGraph(operators=(op,)),))
    assert decode(memoryview(write_model(model)), Model) == model


def test_defaults_survive() -> None:
    model = Model(3, (OperatorCode(),), (SubGraph((Tensor(),)),), buffers=(Buffer(), Buffer(data=b"")))
    again = read_model(write_model(model))
    assert again == model
    assert again.buffers[0].data is None
    assert again.buffers[1].data is not None  # an empty constant is not the same as none


def test_constants_are_aligned() -> None:
    m = ModelBuilder()
    for size in range(1, 20):
        m.constant("c", np.full(size, size, np.int8))
    for behind in (False, True):
        data = write_model(m.build(), constants_behind=behind)
        whole = np.frombuffer(data, np.uint8)
        for buffer in read_model(data).buffers[1:]:
            start = np.frombuffer(buffer.data or b"", np.uint8).ctypes.data - whole.ctypes.data
            assert start % 16 == 0


def test_names_that_are_not_utf_8_survive() -> None:
    name = b"caf\xe9".decode("utf-8", "surrogateescape")
    model = Model(3, subgraphs=(SubGraph((Tensor(name=name),)),), buffers=(Buffer(),))
    assert read_model(write_model(model)).subgraphs[0].tensors[0].name == name


def test_save_model(rich_model: Model, tmp_path: Path) -> None:
    save_model(rich_model, tmp_path / "m.tflite")
    assert open_model(tmp_path / "m.tflite") == rich_model


def test_builder_and_reader_agree(rich_model: Model) -> None:
    again = read_model(write_model(rich_model))
    assert again == rich_model
    assert dataclasses.replace(again, description="") != rich_model


def test_every_options_class_has_an_operator_that_writes_it() -> None:
    for op, cls in OPTIONS_OF.items():
        m = ModelBuilder()
        m.op_with_outputs(op.name, [], [])
        (record,) = read_model(m.to_bytes()).subgraphs[0].operators
        assert type(record.builtin_options or record.builtin_options_2) is cls


@pytest.mark.suites
def test_visible_models_survive(suites: Path) -> None:
    count = 0
    for case in visible_cases(suites):
        model = read_model(case.model)
        assert read_model(write_model(model)) == model, case.id
        count += 1
    assert count > 1000


def outcome(model: bytes, case: Any) -> Any:
    """LiteRT's outputs as (type, shape, bytes), or the error it gives."""
    try:
        outputs = run_litert(model, case.inputs, "BUILTIN_WITHOUT_DEFAULT_DELEGATES", pre=case.pre)
    except LiteRTError as error:
        return error.kind, str(error)
    except OracleCrashedError:
        return "crash"
    leading = [case.tol.get("outputs", {}).get(str(i), {}).get("leading") for i in range(len(outputs))]
    defined = [x if n is None else x[:, :n] for x, n in zip(outputs, leading, strict=True)]  # the rest is garbage
    return [(x.dtype, x.shape, x.tolist() if x.dtype == object else x.tobytes()) for x in defined]


@pytest.mark.suites
def test_litert_computes_the_same_with_resaved_models(suites: Path) -> None:
    different = []
    for case in visible_cases(suites):
        if "RANDOM" in " ".join(case.ops) or "MULTINOMIAL" in case.ops:
            continue  # another draw every time
        if outcome(case.model, case) != outcome(write_model(read_model(case.model)), case):
            different.append(case.id)
    assert not different
