"""Models of one operator that makes, picks or groups values."""
from __future__ import annotations

import numpy as np
from fuzz.draft import OPTIMISED, Draft
from ops.harness import random_values

from delegant.core.schema import TensorType

TYPES = ("float32", "int8", "uint8", "int16", "int32", "int64", "bool")


def _numbers(d: Draft, shape: tuple[int, ...], low: int, high: int, dtype: str = "int32"):
    """Values for an input: integers from low to before high."""
    return lambda: np.asarray(d.rng.integers(low, high, shape)).astype(dtype)


def making(d: Draft) -> None:
    """FILL, RANGE, ONE_HOT, SHAPE, RANK and BROADCAST_ARGS; with shapes that are inputs now and then."""
    op = d.pick(("FILL", "RANGE", "ONE_HOT", "SHAPE", "RANK", "BROADCAST_ARGS"))
    dtype, shape = d.pick(TYPES), d.shape(1, 4, 5)
    if op == "FILL":
        d.output(op, [d.constant("shape", shape, d.pick(("int32", "int64"))), d.input("value", (), dtype)], dtype=dtype)
    elif op == "RANGE":
        _range(d)
    elif op == "ONE_HOT":
        dtype = d.pick(("float32", "int8", "uint8", "int32", "int64", "bool"))
        indices = d.input("indices", shape[:3], "int32", values=_numbers(d, shape[:3], -1, 7))
        on, off = d.input("on", (), dtype), d.input("off", (), dtype)
        axis = d.integer(-1, len(shape[:3]))
        d.output(op, [indices, d.constant("depth", d.integer(1, 6)), on, off], {"axis": axis}, dtype=dtype)
    elif op == "BROADCAST_ARGS":
        kind = d.pick(("int32", "int64"))
        sides = [[1 if d.flag() else n for n in shape][d.integer(0, len(shape) - 1) :] for _ in range(2)]
        inputs = [d.input(f"s{i}", (len(s),), kind, values=lambda s=s: np.array(s, kind)) for i, s in enumerate(sides)]
        d.output(op, inputs, dtype=kind)
    else:
        kind = d.pick(("int32", "int64"))
        options = {"out_type": TensorType[kind.upper()]} if op == "SHAPE" else None
        d.output(op, [d.input("x", shape, dtype)], options, dtype=kind if op == "SHAPE" else "int32")


def _range(d: Draft) -> None:
    dtype = d.pick(("float32", "int32", "int64"))
    start, count, step = d.integer(-9, 9), d.integer(1, 9), d.pick((-2, -1, 1, 3))
    rest = 0 if dtype == "float32" else d.integer(0, abs(step) - 1) * (1 if step > 0 else -1)
    values = (start, start + count * step - rest, step)
    if d.flag():
        inputs = [d.constant(n, v, dtype) for n, v in zip("abc", values, strict=True)]
    else:
        inputs = [d.input(n, (), dtype, values=lambda v=v: np.array(v, dtype))
                  for n, v in zip("abc", values, strict=True)]  # fmt: skip
    d.output("RANGE", inputs, shape=(-1,), dtype=dtype)


def picking(d: Draft) -> None:
    """WHERE, UNIQUE, REVERSE_SEQUENCE, MATRIX_DIAG, MATRIX_SET_DIAG, SPARSE_TO_DENSE, DYNAMIC_UPDATE_SLICE, ADD_N."""
    op = d.pick(("WHERE", "UNIQUE", "REVERSE_SEQUENCE", "MATRIX_DIAG", "MATRIX_SET_DIAG", "SPARSE_TO_DENSE",
                 "DYNAMIC_UPDATE_SLICE", "ADD_N"))  # fmt: skip
    {"WHERE": _where, "UNIQUE": _unique, "REVERSE_SEQUENCE": _reverse, "MATRIX_DIAG": _diagonal,
     "MATRIX_SET_DIAG": _set_diagonal, "SPARSE_TO_DENSE": _sparse, "DYNAMIC_UPDATE_SLICE": _update,
     "ADD_N": _add_n}[op](d)  # fmt: skip


