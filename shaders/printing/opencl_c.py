"""Prints kernels as OpenCL C 1.2.

Vectors are loaded with `vloadN`, so a vector access may start at any element. A vector of bool is OpenCL's integer
vector of 0 and -1; a scalar bool is `bool`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

from ..language.expression import Expr, Type
from ..language.kernel import Buffer, Kernel, Memory, Shared
from .opencl_bytes import (
    ByteInstructions,
    byte_products,
    interleaved_bytes,
    scaled_rising,
    scaled_sums,
    whole_functions,
)
from .opencl_exp import wide_exp
from .opencl_half import HALF_LANES, half_access
from .printer import Printer, float_text

_KINDS = {"f32": "float", "f16": "half", "i32": "int", "u32": "uint", "i8": "char", "u8": "uchar", "i16": "short"}
_FLOAT_NAMES = {"min": "fmin", "max": "fmax", "abs": "fabs", "round": "rint"}
_READ_SOON = """#ifndef READ_SOON
#if defined(__x86_64__) || defined(__aarch64__)
#define READ_SOON(place) __builtin_prefetch(place)
#else
#define READ_SOON(place)
#endif
#endif
"""
"""A hint; PoCL's own `prefetch` does nothing, and what goes by SPIR-V cannot have it."""
_IDS = {"global": "get_global_id", "group": "get_group_id", "local": "get_local_id"}
_WIDE = (8, 16)
"""Lanes of vectors that only kernels for processors have."""
_SUMS = (4, 8, 16)
"""Lanes of sums of products of bytes."""
_OF_BYTES = (
    *("add_byte_products", "interleave_bytes", "lookup_bytes", "scale_sums"),
    *("scale_rising", "pack_codes", "lookup_packed"),
)
"""Functions that `opencl_bytes` has."""
ALIGNMENT = 64
"""Bytes: private arrays of vectors begin at a multiple of the widest."""
_WIDENED = ("i8", "u8", "i16")
_SIZES = {"i8": 1, "u8": 1, "i16": 2, "f16": 2}
"""Bytes of an element; else 4."""


def _packed(memory: Memory, lanes: int) -> str:
    """The type of vectors that are read and written whole, whatever their place; nothing where `vload` is as good.

    PoCL makes `vload` and `vstore` of small integers element by element, and others from halves, which its optimizer
    may tear apart.
    """
    if not isinstance(memory, Buffer):
        return f"{memory.type.scalar}x{lanes}_packed" if memory.private and lanes in _WIDE else ""
    whole = memory.storage in (*_WIDENED, "i32") or lanes in _WIDE
    return f"{memory.storage}x{lanes}_packed" if whole and lanes > 1 else ""


def _space(memory: Memory) -> str:
    """The address space of a pointer, with a blank behind it."""
    return "__global " if isinstance(memory, Buffer) else "" if memory.private else "__local "


def _packed_type(storage: str, lanes: int) -> str:
    """Definition of such a type; several kernels of a program may each bring it."""
    name, size = f"{storage}x{lanes}_packed", _SIZES.get(storage, 4)
    definition = f"typedef {_KINDS[storage]}{lanes} {name} __attribute__((aligned({size})));"
    return f"#ifndef {name.upper()}\n#define {name.upper()}\n{definition}\n#endif\n"


def _wide_choice(name: str, lanes: int) -> str:
    """`min` or `max` of floats in one instruction; OpenCL's own take three, because of NaN."""
    kind, made, sign = f"float{lanes}", f"{name}_f32x{lanes}", {"min": "<", "max": ">"}[name]
    definition = f"__attribute__((always_inline)) {kind} {made}({kind} a, {kind} b) {{ return a {sign} b ? a : b; }}"
    return f"#ifndef {made.upper()}\n#define {made.upper()}\n{definition}\n#endif\n"


def _lanes(type: Type) -> str:
    """The number in the names of functions of vectors."""
    return str(type.lanes) if type.lanes > 1 else ""


