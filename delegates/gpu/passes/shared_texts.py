"""llvmpipe: products that differ only in what follows them share a text, which has that as data.

What follows a product is a sum with a tensor or none, and a function or none. A text does all of it that any of its
operations wants, and skips the sum and the costlier functions for those that do not: llvmpipe jumps over what no
invocation does, so skipping takes no time that shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ....shaders.device_class import DeviceClass
from ....shaders.kernels import elementwise as element
from ....shaders.parts.data_steps import HARD_SWISH, LIMITS, Gated, Limited, Perhaps, PerhapsAdded, Scaled
from ....shaders.schedules.select import LaneTile
from ..program import ir
from .lane_teams import default_tile, family

CHEAP = (*LIMITS, HARD_SWISH)
"""Activations that are numbers in a table, and done for all."""


def share_texts(program: ir.Program, device: DeviceClass) -> ir.Program:
    """The program with steps as data where that saves a text; as it is on other devices."""
    if device is not DeviceClass.LLVMPIPE:
        return program
    program = _with_biases(program)
    texts, ops = _texts(program), list(program.ops)
    for indices in _sharing(texts).values():
        made = _shared([ops[index] for index in indices], [texts[index].after for index in indices])
        for index, steps in zip(indices, made, strict=True):
            ops[index] = replace(ops[index], steps=steps)
    return program.with_ops(tuple(ops))


def _with_biases(program: ir.Program) -> ir.Program:
    """The program with a bias of zeros for products without one whose text would be another's otherwise."""
    texts = _texts(program)
    bases = {text.base for text in texts.values()}
    ops = list(program.ops)
    for index, text in texts.items():
        op = ops[index]
        if isinstance(op, ir.Conv2D | ir.FullyConnected) and op.bias is None:
            bias = np.zeros(op.weights.shape[0], np.float32)
            ops[index] = replace(op, bias=bias) if replace(text, biased=True).base in bases else op
    return program.with_ops(tuple(ops))


@dataclass(frozen=True)
class _After:
    """What follows a product: the product with a number, or a sum with a tensor of the output's shape, or nothing; then
    a function, whose name is empty if there is none."""

    added: bool = False
    function: str = ""
    parameters: tuple[float, ...] = ()

    @property
    def is_cheap(self) -> bool:
        return self.function in CHEAP


@dataclass(frozen=True)
class _Text:
    """What the text of an operation depends on."""

    family: tuple[object, ...]
    biased: bool
    tile: LaneTile
    after: _After

    @property
    def base(self) -> object:
        """Equal for operations that can share a text."""
        return self.family, self.biased, self.tile.rows, self.tile.vectors

    @property
    def own(self) -> object:
        """Equal for operations that share a text in any case."""
        return self.base, self.after.added, "" if self.after.is_cheap else self.after


def _texts(program: ir.Program) -> dict[int, _Text]:
    """Of the operations whose steps can be data."""
    found = {}
    for index, op in enumerate(program.ops):
        tile, after = default_tile(op, program), _after(op, program)
        values = (program.values[v] for v in (*op.reads, op.output))
        if tile is not None and after is not None and all(v.storage == "f32" and v.kept is None for v in values):
            found[index] = _Text(family(op), getattr(op, "bias", None) is not None, tile, after)
    return found


def _after(op: ir.GpuOp, program: ir.Program) -> _After | None:
    """None for an operation that is followed by something else."""
    steps, added = op.steps, False
    if isinstance(op, ir.BatchMatMul):
        return _After() if not steps or (len(steps) == 1 and _factor(op) is not None) else None
    if steps and isinstance(steps[0], ir.Binary) and steps[0].function == "ADD" and steps[0].operand is not None:
        added = program.shape(steps[0].operand) == program.shape(op.output)
        steps = steps[1:] if added else steps
    if not steps:
        return _After(added)
    (step,) = steps if len(steps) == 1 else (None,)
    return _After(added, step.function, step.parameters) if type(step) is ir.Unary else None


def _factor(op: ir.GpuOp) -> float | None:
    """The number by which a product is multiplied."""
    if not op.steps:
        return 1.0
    step = op.steps[0]
    if not isinstance(step, ir.Binary) or isinstance(step, ir.CodeBinary):
        return None
    return step.constant if step.function == "MUL" and step.operand is None else None


def _sharing(texts: dict[int, _Text]) -> dict[object, list[int]]:
    """Operations by the text that they share. One whose lanes load rows of their own is for one number of lanes side by
    side (see `lane_teams`): that is not given up for a text that is shared with others."""
    across: dict[object, set[int]] = {}
    for text in texts.values():
        for key in (text.base, text.own):
            across.setdefault(key, set()).add(text.tile.across)
    shared: dict[object, list[int]] = {}
    for index, text in texts.items():
        apart = text.tile.can_spread and len(across[text.own]) == 1 < len(across[text.base])
        shared.setdefault((text.base, text.tile.across if apart else 0), []).append(index)
    return shared


def _shared(ops: Sequence[ir.GpuOp], afters: Sequence[_After]) -> list[tuple[ir.Step, ...]]:
    """The steps of operations with one text."""
    if isinstance(ops[0], ir.BatchMatMul):
        factors = [_factor(op) for op in ops]
        if len(set(factors)) == 1:
            return [op.steps for op in ops]
        return [(ir.CodeUnary("", arithmetic=Scaled(factor or 0.0)),) for factor in factors]
    if len(set(afters)) == 1:
        return [op.steps for op in ops]
    costly = list(dict.fromkeys(replace(a, added=False) for a in afters if not a.is_cheap))
    cheap = {a.function if a.is_cheap else "" for a in afters}
    return [
        (*_sums(op, after, afters), *_functions(after, costly, afters), *_limits(after, cheap))
        for op, after in zip(ops, afters, strict=True)
    ]


def _sums(op: ir.GpuOp, after: _After, afters: Sequence[_After]) -> tuple[ir.Step, ...]:
    if len({a.added for a in afters}) == 1:
        return op.steps[:1] if after.added else ()
    operand = op.steps[0].operand if after.added and isinstance(op.steps[0], ir.Binary) else op.inputs[0]
    return (ir.CodeBinary("ADD" if after.added else "", operand, arithmetic=PerhapsAdded(after.added)),)


def _functions(after: _After, costly: Sequence[_After], afters: Sequence[_After]) -> tuple[ir.Step, ...]:
    if len({(a.function, a.parameters) for a in afters}) == 1:
        return () if after.is_cheap else (ir.Unary(after.function, after.parameters),)
    steps = []
    for function in costly:
        done = replace(after, added=False) == function
        inner = element.unary(function.function, *function.parameters)
        steps.append(ir.CodeUnary(after.function if done else "", arithmetic=Perhaps(inner, done)))
    return tuple(steps)


def _limits(after: _After, cheap: set[str]) -> tuple[ir.Step, ...]:
    if cheap == {""}:
        return ()
    name = after.function if after.is_cheap else ""
    if len(cheap) == 1:
        return (ir.Unary(name),)
    return (ir.CodeUnary(name, arithmetic=Gated(name) if HARD_SWISH in cheap else Limited(name)),)
