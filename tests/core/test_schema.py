"""The declared schema against the code that flatc generated for LiteRT: every table, field, id, default and enum."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import fields
from enum import IntEnum
from typing import Any

import pytest

from delegant.core import schema
from delegant.core.schema import OPTIONS_OF, BuiltinOperator, OperatorCode, Table, builtin_code_of, operator_name
from delegant.core.schema.declaration import Field, Kind

generated = pytest.importorskip("ai_edge_litert.schema_py_generated", reason="LiteRT's generated schema is needed")

NEWER = {"ExternalBuffer", "ExternalBufferGroup"}
"""Tables that came after the oldest LiteRT this suite supports."""

NEWER_FIELDS = {
    ("Tensor", "externalbuffer"),
    ("Model", "externalbuffergroups"),
    ("Model", "externalbuffers"),
    ("BlockwiseQuantization", "blockshape"),
    ("FullyConnectedOptions", "quantspec"),
}

TABLES = {name: cls for name, cls in vars(schema).items() if isinstance(cls, type) and issubclass(cls, Table)}
TABLES.pop("Table")
ENUMS = {name: cls for name, cls in vars(schema).items() if isinstance(cls, type) and issubclass(cls, IntEnum)}
GENERATED_TABLES = sorted(name for name, cls in vars(generated).items() if hasattr(cls, "GetRootAs"))
UNIONS = {
    "BuiltinOptions": schema.BUILTIN_OPTIONS,
    "BuiltinOptions2": schema.BUILTIN_OPTIONS_2,
    "QuantizationDetails": schema.quantization.QUANTIZATION_DETAILS,
    "SparseIndexVector": schema.quantization.SPARSE_INDEX_VECTORS,
}
SLOTS = {"?": "Bool", "b": "Int8", "B": "Uint8", "H": "Uint16", "i": "Int32", "I": "Uint32", "q": "Int64",
         "Q": "Uint64", "f": "Float32"}  # fmt: skip


class Recorder:
    """Stands in for a flatbuffers.Builder: remembers the one call that a generated function makes."""

    def __init__(self) -> None:
        self.call: tuple[str, tuple[Any, ...]] = ("", ())

    def __getattr__(self, name: str) -> Any:
        return lambda *arguments: setattr(self, "call", (name, arguments))


def squash(name: str) -> str:
    return name.replace("_", "").lower()


def generated_slots(table: str) -> dict[str, tuple[str, int, Any]]:
    """Squashed field name -> (slot type, id, default), by calling each of the table's generated Add functions."""
    slots = {}
    for name, function in vars(generated).items():
        if name.startswith(f"{table}Add") and callable(function):
            recorder = Recorder()
            function(recorder, 0)
            method, (slot, _, default) = recorder.call
            slots[squash(name.removeprefix(f"{table}Add"))] = (method, slot, default)
    return slots


def declared_slots(cls: type[Table]) -> dict[str, tuple[str, int, Any]]:
    slots = {}
    for name, field in cls.declaration:
        if field.kind is Kind.SCALAR:
            method, default = f"Prepend{SLOTS[field.scalar.format]}Slot", field.default
        else:
            method, default = "PrependUOffsetTRelativeSlot", 0
        slots[squash(name)] = (method, field.id, default)
        if field.kind is Kind.UNION:
            slots[squash(name) + "type"] = ("PrependUint8Slot", field.id - 1, 0)
    return slots


def test_tables_are_the_same() -> None:
    assert set(GENERATED_TABLES) | NEWER == set(TABLES) | NEWER


@pytest.mark.parametrize("table", GENERATED_TABLES)
def test_fields(table: str) -> None:
    declared, expected = declared_slots(TABLES[table]), generated_slots(table)
    for name in set(declared) - set(expected):
        assert (table, name) in NEWER_FIELDS, f"{table}.{name} is not in the format"
        del declared[name]
    assert declared == expected


@pytest.mark.parametrize("table", GENERATED_TABLES)
def test_vector_elements(table: str) -> None:
    for name, field in TABLES[table].declaration:
        if field.kind in (Kind.VECTOR, Kind.BYTES, Kind.TABLES):
            start = next(
                (f for n, f in vars(generated).items() if squash(n) == f"{table.lower()}start{squash(name)}vector"),
                None,
            )
            if start is not None:
                recorder = Recorder()
                start(recorder, 3)
                width = {Kind.VECTOR: field.scalar.width, Kind.BYTES: 1, Kind.TABLES: 4}[field.kind]
                assert recorder.call[1][0] == width, f"{table}.{name}"


