"""HASHTABLE, HASHTABLE_IMPORT, HASHTABLE_FIND, HASHTABLE_SIZE: tables between int64 numbers and strings."""
from __future__ import annotations

from typing import Any

import numpy as np

from ..op import Bind, Op, Operand
from ..preparation import invoke_error
from ..schema import TensorType
from .registry import kernel

_PAIRS = {(TensorType.INT64, TensorType.STRING), (TensorType.STRING, TensorType.INT64)}
Table = dict[Any, Any]


@kernel("HASHTABLE")
def prepare(op: Op) -> Bind:
    """The handle of a table that is there from now on, without entries until the first import."""
    options, out = op.options, op.output()
    _check_types(op, options.key_dtype, options.value_dtype)
    out.resize((1,))

    def run() -> None:
        op.context.resources.tables.setdefault(options.table_id, None)
        out.array.fill(options.table_id)

    return lambda: run


@kernel("HASHTABLE_IMPORT")
def prepare_import(op: Op) -> Bind:
    """Fill a table; imports after the first change nothing, and of a repeated key the first value stays."""
    handle, keys, values = _handle(op), op.input(1), op.input(2)
    _check_types(op, keys.type, values.type)
    if keys.shape != values.shape:
        raise op.error(f"keys {keys} and values {values} differ in shape")

    def run() -> None:
        if _existing(op, handle) is None:
            table: Table = {}
            for key, value in zip(keys.array.reshape(-1).tolist(), values.array.reshape(-1).tolist(), strict=True):
                table.setdefault(key, value)
            op.context.resources.tables[_number(handle)] = table

    return lambda: run


@kernel("HASHTABLE_FIND")
def prepare_find(op: Op) -> Bind:
    """The values of the keys, a default where there is none."""
    handle, keys, default, out = _handle(op), op.input(1), op.input(2), op.output()
    _check_types(op, keys.type, out.type)
    if default.type != out.type:
        raise op.error(f"the default {default} is not of the type of {out}")
    out.resize(keys.shape)

    def run() -> None:
        table = _existing(op, handle)
        if table is None:
            raise invoke_error(op, "hashtable need to be initialized before using.")
        otherwise = default.array.reshape(-1)[0]
        out.array.reshape(-1)[:] = [table.get(key, otherwise) for key in keys.array.reshape(-1).tolist()]

    return lambda: run


@kernel("HASHTABLE_SIZE")
def prepare_size(op: Op) -> Bind:
    handle, out = _handle(op), op.output()
    out.resize((1,))
    return lambda: lambda: out.array.fill(len(_existing(op, handle) or ()))


def _check_types(op: Op, keys: TensorType, values: TensorType) -> None:
    if (keys, values) not in _PAIRS:
        raise op.error("a hash table is from INT64 to STRING or from STRING to INT64")


def _handle(op: Op) -> Operand:
    handle = op.input(0)
    if handle.shape != (1,):
        raise op.error(f"{handle} is no handle of a hash table")
    return handle


def _number(handle: Operand) -> int:
    return int(np.asarray(handle.array).reshape(-1)[0])


def _existing(op: Op, handle: Operand) -> Table | None:
    """The table behind a handle, None before its first import.

    Raises:
        RuntimeError: there is no such table.
    """
    tables, number = op.context.resources.tables, _number(handle)
    if number not in tables:
        raise invoke_error(op, f"there is no hash table {number}.")
    return tables[number]
