"""Lookup tables: how LiteRT evaluates real functions on quantized values, and how we run any 8- or 16-bit formula.

A function of one 8- or 16-bit code has at most 65536 values, so a unary integer kernel is a table made once.
"""
from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import prod
from typing import Any

import numpy as np

from ..graph import Quantization
from ..op import Op, Run
from ..steps import assign, chunks, sequence
from .numerics import round_half_away
from .pair_forms import PairForm, exact_form, pair_run

Formula = Callable[[np.ndarray], np.ndarray]
"""From codes to codes, both int64 arrays."""
BinaryFormula = Callable[[np.ndarray, np.ndarray], np.ndarray]

_DIRECT_LIMIT = 32
"""Below this many elements a formula of two codes is evaluated directly: its table of 65536 entries costs too much."""
SMALL_PAIRS = 4096
"""Up to this many pairs of bytes are put side by side in indices: few calls, but slower per element."""
_TABLE_ROWS = 16
_TAKEN = 512
"""Up to this many bytes `take` is faster than `translate`, which needs more calls."""
_INDEX = np.dtype("<i8")
"""What `take` reads without converting it first, where it is the machine's own order of bytes."""
_TRANSLATED = 1 << 16
_INDEXED = 1 << 15
"""Rows of a table made at once, and elements looked up at once, so that what lies between stays in cache."""
_WIDENED = 1 << 13
"""Elements that a formula is evaluated for at once, in 64 bits."""


def type_range(dtype: np.dtype[Any]) -> tuple[int, int]:
    info = np.iinfo(dtype)
    return int(info.min), int(info.max)


def all_codes(dtype: np.dtype[Any]) -> np.ndarray:
    """Every value of an integer type, in the order of its bits read as an unsigned number."""
    unsigned = np.dtype(f"u{dtype.itemsize}")
    return np.arange(1 << (8 * dtype.itemsize), dtype=np.int64).astype(unsigned).view(dtype).astype(np.int64)


def table_of(formula: Formula, source: np.dtype[Any], target: np.dtype[Any]) -> np.ndarray:
    """`formula` for every code of `source`, indexed by the code's bits."""
    return formula(all_codes(source)).astype(target)


def unary_run(formula: Formula, x: np.ndarray, out: np.ndarray) -> Run:
    """A callable that writes formula(x) into `out`; 8- and 16-bit integers go through a table."""
    if x.size < 256 and x.itemsize > 1:
        return lambda: np.copyto(out, formula(x.astype(np.int64)), casting="unsafe")
    table = table_of(formula, x.dtype, out.dtype)
    return table_run(table, x, out)


def table_run(table: np.ndarray, x: np.ndarray, out: np.ndarray) -> Run:
    """A callable that writes table[bits of x] into `out`."""
    in_bytes = x.itemsize == out.itemsize == table.itemsize == 1
    if in_bytes and x.size > _TAKEN and x.flags.c_contiguous and out.flags.c_contiguous:
        return _translation(table, x, out)
    codes = x.view(np.dtype(f"u{x.itemsize}"))
    if x.itemsize > 1 or x.size > _TAKEN:
        return _taker(table, codes, out)
    places, indices = _indices(x.shape)
    return sequence([assign(places[..., 0], codes), _taker(table, indices, out)])


def _taker(table: np.ndarray, indices: np.ndarray, out: np.ndarray) -> Run:
    """`np.take` as a method, which small arrays take in half the time; "wrap" spares a copy of the output."""
    return partial(table.take, indices, None, out, "wrap")