class OpenCLC(Printer):
    """OpenCL C, for devices of any class; `by` are the instructions for products of bytes that a processor has."""

    max_lanes = 16

    def __init__(self, by: ByteInstructions = ByteInstructions.VNNI) -> None:
        self.by = by

    def type_name(self, type: Type) -> str:
        if type.scalar == "bool":
            return "bool" if type.lanes == 1 else f"int{type.lanes}"
        return _KINDS[type.scalar] + (str(type.lanes) if type.lanes > 1 else "")

    def constant(self, type: Type, value: float) -> str:
        if type.scalar == "f32":
            text = f"{float_text(value)}f"
        elif type.scalar == "u32":
            text = f"{int(value) & 0xFFFFFFFF}u"
        elif type.scalar == "i32" and value == -(2**31):
            text = "(-2147483647 - 1)"
        else:
            text = str(int(value))
        return f"({text})" if text.startswith("-") else text

    def construct(self, type: Type, parts: Sequence[str]) -> str:
        if type.scalar == "bool" and len(parts) == 1:
            return f"({self.type_name(type)})(-(int){parts[0]})"
        return f"({self.type_name(type)})({', '.join(parts)})"

    def lanes(self, text: str, start: int, count: int) -> str:
        return f"{text}.s{''.join(f'{i:x}' for i in range(start, start + count))}"

    def id(self, kind: str, axis: int) -> str:
        return f"(int){_IDS[kind]}({axis})"

    def call(self, name: str, type: Type, args: Sequence[str]) -> str:
        if name == "abs" and type.scalar == "i32":
            return f"as_{self.type_name(type)}(abs({args[0]}))"
        if name == "placed":
            return " + ".join(args)
        if name == "mul_hi":
            # PoCL's own mul_hi of vectors compiles and runs at half the speed.
            wide = "ulong" if type.scalar == "u32" else "long"
            product = " * ".join(f"convert_{wide}{type.lanes if type.lanes > 1 else ''}({arg})" for arg in args)
            return f"convert_{self.type_name(type)}(({product}) >> 32)"
        if name in _OF_BYTES:
            return f"{name}_x{type.lanes}({', '.join(args)})"
        if name == "sign" and not type.is_float:
            return f"clamp({args[0]}, -1, 1)"
        if name in ("exp", "min", "max") and type.is_float and type.lanes in _WIDE:
            return f"{name}_f32x{type.lanes}({', '.join(args)})"
        return f"{_FLOAT_NAMES.get(name, name) if type.is_float else name}({', '.join(args)})"

    def binary(self, op: str, type: Type, left: str, right: str) -> str:
        if type.scalar == "bool" and type.lanes == 1 and op in "&|":
            op = op * 2
        if type.is_float and op == "%":
            return f"fmod({left}, {right})"
        return f"({left} {op} {right})"

    def negation(self, type: Type, value: str) -> str:
        return f"(!{value})" if type == Type("bool") else f"(~{value})"

    def select(self, type: Type, condition: Type, args: Sequence[str]) -> str:
        yes, no, chosen = args
        return f"({chosen} ? {yes} : {no})" if condition.lanes == 1 else f"select({no}, {yes}, {chosen})"

    def cast(self, to: Type, source: Type, value: str) -> str:
        if to.scalar == "bool":
            return f"({value} != ({self.type_name(source)})(0))"
        if to.lanes == 1:
            return f"({self.type_name(to)})({value})"
        return f"convert_{self.type_name(to)}({f'({value} & 1)' if source.scalar == 'bool' else value})"

    def bitcast(self, to: Type, value: str) -> str:
        return f"as_{self.type_name(to)}({value})"

    def load(self, memory: Memory, type: Type, at: Expr) -> str:
        offset = self.expr(at)
        if isinstance(memory, Buffer) and memory.storage == "f16":
            name = f"load_half_x{type.lanes}(" if type.lanes in HALF_LANES else f"vload_half{_lanes(type)}(0, "
            return f"{name}{memory.name} + {offset})"
        if type.lanes == 1:
            value = f"{memory.name}[{offset}]"
        elif packed := _packed(memory, type.lanes):
            value = f"*({_space(memory)}const {packed}*)({memory.name} + {offset})"
        else:
            value = f"vload{type.lanes}(0, {memory.name} + {offset})"
        if isinstance(memory, Buffer) and memory.storage in _WIDENED:
            return self.cast(type, Type(memory.storage, type.lanes), value)
        return value

    def store(self, memory: Memory, at: Expr, type: Type, value: str) -> str:
        offset = self.expr(at)
        if isinstance(memory, Buffer) and memory.storage == "f16":
            wide = type.lanes in HALF_LANES
            name, start = (f"store_half_x{type.lanes}", "") if wide else (f"vstore_half{_lanes(type)}_rte", "0, ")
            return f"{name}({value}, {start}{memory.name} + {offset});"
        if isinstance(memory, Buffer) and memory.storage in _WIDENED:
            value = self.cast(Type(memory.storage, type.lanes), type, value)
        if type.lanes == 1:
            return f"{memory.name}[{offset}] = {value};"
        if packed := _packed(memory, type.lanes):
            return f"*({_space(memory)}{packed}*)({memory.name} + {offset}) = {value};"
        return f"vstore{type.lanes}({value}, 0, {memory.name} + {offset});"

    def any_lane(self, value: str) -> str:
        return f"(any({value}) != 0)"

    def shuffle(self, value: str, lane: str) -> str:
        raise ValueError("OpenCL C 1.2 has no subgroups")

    def declare(self, type: Type, name: str, mutable: bool) -> str:
        return f"{'' if mutable else 'const '}{self.type_name(type)} {name}"

    def prefetch(self, memory: Buffer, at: Expr) -> str:
        return f"READ_SOON({memory.name} + {self.expr(at)});"

    def barrier(self) -> str:
        return "barrier(CLK_LOCAL_MEM_FENCE);"

    def source(self, kernel: Kernel) -> str:
        """The program text; bindings are `__global` pointers, scalars follow them."""
        args = [self._argument(b) for b in kernel.buffers]
        args += [f"const {self.type_name(s.type)} {s.name}" for s in kernel.scalars]
        shared = "".join(map(self._shared, kernel.shared))
        size = ", ".join(map(str, kernel.group))
        head = f"__attribute__((reqd_work_group_size({size})))\n__kernel void {kernel.name}(\n    "
        body = self.block(kernel.body)
        helpers = "".join(wide_exp(lanes) for lanes in _WIDE if f"exp_f32x{lanes}(" in body)
        choices = itertools.product(("min", "max"), _WIDE)
        helpers += "".join(_wide_choice(name, lanes) for name, lanes in choices if f"{name}_f32x{lanes}(" in body)
        helpers += self._byte_functions(body)
        helpers += "".join(half_access(lanes) for lanes in HALF_LANES if f"_half_x{lanes}(" in body)
        helpers += _READ_SOON if "READ_SOON(" in body else ""
        packed = ((kind, n) for kind in _KINDS for n in (2, 3, 4, 8, 16) if f"{kind}x{n}_packed*" in body)
        helpers += "".join(_packed_type(*each) for each in packed)
        return helpers + head + ",\n    ".join(args) + f") {{\n{shared}{body}}}\n"

    def _shared(self, s: Shared) -> str:
        kind = _KINDS[s.type.scalar]
        if s.private:
            return f"  {kind} {s.name}[{s.count}] __attribute__((aligned({ALIGNMENT})));\n"
        return f"  __local {kind} {s.name}[{s.count}];\n"

    def _byte_functions(self, body: str) -> str:
        """Definitions of the functions of bytes that a kernel's body calls."""
        vectors: dict[str, Callable[[int], str]] = {
            "add_byte_products": lambda lanes: byte_products(lanes, self.by),
            "interleave_bytes": lambda lanes: interleaved_bytes(lanes, self.by),
            "scale_sums": scaled_sums,
            "scale_rising": lambda lanes: scaled_rising(lanes, self.by),
        }
        made = [text(lanes) for name, text in vectors.items() for lanes in _SUMS if f"{name}_x{lanes}(" in body]
        return "".join((*made, *(text for name, text in whole_functions(self.by).items() if f"{name}(" in body)))

    def _argument(self, b: Buffer) -> str:
        return f"__global {'const ' if b.access == 'read' else ''}{_KINDS[b.storage]}* restrict {b.name}"
