"""Runs a traced kernel in NumPy: for tests and for finding faults without a device.

All invocations of the grid go through the kernel in step, with a mask where they part. A value is an array
[invocations, lanes]. What a device would let pass is an error here: an access outside a buffer, a vector access that is
not aligned (WGSL), a barrier that not all invocations reach.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..call import KernelCall
from ..language.expression import Expr
from ..language.kernel import Barrier, Buffer, Kernel, Let, Loop, Memory, Set, Statement, Store, When

_DTYPES = {"f32": np.float32, "f16": np.float16, "i32": np.int32, "u32": np.uint32, "bool": np.bool_}
STORED = {**_DTYPES, "i8": np.int8, "u8": np.uint8, "i16": np.int16}
"""NumPy's type of the elements of a buffer, by its storage kind."""


def _quotient(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Division as C does it: integers round towards zero."""
    if a.dtype.kind == "f":
        return a / b
    wide, by = a.astype(np.int64), np.where(b == 0, 1, b).astype(np.int64)
    return (np.sign(wide) * np.sign(by) * (abs(wide) // abs(by))).astype(a.dtype)


_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": _quotient,
    "%": lambda a, b: a - _quotient(a, b) * b if a.dtype.kind != "f" else np.fmod(a, b),
    "&": np.bitwise_and,
    "|": np.bitwise_or,
    "^": np.bitwise_xor,
    "<<": np.left_shift,
    ">>": np.right_shift,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}


def _add_byte_products(
    total: np.ndarray, left: np.ndarray, right: np.ndarray, left_bytes: type[np.generic] = np.uint8
) -> np.ndarray:
    rows = np.broadcast_shapes(total.shape, left.shape, right.shape)
    a, b = (np.ascontiguousarray(np.broadcast_to(v, rows)) for v in (left, right))
    products = a.view(left_bytes).astype(np.int32) * b.view(np.int8)
    return total + products.reshape(*rows, 4).sum(-1, dtype=np.int32)


def _interleave_bytes(parts: np.ndarray) -> np.ndarray:
    quarters = np.ascontiguousarray(parts).view(np.uint8).reshape(len(parts), 4, -1)
    return np.ascontiguousarray(quarters.transpose(0, 2, 1)).view(np.int32)[..., 0]


def _lookup_bytes(index: np.ndarray, *quarters: np.ndarray) -> np.ndarray:
    rows = np.broadcast_to(np.concatenate(quarters, axis=1), (len(index), 64))
    return np.take_along_axis(np.ascontiguousarray(rows).view(np.uint8), index.astype(np.int64) & 255, axis=1)


def _scale_sums(x: np.ndarray, m: np.ndarray, right: np.ndarray) -> np.ndarray:
    first = (x.astype(np.int64) * m + (1 << 30)) >> 31
    return (first + (1 << right.astype(np.int64) >> 1) - ((first < 0) & (right > 0))) >> right


def _scale_rising(x: np.ndarray, *halves: np.ndarray) -> np.ndarray:
    lanes, made = x.shape[1], np.empty(x.shape, np.int32)
    m, (even, odd, even_shift, odd_shift) = halves[:2], (np.ascontiguousarray(h).view(np.int64) for h in halves[2:])
    made[:, 0::2] = (x[:, 0::2].astype(np.int64) * m[0][:, 0:lanes:2] + even) >> even_shift
    made[:, 1::2] = (x[:, 1::2].astype(np.int64) * m[1][:, 0:lanes:2] + odd) >> odd_shift >> 32
    return made


def _pack_codes(*parts: np.ndarray) -> np.ndarray:
    lines = np.broadcast_shapes(*(p.shape for p in parts))
    codes = np.concatenate([np.broadcast_to(p, lines) for p in parts], axis=1)
    return np.clip(codes, 0, 255).astype(np.uint8).view(np.int32)


def _lookup_packed(codes: np.ndarray, *quarters: np.ndarray) -> np.ndarray:
    index = np.ascontiguousarray(codes).view(np.uint8)
    return _lookup_bytes(index, *quarters).view(np.int32)


_WIDE: dict[Any, Any] = {np.dtype(np.int32): np.int64, np.dtype(np.uint32): np.uint64}
_CALLS: dict[str, Callable[..., Any]] = {
    "fma": lambda a, b, c: (a.astype(np.float64) * b + c).astype(np.float32),
    "min": np.minimum,
    "max": np.maximum,
    "abs": np.abs,
    "sign": np.sign,
    "exp": np.exp,
    "log": np.log,
    "tanh": np.tanh,
    "sin": np.sin,
    "cos": np.cos,
    "sqrt": np.sqrt,
    "rsqrt": lambda x: 1 / np.sqrt(x),
    "pow": np.power,
    "atan2": np.arctan2,
    "floor": np.floor,
    "ceil": np.ceil,
    "trunc": np.trunc,
    "round": np.rint,
    "add_byte_products": _add_byte_products,
    "add_signed_byte_products": functools.partial(_add_byte_products, left_bytes=np.int8),
    "interleave_bytes": _interleave_bytes,
    "lookup_bytes": _lookup_bytes,
    "scale_sums": _scale_sums,
    "scale_rising": _scale_rising,
    "pack_codes": _pack_codes,
    "lookup_packed": _lookup_packed,
    "placed": np.add,
    "mul_hi": lambda a, b: (a.astype(_WIDE[a.dtype]) * b.astype(_WIDE[a.dtype])) >> 32,
}


def evaluate(call: KernelCall, operands: Mapping[str, np.ndarray], aligned: bool = False) -> None:
    """Runs one call; outputs are written in place.

    Args:
        call: the launch.
        operands: for every name of `call.operands` a flat array of the binding's storage type.
        aligned: require vector accesses at multiples of their lanes, as WGSL does.

    Raises:
        IndexError: an active invocation leaves a buffer, or is not aligned.
        RuntimeError: a barrier that not every invocation of the grid reaches.
    """
    memories = {**{n: np.ravel(a) for n, a in call.constants.items()}, **operands}
    _Machine(call.kernel, call.groups, memories, call.sizes, aligned).run()


class _Machine:
    def __init__(
        self,
        kernel: Kernel,
        groups: Sequence[int],
        memories: Mapping[str, np.ndarray],
        sizes: Sequence[int | float],
        aligned: bool,
    ) -> None:
        self.kernel, self.aligned = kernel, aligned
        self.memories: dict[str, np.ndarray] = dict(memories)
        for b in kernel.buffers:
            if memories[b.name].dtype != STORED[b.storage] or memories[b.name].ndim != 1:
                raise ValueError(f"{b.name}: a flat array of {b.storage} is needed")
        grid = [np.arange(g * n) for g, n in zip(groups, kernel.group, strict=True)]
        z, y, x = (a.reshape(-1, 1) for a in np.meshgrid(grid[2], grid[1], grid[0], indexing="ij"))
        self.ids = {}
        for axis, flat in enumerate((x, y, z)):
            size = kernel.group[axis]
            for kind, value in (("global", flat), ("group", flat // size), ("local", flat % size)):
                self.ids[kind, axis] = value.astype(np.int32)
        group = (self.ids["group", 2] * groups[1] + self.ids["group", 1]) * groups[0] + self.ids["group", 0]
        self.group = group.astype(np.int64)
        count = groups[0] * groups[1] * groups[2]
        self.shared: dict[str, np.ndarray] = {
            s.name: np.zeros((len(x) if s.private else count) * s.count, _DTYPES[s.type.scalar]) for s in kernel.shared
        }
        self.names: dict[str, np.ndarray] = {
            s.name: np.full((1, 1), v, _DTYPES[s.type.scalar]) for s, v in zip(kernel.scalars, sizes, strict=True)
        }
        self.mask = np.ones((len(x), 1), bool)

    def run(self) -> None:
        """Runs the whole kernel."""
        with np.errstate(all="ignore"):
            self.block(self.kernel.body)

    def block(self, body: Iterable[Statement]) -> None:
        """Runs statements for the active invocations."""
        for s in body:
            if isinstance(s, Let):
                value = self.value(s.value)
                shape = (len(self.mask), s.value.type.lanes)
                self.names[s.name] = np.broadcast_to(value, shape).copy() if s.mutable else value
            elif isinstance(s, Set):
                old = self.names[str(s.variable.detail)]
                np.copyto(old, self.value(s.value), where=self.mask)
            elif isinstance(s, Store):
                self.store(s)
            elif isinstance(s, When):
                self.when(s)
            elif isinstance(s, Loop):
                self.loop(s)
            elif isinstance(s, Barrier) and not self.mask.all():
                raise RuntimeError(f"{self.kernel.name}: a barrier that not all invocations reach")

    def when(self, s: When) -> None:
        """Runs both branches, each for its invocations."""
        before, chosen = self.mask, self.value(s.condition)
        for mask, body in ((before & chosen, s.body), (before & ~chosen, s.other)):
            if mask.any():
                self.mask = mask
                self.block(body)
        self.mask = before

    def loop(self, s: Loop) -> None:
        """Repeats until no invocation is left."""
        before = self.mask
        index = np.broadcast_to(self.value(s.start), before.shape).copy()
        self.names[s.index] = index
        while True:
            self.mask = before & (index < self.value(s.stop))
            if not self.mask.any():
                break
            self.block(s.body)
            index += self.value(s.step)
        self.mask = before

    def value(self, e: Expr) -> np.ndarray:
        """Value of an expression, [invocations or 1, lanes]."""
        if e.op in ("name", "variable"):
            value = self.names[str(e.detail)]
            return value if e.op == "name" else value.copy()
        if e.op == "const":
            return np.full((1, 1), e.detail, _DTYPES[e.type.scalar])
        if e.op == "id":
            return self.ids[e.detail]  # type: ignore[index]
        args = [self.value(a) for a in e.args]
        if e.op == "load":
            return self.load(e.detail, e.type.lanes, args[0])  # type: ignore[arg-type]
        return self.operator(e, args)

    def operator(self, e: Expr, args: list[Any]) -> np.ndarray:
        """Value of an operator whose operands are known."""
        kind = _DTYPES[e.type.scalar]
        if e.op == "splat":
            return np.broadcast_to(args[0], (len(args[0]), e.type.lanes))
        if e.op == "vector":
            rows = max(len(a) for a in args)
            return np.concatenate([np.broadcast_to(a, (rows, a.shape[1])) for a in args], 1)
        if e.op in ("lane", "part"):
            return args[0][:, e.detail : e.detail + e.type.lanes]  # type: ignore[operator]
        if e.op == "call":
            return _CALLS[str(e.detail)](*args).astype(kind)
        if e.op == "dot":
            return np.sum(args[0] * args[1], 1, keepdims=True, dtype=kind)
        if e.op == "any":
            return np.any(args[0], 1, keepdims=True)
        if e.op == "shuffle":
            return self.shuffle(*args)
        if e.op == "negate":
            return -args[0]
        if e.op == "not":
            return ~args[0]
        if e.op == "select":
            return np.where(args[2], args[0], args[1])
        if e.op == "cast":
            return args[0].astype(kind)
        if e.op == "bitcast":
            return np.ascontiguousarray(args[0]).view(kind)
        return _BINARY[str(e.detail)](*args)

    def shuffle(self, value: np.ndarray, lane: np.ndarray) -> np.ndarray:
        """The value of another invocation of the workgroup, which is a line along axis 0."""
        everyone, size = np.arange(len(self.mask)), self.kernel.group[0]
        reached = self.mask.reshape(-1, size)
        if self.kernel.group[1:] != (1, 1) or (reached != reached[:, :1]).any():
            raise RuntimeError(f"{self.kernel.name}: a shuffle that not all invocations of a subgroup reach")
        source = np.broadcast_to(lane, self.mask.shape)[:, 0]
        if ((source < 0) | (source >= size)).any():
            raise IndexError(f"{self.kernel.name}: a shuffle from outside the subgroup")
        return np.broadcast_to(value, (len(everyone), value.shape[1]))[everyone // size * size + source]

    def _places(self, memory: Memory, lanes: int, at: np.ndarray) -> np.ndarray:
        """Indices [invocations, lanes] of an access, 0 where it is masked."""
        length = len(self.memories[memory.name]) if isinstance(memory, Buffer) else memory.count
        places = np.broadcast_to(at, self.mask.shape).astype(np.int64) + np.arange(lanes)
        outside = self.mask & ((places < 0) | (places >= length))
        if outside.any():
            raise IndexError(f"{self.kernel.name}: {memory.name}[{places[outside][0]}] of {length}")
        if self.aligned and (self.mask & (places[:, :1] % lanes != 0)).any():
            raise IndexError(f"{self.kernel.name}: {memory.name} is read by {lanes} lanes where that is not aligned")
        places = np.where(self.mask, places, 0)
        if isinstance(memory, Buffer):
            return places
        owner = np.arange(len(self.mask)).reshape(-1, 1) if memory.private else self.group
        return places + owner * memory.count

    def _array(self, memory: Memory) -> np.ndarray:
        return self.memories[memory.name] if isinstance(memory, Buffer) else self.shared[memory.name]

    def load(self, memory: Memory, lanes: int, at: np.ndarray) -> np.ndarray:
        """A read; masked invocations get something."""
        return self._array(memory)[self._places(memory, lanes, at)].astype(_DTYPES[memory.type.scalar])

    def store(self, s: Store) -> None:
        """A write by the active invocations."""
        value = self.value(s.value)
        places = self._places(s.memory, s.value.type.lanes, self.value(s.offset))
        active = self.mask[:, 0]
        array = self._array(s.memory)
        array[places[active]] = np.broadcast_to(value, places.shape)[active].astype(array.dtype)
