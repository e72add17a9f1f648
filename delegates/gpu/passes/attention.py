"""Attention, which exporters write as two products with a softmax between them, as one operation.

softmax(a q k' + b mask) v: factors may stand on q, on k or on the scores, and a mask may be added to them. What splits
heads from each other before, and joins them after, becomes strides where rows of memory allow it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from ....core.graph import Shape
from ....shaders.device_class import DeviceClass
from ....shaders.schedules.attention import pays
from ..program import ir
from ..program.ir_attention import Attention
from ..program.regions import between, whole
from .attention_places import Places, in_vectors, mask_view, placed
from .fuse import prune, turned
from .views import View, linear, target, views

MOST_MASKED = 1 << 22
"""Scores for which several constant masks are added up beforehand, one number for each."""
LOWEST = np.finfo(np.float32).min


def join_attention(program: ir.Program, device: DeviceClass) -> ir.Program:
    """Replaces the second product of each attention that gains by it, and drops what nobody reads any more."""
    joining = _Joining(program, device)
    made = [(op, joining.joined(op)) for op in program.ops]
    ops = tuple(new for op, found in made if op not in joining.dropped for new in found or (op,))
    return prune(replace(program, values=joining.values, ops=ops))


class _NoMatchError(Exception):
    """The operations are something else."""


@dataclass(frozen=True, eq=False)
class _Mask:
    """`factor` times a value, broadcast to `shape`; `nodes` add it."""

    value: int
    factor: float
    shape: Shape
    nodes: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class _Scores:
    """factor * q k' + masks, and all operations that make it, the product among them."""

    product: ir.BatchMatMul
    factor: float
    masks: tuple[_Mask, ...]
    passed: tuple[ir.GpuOp, ...]


