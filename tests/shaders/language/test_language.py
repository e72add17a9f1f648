"""The kernel language: what it accepts, what it refuses, and that its words mean the same everywhere."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from kernel_machines import run, run_on

from delegant.devices.device import Device
from delegant.shaders.call import KernelCall
from delegant.shaders.language import functions as fn
from delegant.shaders.language.builder import KernelBuilder
from delegant.shaders.language.expression import (
    Expr,
    bitcast,
    boolean,
    cast,
    constant,
    dot,
    equal,
    f32,
    i32,
    lane_tree,
    not_equal,
    select,
    u32,
    vector,
)
from delegant.shaders.parts.activation import ACTIVATIONS
from delegant.shaders.printing.opencl_c import OpenCLC
from delegant.shaders.printing.wgsl import WGSL
from delegant.shaders.traced.evaluate import evaluate

COUNT = 32
VALUES = np.concatenate([np.linspace(-4, 4, 20), [0.5, 1.5, 2.5, -0.5, -1.5, 90, -90, 1e-3, -1e-3, 20, -20, 0]])


def unary(name: str, function: Callable[[KernelBuilder, Expr], Expr], lanes: int = 4) -> KernelCall:
    """A kernel that stores `function` of each vector of x."""
    k = KernelBuilder(name, (8, 1, 1))
    x, y = k.read("x", f32, lanes), k.write("y", f32, lanes)
    at = k.let(k.global_id(0) * lanes, "at")
    with k.when(at < COUNT):
        k.store(y, at, function(k, k.load(x, at)))
    return KernelCall(k.finish(), (), (COUNT // 8, 1, 1))


def logistic(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def erf(x: np.ndarray) -> np.ndarray:
    return np.vectorize(math.erf)(x)


def as_integers(k: KernelBuilder, x: Expr) -> Expr:
    n = k.let(cast(x, i32), "n")
    mixed = ((n << 2) ^ (n & 6)) | (n >> 1)
    return cast(mixed + n // 3 - n % 5, f32)


def integers(x: np.ndarray) -> np.ndarray:
    n = np.trunc(x).astype(np.int32)
    third = np.trunc(n / 3).astype(np.int32)
    rest = n - np.trunc(n / 5).astype(np.int32) * 5
    return (((n << 2) ^ (n & 6)) | (n >> 1)) + third - rest


WORDS: dict[str, tuple[Callable[[KernelBuilder, Expr], Expr], Callable[[np.ndarray], np.ndarray]]] = {
    "exp": (lambda k, x: fn.exp(fn.minimum(x, 10)), lambda x: np.exp(np.minimum(x, 10))),
    "log": (lambda k, x: fn.log(fn.absolute(x) + 1), lambda x: np.log(abs(x) + 1)),
    "tanh": (lambda k, x: fn.tanh(x), np.tanh),
    "trigonometry": (lambda k, x: fn.sin(x) + fn.cos(x) * 2, lambda x: np.sin(x) + np.cos(x) * 2),
    "roots": (
        lambda k, x: fn.sqrt(fn.absolute(x)) + fn.rsqrt(x * x + 1),
        lambda x: abs(x) ** 0.5 + (x * x + 1) ** -0.5,
    ),
    "power": (lambda k, x: fn.power(fn.absolute(x), 1.5), lambda x: abs(x) ** 1.5),
    "rounding": (
        lambda k, x: fn.round_even(x) + fn.floor(x) * 10 + fn.ceil(x) * 100 + fn.trunc(x) * 1000,
        lambda x: np.rint(x) + np.floor(x) * 10 + np.ceil(x) * 100 + np.trunc(x) * 1000,
    ),
    "sign": (lambda k, x: fn.sign(x), np.sign),
    "divide": (lambda k, x: 1.0 / (x * x + 1) - x / 3, lambda x: 1 / (x * x + 1) - x / 3),
    "select": (
        lambda k, x: select((x > -1) & ~(x >= 2) | not_equal(x, x), x, select(equal(x, 3), x, -x)),
        lambda x: np.where((x > -1) & (x < 2), x, -x),
    ),
    "integers": (as_integers, integers),
    "bits": (
        lambda k, x: bitcast(bitcast(x, u32) & 0x7FFFFFFF, f32),
        abs,
    ),
    "bool_to_float": (lambda k, x: cast(x > 0, f32), lambda x: (x > 0) * 1.0),
    "lanes": (
        lambda k, x: vector(x[3], x.part(0, 2), lane_tree(x)),
        lambda x: np.stack([x[3::4], x[0::4], x[1::4], x.reshape(-1, 4).sum(1)], 1).ravel(),
    ),
    "dot": (lambda k, x: x.lift(dot(x, x)), lambda x: np.repeat((x.reshape(-1, 4) ** 2).sum(1), 4)),
    "is_nan": (lambda k, x: cast(fn.is_nan(fn.sqrt(x)), f32), lambda x: (x < 0) * 1.0),
    "RELU": (ACTIVATIONS["RELU"], lambda x: np.maximum(x, 0)),
    "LOGISTIC": (ACTIVATIONS["LOGISTIC"], logistic),
    "HARD_SWISH": (ACTIVATIONS["HARD_SWISH"], lambda x: x * np.clip(x + 3, 0, 6) / 6),
    "SWISH": (ACTIVATIONS["SWISH"], lambda x: x * logistic(x)),
    "ELU": (ACTIVATIONS["ELU"], lambda x: np.where(x < 0, np.expm1(x), x)),
    "GELU": (ACTIVATIONS["GELU"], lambda x: x * (1 + erf(x / np.sqrt(2))) / 2),
    "GELU_TANH": (
        ACTIVATIONS["GELU_TANH"],
        lambda x: x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))),
    ),
}


@pytest.mark.parametrize("word", WORDS)
def test_words_mean_the_same_everywhere(machine: Device | None, word: str) -> None:
    function, reference = WORDS[word]
    x = VALUES.astype(np.float32)
    with np.errstate(all="ignore"):
        expected = reference(x.astype(np.float64))
    got = run(unary("word", function), {"x": x}, (COUNT,), machine)
    np.testing.assert_allclose(got, expected, rtol=2e-5, atol=2e-5)


def byte_kernel(storage: str) -> KernelCall:
    """y = 3 - x on bytes; even vectors are read whole, odd ones element by element."""
    k = KernelBuilder("bytes", (8, 1, 1))
    x, y = k.read("x", storage, 4), k.write("y", storage, 4)
    at = k.let(k.global_id(0) * 4, "at")
    with k.when(at < COUNT):
        by_element = vector(*(k.load(x, at + i, 1) for i in range(4)))
        k.store(y, at, 3 - select(equal(at % 8, 0), k.load(x, at), by_element))
    return KernelCall(k.finish(), (), (1, 1, 1))


@pytest.mark.parametrize("storage", ["i8", "u8"])
def test_bytes_load_and_store_as_integers(machine: Device | None, storage: str) -> None:
    dtype = np.int8 if storage == "i8" else np.uint8
    x = np.random.default_rng(0).integers(-128, 127, COUNT).astype(dtype)
    y = np.zeros_like(x)
    if machine is None:
        evaluate(byte_kernel(storage), {"x": x, "y": y})
    else:
        run_on(machine, byte_kernel(storage), {"x": x}, y)
    np.testing.assert_array_equal(y, (3 - x.astype(np.int32)).astype(dtype))


def test_memory_of_an_invocation_alone(machine: Device | None) -> None:
    """Every invocation turns four values round, in memory that the others of its group do not share."""
    k = KernelBuilder("turned", (4, 1, 1))
    x, y, own = k.read("x", f32), k.write("y", f32), k.private("own", f32, 4)
    at = k.let(k.global_id(0) * 4, "at")
    with k.loop(0, 4) as i:
        k.store(own, 3 - i, k.load(x, at + i))
    with k.loop(0, 4) as i:
        k.store(y, at + i, k.load(own, i))
    x_values = np.arange(COUNT, dtype=np.float32)
    got = run(KernelCall(k.finish(), (), (COUNT // 16, 1, 1)), {"x": x_values}, (COUNT,), machine)
    np.testing.assert_array_equal(got, x_values.reshape(-1, 4)[:, ::-1].ravel())


def test_workgroup_memory_and_barrier(machine: Device | None) -> None:
    """Every group of 8 reverses its 8 values."""
    k = KernelBuilder("reverse", (8, 1, 1))
    x, y, tile = k.read("x", f32), k.write("y", f32), k.shared("tile", f32, 8)
    at, lane = k.global_id(0), k.local_id(0)
    k.store(tile, lane, k.load(x, at))
    k.barrier()
    k.store(y, at, k.load(tile, 7 - lane))
    x_values = np.arange(COUNT, dtype=np.float32)
    got = run(KernelCall(k.finish(), (), (COUNT // 8, 1, 1)), {"x": x_values}, (COUNT,), machine)
    np.testing.assert_array_equal(got, x_values.reshape(-1, 8)[:, ::-1].ravel())


def test_loops_branches_and_scalars(machine: Device | None) -> None:
    """y[i] = factor * (0 + 2 + 4 + ... below i), or -1 for i >= limit."""
    k = KernelBuilder("sums", (8, 1, 1))
    y = k.write("y", f32)
    (limit,), factor = k.sizes("limit"), k.scalar("factor", f32)
    i = k.global_id(0)
    with k.when(i < limit):
        total = k.var(i32, 0)
        with k.loop(0, i, 2) as j:
            k.set(total, total + j)
        k.store(y, i, cast(total, f32) * factor)
    with k.otherwise():
        k.store(y, i, constant(f32, -1))
    got = run(KernelCall(k.finish(), (20, 0.5), (COUNT // 8, 1, 1)), {}, (COUNT,), machine)
    np.testing.assert_array_equal(got, [0.5 * sum(range(0, i, 2)) if i < 20 else -1 for i in range(COUNT)])


def test_integer_arithmetic_on_constants_is_folded() -> None:
    k = KernelBuilder("k")
    n = k.scalar("n")
    assert (n + 0) is n and (n * 1) is n and (1 * n) is n and (n // 1) is n
    assert (n * 0).detail == 0
    assert (constant(i32, 3) * 4 + 5).detail == 17


def refused_kernels() -> dict[str, tuple[type[Exception], Callable[[KernelBuilder], object]]]:
    """Name -> (error, what raises it)."""
    return {
        "infinite constant": (ValueError, lambda k: constant(f32, float("inf"))),
        "truth of an expression": (TypeError, lambda k: bool(k.scalar("n") < 3)),
        "mixed kinds": (TypeError, lambda k: k.scalar("n") + k.scalar("x", f32)),
        "mixed lanes": (TypeError, lambda k: k.var(f32.of(4)) + k.var(f32.of(8))),
        "float //": (TypeError, lambda k: k.scalar("x", f32) // 2),
        "integer /": (TypeError, lambda k: k.scalar("n") / 2),
        "store to a constant": (TypeError, lambda k: k.store(k.constant("w", f32), 0, constant(f32, 1))),
        "store of another kind": (TypeError, lambda k: k.store(k.write("y", f32), 0, constant(i32, 1))),
        "name used twice": (ValueError, lambda k: (k.read("x", f32), k.write("x", f32))),
        "reserved name": (ValueError, lambda k: k.read("filter", f32)),
        "set of a value": (TypeError, lambda k: k.set(k.scalar("n"), 1)),
        "otherwise alone": (ValueError, lambda k: k.otherwise().__enter__()),
        "vector condition": (TypeError, lambda k: k.when(k.var(boolean.of(4))).__enter__()),
        "lane beyond": (IndexError, lambda k: k.var(f32.of(4))[4]),
    }


@pytest.mark.parametrize("fault", refused_kernels())
def test_faults_are_refused_while_tracing(fault: str) -> None:
    error, provoke = refused_kernels()[fault]
    with pytest.raises(error):
        provoke(KernelBuilder("k"))


def test_a_call_must_fit_its_kernel() -> None:
    k = KernelBuilder("k", (8, 1, 1))
    k.scalar("n")
    k.constant("w", f32)
    kernel = k.finish()
    with pytest.raises(ValueError, match="2 sizes for 1 scalars"):
        KernelCall(kernel, (1, 2), (1, 1, 1), {"w": np.zeros(1, np.float32)})
    with pytest.raises(ValueError, match="constants"):
        KernelCall(kernel, (1,), (1, 1, 1))
    with pytest.raises(ValueError, match="workgroups"):
        KernelCall(kernel, (1,), (70000, 1, 1), {"w": np.zeros(1, np.float32)})


def test_the_numpy_machine_finds_faults() -> None:
    k = KernelBuilder("outside")
    y = k.write("y", f32)
    k.store(y, k.global_id(0) + 3, constant(f32, 1))
    with pytest.raises(IndexError, match=r"y\[4\] of 4"):
        evaluate(KernelCall(k.finish(), (), (2, 1, 1)), {"y": np.zeros(4, np.float32)})
    k = KernelBuilder("parted", (2, 1, 1))
    with k.when(k.local_id(0) < 1):
        k.barrier()
    with pytest.raises(RuntimeError, match="barrier"):
        evaluate(KernelCall(k.finish(), (), (1, 1, 1)), {})
    k = KernelBuilder("crooked")
    y = k.write("y", f32, 4)
    k.store(y, k.global_id(0) + 1, constant(f32.of(4), 1))
    call = KernelCall(k.finish(), (), (1, 1, 1))
    with pytest.raises(IndexError, match="not aligned"):
        evaluate(call, {"y": np.zeros(8, np.float32)}, aligned=True)


def test_a_hint_reads_nothing_and_may_point_outside() -> None:
    k = KernelBuilder("hint")
    x, y = k.read("x", f32), k.write("y", f32)
    k.prefetch(x, k.global_id(0) + 1000)
    k.store(y, k.global_id(0), constant(f32, 2))
    call, made = KernelCall(k.finish(), (), (2, 1, 1)), np.zeros(2, np.float32)
    evaluate(call, {"x": np.zeros(2, np.float32), "y": made})
    assert made.tolist() == [2, 2]
    assert "READ_SOON(x + (gid_1 + 1000));" in OpenCLC().source(call.kernel)
    with pytest.raises(ValueError, match="no hints"):
        WGSL().source(call.kernel)


def test_extreme_constants_print_as_legal_literals() -> None:
    k = KernelBuilder("k")
    y, z = k.write("y", i32), k.write("z", f32)
    k.store(y, 0, constant(i32, -(2**31)))
    k.store(z, 0, constant(f32, -3.4028234663852886e38))
    kernel = k.finish()
    assert "i32(-2147483648)" in WGSL().source(kernel)
    assert "(-2147483647 - 1)" in OpenCLC().source(kernel)
    assert "(-3.4028234663852886e+38f)" in WGSL().source(kernel)


def test_wgsl_refuses_what_it_cannot_bind() -> None:
    k = KernelBuilder("k")
    k.read("x", f32, 16)
    k.store(k.write("y", f32, 4), 0, constant(f32, 1))
    with pytest.raises(ValueError, match="all 4 lanes"):
        WGSL().source(k.finish())


def _rotated(group: int, lane: Callable[[KernelBuilder], Expr]) -> KernelCall:
    """A kernel that stores what another invocation loaded."""
    k = KernelBuilder("rotated", (group, 1, 1))
    x, y = k.read("x", f32), k.write("y", f32)
    k.store(y, k.global_id(0), k.let(fn.shuffle(k.load(x, k.global_id(0)), lane(k))))
    return KernelCall(k.finish(), (), (COUNT // group, 1, 1))


@pytest.mark.parametrize("name", ["numpy", pytest.param("webgpu", marks=pytest.mark.webgpu)])
def test_a_shuffle_stays_inside_its_subgroup(name: str, request: pytest.FixtureRequest) -> None:
    device = None if name == "numpy" else request.getfixturevalue("webgpu_device")
    if device is not None and device.info.device_class != "llvmpipe":
        pytest.skip("subgroups of eight are known of llvmpipe only")
    x = np.arange(COUNT, dtype=np.float32)
    got = run(_rotated(8, lambda k: (k.local_id(0) + 3) & 7), {"x": x}, (COUNT,), device)
    assert np.array_equal(got, np.roll(x.reshape(-1, 8), -3, 1).ravel())


def test_the_numpy_machine_refuses_a_shuffle_from_outside_the_subgroup() -> None:
    call = _rotated(8, lambda k: k.local_id(0) + 1)
    with pytest.raises(IndexError, match="shuffle"):
        evaluate(call, {"x": np.zeros(COUNT, np.float32), "y": np.zeros(COUNT, np.float32)})


def test_opencl_has_no_shuffles() -> None:
    with pytest.raises(ValueError, match="subgroups"):
        OpenCLC().source(_rotated(8, lambda k: k.local_id(0)).kernel)
