"""Models of one operator that moves elements."""
from __future__ import annotations

import numpy as np
from fuzz.draft import Draft

from delegant.core.build.builder import BuilderTensor
from delegant.core.schema import MirrorPadMode

TYPES = ("float32", "int8", "uint8", "int16", "int32", "int64", "bool")


def _x(d: Draft, shape: tuple[int, ...], types: tuple[str, ...] = TYPES) -> BuilderTensor:
    dtype = d.pick(types)
    return d.input("x", shape, dtype, quantization=d.quantization(dtype))


def _like(x: BuilderTensor) -> dict:
    return {"dtype": x.type, "quantization": x.quantization}


def pad(d: Draft) -> None:
    op, shape = d.pick(("PAD", "PADV2", "MIRROR_PAD")), d.shape(1, 4, 6)
    x = _x(d, shape, TYPES[:-1])
    kind = d.pick(("int32", "int64"))
    mode = d.pick((MirrorPadMode.REFLECT, MirrorPadMode.SYMMETRIC))
    edge = 1 if mode is MirrorPadMode.REFLECT else 0
    most = [n - edge if op == "MIRROR_PAD" else 4 for n in shape]
    widths = [[d.integer(0, n), d.integer(0, n)] for n in most]
    inputs = [x, d.constant("paddings", widths, kind)]
    if op == "PADV2":
        value = np.asarray(d.integer(0, 100)).astype(d.model._tensors[0].type.name.lower())
        inputs.append(d.constant("value", value, value.dtype, quantization=x.quantization))
    d.output(op, inputs, {"mode": mode} if op == "MIRROR_PAD" else None, **_like(x))


def slice_(d: Draft) -> None:
    shape = d.shape(1, 5, 7)
    x, kind = _x(d, shape), d.pick(("int32", "int64"))
    begin = [d.integer(0, n - 1) for n in shape]
    size = [-1 if d.flag() else d.integer(1, n - b) for n, b in zip(shape, begin, strict=True)]
    d.output("SLICE", [x, d.constant("begin", begin, kind), d.constant("size", size, kind)], **_like(x))


def strided_slice(d: Draft) -> None:
    shape = d.shape(1, 4, 7)
    x, rank = _x(d, shape), d.integer(1, len(shape))
    strides = [d.pick((1, 1, 2, 3, -1, -2)) for _ in range(rank)]
    begin, end = ([d.integer(-n - 1, n + 1) for n in shape[:rank]] for _ in range(2))
    masks = {name: d.integer(0, (1 << rank) - 1) for name in ("begin_mask", "end_mask")}
    shrink = d.integer(0, (1 << rank) - 1) if d.flag() else 0
    for i in range(rank):
        if shrink >> i & 1:
            begin[i] = d.integer(-shape[i], shape[i] - 1)
            end[i], strides[i] = begin[i] + 1, 1
            masks = {name: mask & ~(1 << i) for name, mask in masks.items()}
    inputs = [x, *(d.constant(n, v) for n, v in (("begin", begin), ("end", end), ("strides", strides)))]
    d.output("STRIDED_SLICE", inputs, {**masks, "shrink_axis_mask": shrink}, **_like(x))


def joining(d: Draft) -> None:
    """CONCATENATION and PACK."""
    op, count = d.pick(("CONCATENATION", "PACK")), d.integer(1, 4)
    shape = d.shape(op == "CONCATENATION", 4, 6)
    dtype = d.pick(TYPES)
    quantization = d.quantization(dtype)
    axis = d.axis(len(shape)) if op == "CONCATENATION" else d.integer(-len(shape) - 1, len(shape))
    shapes = [list(shape) for _ in range(count)]
    if op == "CONCATENATION":
        for sizes in shapes:
            sizes[axis] = d.integer(1, 6)
    inputs = [d.input(f"x{i}", s, dtype, quantization=quantization) for i, s in enumerate(shapes)]
    options = {"axis": axis} if op == "CONCATENATION" else {"axis": axis, "values_count": count}
    d.output(op, inputs, options, quantization=quantization)


def splitting(d: Draft) -> None:
    """SPLIT, SPLIT_V and UNPACK."""
    op, shape = d.pick(("SPLIT", "SPLIT_V", "UNPACK")), list(d.shape(1, 4, 5))
    axis, count = d.axis(len(shape)), d.integer(1, 4)
    parts = [d.integer(1, 4) for _ in range(count)]
    shape[axis] = {"SPLIT": count * parts[0], "SPLIT_V": sum(parts), "UNPACK": count}[op]
    x = _x(d, tuple(shape), TYPES[:-2])
    outputs = [d.model.tensor(f"y{i}", shape, x.type, quantization=x.quantization) for i in range(count)]
    where = d.constant("axis", axis)
    inputs, options = {
        "SPLIT": ([where, x], {"num_splits": count}),
        "SPLIT_V": ([x, d.constant("sizes", parts), where], {"num_splits": count}),
        "UNPACK": ([x], {"num": count, "axis": axis}),
    }[op]
    d.model.op_with_outputs(op, inputs, outputs, options)
    d.model.output(*outputs)