def _where(d: Draft) -> None:
    dtype, shape = d.pick(("bool", "float32", "int8", "uint8", "int32", "uint32", "int64")), d.shape(1, 4, 5)
    x = d.input("x", shape, dtype, values=_numbers(d, shape, 0, 3, dtype))
    d.output("WHERE", [x], shape=(-1, len(shape)), dtype="int64")


def _unique(d: Draft) -> None:
    dtype, kind, size = d.pick(("float32", "int8", "int16", "uint8", "int32", "int64")), d.pick((2, 4)), d.integer(1, 9)
    outputs = [d.model.tensor("values", (-1,), dtype), d.model.tensor("index", (size,), TensorType(kind))]
    x = d.input("x", (size,), dtype, values=_numbers(d, (size,), 0, 5, dtype))
    d.model.op_with_outputs("UNIQUE", [x], outputs, {"idx_out_type": kind})
    d.model.output(*outputs)


def _reverse(d: Draft) -> None:
    shape, kind = d.shape(2, 4, 5), d.pick(("int32", "int64"))
    time, batch = d.permutation(len(shape))[:2]
    size = (shape[batch],)
    x = d.input("x", shape, d.pick(("float32", "uint8", "int16", "int32", "int64")))
    lengths = d.input("lengths", size, kind, values=_numbers(d, size, 0, shape[time] + 1, kind))
    d.output("REVERSE_SEQUENCE", [x, lengths], {"seq_dim": time, "batch_dim": batch})


def _diagonal(d: Draft) -> None:
    d.output("MATRIX_DIAG", [d.input("x", d.shape(1, 3, 4), d.pick(("float32", "int8", "uint8", "int32", "int64")))])


def _set_diagonal(d: Draft) -> None:
    dtype, shape = d.pick(("float32", "int8", "uint8", "int32", "int64")), d.shape(2, 4, 4)
    diagonal = d.input("diagonal", (*shape[:-2], min(shape[-2:])), dtype)
    d._feeds.insert(0, lambda: random_values(d.rng, shape, dtype))
    x = d.model.input("x", shape, dtype)
    d.model._inputs = [x.index, diagonal.index]
    d.output("MATRIX_SET_DIAG", [x, diagonal])


def _sparse(d: Draft) -> None:
    dtype, kind = d.pick(("float32", "int8", "uint8", "int32", "int64")), d.pick(("int32", "int64"))
    shape = d.shape(1, 4, 5)
    count = d.integer(1, min(4, int(np.prod(shape))))
    cells = np.sort(d.rng.choice(int(np.prod(shape)), count, replace=False))
    places = np.stack(np.unravel_index(cells, shape), axis=1)
    inputs = [d.constant("places", places, kind), d.constant("shape", shape, kind)]
    inputs += [d.input("values", (count,) if d.flag() else (), dtype), d.input("default", (), dtype)]
    d.output("SPARSE_TO_DENSE", inputs, {"validate_indices": False}, dtype=dtype, shape=shape)


def _update(d: Draft) -> None:
    dtype, kind, shape = d.pick(TYPES), d.pick(("int32", "int64")), d.shape(1, 4, 5)
    window, size = tuple(d.integer(1, n) for n in shape), (len(shape),)
    inputs = [d.input("x", shape, dtype), d.input("update", window, dtype)]
    inputs.append(d.input("at", size, kind, values=_numbers(d, size, -3, 7, kind)))
    d.output("DYNAMIC_UPDATE_SLICE", inputs)


def _add_n(d: Draft) -> None:
    dtype, shape = d.pick(("float32", "int32")), d.shape(1, 4, 5)
    d.magnitude = 1.0
    d.output("ADD_N", [d.input(f"x{i}", shape, dtype) for i in range(d.integer(2, 5))])


