"""Mutations of a model's records: what bytes hardly reach by chance, a file that decodes but refers to nonsense."""
from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from delegant.core.model.reader import read_model
from delegant.core.model.writer import write_model
from delegant.core.schema import Model
from delegant.core.schema.declaration import Field, Kind, Table

_LENGTHS = (0, 1, 3, 4, 8, 64)


def mutate_model(data: bytes, rng: random.Random) -> bytes:
    """The file with one to three fields of its records changed.

    Raises:
        ValueError: it is not a model, or the new values cannot be written.
    """
    model: Any = read_model(data)
    for _ in range(rng.randint(1, 3)):
        model = _record(model, rng)
    try:
        return write_model(model)
    except Exception as error:  # whatever the writer says of values that do not fit their fields
        raise ValueError("the mutated model cannot be written") from error


def _record(record: Table, rng: random.Random) -> Table:
    """The record with one field, somewhere in it or below, changed; containers are preferred to numbers."""
    below = [(n, f) for n, f in record.declaration if getattr(record, n) and f.kind in (Kind.TABLE, Kind.TABLES)]
    own = [(n, f) for n, f in record.declaration if f.kind is not Kind.TABLES or not getattr(record, n)]
    if not record.declaration:
        return record
    name, field = rng.choice(below if below and (rng.random() < 0.85 or isinstance(record, Model)) else own or below)
    return replace(record, **{name: _value(field, getattr(record, name), rng)})  # type: ignore[type-var]


def _value(field: Field, value: Any, rng: random.Random) -> Any:
    if field.kind is Kind.SCALAR:
        return _number(field.scalar.format, value, rng)
    if field.kind is Kind.VECTOR:
        return _vector(field.scalar.format, value, rng)
    if field.kind is Kind.STRING:
        return "".join(chr(rng.randrange(32, 300)) for _ in range(rng.choice(_LENGTHS)))
    if field.kind is Kind.BYTES:
        return rng.choice((None, rng.randbytes(rng.choice(_LENGTHS)), bytes(value or b"")[: rng.choice(_LENGTHS)]))
    if field.kind is Kind.TABLES:
        return _tables(field, value, rng)
    members = field.members if field.kind is Kind.UNION and rng.random() < 0.5 else ()
    if members or value is None:
        return rng.choice(members or field.members)()
    return None if rng.random() < 0.1 else _record(value, rng)


def _number(code: str, value: Any, rng: random.Random) -> Any:
    if code == "?":
        return not value
    if code == "f":
        return rng.choice((0.0, -1.0, 1e-30, 1e30, float("inf"), float("nan")))
    near = (int(value) - 1, int(value) + 1, 0, 1, -1, rng.randrange(256), 1 << 20, (1 << 31) - 1, -(1 << 31), 1 << 62)
    low, high = _limits(code)
    return min(max(rng.choice(near), low), high)


def _limits(code: str) -> tuple[int, int]:
    bits = 8 * {"b": 1, "B": 1, "H": 2, "i": 4, "I": 4, "q": 8, "Q": 8}[code]
    return (-(1 << bits - 1), (1 << bits - 1) - 1) if code.islower() else (0, (1 << bits) - 1)


def _vector(code: str, values: tuple[Any, ...], rng: random.Random) -> tuple[Any, ...]:
    at, number = rng.randrange(len(values) + 1), _number(code, values[0] if values else 0, rng)
    kept = rng.randrange(2)  # 1: insert before `at`; 0: replace what is there
    return (*values[:at], number, *values[at + 1 - kept :]) if rng.random() < 0.8 else values[:at]


def _tables(field: Field, values: tuple[Table, ...], rng: random.Random) -> tuple[Table, ...]:
    if not values:
        return (field.members[0](),)
    at, choice = rng.randrange(len(values)), rng.random()
    if choice < 0.05:
        return values[:at] + values[at + 1 :]
    if choice < 0.1:
        return (*values, values[at])
    return (*values[:at], _record(values[at], rng), *values[at + 1 :])