@pytest.mark.parametrize("enum", sorted(ENUMS))
def test_enums(enum: str) -> None:
    expected = {k: v for k, v in vars(getattr(generated, enum)).items() if not k.startswith("_")}
    assert {member.name: member.value for member in ENUMS[enum]} == expected


@pytest.mark.parametrize("union", sorted(UNIONS))
def test_union_type_codes(union: str) -> None:
    expected = {k: v for k, v in vars(getattr(generated, union)).items() if not k.startswith("_") and k != "NONE"}
    declared = {cls.__name__: code for code, cls in enumerate(UNIONS[union], 1)}
    assert {name: code for name, code in declared.items() if name != "ReduceWindowOptions"} == {
        name: code for name, code in expected.items() if name != "ReduceWindowOptions"
    }


def test_every_builtin_operator_is_there() -> None:
    assert sorted(BuiltinOperator) == list(range(210))


def test_every_options_table_belongs_to_an_operator() -> None:
    used = set(OPTIONS_OF.values())
    assert used == set(schema.BUILTIN_OPTIONS) | set(schema.BUILTIN_OPTIONS_2)


def test_field_ids_are_unique() -> None:
    for name, cls in TABLES.items():
        ids = [f.id for _, f in cls.declaration] + [f.id - 1 for _, f in cls.declaration if f.kind is Kind.UNION]
        assert len(ids) == len(set(ids)), name


def test_no_table_contains_itself() -> None:
    """The reader's recursion ends because of this."""

    def depth(cls: type[Table], above: tuple[type[Table], ...]) -> int:
        assert cls not in above, f"{cls.__name__} is inside itself"
        inner = [member for _, field in cls.declaration for member in field.members]
        return 1 + max((depth(member, (*above, cls)) for member in inner), default=0)

    assert depth(schema.Model, ()) < 10


def test_records_are_frozen_and_have_defaults() -> None:
    cls: Any
    for name, cls in TABLES.items():
        record = cls()
        for (field_name, field), described in zip(cls.declaration, fields(cls), strict=True):
            assert described.name == field_name
            assert isinstance(field, Field)
            assert getattr(record, field_name) == field.default, name
        if cls.declaration:
            with pytest.raises(dataclasses.FrozenInstanceError):
                setattr(record, cls.declaration[0][0], 1)


def test_operator_names() -> None:
    assert operator_name(OperatorCode(deprecated_builtin_code=3)) == "CONV_2D"
    assert operator_name(OperatorCode(127, builtin_code=BuiltinOperator.GELU)) == "GELU"
    assert operator_name(OperatorCode(32, "MyOp", builtin_code=BuiltinOperator.CUSTOM)) == "MyOp"
    assert operator_name(OperatorCode(127, builtin_code=250)) == "UNKNOWN_250"  # type: ignore[arg-type]
    assert builtin_code_of(OperatorCode(127, builtin_code=BuiltinOperator.ADD)) == 127


def test_records_are_values() -> None:
    record = schema.Conv2DOptions(schema.Padding.VALID, stride_w=2)
    assert record == schema.Conv2DOptions(padding=schema.Padding.VALID, stride_w=2)
    assert hash(record) == hash(copy.copy(record)) and copy.copy(record) == record
    assert pickle.loads(pickle.dumps(record)) == record
    assert record != schema.Conv2DOptions() and schema.AddNOptions() != schema.CosOptions()
    assert dataclasses.replace(record, stride_h=3).stride_w == 2
    assert repr(record) == "Conv2DOptions(padding=<Padding.VALID: 1>, stride_w=2)"


def test_constructors_refuse_what_they_do_not_know() -> None:
    with pytest.raises(TypeError, match="SoftmaxOptions has 1 fields, not 2"):
        schema.SoftmaxOptions(1.0, 2.0)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="SoftmaxOptions has no field gamma"):
        schema.SoftmaxOptions(gamma=1.0)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="beta, or it is given twice"):
        schema.SoftmaxOptions(1.0, beta=2.0)  # type: ignore[misc]