def segments(d: Draft) -> None:
    """SEGMENT_SUM and the UNSORTED_SEGMENT operators."""
    op = d.pick(("SEGMENT_SUM", *(f"UNSORTED_SEGMENT_{kind}" for kind in ("SUM", "PROD", "MAX", "MIN"))))
    dtype, rows, count, d.magnitude = d.pick(("float32", "int32")), d.integer(1, 9), d.integer(1, 5), 1.0
    shape = (rows, *d.shape(0, 2, 4))
    x = d.input("x", shape, dtype, values=lambda: (random_values(d.rng, shape, dtype) % 7).astype(dtype))
    if op == "SEGMENT_SUM":
        ids = np.sort(d.rng.integers(0, count, rows))
        d.output(op, [x, d.constant("ids", ids)])
        return
    ids = d.input("ids", (rows,), "int32", values=_numbers(d, (rows,), -1, count))
    d.output(op, [x, ids, d.constant("count", count)])


def lookups(d: Draft) -> None:
    """EMBEDDING_LOOKUP, EMBEDDING_LOOKUP_SPARSE, HASHTABLE_LOOKUP and BUCKETIZE."""
    op = d.pick(("EMBEDDING_LOOKUP", "EMBEDDING_LOOKUP_SPARSE", "HASHTABLE_LOOKUP", "BUCKETIZE"))
    rows, count, width = d.integer(1, 6), d.integer(1, 6), d.shape(1, 2, 5)
    if op == "EMBEDDING_LOOKUP":
        kind, made = d.pick((("float32", "float32"), ("int8", "float32"), ("int8", "int8")))
        values, scale = random_values(d.rng, (rows, *width), kind), (d.scale(), 0)
        table = d.constant("table", values, kind, quantization=scale if kind == "int8" else None)
        ids = d.input("ids", (count,), "int32", values=_numbers(d, (count,), 0, rows))
        d.output(op, [ids, table], dtype=made, quantization=scale if made == "int8" else None)
    elif op == "EMBEDDING_LOOKUP_SPARSE":
        _sparse_lookup(d, rows, width)
    elif op == "HASHTABLE_LOOKUP":
        keys = d.constant("keys", np.sort(d.rng.choice(12, rows, replace=False)))
        values = random_values(d.rng, (rows, *width), "float32")
        outputs = [d.model.tensor("y", (count, *width)), d.model.tensor("hits", (count,), "uint8")]
        asked = d.input("x", (count,), "int32", values=_numbers(d, (count,), 0, 12))
        d.model.op_with_outputs(op, [asked, keys, d.constant("values", values, np.float32)], outputs)
        d.model.output(*outputs)
    else:
        limits = tuple(np.sort(d.rng.integers(-9, 9, d.integer(1, 5)) / 4).tolist())
        dtype = d.pick(("float32", "int32", "int64", "float64"))
        d.output(op, [d.input("x", d.shape(1, 3, 5), dtype)], {"boundaries": limits}, dtype="int32")


def _sparse_lookup(d: Draft, rows: int, width: tuple[int, ...]) -> None:
    dense = d.shape(2, 3, 3)
    count = d.integer(1, min(5, int(np.prod(dense))))
    cells = np.sort(d.rng.choice(int(np.prod(dense)), count, replace=False))
    places = np.stack(np.unravel_index(cells, dense), axis=1)
    table = random_values(d.rng, (rows, *width), "float32")
    inputs = [
        d.input("ids", (count,), "int32", values=_numbers(d, (count,), 0, rows)), d.constant("places", places),
        d.constant("dense", dense), d.input("weights", (count,), values=lambda: _positive(d, count)),
        d.constant("table", table, np.float32),
    ]  # fmt: skip
    d.output("EMBEDDING_LOOKUP_SPARSE", inputs, {"combiner": d.integer(0, 2)}, shape=(*dense[:-1], *width),
             dtype="float32")  # fmt: skip


