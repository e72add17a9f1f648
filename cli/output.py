"""Printing: tables for people, JSON for programs, one line for an error."""
from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.table import Table

SOFTWARE = "software: runs on the CPU"
"""How a software adapter is marked wherever a device is named."""


def console() -> Console:
    """Standard output, bound now, so that a caller may have replaced it. Where it is no terminal it is wide: cells that
    wrap are hard to search for."""
    out = Console(highlight=False)
    if not out.is_terminal and "COLUMNS" not in os.environ:
        out.width = 200
    return out


def errors() -> Console:
    """Standard error."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def plain(value: Any) -> Any:
    """`value` as JSON can hold it: records as objects, arrays as lists, infinities and NaN as null."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, (set, frozenset)):
        return sorted(plain(item) for item in value)
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return _plain_scalar(value)


def _plain_scalar(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, complex):
        return [plain(value.real), plain(value.imag)]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, (str, int, bool)) else str(value)


def print_json(value: Any) -> None:
    """Print a record as JSON."""
    print(json.dumps(plain(value), indent=2))


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> None:
    """Print a table; columns whose index is in `right` are aligned to the right."""
    table = Table(title=escape(title) or None, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for index, column in enumerate(columns):
        number = index in right
        table.add_column(
            column, justify="right" if number else "left", overflow="fold", no_wrap=number or column == "op"
        )
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    console().print(table)


def say(text: str = "") -> None:
    """Print a line as it is."""
    console().print(escape(text), soft_wrap=True)


def number(value: float, digits: int = 3) -> str:
    """A number in a few digits."""
    return f"{value:.{digits}g}" if math.isfinite(value) else "inf" if value > 0 else "-inf" if value < 0 else "nan"


def milliseconds(value: float) -> str:
    """A time in milliseconds."""
    return f"{value:.3f}" if value < 10 else f"{value:.1f}"


def counted(count: int, what: str) -> str:
    """A number of things: "1 node", "2 nodes"."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def size(nbytes: int) -> str:
    """A number of bytes."""
    amount = float(nbytes)
    for unit in ("B", "KiB", "MiB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GiB"


def shape(dims: Sequence[int]) -> str:
    """A shape as 1x224x224x3."""
    return "x".join(map(str, dims)) or "scalar"


def node(index: int, subgraph: int) -> str:
    """A node as "3", or "1:3" if it is in a subgraph that another one runs."""
    return f"{subgraph}:{index}" if subgraph else str(index)


def short(name: str, width: int = 40) -> str:
    """A name cut in its middle: exporters join the names of all that they fused."""
    half = (width - 1) // 2
    return name if len(name) <= width else f"{name[:half]}…{name[-half:]}"


def device_name(device: str, is_software: bool) -> str:
    """A device in words, marked where it is software."""
    return f"{device} ({SOFTWARE})" if is_software else device
