"""The kernel language: a kernel is Python code that is run once while a `KernelBuilder` listens.

Types and operators live in `expression`, built-in functions in `functions`, what a finished kernel consists of in
`kernel`, the printers in `opencl_c` and `wgsl`, a NumPy machine that runs kernels without a device in `evaluate`.

    k = KernelBuilder("scale", group=(64, 1, 1))
    x, y = k.read("x", f32, lanes=4), k.write("y", f32, lanes=4)
    (count,) = k.sizes("count")
    factor = k.scalar("factor", f32)
    at = k.let(k.global_id(0) * 4, "at")
    with k.when(at < count):
        k.store(y, at, k.load(x, at) * factor)
    kernel = k.finish()

Values
    `Expr` trees with operators (`/` for floats, `//` and `%` for integers, rounding towards zero), the functions of
    `functions`, `select`, `cast`, `bitcast`, `vector`, `dot`. A tree used twice is printed twice: give a value a name
    with `k.let`. Loads are named at once, where they stand, so that their order against stores is plain.
Code
    Python's `for`, `if` and functions unroll and compose while tracing. `k.loop`, `k.when`, `k.otherwise` make code.
    `k.var` makes a variable, `k.set` assigns it. An `Expr` has no truth value while tracing.
Buffers
    Offsets count elements of the binding, whatever the lanes. `k.read`, `k.write` and `k.read_write` declare
    activations, `k.constant` weights. `lanes` is the widest vector the binding is read by: WGSL binds an array of such
    vectors, so a vector load's offset must be a multiple of its lanes (OpenCL takes any offset). `k.load(b, at, lanes)`
    may read fewer lanes; in WGSL a store must have the binding's own lanes. An output never overlaps an input.
    Storage `f16` holds half floats that load and store as f32.
    Storage `i8`, `u8`, `i16` holds small integers that load and store as i32 (WGSL: 4 lanes to a store).
Scalars
    `k.sizes` (i32) and `k.scalar` are arguments given per launch, after the buffers, in order of declaration.
Workgroups
    `k.shared` is workgroup memory, `k.barrier` must be reached by all invocations of a group: never inside a
    `when` that depends on an id. Schedules for CPUs use neither. `k.private` is an array of the invocation's own.
Widths
    OpenCL takes 2, 3, 4, 8 or 16 lanes, WGSL 2 to 4: the schedule chooses, a printer never splits a vector.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

from .expression import Expr, Operand, Type, i32
from .kernel import Barrier, Buffer, Kernel, Let, Loop, Memory, Prefetch, Scalar, Set, Shared, Statement, Store, When

_RESERVED = frozenset(
    """sizes kernel global local private constant restrict read write const int uint float half double char short long
    bool void unsigned signed struct union enum switch case default if else for while do loop break continue return
    let var fn true false type filter function override alias array atomic ptr sampler input output inline static
    register volatile extern auto goto sizeof typedef module self super new delete this using from of target
    """.split()  # noqa: SIM905 - a list literal would be forty lines
)


class KernelBuilder:
    """Collects the statements of one kernel; see the module's text for the vocabulary."""

    def __init__(self, name: str, group: tuple[int, int, int] = (1, 1, 1)) -> None:
        self.name, self.group = name, group
        self.buffers: list[Buffer] = []
        self.scalars: list[Scalar] = []
        self.shared_arrays: list[Shared] = []
        self.block: list[Statement] = []
        self._body = self.block
        self._count = 0

    def finish(self) -> Kernel:
        """The finished kernel."""
        parts = (self.buffers, self.scalars, self.shared_arrays, self._body)
        return Kernel(self.name, self.group, *(tuple(p) for p in parts))  # type: ignore[arg-type]

    # --- declarations

    def _declare(self, name: str) -> str:
        taken = [
            *(b.name for b in self.buffers),
            *(s.name for s in self.scalars),
            *(s.name for s in self.shared_arrays),
        ]
        if name in taken or name in _RESERVED or not re.fullmatch(r"(?!.*_\d+$)[a-z][a-z0-9_]*", name):
            raise ValueError(f"{self.name}: {name!r} cannot name a binding (taken, reserved, or ends like a local)")
        return name

    def buffer(self, name: str, storage: Type | str, lanes: int, access: str, constant: bool = False) -> Buffer:
        """Declares a binding; `read`, `write`, `read_write` and `constant` are its short forms."""
        kind = storage if isinstance(storage, str) else storage.scalar
        self.buffers.append(Buffer(self._declare(name), kind, lanes, access, constant))
        return self.buffers[-1]

    def read(self, name: str, storage: Type | str, lanes: int = 1) -> Buffer:
        """An activation that is read."""
        return self.buffer(name, storage, lanes, "read")

    def write(self, name: str, storage: Type | str, lanes: int = 1) -> Buffer:
        """An activation that is written."""
        return self.buffer(name, storage, lanes, "write")

    def constant(self, name: str, storage: Type | str, lanes: int = 1) -> Buffer:
        """Weights or other constant data that belong to the call."""
        return self.buffer(name, storage, lanes, "read", True)

    def scalar(self, name: str, type: Type = i32) -> Expr:
        """A scalar argument."""
        self.scalars.append(Scalar(self._declare(name), type))
        return Expr("name", type, (), name)

    def sizes(self, *names: str) -> tuple[Expr, ...]:
        """Several i32 arguments."""
        return tuple(self.scalar(n) for n in names)

    def shared(self, name: str, type: Type, count: int) -> Shared:
        """Workgroup memory of `count` elements, accessed as vectors of `type.lanes` at multiples of them."""
        self.shared_arrays.append(Shared(self._declare(name), type, count))
        return self.shared_arrays[-1]

    def private(self, name: str, type: Type, count: int) -> Shared:
        """As `shared`, for each invocation alone: for CPUs, whose cache it stays in."""
        self.shared_arrays.append(Shared(self._declare(name), type, count, private=True))
        return self.shared_arrays[-1]

    # --- ids

    def global_id(self, axis: int) -> Expr:
        """Index of this invocation in the whole grid (i32)."""
        return self.let(Expr("id", i32, (), ("global", axis)), "gid")

    def group_id(self, axis: int) -> Expr:
        """Index of this workgroup in the grid (i32)."""
        return self.let(Expr("id", i32, (), ("group", axis)), "wg")

    def local_id(self, axis: int) -> Expr:
        """Index of this invocation in its workgroup (i32)."""
        return self.let(Expr("id", i32, (), ("local", axis)), "lid")

    # --- statements

    def _fresh(self, hint: str) -> str:
        self._count += 1
        return f"{hint}_{self._count}"

    def let(self, value: Expr, hint: str = "t") -> Expr:
        """Names a value, so that it is computed once. Constants and names stay as they are."""
        if value.op in ("const", "name"):
            return value
        name = self._fresh(hint)
        self.block.append(Let(name, value))
        return Expr("name", value.type, (), name)

    def var(self, type: Type, value: Operand = 0, hint: str = "v") -> Expr:
        """A variable of `type` with its first value."""
        made = Expr("variable", type, (), self._fresh(hint))
        self.block.append(Let(str(made.detail), made.lift(value), True))
        return made

    def set(self, variable: Expr, value: Operand) -> None:
        """Assigns a variable."""
        if variable.op != "variable":
            raise TypeError(f"{self.name}: only variables can be set")
        self.block.append(Set(variable, variable.lift(value)))

    def load(self, memory: Memory, offset: Operand, lanes: int | None = None, hint: str = "x") -> Expr:
        """The value at an element offset; `lanes` defaults to the binding's."""
        width = memory.type.lanes if lanes is None else lanes
        at = Expr("name", i32).lift(offset)
        value = Expr("load", memory.type.of(width), (at,), memory)
        name = self._fresh(hint)
        self.block.append(Let(name, value))
        return Expr("name", value.type, (), name)

    def store(self, memory: Memory, offset: Operand, value: Expr) -> None:
        """Writes all lanes of `value` at an element offset.

        Raises:
            TypeError: for a read-only binding, or a value of another kind.
        """
        if isinstance(memory, Buffer) and memory.access == "read":
            raise TypeError(f"{self.name}: {memory.name} is only read")
        if value.type.scalar != memory.type.scalar:
            raise TypeError(f"{self.name}: {value.type} stored to {memory.name} of {memory.type}")
        self.block.append(Store(memory, Expr("name", i32).lift(offset), value))

    def barrier(self) -> None:
        """All invocations of the group wait here."""
        self.block.append(Barrier())

    def prefetch(self, memory: Buffer, offset: Expr) -> None:
        """Hints that what lies at an element offset, perhaps outside the binding, will be read soon; OpenCL C only."""
        self.block.append(Prefetch(memory, offset))

    @contextlib.contextmanager
    def _inside(self, block: list[Statement]) -> Iterator[None]:
        outer, self.block = self.block, block
        yield
        self.block = outer

    @contextlib.contextmanager
    def when(self, condition: Expr) -> Iterator[None]:
        """Code for invocations where the scalar condition holds."""
        if condition.type != Type("bool"):
            raise TypeError(f"{self.name}: `when` of {condition.type}; it takes one bool")
        made = When(condition, [])
        with self._inside(made.body):
            yield
        self.block.append(made)

    @contextlib.contextmanager
    def otherwise(self) -> Iterator[None]:
        """The other branch of the `when` that was just closed."""
        last = self.block[-1] if self.block else None
        if not isinstance(last, When) or last.other:
            raise ValueError(f"{self.name}: `otherwise` must follow a `when`")
        with self._inside(last.other):
            yield

    @contextlib.contextmanager
    def loop(self, start: Operand, stop: Operand, step: Operand = 1) -> Iterator[Expr]:
        """Code repeated for index = start, start + step, ... below stop; gives the index."""
        index = Expr("name", i32, (), self._fresh("i"))
        body: list[Statement] = []
        with self._inside(body):
            yield index
        self.block.append(Loop(str(index.detail), index.lift(start), index.lift(stop), index.lift(step), body))
