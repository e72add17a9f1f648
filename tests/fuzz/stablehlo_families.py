"""Models of one StableHLO operator of those that LiteRT has, and of REDUCE_WINDOW and DILATE, which came with them."""
from __future__ import annotations

from fuzz.draft import Draft
from ops.regions import region

BINARY = {
    "STABLEHLO_ADD": ("float32", "int32", "int8", "int16", "int64"),
    "STABLEHLO_MULTIPLY": ("float32", "int32", "int8", "int16", "int64"),
    "STABLEHLO_MAXIMUM": ("float32", "int32", "int8", "int16", "int64"),
    "STABLEHLO_MINIMUM": ("float32", "int32", "int8", "int16", "int64"),
    "STABLEHLO_AND": ("bool", "int8", "int16", "int32"),
    "STABLEHLO_SHIFT_LEFT": ("int8", "int16", "int32"),
}
TYPES = ("float32", "int8", "int32", "int64")
BODIES = ("STABLEHLO_ADD", "STABLEHLO_MULTIPLY", "STABLEHLO_MAXIMUM", "STABLEHLO_MINIMUM")
ALL, ANY = 5, 6


def binary(d: Draft) -> None:
    op, dtype = d.pick([(op, dtype) for op, dtypes in BINARY.items() for dtype in dtypes])
    shape = d.shape(0, 5, 6)
    bits = {"int8": 8, "int16": 16, "int32": 32}.get(dtype, 0)
    few = (lambda: d.rng.integers(0, bits, shape).astype(dtype)) if op == "STABLEHLO_SHIFT_LEFT" else None
    d.output(op, [d.input("a", shape, dtype), d.input("b", shape, dtype, values=few)])


def pad(d: Draft) -> None:
    """Also with negative edges, and holes between elements."""
    dtype, shape = d.pick(TYPES), d.shape(1, 4, 5)
    low, high = ([d.integer(-3, 3) for _ in shape] for _ in range(2))
    holes = [d.integer(0, 2) for _ in shape]
    options = {"edge_padding_low": low, "edge_padding_high": high, "interior_padding": holes}
    options = {name: tuple(values) for name, values in options.items()}
    sizes = [n + (n - 1) * k + a + b for n, k, a, b in zip(shape, holes, low, high, strict=True)]
    if any(n < 1 for n in sizes):
        options["edge_padding_high"] = tuple(b + max(0, 1 - n) for b, n in zip(high, sizes, strict=True))
    d.output("STABLEHLO_PAD", [d.input("x", shape, dtype), d.input("value", (), dtype)], options)


def gather(d: Draft) -> None:
    """Starts also where the slice would stick out."""
    dtype, index, shape = d.pick(TYPES), d.pick(("int32", "int64")), d.shape(1, 3, 5)
    indexed = d.permutation(len(shape))[: d.integer(1, len(shape))]
    sizes = [d.integer(1, n) for n in shape]
    collapsed = sorted(k for k in range(len(shape)) if sizes[k] == 1 and d.flag())
    lead = d.shape(1, 2, 4)
    kept = len(shape) - len(collapsed)
    offset = sorted(d.permutation(len(lead) + kept)[:kept])
    at = d.integer(0, len(lead))
    starts = (*lead[:at], len(indexed), *lead[at:])
    options = {"offset_dims": tuple(offset), "collapsed_slice_dims": tuple(collapsed), "index_vector_dim": at,
               "start_index_map": tuple(indexed), "slice_sizes": tuple(sizes)}  # fmt: skip
    places = d.input("starts", starts, index, values=lambda: d.rng.integers(-1, 7, starts).astype(index))
    windows = iter([n for k, n in enumerate(sizes) if k not in collapsed])
    others = iter(lead)
    result = tuple(next(windows) if k in offset else next(others) for k in range(len(lead) + kept))
    d.output("STABLEHLO_GATHER", [d.input("x", shape, dtype), places], options, shape=result)


def scatter(d: Draft) -> None:
    """Repeated places, and updates that lie outside; rows of the first dimension, or single elements."""
    dtype, index, shape = d.pick(TYPES[:3]), d.pick(("int32", "int64")), d.shape(2, 3, 5)
    depth = d.integer(1, len(shape))
    lead = d.shape(1, 2, 4)
    places = (*lead, depth)
    window = shape[depth:]
    options = {
        "update_window_dims": tuple(range(len(lead), len(lead) + len(window))),
        "inserted_window_dims": tuple(range(depth)), "scatter_dims_to_operand_dims": tuple(range(depth)),
        "index_vector_dim": len(lead),
        "update_computation_subgraph_index": region(d.model, dtype, d.pick((None, *BODIES))),
    }  # fmt: skip
    at = d.input("at", places, index, values=lambda: d.rng.integers(-1, 6, places).astype(index))
    x, updates = d.input("x", shape, dtype), d.input("u", (*lead, *window), dtype)
    # The order of the inputs is that of the declarations.
    d.output("STABLEHLO_SCATTER", [x, at, updates], options, shape=shape, dtype=dtype)