def gathering(d: Draft) -> None:
    """GATHER and GATHER_ND."""
    op, shape, kind = d.pick(("GATHER", "GATHER_ND")), d.shape(1, 4, 6), d.pick(("int32", "int64"))
    x = _x(d, shape)
    if op == "GATHER":
        axis = d.integer(0, len(shape) - 1)
        batch = d.integer(0, axis) if d.flag() else 0
        picked = (*shape[:batch], *d.shape(0 if batch == 0 else 1, 2, 5))
        indices = d.rng.integers(0, shape[axis], picked)
        d.output(op, [x, d.constant("indices", indices, kind)], {"axis": axis, "batch_dims": batch}, **_like(x))
        return
    depth = d.integer(1, len(shape))
    indices = d.rng.integers(0, shape[:depth], (*d.shape(1, 2, 5), depth))
    d.output(op, [x, d.constant("indices", indices, kind)], **_like(x))


def scattering(d: Draft) -> None:
    """SCATTER_ND, whose repeated indices add up."""
    shape = d.shape(1, 3, 6)
    depth, dtype, lead = d.integer(1, len(shape)), d.pick(("float32", "int32", "int64", "int8")), d.shape(1, 2, 4)
    indices = d.constant("indices", d.rng.integers(0, shape[:depth], (*lead, depth)))
    updates = d.input("updates", (*lead, *shape[depth:]), dtype)
    d.output("SCATTER_ND", [indices, updates, d.constant("shape", shape)], dtype=dtype)


def layout(d: Draft) -> None:
    """TRANSPOSE, TILE, REVERSE_V2, BROADCAST_TO and the block operators."""
    op = d.pick(("TRANSPOSE", "TILE", "REVERSE_V2", "BROADCAST_TO", "SPACE_TO_DEPTH", "DEPTH_TO_SPACE",
                 "SPACE_TO_BATCH_ND", "BATCH_TO_SPACE_ND"))  # fmt: skip
    if "_TO_" in op and op != "BROADCAST_TO":
        _blocks(d, op)
        return
    shape = d.shape(1, 5 if op == "TRANSPOSE" else 4, 5)
    x = _x(d, shape, TYPES if op == "BROADCAST_TO" else ("float32", "int32", "int64", "uint8", "int8"))
    argument = {
        "TRANSPOSE": lambda: d.permutation(len(shape)),
        "TILE": lambda: [d.integer(1, 3) for _ in shape],
        "REVERSE_V2": lambda: [d.integer(0, len(shape) - 1)],
        "BROADCAST_TO": lambda: [*d.shape(0, 1, 3), *(d.integer(1, 5) if n == 1 else n for n in shape)],
    }[op]()
    d.output(op, [x, d.constant("argument", argument)], **_like(x))


def _blocks(d: Draft, op: str) -> None:
    n, h, w, c, block = d.integer(1, 2), d.integer(1, 4), d.integer(1, 4), d.integer(1, 4), d.integer(1, 3)
    types = ("float32", "int8", "uint8", "int32", "int64")
    if op in ("SPACE_TO_DEPTH", "DEPTH_TO_SPACE"):
        shape = (n, h * block, w * block, c) if op == "SPACE_TO_DEPTH" else (n, h, w, c * block * block)
        x = _x(d, shape, types)
        d.output(op, [x], {"block_size": block}, **_like(x))
        return
    other, edge = d.integer(1, 3), [[d.integer(0, 2), d.integer(0, 2)] for _ in range(2)]
    if op == "SPACE_TO_BATCH_ND":
        sizes = [k * b - min(sum(e), k * b - 1) for k, b, e in zip((h, w), (block, other), edge, strict=True)]
        edge = [[min(e[0], k * b - s), k * b - s - min(e[0], k * b - s)]
                for k, b, s, e in zip((h, w), (block, other), sizes, edge, strict=True)]  # fmt: skip
        x = _x(d, (n, *sizes, c), types)
    else:
        edge = [[min(a, k * b - 1), 0] for (a, _), k, b in zip(edge, (h, w), (block, other), strict=True)]
        x = _x(d, (n * block * other, h, w, c), types)
    d.output(op, [x, d.constant("block", [block, other]), d.constant("edge", edge)], **_like(x))


FAMILIES = {
    "pad": pad, "slice": slice_, "strided_slice": strided_slice, "joining": joining, "splitting": splitting,
    "gathering": gathering, "scattering": scattering, "layout": layout,
}  # fmt: skip