def _positive(d: Draft, count: int) -> np.ndarray:
    return d.rng.uniform(0.5, 2, count).astype(np.float32)


def chance(d: Draft) -> None:
    """RANDOM_UNIFORM, RANDOM_STANDARD_NORMAL and MULTINOMIAL. Seeds with low words of 0 leave what comes to chance."""
    op = d.pick(("RANDOM_UNIFORM", "RANDOM_STANDARD_NORMAL", "MULTINOMIAL"))
    options = {"seed": d.integer(0, 1 << 40) | 1, "seed2": d.integer(0, 1 << 40)}
    d.invocations = d.integer(1, 2)
    if op == "MULTINOMIAL":
        logits = d.input("logits", (d.integer(1, 3), d.integer(2, 6)))
        d.output(op, [logits, d.constant("n", d.integer(1, 9))], options, dtype=d.pick(("int32", "int64")))
        return
    d.output(op, [d.constant("shape", d.shape(1, 3, 6))], options, dtype="float32")


def suppression(d: Draft) -> None:
    """NON_MAX_SUPPRESSION_V4 and V5, with ties between scores."""
    op, n, count = d.pick(("NON_MAX_SUPPRESSION_V4", "NON_MAX_SUPPRESSION_V5")), d.integer(1, 30), d.integer(1, 12)
    inputs = [d.input("boxes", (n, 4), values=lambda: _boxes(d, n)),
              d.input("scores", (n,), values=lambda: (d.rng.integers(0, 9, n) / 8).astype(np.float32)),
              d.constant("n", count)]  # fmt: skip
    limits = [d.integer(1, 9) / 10, d.integer(0, 4) / 10, d.pick((0.0, 0.4))][: 2 if op.endswith("4") else 3]
    inputs += [d.constant(f"limit{i}", value, np.float32) for i, value in enumerate(limits)]
    outputs = [d.model.tensor("indices", (count,), "int32"), d.model.tensor("valid", (), "int32")]
    if op.endswith("5"):
        outputs.insert(1, d.model.tensor("kept", (count,)))
    d.model.op_with_outputs(op, inputs, outputs)
    d.model.output(*outputs)


def _boxes(d: Draft, n: int) -> np.ndarray:
    centre, size = d.rng.random((n, 2)), d.rng.uniform(-0.4, 0.4, (n, 2))
    return np.concatenate([centre - size, centre + size], axis=1).astype(np.float32)


def spectra(d: Draft) -> None:
    """RFFT2D with REAL, IMAG and COMPLEX_ABS, and LOCAL_RESPONSE_NORMALIZATION."""
    d.magnitude = 1.0
    if d.flag():
        d.resolvers = (OPTIMISED,)  # the reference kernel leaves the window's last channel out
        options = {"radius": d.integer(1, 4), "bias": 1.5, "alpha": d.integer(1, 9) / 10, "beta": d.pick((0.5, 0.75))}
        d.output("LOCAL_RESPONSE_NORMALIZATION", [d.input("x", (*d.shape(3, 3, 4), d.integer(1, 12)))], options)
        return
    height, width = d.pick((1, 2, 4, 8)), d.pick((2, 4, 8))
    x = d.input("x", (d.integer(1, 3), d.integer(1, 9), d.integer(1, 9)))
    lengths = d.constant("lengths", [height, width])
    spectrum = d.model.op("RFFT2D", [x, lengths], shape=(1, 1, 1), dtype="complex64")
    d.model.output(*(d.model.op(op, [spectrum], dtype="float32") for op in ("REAL", "IMAG", "COMPLEX_ABS")))


FAMILIES = {
    "making": making, "picking": picking, "segments": segments, "lookups": lookups, "chance": chance,
    "suppression": suppression, "spectra": spectra,
}  # fmt: skip
