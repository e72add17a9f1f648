"""From a program to a launch plan: kernels printed, memory laid out, launches in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from ....core.errors import DelegantError
from ....devices.device import DeviceInfo
from ....devices.plan import Binding, BufferSpec, KernelSource, Launch, LaunchPlan
from ....shaders.call import KernelCall
from ....shaders.device_class import DeviceClass
from ....shaders.language.kernel import Kernel
from ....shaders.printing.opencl_bytes import ByteInstructions
from ....shaders.printing.opencl_c import OpenCLC
from ....shaders.printing.printer import Printer
from ....shaders.printing.wgsl import WGSL
from ....shaders.traced.evaluate import STORED
from ....shaders.traced.iterations import loop_iterations
from ....shaders.traced.opaque_loops import opaque_loops
from ....shaders.traced.storage import FLAGS, Half, stored
from ..program import ir
from ..program.half_weights import has_half_weights
from ..program.layout import to_memory
from . import (  # noqa: F401 - registers kernels
    kernels_attention,
    kernels_bytes,
    kernels_dynamic,
    kernels_integer,
    kernels_recurrent,
)
from .kernels import Work, kernels
from .memory import lifetimes, plan
from .strip_works import Place, strip_scratch, strip_works

ARENA_ALIGNMENT = 256
"""Places in the arena: a multiple of what every WebGPU adapter and OpenCL device asks of bindings."""

SAMPLE = 256
"""Bytes by which constants are told apart before all of them are compared."""


def emit(
    program: ir.Program, info: DeviceInfo, announce: Callable[[KernelSource], None] = lambda kernel: None
) -> LaunchPlan:
    """The launch plan of a program for one kind of device. The same program gives the same plan.

    Args:
        announce: told of each kernel as soon as its text is known.

    Raises:
        DelegantError: the driver would end a kernel's loops early and give wrong values.
    """
    device = DeviceClass(info.device_class)
    alignment = max(ARENA_ALIGNMENT, info.buffer_alignment)
    sheet = _Sheet(program, printer_for(info), info.language, alignment, announce)
    for op in program.ops:
        if scratch := strip_scratch(op, program):
            sheet.strips(op, scratch)
            continue
        label = _label(op, program)
        for made in kernels(op, program, device):
            work = sheet.stored(made, op)
            if device is DeviceClass.LLVMPIPE:
                work = replace(work, call=opaque_loops(work.call))
            _check_loops(work.call, info, op.nodes)
            sheet.launch(work, label, op.nodes)
    return sheet.finish()


def _label(op: ir.GpuOp, program: ir.Program) -> str:
    kinds = "+".join(dict.fromkeys([type(op).__name__, *(s.function for s in op.steps if s.function)]))
    return f"{kinds} {program.values[op.output].name}".strip()


def stored_singly(
    program: ir.Program, info: DeviceInfo, apart: tuple[type[ir.GpuOp], ...] = ()
) -> frozenset[int]:
    """Values that a kernel stores element by element; a device that cannot store what is shorter so keeps them whole.

    `apart`: kinds of operations that are known to store vectors.
    """
    device, found = DeviceClass(info.device_class), set[int]()
    for op in program.ops:
        if isinstance(op, apart):
            continue
        for work in kernels(op, program, device):
            written = (b for b in work.call.kernel.operands if b.access != "read" and b.lanes == 1)
            found.update(program.roots.get(work.operands[b.name], work.operands[b.name]) for b in written)
    return frozenset(found)


def printer_for(info: DeviceInfo) -> Printer:
    """What prints kernels for a device."""
    if info.language == "opencl":
        return OpenCLC(ByteInstructions.of(info.features) or ByteInstructions.VNNI)
    return WGSL(packs_halves="fp16" not in info.features)


def _check_loops(call: KernelCall, info: DeviceInfo, nodes: tuple[int, ...]) -> None:
    limit = info.limits.get("max_loop_iterations")
    if limit is not None and (needed := loop_iterations(call)) > limit:
        why = f"{info.driver} ends loops after {limit} iterations, and this kernel takes {needed}; a newer driver helps"
        raise DelegantError(why, kernel=call.kernel.name, nodes=nodes)


def kernel_source(kernel: Kernel, printer: Printer, language: str) -> KernelSource:
    """A kernel as a launch plan holds it."""
    shared = language == "wgsl"
    writable = tuple(not b.constant if shared else b.access != "read" for b in kernel.buffers)
    scalars = tuple(s.type.scalar for s in kernel.scalars)
    return KernelSource(kernel.name, printer.source(kernel), language, kernel.group, writable, scalars)


@dataclass
class _Sheet:
    """A plan in the making."""

    program: ir.Program
    printer: Printer
    language: str
    alignment: int
    announce: Callable[[KernelSource], None]
    buffers: list[BufferSpec] = field(default_factory=list)
    sources: dict[str, int] = field(default_factory=dict)
    kernels: list[KernelSource] = field(default_factory=list)
    launches: list[Launch] = field(default_factory=list)
    places: dict[int, Binding] = field(default_factory=dict)
    constants: dict[tuple[int, int, bytes], list[tuple[np.ndarray, Binding]]] = field(default_factory=dict)
    printed: dict[Kernel, int] = field(default_factory=dict)
    scratch: int | None = None
    bundles: int = 0

    def __post_init__(self) -> None:
        self.roots = self.program.roots
        halves = self.program.halves
        flags = () if halves is None else (halves.flags,)
        for kind, values in (("input", self.program.inputs), ("output", self.program.results), ("", flags)):
            for value in values:
                if value is not None:
                    self._place_host(value, kind)
        arena = plan(lifetimes(self.program), self.alignment)
        if arena.size:
            index = self._buffer(arena.size, None, "arena")
            for value, offset in arena.offsets.items():
                self.places[value] = Binding(index, offset, self.program.values[value].nbytes)

    def _place_host(self, value: int, kind: str) -> None:
        root, size = self.roots.get(value, value), self.program.values[value].nbytes
        name = self.program.values[value].name
        self.places[root] = Binding(self._buffer(size, None, f"{kind} {name}".strip()), 0, size)

    def _buffer(self, size: int, contents: np.ndarray | None, label: str) -> int:
        self.buffers.append(BufferSpec(size, contents, label))
        return len(self.buffers) - 1

    def stored(self, work: Work, op: ir.GpuOp) -> Work:
        """The launch with its operands as they are kept in memory."""
        values, halves = self.program.values, self.program.halves
        kept = {name: kind for name, value in work.operands.items() if (kind := values[value].kept) is not None}
        if halves is None:
            return replace(work, call=stored(work.call, kept))
        if isinstance(op, ir.Copy) and all(isinstance(values[value].kept, Half) for value in op.inputs):
            kept = {name: Half() for name in kept}  # their numbers have been looked at
        if has_half_weights(op, halves.vetoed, values):
            kept["weights"] = Half()
        operands = work.operands if halves.flags is None else {**work.operands, FLAGS: halves.flags}
        return Work(stored(work.call, kept), operands)

    def launch(self, work: Work, label: str, nodes: tuple[int, ...]) -> None:
        """Adds one launch."""
        self._launch(work.call, {name: self._place(value) for name, value in work.operands.items()}, label, nodes)

    def strips(self, op: ir.GpuOp, size: int) -> None:
        """Adds the launches of all strips, which need scratch memory of `size` bytes."""
        if self.scratch is None:
            self.scratch = self._buffer(0, None, "scratch")
        known = self.buffers[self.scratch]
        self.buffers[self.scratch] = replace(known, size=max(size, known.size), scratch=True)
        self.bundles += 1
        for number, works in enumerate(strip_works(op, self.program)):
            for w in works:
                places = {name: self._strip_place(place) for name, place in w.places.items()}
                strip = (self.bundles, number)
                self._launch(w.work.call, places, _label(w.op, self.program), w.op.nodes, strip)

    def _strip_place(self, place: Place) -> Binding:
        if place.value is None:
            assert self.scratch is not None
            return Binding(self.scratch, place.offset, place.size)
        whole = self._place(place.value)
        return Binding(whole.buffer, whole.offset + place.offset, place.size)

    def _launch(
        self,
        call: KernelCall,
        operands: dict[str, Binding],
        label: str,
        nodes: tuple[int, ...],
        strip: tuple[int, int] | None = None,
    ) -> None:
        bindings = tuple(
            self._constant(np.ascontiguousarray(call.constants[b.name]), f"{label} {b.name}")
            if b.constant
            else operands[b.name]
            for b in call.kernel.buffers
        )
        kernel = self._kernel(call.kernel)
        self.launches.append(Launch(kernel, bindings, call.sizes, call.groups, label, nodes, strip))

    def _kernel(self, kernel: Kernel) -> int:
        if kernel not in self.printed:
            source = kernel_source(kernel, self.printer, self.language)
            if source.text not in self.sources:
                self.sources[source.text] = len(self.kernels)
                self.kernels.append(source)
                self.announce(source)
            self.printed[kernel] = self.sources[source.text]
        return self.printed[kernel]

    def _place(self, value: int) -> Binding:
        root = self.roots.get(value, value)
        if root not in self.places:
            constant = self.program.values[root]
            assert constant.data is not None, f"value {value} has no place"
            data, kept = to_memory(constant.data), constant.kept
            if isinstance(kept, Half):
                data = data.astype(np.float16)
            elif kept is not None:
                data = (data + kept.zero).astype(STORED[kept.storage])
            # WGSL binds values for writing, whatever they are, so they have another buffer than weights that are equal.
            self.places[root] = self._constant(data, constant.name, self.alignment if self.language == "wgsl" else 0)
        return self.places[root]

    def _constant(self, data: np.ndarray, label: str, room: int = 0) -> Binding:
        """Where these bytes are, in a buffer that is larger by `room`; equal ones are there once."""
        content = data.reshape(-1).view(np.uint8)
        alike = self.constants.setdefault((content.size, room, content[:SAMPLE].tobytes()), [])
        for known, binding in alike:
            if np.array_equal(known, content):
                return binding
        made = Binding(self._buffer(data.nbytes + room, data.reshape(-1), label), 0, data.nbytes)
        alike.append((content, made))
        return made

    def finish(self) -> LaunchPlan:
        """The plan; host values are as long as their elements, without the padding."""
        halves = self.program.halves
        flags = () if halves is None or halves.flags is None else (halves.flags,)
        inputs = tuple(self._host(v) for v in (*self.program.inputs, *flags) if v is not None)
        outputs = tuple(self._host(v) for v in (*self.program.results, *flags))
        return LaunchPlan(tuple(self.buffers), tuple(self.kernels), tuple(self.launches), inputs, outputs)

    def _host(self, value: int) -> Binding:
        place = self._place(value)
        (elements,) = self.program.shape(value)
        return Binding(place.buffer, place.offset, elements * ir.ITEM_BYTES[self.program.values[value].storage])
