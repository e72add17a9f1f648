"""Tensors and weights as half floats on the device.

Kernels compute in float32 all the same; what lies in memory is shorter. These stay float32: what the host reads and
writes, codes and integers, small tensors, what a rule here names, what the user asks for, and what a run has shown to
hold numbers that float16 cannot.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from ....core.graph import Graph
from ....shaders.layout import padded, padded_elements
from ....shaders.traced.storage import Half
from ..lower.registry import is_hybrid
from ..program import ir
from ..program.half_weights import fits_half
from ..program.ir_recurrent import Recurrence
from ..program.layout import row

SMALL = 4096
"""Elements below which a tensor stays float32: statistics and gates, whose memory is nothing."""

GROWING = ("SQUARE", "SQUARED_DIFFERENCE", "EXP", "POW", "RSQRT")
"""Functions whose results leave float16's range, or lose what a normalisation lives on."""

BEYOND = "a run stored a number here that float16 cannot hold"
ASKED = "asked for"
SINGLY = "its kernel stores single numbers, for which the device lacks half floats (shader-f16)"


def dequantizing(graph: Graph, among: Iterable[int]) -> frozenset[int]:
    """Those nodes of `among` that make floats of codes."""
    return frozenset(n for n in among if graph.nodes[n].op == "DEQUANTIZE" or is_hybrid(graph.nodes[n], graph))


def keep_half(
    program: ir.Program,
    vetoed: frozenset[int] = frozenset(),
    refused: Mapping[int, str] = MappingProxyType({}),
    bindings: int = 2**31,
    real: frozenset[int] = frozenset(),
) -> ir.Program:
    """The program with float32 values kept as half floats.

    Args:
        real: nodes that make floats of codes; what else is made of codes are whole numbers, which stay as they are.
        bindings: that a kernel may have.
        vetoed: nodes whose results and weights stay float32.
        refused: values (those whose memory it is) that must stay float32, with the reason.
    """
    found = _Values(program, vetoed, refused, bindings, real)
    slots = {root: slot for slot, root in enumerate(found.halves)}
    made = {v.id: replace(v, kept=_half(v, slots)) for v in program.values.values() if found.root(v.id) in slots}
    values = program.values | made
    flags = None
    if slots:
        flags = len(values)
        values[flags] = ir.Value(flags, (len(slots),), name="range flags", storage="i32")
    halves = ir.Halves(flags, tuple(slots), vetoed, found.remarks)
    return replace(program, values=values, halves=halves)


def _half(value: ir.Value, slots: Mapping[int, int]) -> Half:
    across = row(value.shape)
    slot = slots.get(value.id)
    return Half(slot, padded(across), across)


class _Values:
    """Which values become half floats, and why not the others.

    Attributes:
        halves: by the value whose memory it is.
        remarks: by node, (rule, reason) for the placement.
    """

    def __init__(
        self,
        program: ir.Program,
        vetoed: frozenset[int],
        refused: Mapping[int, str],
        bindings: int,
        real: frozenset[int],
    ) -> None:
        self._program, self._roots = program, program.roots
        self._makers = {self.root(op.output): op for op in program.ops if not isinstance(op, ir.Alias)}
        self._readers: dict[int, list[ir.GpuOp]] = {}
        for op in program.ops:
            for read in op.reads:
                self._readers.setdefault(self.root(read), []).append(op)
        self._hosts = {self.root(v) for v in (*program.inputs, *program.results) if v is not None}
        self._vetoed, self._refused, self._bindings = vetoed, refused, bindings
        self._whole = self._made_of_codes(real)
        groups: dict[int, list[ir.Value]] = {}
        for value in program.values.values():
            groups.setdefault(self.root(value.id), []).append(value)
        self.halves: list[int] = []
        self.remarks: dict[int, tuple[str, str]] = {}
        for root, group in groups.items():
            if self._can_be_half(root, group):
                self._decide(root)

    def root(self, value: int) -> int:
        return self._roots.get(value, value)

    def _made_of_codes(self, real: frozenset[int]) -> set[int]:
        """Values that hold whole numbers (codes, and sums of them on their way to other codes) or that become such."""
        values = self._program.values.values()
        found = {self.root(v.id) for v in values if v.codes is not None or v.whole or v.storage != "f32"}
        for op in self._program.ops:
            if real.isdisjoint(op.nodes) and any(self.root(v) in found for v in op.reads):
                found.add(self.root(op.output))
        makers = [op for op in self._program.ops if self.root(op.output) in found]
        return found.union(self.root(v) for op in makers for v in op.reads)

    def _can_be_half(self, root: int, group: list[ir.Value]) -> bool:
        """Whether there is something to decide: a large tensor of floats that only the device sees."""
        floats = all(v.storage == "f32" and v.codes is None and v.kept is None for v in group)
        data = self._program.values[root].data
        fits = data is None or fits_half(data)
        used = root in self._makers or data is not None
        seen = root in self._hosts or root in self._whole
        return floats and fits and used and not seen and padded_elements(group[0].shape) >= SMALL

    def _decide(self, root: int) -> None:
        maker = self._makers.get(root)
        why = self._objection(root, maker)
        if not why:
            self.halves.append(root)
        if maker is not None and maker.nodes:
            self.remarks[maker.nodes[-1]] = ("fp32", why) if why else ("fp16", "its result is stored as float16")

    def _objection(self, root: int, maker: ir.GpuOp | None) -> str:
        """Why a value stays float32."""
        if root in self._refused:
            return self._refused[root]
        if maker is not None and not self._vetoed.isdisjoint(maker.nodes):
            return ASKED
        if maker is not None and _bindings_of(maker) >= self._bindings:
            return "its kernel has no binding left to tell of numbers beyond float16's range"
        if isinstance(maker, Recurrence):
            return "it is a state that later steps build on"
        if any(isinstance(op, ir.Softmax) for op in self._readers.get(root, [])):
            return "SOFTMAX reads it, and makes factors of differences"
        if isinstance(maker, ir.Reduce) and maker.kind in ("sum", "prod"):
            return f"a {maker.kind} may leave float16's range"
        if maker is not None and maker.steps and maker.steps[-1].function in GROWING:
            return f"{maker.steps[-1].function} may leave float16's range"
        return ""


def _bindings_of(op: ir.GpuOp) -> int:
    """The most bindings that its kernels have: what it reads, its result, weights and bias, and tables."""
    tables = sum(isinstance(step, ir.CodeUnary | ir.CodeBinary) for step in op.steps)
    return len(set(op.reads)) + 1 + 2 * hasattr(op, "weights") + tables


def sources(program: ir.Program, flagged: Iterable[int]) -> frozenset[int]:
    """Those of the flagged slots' values where it began: nothing flagged went into them."""
    assert program.halves is not None
    roots, beyond = program.roots, {program.halves.slots[slot] for slot in flagged}
    tainted: set[int] = set()
    first: set[int] = set()
    for op in program.ops:
        made = roots.get(op.output, op.output)
        if any(roots.get(v, v) in tainted for v in op.reads):
            tainted.add(made)
        elif made in beyond:
            first.add(made)
            tainted.add(made)
    return frozenset(first)