class _Joining:
    """The program, and what becomes of it.

    Attributes:
        values: with those that were made.
        dropped: copies whose results attention stores itself.
    """

    def __init__(self, program: ir.Program, device: DeviceClass) -> None:
        self.program, self.device = program, device
        self.values = dict(program.values)
        self.dropped: set[ir.GpuOp] = set()
        self._makers = {op.output: op for op in program.ops}
        self._uses = program.uses()
        self._readers = {value: op for op in program.ops for value in op.reads}
        self._turned: dict[int, int] = {}
        self._copies: list[ir.GpuOp] = []

    def _shape(self, value: int) -> Shape:
        return self.values[value].shape

    def joined(self, op: ir.GpuOp) -> tuple[ir.GpuOp, ...]:
        """The attention whose second product is `op`, behind what it needs; nothing if `op` is something else."""
        if not isinstance(op, ir.BatchMatMul) or op.transpose_a:
            return ()
        self._copies = []
        try:
            softmax, passed = self._sole(op.inputs[0])
            if not isinstance(softmax, ir.Softmax) or softmax.log:
                return ()
            scores = self._scores(softmax.inputs[0], softmax.beta)
            return self._attention(op, replace(scores, passed=(op, *passed, *scores.passed)))
        except _NoMatchError:
            return ()

    # --- the scores

    def _sole(self, value: int) -> tuple[ir.GpuOp, tuple[ir.GpuOp, ...]]:
        """What makes a value that nothing else reads, behind aliases with the same matrices; and all of these."""
        passed: list[ir.GpuOp] = []
        while self._uses.get(value) == 1 and value in self._makers:
            op = self._makers[value]
            passed.append(op)
            if not isinstance(op, ir.Alias):
                return op, tuple(passed)
            if self._shape(op.inputs[0])[-2:] != self._shape(value)[-2:]:
                break
            value = op.inputs[0]
        raise _NoMatchError

    def _scores(self, value: int, factor: float) -> _Scores:
        """`factor` times a value, as scores."""
        op, passed = self._sole(value)
        if isinstance(op, ir.Elementwise) and not self._leads_to_product(op.inputs[0]):
            op = turned(self.program, op) or op
        masks: list[_Mask] = []
        for step in reversed(op.steps):
            change = linear(step)
            if change is None:
                raise _NoMatchError
            if change[1] is None:
                factor *= change[0]
            else:
                masks.append(_Mask(change[1], factor * change[0], self._shape(op.output), op.nodes))
        if isinstance(op, ir.BatchMatMul):
            return _Scores(op, factor, tuple(masks), passed)
        if not isinstance(op, ir.Elementwise) or self._shape(op.inputs[0]) != self._shape(op.output):
            raise _NoMatchError
        below = self._scores(op.inputs[0], factor)
        return replace(below, masks=(*masks, *below.masks), passed=(*passed, *below.passed))

    def _leads_to_product(self, value: int) -> bool:
        op = self._makers.get(value)
        while isinstance(op, ir.Alias | ir.Elementwise):
            op = self._makers.get(op.inputs[0])
        return isinstance(op, ir.BatchMatMul)

    # --- where everything lies

    def _attention(self, second: ir.BatchMatMul, scores: _Scores) -> tuple[ir.GpuOp, ...]:
        first, mask = scores.product, self._joined_masks(scores.masks)
        operands = (
            self._operand(first, 0, first.transpose_a),
            self._operand(first, 1, not first.transpose_b),
            [view for view in self._operand(second, 1, second.transpose_b) if view.factor == 1.0],
            self._results(second),
        )
        over = None if mask is None else self._mask(mask)
        places = placed(operands, over, math.prod(self._shape(first.output)[:-2]))
        if places is None or not self._are_floats(places):
            raise _NoMatchError
        shape = places.shape(scores.factor, 1.0 if mask is None else mask.factor)
        if not pays(self.device, shape):
            raise _NoMatchError
        self.dropped.update(op for op in places.y.passed if isinstance(op, ir.Copy))
        inputs = dict.fromkeys(view.value for view in places.sources)
        nodes = self._nodes(scores, places)
        made = Attention(inputs=tuple(inputs), output=places.y.value, nodes=nodes, shape=shape)
        if not second.steps:
            return (*self._copies, made)
        rest = ir.Elementwise(
            inputs=(made.output,), output=second.output, nodes=second.nodes, steps=second.steps
        )
        return (*self._copies, made, rest)

    def _operand(self, op: ir.BatchMatMul, position: int, swapped: bool) -> list[View]:
        """Views [..., row, column] of a factor; `swapped`: its own rows are columns."""
        value = op.inputs[position]
        found = views(self.program, self._makers, value)
        if swapped:
            found = [replace(view, array=view.array.swapaxes(-1, -2)) for view in found]
        fitting = [view for view in found if in_vectors(view)]
        if fitting or not swapped:
            return fitting
        made = self._transposed(value, op.nodes)
        return [View(made, whole(self.values[made].shape))]

    def _results(self, op: ir.BatchMatMul) -> list[View]:
        """Views of where results go: behind a copy of all of them, or where they are."""
        value = op.output
        if op.steps:
            value = len(self.values)
            self.values[value] = replace(self.values[op.output], id=value)
            return [View(value, whole(self.values[value].shape))]
        found, passed, source = [View(value, whole(self._shape(value)))], list[ir.GpuOp](), value
        while self._uses.get(source) == 1 and isinstance(alias := self._readers.get(source), ir.Alias):
            passed.append(alias)
            source = alias.output
        copy = self._readers.get(source)
        if self._uses.get(source) == 1 and isinstance(copy, ir.Copy) and (view := target(self.program, copy)):
            found.insert(0, replace(view, passed=(*passed, copy)))
        return [view for view in found if in_vectors(view)]

    def _joined_masks(self, masks: tuple[_Mask, ...]) -> _Mask | None:
        """One mask for all: the sum of several constants, as long as it is not large."""
        if len(masks) < 2:
            return masks[0] if masks else None
        shape, known = masks[0].shape, [self.values[mask.value].data for mask in masks]
        if math.prod(shape) > MOST_MASKED or any(data is None for data in known):
            raise _NoMatchError
        total = np.zeros(shape, np.float32)
        with np.errstate(over="ignore"):
            for mask, data in zip(masks, known, strict=True):
                assert data is not None
                total += (np.broadcast_to(data, mask.shape) * np.float32(mask.factor)).reshape(shape)
        made = len(self.values)
        self.values[made] = ir.Value(made, shape, np.maximum(total, LOWEST), self.values[masks[0].value].name)
        return _Mask(made, 1.0, shape, masks[0].nodes)

    def _mask(self, mask: _Mask) -> View:
        """The mask as [..., key, query]; as [..., key, 1] where all queries have the same."""
        shape = (*(1,) * (len(mask.shape) - len(self._shape(mask.value))), *self._shape(mask.value))
        keys = mask.shape[-1]
        if shape[-2] == 1:
            row = np.broadcast_to(whole(self._shape(mask.value)).reshape(shape), (*shape[:-1], keys))
            return mask_view(self._root(mask.value), row.swapaxes(-1, -2), mask.shape)
        made = self._transposed(mask.value, mask.nodes)
        columns = whole(self.values[made].shape).reshape((*shape[:-2], *shape[:-3:-1]))
        return mask_view(made, np.broadcast_to(columns, (*shape[:-2], keys, shape[-2])), mask.shape)

    def _transposed(self, value: int, nodes: tuple[int, ...]) -> int:
        """A value with the last two axes of another, one for all that ask: a constant, or what a copy makes."""
        if value in self._turned:
            return self._turned[value]
        source, made = self.values[value], len(self.values)
        shape = (*source.shape[:-2], *source.shape[:-3:-1])
        data = None if source.data is None else np.ascontiguousarray(source.data.swapaxes(-1, -2))
        self.values[made] = replace(source, id=made, shape=shape, data=data)
        self._turned[value] = made
        if data is None:
            region = between(whole(shape), whole(source.shape).swapaxes(-1, -2))
            self._copies.append(ir.Copy(inputs=(value,), output=made, nodes=nodes, parts=((0, region),)))
        return made

    def _root(self, value: int) -> int:
        return self.program.roots.get(value, value)

    def _are_floats(self, places: Places) -> bool:
        values = [self.values[view.value] for view in (*places.sources, places.y)]
        return all(value.storage == "f32" and value.codes is None for value in values)

    def _nodes(self, scores: _Scores, places: Places) -> tuple[int, ...]:
        """The nodes of all that is done now, as far as it is not done for others too."""
        moved = (op for view in (*places.sources, places.y) for op in view.passed if self._uses[op.output] == 1)
        return tuple(sorted({node for op in (*scores.passed, *moved) for node in op.nodes}))
