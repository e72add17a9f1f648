"""The operators that move, repeat and select data, against LiteRT's reference kernels."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from ops.harness import SEEDS, check_model, random_values, run_delegant

from delegant.core.build.builder import BuilderTensor, ModelBuilder

TYPES = ("float32", "int32", "int64", "int8", "uint8", "int16", "bool")


def _ints(model: ModelBuilder, name: str, values: Any) -> BuilderTensor:
    return model.constant(name, np.array(values, np.int32))


def _check(
    op: str, dtype: str, shape: tuple[int, ...], result: tuple[int, ...], constants: list[Any],
    options: dict[str, Any] | None = None,
) -> None:
    """A one-output operator with its data first and constants after it."""
    model = ModelBuilder()
    params = (0.05, 3) if dtype in ("int8", "uint8") else (0.05, 0) if dtype == "int16" else None
    x = model.input("x", shape, dtype, quantization=params)
    inputs = [x, *(_ints(model, f"c{i}", c) for i, c in enumerate(constants))]
    version = 2 if op == "BROADCAST_TO" else 1
    model.output(model.op(op, inputs, options, shape=result, quantization=params, version=version))
    check_model(model, [random_values(np.random.default_rng(1), shape, dtype)])


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize(
    ("op", "shape", "result", "constants", "options"),
    [
        ("RESHAPE", (2, 3, 4), (6, 4), [[6, -1]], None),
        ("SQUEEZE", (1, 3, 1, 4), (3, 1, 4), [], {"squeeze_dims": (0,)}),
        ("SQUEEZE", (1, 3, 1, 4), (3, 4), [], None),
        ("EXPAND_DIMS", (3, 4), (3, 1, 4), [1], None),
        ("EXPAND_DIMS", (3, 4), (3, 4, 1), [-1], None),
        ("TRANSPOSE", (2, 3, 4, 5), (4, 2, 5, 3), [[2, 0, 3, 1]], None),
        ("PAD", (1, 3, 4, 2), (1, 6, 5, 2), [[[0, 0], [1, 2], [0, 1], [0, 0]]], None),
        ("SLICE", (4, 5, 6), (2, 5, 3), [[1, 0, 2], [2, -1, 3]], None),
        ("TILE", (2, 3), (4, 9), [[2, 3]], None),
        ("BROADCAST_TO", (2, 1, 3), (4, 2, 5, 3), [[4, 2, 5, 3]], None),
        ("REVERSE_V2", (2, 3, 4), (2, 3, 4), [[1]], None),
        ("GATHER", (5, 6, 3), (5, 4, 3), [[0, 5, 2, 2]], {"axis": 1}),
        ("GATHER_ND", (5, 6, 3), (2, 3), [[[0, 1], [4, 5]]], None),
        ("SPACE_TO_DEPTH", (1, 4, 6, 3), (1, 2, 3, 12), [], {"block_size": 2}),
        ("DEPTH_TO_SPACE", (1, 2, 3, 12), (1, 4, 6, 3), [], {"block_size": 2}),
        ("SPACE_TO_BATCH_ND", (1, 3, 4, 2), (4, 2, 2, 2), [[2, 2], [[1, 0], [0, 0]]], None),
        ("BATCH_TO_SPACE_ND", (4, 2, 2, 3), (1, 3, 4, 3), [[2, 2], [[0, 1], [0, 0]]], None),
        ("RESIZE_NEAREST_NEIGHBOR", (1, 3, 5, 2), (1, 7, 4, 2), [[7, 4]], {"half_pixel_centers": True}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_input(
    op: str, dtype: str, shape: tuple[int, ...], result: tuple[int, ...], constants: list[Any],
    options: dict[str, Any] | None,
) -> None:
    unsupported = {
        "bool": {"PAD", "SPACE_TO_DEPTH", "DEPTH_TO_SPACE", "SPACE_TO_BATCH_ND", "BATCH_TO_SPACE_ND",
                 "RESIZE_NEAREST_NEIGHBOR"},
        "int16": {"SPACE_TO_DEPTH", "DEPTH_TO_SPACE"},
        "int32": {"RESIZE_NEAREST_NEIGHBOR"},
        "int64": {"RESIZE_NEAREST_NEIGHBOR"},
    }
    if op not in unsupported.get(dtype, ()):
        _check(op, dtype, shape, result, constants, options)


@pytest.mark.parametrize("mode", [0, 1])
@pytest.mark.parametrize("dtype", ["float32", "int8"])
def test_mirror_pad(mode: int, dtype: str) -> None:
    _check("MIRROR_PAD", dtype, (3, 4), (6, 8), [[[1, 2], [3, 1]]], {"mode": mode})


@pytest.mark.parametrize("seed", SEEDS)
def test_strided_slice(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(40):
        rank = int(rng.integers(1, 5))
        shape = tuple(int(n) for n in rng.integers(1, 7, rank))
        stride = [int(s) for s in rng.choice([-2, -1, 1, 1, 2, 3], rank)]
        begin, end = ([int(rng.integers(-n - 1, n + 2)) for n in shape] for _ in range(2))
        options = {name: int(rng.integers(0, 1 << rank)) for name in ("begin_mask", "end_mask")}
        result = np.zeros(shape)[tuple(_python_slice(i, begin, end, stride, options) for i in range(rank))].shape
        if 0 not in result:
            _check("STRIDED_SLICE", "float32", shape, result, [begin, end, stride], options)


def _python_slice(i: int, begin: list[int], end: list[int], stride: list[int], options: dict[str, int]) -> slice:
    first = None if options["begin_mask"] >> i & 1 else begin[i]
    last = None if options["end_mask"] >> i & 1 else end[i]
    n = stride[i]
    return slice(first, last, n)


@pytest.mark.parametrize(
    ("shape", "begin", "end", "options", "result"),
    [
        ((3, 4, 5), [1, 0, 0], [2, 0, 0], {"shrink_axis_mask": 1, "end_mask": 6}, (4, 5)),
        ((3, 4, 5), [0, -1], [0, 0], {"ellipsis_mask": 1, "shrink_axis_mask": 2}, (3, 4)),
        ((3, 4), [0, 0, 0], [0, 0, 0], {"new_axis_mask": 2, "begin_mask": 5, "end_mask": 5}, (3, 1, 4)),
    ],
)
def test_strided_slice_axes(
    shape: tuple[int, ...], begin: list[int], end: list[int], options: dict[str, int], result: tuple[int, ...]
) -> None:
    _check("STRIDED_SLICE", "float32", shape, result, [begin, end, [1] * len(begin)], options)


@pytest.mark.parametrize("dtype", TYPES[:-1])
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_concatenation_and_pack(dtype: str, axis: int) -> None:
    rng = np.random.default_rng(2)
    params = (0.05, 0) if dtype in ("int8", "uint8", "int16") else None
    shapes = [tuple(3 if d == axis % 3 else n for d, n in enumerate((2, 4, 5))), (2, 4, 5)]
    total = tuple(a + b if d == axis % 3 else a for d, (a, b) in enumerate(zip(*shapes, strict=True)))
    model = ModelBuilder()
    inputs = [model.input(f"x{i}", shape, dtype, quantization=params) for i, shape in enumerate(shapes)]
    options = {"axis": axis}
    model.output(model.op("CONCATENATION", inputs, options, shape=total, quantization=params))
    values = [random_values(rng, shape, dtype) for shape in shapes]
    check_model(model, values)
    packed = ModelBuilder()
    pair = [packed.input(f"x{i}", (2, 3), dtype, quantization=params) for i in range(2)]
    shape = tuple(np.insert((2, 3), axis % 3, 2))
    packed.output(packed.op("PACK", pair, {"axis": axis, "values_count": 2}, shape=shape, quantization=params))
    check_model(packed, [random_values(rng, (2, 3), dtype) for _ in range(2)])


@pytest.mark.parametrize("seed", SEEDS)
def test_concatenation_of_uint8_with_other_scales(seed: int) -> None:
    rng = np.random.default_rng(seed)
    model = ModelBuilder()
    inputs = [model.input(f"x{i}", (4, 30), "uint8", quantization=(0.01 * (i + 2), 50 * i)) for i in range(3)]
    model.output(model.op("CONCATENATION", inputs, {"axis": 1}, shape=(4, 90), quantization=(0.03, 90)))
    check_model(model, [random_values(rng, (4, 30), "uint8") for _ in range(3)])


@pytest.mark.parametrize("dtype", ["float32", "int8", "int32"])
@pytest.mark.parametrize("op", ["SPLIT", "SPLIT_V", "UNPACK"])
def test_split(op: str, dtype: str) -> None:
    model = ModelBuilder()
    params = (0.1, 0) if dtype == "int8" else None
    x = model.input("x", (2, 6, 4), dtype, quantization=params)
    sizes = {"SPLIT": [(2, 2, 4)] * 3, "SPLIT_V": [(2, 1, 4), (2, 3, 4), (2, 2, 4)], "UNPACK": [(2, 4)] * 6}[op]
    inputs = {
        "SPLIT": [_ints(model, "axis", 1), x],
        "SPLIT_V": [x, _ints(model, "sizes", [1, 3, -1]), _ints(model, "axis", 1)],
        "UNPACK": [x],
    }[op]
    options = {"SPLIT": {"num_splits": 3}, "SPLIT_V": {"num_splits": 3}, "UNPACK": {"axis": 1, "num": 6}}[op]
    outputs = [model.tensor(f"y{i}", shape, dtype, quantization=params) for i, shape in enumerate(sizes)]
    model.op_with_outputs(op, inputs, outputs, options)
    model.output(*outputs)
    check_model(model, [random_values(np.random.default_rng(3), (2, 6, 4), dtype)])


@pytest.mark.parametrize("op", ["SELECT", "SELECT_V2"])
@pytest.mark.parametrize("dtype", ["float32", "int32", "int8", "bool"])
def test_select(op: str, dtype: str) -> None:
    rng = np.random.default_rng(4)
    model = ModelBuilder()
    shape = (3, 5) if op == "SELECT" else (3, 1)
    inputs = [model.input("c", (3,) if op == "SELECT" else (5,), "bool")]
    inputs += [model.input(name, shape, dtype) for name in "ab"]
    model.output(model.op(op, inputs, shape=(3, 5), dtype=dtype))
    values = [random_values(rng, x.shape, "bool" if i == 0 else dtype) for i, x in enumerate(inputs)]
    check_model(model, values)


def test_shapes_known_only_at_run_time() -> None:
    """WHERE finds how many elements there are when it runs; what follows is prepared then."""
    rng = np.random.default_rng(5)
    model = ModelBuilder()
    x = model.input("x", (4, 6))
    mask = model.op("GREATER", [x, model.constant("zero", np.float32(0))], dtype="bool", shape=(4, 6))
    where = model.op("WHERE", [mask], dtype="int64", shape=(-1, 2))
    model.output(model.op("GATHER_ND", [x, where], shape=(-1,)))
    data = model.to_bytes()
    from oracle import run_litert

    for _ in range(3):
        values = rng.standard_normal((4, 6)).astype(np.float32)
        np.testing.assert_array_equal(run_delegant(data, [values])[0], run_litert(data, [values])[0])


@pytest.mark.parametrize("op", ["FILL", "RANGE", "ONE_HOT", "SCATTER_ND", "ZEROS_LIKE"])
def test_making_tensors(op: str) -> None:
    model = ModelBuilder()
    x = model.input("x", (3, 2), "int32")
    made = {
        "FILL": lambda: model.op("FILL", [_ints(model, "s", [3, 2]), _ints(model, "v", 7)], shape=(3, 2)),
        "RANGE": lambda: model.op("RANGE", [_ints(model, str(v), v) for v in (1, 12, 4)], shape=(3,)),
        "ONE_HOT": lambda: model.op(
            "ONE_HOT", [x, *(_ints(model, str(v), v) for v in (4, 5, -1))], {"axis": -1},
            shape=(3, 2, 4),
        ),
        "SCATTER_ND": lambda: model.op(
            "SCATTER_ND", [_ints(model, "i", [[0], [4], [0]]), x, _ints(model, "s", [5, 2])], shape=(5, 2)
        ),
        "ZEROS_LIKE": lambda: model.op("ZEROS_LIKE", [x]),
    }[op]()
    if op in ("FILL", "RANGE"):
        made = model.op("CAST", [made], dtype="float32")
    model.output(made, model.op("NEG", [x]))
    check_model(model, [np.array([[0, 1], [3, -1], [4, 2]], np.int32)])


@pytest.mark.parametrize(("op", "indices"), [("GATHER", [0, 9]), ("GATHER_ND", [[0], [9]])])
def test_indices_out_of_bounds_are_errors(op: str, indices: list[Any]) -> None:
    model = ModelBuilder()
    x = model.input("x", (3, 2))
    model.output(model.op(op, [x, _ints(model, "i", indices)], shape=(2, 2)))
    with pytest.raises(RuntimeError, match="gather index out of bounds"):
        run_delegant(model.to_bytes(), [np.zeros((3, 2), np.float32)])


def test_a_reshape_that_does_not_fit_is_refused() -> None:
    model = ModelBuilder()
    model.output(model.op("RESHAPE", [model.input("x", (3, 2)), _ints(model, "s", [4, 2])], shape=(4, 2)))
    with pytest.raises(RuntimeError, match=r"num_input_elements != num_output_elements \(6 != 8"):
        run_delegant(model.to_bytes(), [np.zeros((3, 2), np.float32)])