def _indices(shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Zeroed indices as bytes `[..., 8]`, the lowest first, and as numbers."""
    places = np.zeros((*shape, _INDEX.itemsize), np.uint8)
    return places, places.view(_INDEX)[..., 0]


def _translation(table: np.ndarray, x: np.ndarray, out: np.ndarray) -> Run:
    """Bytes to bytes: `bytes.translate` takes half the time of `np.take`, which widens every index to 64 bits."""
    entries = table.tobytes()
    codes, target = x.reshape(-1).view(np.uint8), out.reshape(-1).view(np.uint8)
    pieces = tuple((codes[part], target[part]) for part in chunks(x.size, _TRANSLATED))

    def run() -> None:
        for piece, result in pieces:
            result[...] = np.frombuffer(piece.tobytes().translate(entries), np.uint8)

    return run


def read_through(op: Op, formula: BinaryFormula) -> tuple[BinaryFormula, np.ndarray, np.ndarray]:
    """A formula of the codes that a node of two operands reads, and the arrays of these; see `Op.through`."""
    first, second = (op.through[k][0] if k in op.through else op.input(k) for k in (0, 1))
    tables = {k: table.astype(np.int64) for k, (_, table) in op.through.items()}
    if not tables:
        return formula, first.array, second.array

    def composed(*codes: np.ndarray) -> np.ndarray:
        x, y = (tables[k][v & 255] if k in tables else v for k, v in enumerate(codes))
        return formula(x, y)

    return composed, first.array, second.array


def binary_run(
    formula: BinaryFormula, a: np.ndarray, b: np.ndarray, out: np.ndarray, form: PairForm | None = None,
    *, b_is_constant: bool = False,
) -> Run:
    """A callable that writes formula(a, b), with broadcasting, into `out`.

    With a single constant it is a function of the codes of `a`.

    Two 8-bit operands go through one table of all their pairs when there are enough elements to pay for it, or, where
    there are many, through `form` if that gives the table.
    """
    if a.itemsize > 1 or b.itemsize > 1 or out.size < _DIRECT_LIMIT:
        return _direct_run(formula, a, b, out)
    if b_is_constant and b.size == 1 and a.shape == out.shape:
        return unary_run(lambda codes: formula(codes, b.astype(np.int64).reshape(())), a, out)
    table = _pair_table(formula, a.dtype, b.dtype, out.dtype)
    if out.size > SMALL_PAIRS and form is not None:
        exact = exact_form(form, table, a.dtype, b.dtype)
        if exact is not None:
            return pair_run(exact, _pieces(np.broadcast_to(a, out.shape), np.broadcast_to(b, out.shape), out))
    high, low = (np.broadcast_to(x.view(np.uint8), out.shape) for x in (a, b))
    if out.size > SMALL_PAIRS:
        return _many_pairs(table, high, low, out)
    return _few_pairs(table, high, low, out, b_is_constant)


def _direct_run(formula: BinaryFormula, a: np.ndarray, b: np.ndarray, out: np.ndarray) -> Run:
    """The formula itself, of parts whose int64 numbers stay in cache."""
    parts = [(a, b, out)] if out.size <= _WIDENED else _pieces(*np.broadcast_arrays(a, b), out, length=_WIDENED)

    def direct() -> None:
        for first, second, result in parts:
            np.copyto(result, formula(first.astype(np.int64), second.astype(np.int64)), casting="unsafe")

    return direct


def _pair_table(
    formula: BinaryFormula, first: np.dtype[Any], second: np.dtype[Any], target: np.dtype[Any]
) -> np.ndarray:
    """`formula` for all pairs of 8-bit codes, the bits of the first one above those of the second in the index."""
    rows, columns = all_codes(first)[:, None], all_codes(second)[None, :]
    parts = [formula(rows[part], columns).astype(target) for part in chunks(256, _TABLE_ROWS)]
    return np.concatenate(parts).reshape(-1)


def _few_pairs(table: np.ndarray, high: np.ndarray, low: np.ndarray, out: np.ndarray, low_is_constant: bool) -> Run:
    places, indices = _indices(out.shape)
    steps = [assign(places[..., 1], high), _taker(table, indices, out)]
    if low_is_constant:
        places[..., 0] = low
    else:
        steps.insert(0, assign(places[..., 0], low))
    return sequence(steps)


def _many_pairs(table: np.ndarray, high: np.ndarray, low: np.ndarray, out: np.ndarray) -> Run:
    pieces = _pieces(high, low, out)
    scratch = np.empty(max(result.size for _, _, result in pieces), np.uint16)
    indices = [scratch[: result.size].reshape(result.shape) for _, _, result in pieces]
    calls = tuple((high, low, index, result) for (high, low, result), index in zip(pieces, indices, strict=True))

    def run() -> None:
        for high, low, index, result in calls:
            np.copyto(index, high)
            np.left_shift(index, 8, out=index)
            np.bitwise_or(index, low, out=index)
            np.take(table, index, out=result, mode="wrap")

    return run


def _pieces(*arrays: np.ndarray, length: int = _INDEXED) -> list[tuple[np.ndarray, ...]]:
    """Matching parts of up to `length` elements, so as to stay in cache, of arrays of one shape that is not empty."""
    if all(array.flags.c_contiguous for array in arrays):
        arrays = tuple(array.reshape(-1) for array in arrays)
    shape = arrays[0].shape
    axis = 0
    while prod(shape[axis + 1 :]) > length:
        axis += 1
    rows = max(1, length // prod(shape[axis + 1 :]))
    return [
        tuple(array[(*lead, part)] for array in arrays)
        for lead in np.ndindex(shape[:axis])
        for part in chunks(shape[axis], rows)
    ]


def rounded(ufunc: np.ufunc) -> Formula:
    """A float function correctly rounded. libm's nearly are; NumPy's vectorized float32 ones are not."""
    return lambda x: np.asarray(ufunc(np.asarray(x, np.float64))).astype(x.dtype)


def table_8bit(
    function: Formula, source: np.dtype[Any], source_q: Quantization, target: np.dtype[Any], target_q: Quantization
) -> np.ndarray:
    """The table of a real function of an 8-bit quantized tensor: 256 codes, indexed by the input's bits.

    Source: LUTPopulateInt8 of LiteRT's kernels: dequantize, call the function, requantize, all in float32.
    """
    x = np.float32(source_q.scale) * (all_codes(source) - source_q.zero_point).astype(np.float32)
    with np.errstate(all="ignore"):
        y = np.asarray(function(x), np.float32)
        codes = round_half_away(y * (np.float32(1) / np.float32(target_q.scale))) + np.float32(target_q.zero_point)
    return clip_to_type(codes, target)


def clip_to_type(values: np.ndarray, dtype: np.dtype[Any]) -> np.ndarray:
    low, high = type_range(dtype)
    return np.clip(np.nan_to_num(values, nan=low, posinf=high, neginf=low), low, high).astype(dtype)


def table_16bit(
    function: Formula, source: tuple[float, int], target: tuple[float, int], precision: Any = np.float32
) -> np.ndarray:
    """The 513-entry table of a real function of int16 codes, to be read by `interpolate`.

    Args:
        source, target: (scale, zero point) of argument and result.
        precision: the float type all of it is computed in.

    Source: LUTPopulateInt16 of LiteRT's kernels.
    """
    f = precision
    low = f(source[0]) * f(-32768 - source[1])
    high = f(source[0]) * f(32767 - source[1])
    span = f(target[0]) * f(32767 - target[1]) - f(target[0]) * f(-32768 - target[1])
    step = (high - low) / f(512)
    inverse = f(65536) / span
    at = low + np.arange(512).astype(f) * step
    after = low + np.arange(1, 513).astype(f) * step
    with np.errstate(all="ignore"):
        start, middle, end = (np.asarray(function(v), f) * inverse for v in (at, at + step / f(2), after))
        rounded = round_half_away(start)
        bias = round_half_away((round_half_away((end + rounded) / f(2)) - round_half_away(middle)) / f(2))
        last = round_half_away(np.asarray(function(np.asarray([high], f)), f) * inverse)
    return np.clip(np.concatenate([rounded - bias, last]), -32768, 32767).astype(np.int64)


def interpolate(table: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Values of a 513-entry table between its entries; x holds int16 codes."""
    index, offset = 256 + (x >> 7), x & 127
    slope = (table[index + 1] - table[index]).astype(np.int16).astype(np.int64)
    return (table[index] + ((slope * offset + 64) >> 7)).astype(np.int16).astype(np.int64)
