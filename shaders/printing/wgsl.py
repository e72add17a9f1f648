"""Prints kernels as WGSL that both naga and Tint accept.

Activations are always `read_write`: one arena buffer is bound several times in a dispatch, and WebGPU refuses to mix
read and read_write of one buffer there. Constants are `read`. Scalars are one uniform struct at the last binding.
Subgroup functions stand without their `enable` line, which naga does not know (Tint asks for it).
A binding of vectors is an array of them, indexed by element offset / lanes; 8-bit elements are packed
four to a u32, 16-bit integers four to two of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..language.expression import Expr, Type
from ..language.kernel import Buffer, Kernel, Memory
from .printer import Printer, float_text
from .wgsl_circular import QUARTERS, circular, circular_name

_NAMES = {"rsqrt": "inverseSqrt"}
_IDS = {"global": "global_id", "group": "group_id", "local": "local_id"}
_UNPACK = {"i8": "unpack4xI8", "u8": "unpack4xU8"}
_PACKED = (*_UNPACK, "i16")


def _high_name(type: Type) -> str:
    return f"mul_hi_{type.scalar}x{type.lanes}"


def _dots_name(type: Type) -> str:
    return f"add_byte_products_x{type.lanes}"


class WGSL(Printer):
    """WGSL without extensions, but for `enable f16` where bindings hold half floats."""

    max_lanes = 4

    def __init__(self, packs_halves: bool = False) -> None:
        """
        Args:
            packs_halves: half floats are packed by two into a u32, for devices without `shader-f16`. Single ones can
                then not be stored.
        """
        self.packs_halves = packs_halves

    def type_name(self, type: Type) -> str:
        return type.scalar if type.lanes == 1 else f"vec{type.lanes}<{type.scalar}>"

    def constant(self, type: Type, value: float) -> str:
        if type.scalar == "f32":
            text = f"{float_text(value)}f"
        elif type.scalar == "bool":
            return "true" if value else "false"
        elif type.scalar == "u32":
            text = f"{int(value) & 0xFFFFFFFF}u"
        else:
            text = f"i32({int(value)})" if value == -(2**31) else f"{int(value)}i"
        return f"({text})" if text.startswith("-") else text

    def construct(self, type: Type, parts: Sequence[str]) -> str:
        return f"{self.type_name(type)}({', '.join(parts)})"

    def lanes(self, text: str, start: int, count: int) -> str:
        return f"{text}.{'xyzw'[start : start + count]}"

    def id(self, kind: str, axis: int) -> str:
        return f"i32({_IDS[kind]}.{'xyz'[axis]})"

    def call(self, name: str, type: Type, args: Sequence[str]) -> str:
        if name == "tanh":
            # Drivers compute it from exp(2x), which overflows; beyond 9.02 it rounds to 1.
            return f"tanh(clamp({args[0]}, {self._spread(type, -10)}, {self._spread(type, 10)}))"
        if name in QUARTERS:
            return f"{circular_name(name, type.lanes)}({args[0]})"
        if name == "mul_hi":
            return f"{_high_name(type)}({', '.join(args)})"
        if name == "add_signed_byte_products":
            return f"{_dots_name(type)}({', '.join(args)})"
        return f"{_NAMES.get(name, name)}({', '.join(args)})"

    def _spread(self, type: Type, value: float) -> str:
        text = self.constant(type.of(1), value)
        return text if type.lanes == 1 else self.construct(type, [text])

    def binary(self, op: str, type: Type, left: str, right: str) -> str:
        if type.scalar == "bool" and type.lanes == 1 and op in "&|":
            op = op * 2
        if op in ("<<", ">>"):
            right = f"{self.type_name(Type('u32', type.lanes))}({right})"
        return f"({left} {op} {right})"

    def negation(self, type: Type, value: str) -> str:
        return f"({'!' if type.scalar == 'bool' else '~'}{value})"

    def select(self, type: Type, condition: Type, args: Sequence[str]) -> str:
        return f"select({args[1]}, {args[0]}, {args[2]})"

    def cast(self, to: Type, source: Type, value: str) -> str:
        return f"{self.type_name(to)}({value})"

    def bitcast(self, to: Type, value: str) -> str:
        return f"bitcast<{self.type_name(to)}>({value})"

    def load(self, memory: Memory, type: Type, at: Expr) -> str:
        if isinstance(memory, Buffer) and memory.storage in _PACKED:
            return self._load_packed(memory, type, at)
        width = memory.type.lanes
        if isinstance(memory, Buffer) and memory.storage == "f16":
            return self._load_half(memory, type, at)
        if type.lanes == width:
            return f"{memory.name}[{self._index(at, width)}]"
        if width == 1:
            return self.construct(type, [f"{memory.name}[{self.expr(at + i)}]" for i in range(type.lanes)])
        if type.lanes > width:
            raise ValueError(f"{memory.name} is bound as {memory.type}, not read as {type}")
        if type.lanes == 1:
            return f"{memory.name}[{self._index(at, width)}][{self.expr(at & (width - 1))}]"
        raise ValueError(f"{memory.name}: {type.lanes} of {width} lanes cannot be read in WGSL")

    def _load_half(self, memory: Buffer, type: Type, at: Expr) -> str:
        width = memory.type.lanes
        if type.lanes == width and width > 1:
            element = f"{memory.name}[{self._index(at, width)}]"
            return self._unpacked(element, width) if self.packs_halves else self.construct(type, [element])
        if type.lanes == 1:
            return self._single_half(memory, at)
        if width == 1:
            return self.construct(type, [self._single_half(memory, at + i) for i in range(type.lanes)])
        raise ValueError(f"{memory.name}: {type.lanes} of {width} lanes cannot be read in WGSL")

    def _single_half(self, memory: Buffer, at: Expr) -> str:
        width = memory.type.lanes
        if not self.packs_halves:
            element = f"{memory.name}[{self._index(at, width)}]"
            return f"f32({element})" if width == 1 else f"f32({element}[{self.expr(at & (width - 1))}])"
        word = f"{memory.name}[{self._index(at, max(width, 2))}]"
        word = f"{word}[{self.expr((at >> 1) & 1)}]" if width == 4 else word
        return f"unpack2x16float({word})[{self.expr(at & 1)}]"

    def _unpacked(self, words: str, width: int) -> str:
        """Floats of a u32 (2) or a vector of two (4)."""
        if width == 2:
            return f"unpack2x16float({words})"
        return f"vec4<f32>(unpack2x16float({words}.x), unpack2x16float({words}.y))"

    def _half(self, memory: Buffer, type: Type, value: str) -> str:
        """A value as a binding of half floats takes it."""
        if not self.packs_halves:
            return f"{self.type_name(Type('f16', type.lanes))}({value})"
        if type.lanes == 1:
            raise ValueError(f"{memory.name}: a single half float cannot be stored without shader-f16")
        if type.lanes == 2:
            return f"pack2x16float({value})"
        return f"vec2<u32>(pack2x16float({value}.xy), pack2x16float({value}.zw))"

    def _load_packed(self, memory: Buffer, type: Type, at: Expr) -> str:
        if memory.storage == "i16":
            return self._load_shorts(memory, type, at)
        word = f"{memory.name}[{self._index(at, 4)}]"
        if type.lanes not in (1, 4):
            raise ValueError(f"{memory.name}: packed bytes are read by 1 or 4")
        if type.lanes == 1:
            signed = f"bitcast<i32>({word})" if memory.storage == "i8" else word
            value = f"extractBits({signed}, u32({self.expr((at & 3) * 8)}), 8u)"
        else:
            value = f"{_UNPACK[memory.storage]}({word})"
        return value if memory.storage == "i8" else self.cast(type, Type("u32", type.lanes), value)

    def _load_shorts(self, memory: Buffer, type: Type, at: Expr) -> str:
        """16-bit integers: shifted up, then down again with their sign."""
        words = f"{memory.name}[{self._index(at, 4)}]"
        if type.lanes not in (1, 4):
            raise ValueError(f"{memory.name}: packed integers are read by 1 or 4")
        if type.lanes == 4:
            return f"((bitcast<vec4<i32>>({words}.xxyy) << vec4<u32>(16u, 0u, 16u, 0u)) >> vec4<u32>(16u))"
        word, up = f"{words}[{self.expr((at >> 1) & 1)}]", f"u32({self.expr(((at & 1) ^ 1) * 16)})"
        return f"((bitcast<i32>({word}) << {up}) >> 16u)"

    def _packed(self, memory: Buffer, value: str) -> str:
        """Four small integers as a binding takes them."""
        if memory.storage != "i16":
            return f"pack4xI8({value})"
        low, high = (f"bitcast<vec2<u32>>({value}.{lanes})" for lanes in ("xz", "yw"))
        return f"(({low} & vec2<u32>(65535u)) | ({high} << vec2<u32>(16u)))"

    def _index(self, at: Expr, width: int) -> str:
        if width not in (1, 2, 4):
            raise ValueError(f"WGSL binds vectors of 1, 2 or 4 lanes, not {width}")
        if at.op == "const":
            return f"{int(str(at.detail)) // width}i"
        return self.expr(at) if width == 1 else f"({self.expr(at)} >> {width // 2}u)"

    def store(self, memory: Memory, at: Expr, type: Type, value: str) -> str:
        packed = isinstance(memory, Buffer) and memory.storage in _PACKED
        width = 4 if packed else memory.type.lanes
        if type.lanes != width:
            raise ValueError(f"{memory.name}: a store takes all {width} lanes, not {type.lanes}")
        if isinstance(memory, Buffer) and memory.storage == "f16":
            value = self._half(memory, type, value)
        if packed and isinstance(memory, Buffer):
            value = self._packed(memory, value)
        return f"{memory.name}[{self._index(at, width)}] = {value};"

    def any_lane(self, value: str) -> str:
        return f"any({value})"

    def shuffle(self, value: str, lane: str) -> str:
        return f"subgroupShuffle({value}, u32({lane}))"

    def declare(self, type: Type, name: str, mutable: bool) -> str:
        return f"{'var' if mutable else 'let'} {name}"

    def barrier(self) -> str:
        return "workgroupBarrier();"

    def source(self, kernel: Kernel) -> str:
        """The module text; binding i of group 0 is buffer i, the last binding holds the scalars (if any)."""
        has_halves = any(b.storage == "f16" for b in kernel.buffers)
        head = "enable f16;\n" if has_halves and not self.packs_halves else ""
        lines = [self._binding(i, b) for i, b in enumerate(kernel.buffers)]
        if kernel.scalars:
            lines.append("struct Sizes {")
            lines += [f"  {s.name}: {self.type_name(s.type)}," for s in kernel.scalars]
            lines += ["}", f"@group(0) @binding({len(kernel.buffers)}) var<uniform> sizes: Sizes;"]
        for s in kernel.shared:
            space = "private" if s.private else "workgroup"
            lines.append(f"var<{space}> {s.name}: array<{self.type_name(s.type)}, {s.count // s.type.lanes}>;")
        lines += [f"@compute @workgroup_size({', '.join(map(str, kernel.group))})", f"fn {kernel.name}("]
        lines.append("  @builtin(global_invocation_id) global_id: vec3<u32>,")
        lines.append("  @builtin(workgroup_id) group_id: vec3<u32>,")
        lines.append("  @builtin(local_invocation_id) local_id: vec3<u32>,\n) {")
        lines += [f"  let {s.name} = sizes.{s.name};" for s in kernel.scalars]
        body = self.block(kernel.body)
        return head + self._helpers(body) + "\n".join(lines) + "\n" + body + "}\n"

    def _helpers(self, body: str) -> str:
        """The functions that `body` calls and WGSL lacks."""
        kinds = (Type(kind, lanes) for kind in ("u32", "i32") for lanes in (1, 2, 3, 4))
        used = [t for t in kinds if f"{_high_name(t)}(" in body]
        unsigned = [Type("u32", lanes) for lanes in sorted({t.lanes for t in used})]
        signed = (self._high_signed(t) for t in used if t.scalar == "i32")
        dots = (self._dots(Type("i32", lanes)) for lanes in (1, 4) if f"{_dots_name(Type('i32', lanes))}(" in body)
        pairs = [(name, lanes) for name in QUARTERS for lanes in (1, 2, 3, 4)]
        turns = (circular(name, lanes) for name, lanes in pairs if f"{circular_name(name, lanes)}(" in body)
        return "".join(map(self._high_unsigned, unsigned)) + "".join(signed) + "".join(dots) + "".join(turns)

    def _dots(self, type: Type) -> str:
        """Sums of products of signed bytes, added to what is there already."""
        name, lanes = self.type_name(type), [""] if type.lanes == 1 else [f".{c}" for c in "xyzw"]
        dots = ", ".join(f"dot4I8Packed(bitcast<u32>(a{lane}), bitcast<u32>(b{lane}))" for lane in lanes)
        return (
            f"fn {_dots_name(type)}(total: {name}, a: {name}, b: {name}) -> {name} {{\n"
            f"  return total + {self.construct(type, [dots])};\n}}\n"
        )

    def _high_unsigned(self, type: Type) -> str:
        """Upper half of a 64-bit product, from products of 16-bit halves."""
        name = self.type_name(type)
        low, by = f"{name}(65535u)", f"{self.type_name(type)}(16u)"
        return (
            f"fn {_high_name(type)}(a: {name}, b: {name}) -> {name} {{\n"
            f"  let al = a & {low};\n  let ah = a >> {by};\n  let bl = b & {low};\n  let bh = b >> {by};\n"
            f"  let lh = al * bh;\n  let hl = ah * bl;\n"
            f"  let middle = ((al * bl) >> {by}) + (lh & {low}) + (hl & {low});\n"
            f"  return ah * bh + (lh >> {by}) + (hl >> {by}) + (middle >> {by});\n}}\n"
        )

    def _high_signed(self, type: Type) -> str:
        """The unsigned one, less what two's complement adds to negative factors."""
        name, bits = self.type_name(type), self.type_name(Type("u32", type.lanes))
        zero = f"{name}(0i)"
        return (
            f"fn {_high_name(type)}(a: {name}, b: {name}) -> {name} {{\n"
            f"  let high = {_high_name(Type('u32', type.lanes))}(bitcast<{bits}>(a), bitcast<{bits}>(b));\n"
            f"  return bitcast<{name}>(high) - select({zero}, b, a < {zero}) - select({zero}, a, b < {zero});\n}}\n"
        )

    def _binding(self, index: int, b: Buffer) -> str:
        access = "read" if b.constant else "read_write"
        if b.storage in _UNPACK:
            element = "u32"
        elif b.storage == "i16":
            element = "vec2<u32>"
        elif b.storage == "f16" and self.packs_halves:
            element = "vec2<u32>" if b.lanes == 4 else "u32"
        elif b.storage in ("f16", b.type.scalar):
            element = self.type_name(Type(b.storage, b.lanes))
        else:
            raise ValueError(f"{b.name}: WGSL cannot bind {b.storage} elements")
        return f"@group(0) @binding({index}) var<storage, {access}> {b.name}: array<{element}>;"