def windows(d: Draft) -> None:
    """STABLEHLO_REDUCE_WINDOW with everything that a window can have."""
    dtype, shape = d.pick(TYPES[:3]), d.shape(1, 3, 7)
    d.magnitude = 1.0
    base, steps, spread = ([d.integer(1, 2) for _ in shape] for _ in range(3))
    size = [d.integer(1, 3) for _ in shape]
    edges = [(d.integer(0, 2), d.integer(0, 2)) for _ in shape]
    fits = [(n - 1) * b + 1 + sum(e) >= (k - 1) * s + 1
            for n, b, e, k, s in zip(shape, base, edges, size, spread, strict=True)]  # fmt: skip
    size = [k if fit else 1 for k, fit in zip(size, fits, strict=True)]
    options = {
        "window_dimensions": tuple(size), "window_strides": tuple(steps), "base_dilations": tuple(base),
        "window_dilations": tuple(spread), "padding": tuple(edge for pair in edges for edge in pair),
        "body_subgraph_index": region(d.model, dtype, d.pick(BODIES)),
    }  # fmt: skip
    d.output("STABLEHLO_REDUCE_WINDOW", [d.input("x", shape, dtype), d.input("initial", (), dtype)], options)


def reduce(d: Draft) -> None:
    """STABLEHLO_REDUCE, of which LiteRT has no kernel: for our CPU and the delegates."""
    dtype, shape = d.pick(("float32", "int32", "bool")), d.shape(1, 4, 6)
    d.magnitude = 1.0
    bodies = ("STABLEHLO_AND", "STABLEHLO_OR") if dtype == "bool" else BODIES
    axes = tuple(sorted(axis % len(shape) for axis in d.axes(len(shape))))
    options = {"dimensions": axes, "body_subgraph_index": region(d.model, dtype, d.pick(bodies))}
    kept = tuple(n for axis, n in enumerate(shape) if axis not in axes)
    d.output("STABLEHLO_REDUCE", [d.input("x", shape, dtype), d.input("initial", (), dtype)], options, shape=kept)


def sort(d: Draft) -> None:
    """Several tensors by one of them, upwards or downwards, with equals; LiteRT has no kernel of it either."""
    shape, dtypes = d.shape(1, 3, 7), [d.pick(("float32", "int32", "bool")) for _ in range(d.integer(1, 3))]
    graph = d.model.subgraph("comparator")
    pairs = [[graph.input(f"{side}{i}", (), dtype) for side in "ab"] for i, dtype in enumerate(dtypes)]
    key, options = d.pick(pairs), {"comparison_direction": d.pick((3, 5))}
    graph.output(graph.op("STABLEHLO_COMPARE", key[::-1] if d.flag() else key, options, dtype="bool"))
    few = [d.rng.integers(-3, 4, shape).astype(dtype) for dtype in dtypes]
    inputs = [d.input(f"x{i}", shape, dtype, values=lambda i=i: few[i]) for i, dtype in enumerate(dtypes)]
    outputs = [d.model.tensor(f"sorted{i}", shape, dtype) for i, dtype in enumerate(dtypes)]
    options = {"dimension": d.integer(0, len(shape) - 1), "comparator_subgraph_index": graph.index}
    d.model.op_with_outputs("STABLEHLO_SORT", inputs, outputs, options)
    d.model.output(*outputs)


def reduce_window(d: Draft) -> None:
    d.magnitude = 1.0
    dtype, shape = d.pick(("float32", "int32", "uint8", "bool")), d.shape(1, 3, 7)
    function = d.pick((ALL, ANY)) if dtype == "bool" else d.integer(1, 6)
    size, steps, spread = [d.integer(1, n) for n in shape], [d.integer(1, 3) for _ in shape], [1] * len(shape)
    spread = [d.integer(1, 2) if (k - 1) * 2 + 1 <= n else 1 for k, n in zip(size, shape, strict=True)]
    inputs = [d.input("x", shape, dtype), d.input("initial", (), dtype)]
    values = {"window": size, "strides": steps, "dilations": spread}
    inputs += [d.constant(name, value, "int64") for name, value in values.items()]
    d.output("REDUCE_WINDOW", inputs, {"reduce_function": function})


def dilate(d: Draft) -> None:
    dtype, shape = d.pick((*TYPES, "uint8", "int16", "bool")), d.shape(1, 4, 5)
    steps = d.constant("steps", [d.integer(1, 3) for _ in shape])
    d.output("DILATE", [d.input("x", shape, dtype), steps, d.input("value", (), dtype)])


def random_bits(d: Draft) -> None:
    words = d.pick((2, 3))
    state = d.input("state", (words,), "uint64", values=lambda: d.rng.integers(0, 1 << 63, words).astype("uint64"))
    dtype, algorithm = d.pick(("int32", "uint32", "int64", "uint64")), d.pick((1, 2) if words == 2 else (0, 1))
    outputs = [d.model.tensor("next", (words,), "uint64"), d.model.tensor("bits", d.shape(1, 3, 5), dtype)]
    d.model.op_with_outputs("STABLEHLO_RNG_BIT_GENERATOR", [state], outputs, {"algorithm": algorithm})
    d.model.output(*outputs)


FAMILIES = {
    "stablehlo_binary": binary, "stablehlo_pad": pad, "stablehlo_gather": gather, "stablehlo_scatter": scatter,
    "stablehlo_windows": windows, "reduce_window": reduce_window, "dilate": dilate, "random_bits": random_bits,
}  # fmt: skip

UNKNOWN_TO_LITERT = {"stablehlo_reduce": reduce, "stablehlo_sort": sort}
"""For the delegates beside our CPU alone."""
