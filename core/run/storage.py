"""The memory of a graph's tensors: the arena, variables that last, and arrays of strings."""
from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..graph import Graph, Shape
from ..op import Op, Operand
from .arena import allocate, new_array, overlaps
from .host_memory import check_bytes
from .memory import MemoryPlan, Use, View, plan_memory

_PAGE = 1 << 12
"""Bytes that do not count."""


class Storage:
    """Gives operands their arrays.

    Attributes:
        plan: how the arena is laid out, once allocated.
    """

    def __init__(self, graph: Graph, operands: Sequence[Operand], preserve_all: bool) -> None:
        self.plan: MemoryPlan | None = None
        self.preserve_all = preserve_all
        self._graph = graph
        self._operands = list(operands)
        self._variables: dict[int, np.ndarray] = {}
        self._block: np.ndarray | None = None

    def use(self, op: Op, inplace: Sequence[int]) -> Use:
        """What a node on the CPU does with memory; `inplace` are the inputs whose memory its output may take over."""
        node, operands = op.node, self._operands
        inputs = [op.through[k][0].info.index if k in op.through else i for k, i in enumerate(node.inputs)]
        scratch = tuple(_nbytes(shape, dtype) for shape, dtype in op.scratch_shapes)
        reusable: tuple[int, ...] = ()
        if node.outputs and not self.preserve_all:
            taken = [inputs[i] for i in inplace if i < len(inputs) and inputs[i] >= 0]
            reusable = tuple(i for i in taken if operands[i].dtype == operands[node.outputs[0]].dtype)
        reads = tuple(i for i in (*inputs, *node.intermediates) if i >= 0)
        views: tuple[View, ...] = ()
        if not self.preserve_all:
            views = tuple(View(node.outputs[k], node.inputs[i], start) for k, (i, start) in op.views.items())
        return Use(reads, node.outputs, reusable, scratch, views)

    def wants_memory(self, index: int) -> bool:
        """Whether a tensor is to lie in the arena: it is no constant, variable or string, and its shape is known."""
        return self._operands[index].dtype != np.object_ and _needs_memory(self._operands[index])

    def add(self, operand: Operand) -> int:
        """Take in a tensor that the graph does not have; returns its index here."""
        self._operands.append(operand)
        return len(self._operands) - 1

    def forget_added(self) -> None:
        """Drop the tensors that the graph does not have."""
        del self._operands[len(self._graph.tensors) :]

    def economical(self, uses: Sequence[Use]) -> list[Use]:
        """The same uses, without views if the arena grows by them: a part keeps all of a tensor alive."""
        if not any(use.views for use in uses):
            return list(uses)
        copied = [replace(use, views=()) for use in uses]
        growth = self._planned(uses).size - self._planned(copied).size
        return list(uses) if growth <= _PAGE else copied

    def allocate(self, uses: Sequence[Use], ops: Sequence[Op | None]) -> None:
        """Give memory to every tensor the steps touch, and to the graph's inputs and outputs.

        Args:
            uses: one per step, in the order in which they run.
            ops: the step's node, whose scratch memory is placed too; None for a step without any.

        Raises:
            RuntimeError: there is not enough memory.
        """
        self._allocate_variables()
        for i in {i for use in uses for i in (*use.reads, *use.writes)}.union(self._graph.inputs, self._graph.outputs):
            operand = self._operands[i]
            if operand.dtype == np.object_ and _needs_memory(operand):
                operand.array = new_array(operand.shape, operand.dtype)
        self.plan = self._planned(uses)
        self._block = self._lay_out(self.plan, ops)

    def _planned(self, uses: Sequence[Use]) -> MemoryPlan:
        inputs, outputs = frozenset(self._graph.inputs), frozenset(self._graph.outputs)
        written = {i for use in uses for i in (*use.writes, *(view.tensor for view in use.views))}
        sizes = self._sizes(written | inputs | outputs | {i for use in uses for i in use.reads})
        from_start = inputs | {i for i in sizes if i not in written}
        to_end = from_start | outputs
        if self.preserve_all:
            from_start = to_end = frozenset(sizes)
        return plan_memory(uses, sizes, from_start, to_end)

    def is_in_arena(self, index: int) -> bool:
        """Whether a tensor has a place that `place` may change: it is no constant, variable or string."""
        return self.plan is not None and index in self.plan.tensors

    def place(self, index: int, array: np.ndarray | None) -> set[int]:
        """Let an array of the caller's be the memory of a tensor, and of those that share its memory.

        Args:
            array: of the tensor's shape and type, C-contiguous; None for the place in the arena again.

        Returns:
            The tensors whose memory is another now.
        """
        assert self.plan is not None and self._block is not None
        owners, offsets = self.plan.owners, self.plan.tensors
        sharing = {i for i, owner in owners.items() if owner == owners[index]}
        block = self._block if array is None else array.reshape(-1).view(np.uint8)
        for i in sharing:
            operand = self._operands[i]
            start = offsets[i] if array is None else offsets[i] - offsets[index]
            operand.array = _view(block, start, operand.shape, operand.dtype)
        return sharing

    def allocate_inside(self, uses: Sequence[Use], ops: Sequence[Op]) -> None:
        """Give memory of their own to tensors that have none yet, for steps that replace one of the others."""
        sizes = self._sizes({i for use in uses for i in (*use.reads, *use.writes)})
        self._lay_out(plan_memory(uses, sizes, frozenset(), frozenset()), ops)

    def _sizes(self, tensors: set[int]) -> dict[int, int]:
        """Bytes of those tensors that live in the arena and are not placed yet."""
        found = ((i, self._operands[i]) for i in sorted(tensors))
        return {i: _nbytes(x.shape, x.dtype) for i, x in found if x.dtype != np.object_ and _needs_memory(x)}

    def _lay_out(self, plan: MemoryPlan, ops: Sequence[Op | None]) -> np.ndarray:
        """Allocate the arena and give operands and scratch their views of it."""
        if os.environ.get("DELEGANT_VALIDATE", "0") != "0" and (shared := overlaps(plan.requests, plan.layout)):
            raise AssertionError(f"live tensors share memory: {shared}")
        block = allocate(plan.size)
        for i, offset in plan.tensors.items():
            self._operands[i].array = _view(block, offset, self._operands[i].shape, self._operands[i].dtype)
        for op, offsets in zip(ops, plan.scratch, strict=True):
            if op is not None:
                wanted = zip(offsets, op.scratch_shapes, strict=True)
                op.scratch = [_view(block, offset, shape, dtype) for offset, (shape, dtype) in wanted]
        return block

    def _allocate_variables(self) -> None:
        for i, operand in enumerate(self._operands):
            if operand.is_variable:
                if i not in self._variables or self._variables[i].shape != operand.shape:
                    self._variables[i] = new_array(operand.shape, operand.dtype)
                operand.array = self._variables[i]
        self.reset_variables()

    def reset_variables(self) -> None:
        """Set variables to zero, those of int8 to their zero point."""
        for i, array in self._variables.items():
            quantization = self._operands[i].quantization
            is_coded = quantization is not None and quantization.scales.size and array.dtype == np.int8
            array.fill(quantization.zero_point if is_coded and quantization is not None else 0)


def _needs_memory(operand: Operand) -> bool:
    return not (operand.has_array or operand.dynamic or operand.is_variable)


def _nbytes(shape: Shape, dtype: np.dtype[Any]) -> int:
    """
    Raises:
        RuntimeError: more bytes than tensors may take.
    """
    size = math.prod(shape) * dtype.itemsize
    check_bytes(size, f"a tensor of shape {list(shape)}")
    return size


def _view(block: np.ndarray, offset: int, shape: Shape, dtype: np.dtype[Any]) -> np.ndarray:
    return block[offset : offset + _nbytes(shape, dtype)].view(dtype).reshape(shape)
