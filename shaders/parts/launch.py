"""Workgroup counts."""

from __future__ import annotations

from ..call import MAX_GROUPS
from ..language.builder import KernelBuilder
from ..language.expression import Expr
from ..layout import ceil_div


def flat_groups(invocations: int, group: int) -> tuple[int, int, int]:
    """Workgroups of `group` invocations for a flat range, folded over two axes where one is too short."""
    groups = ceil_div(invocations, group)
    rows = ceil_div(groups, MAX_GROUPS)
    return (ceil_div(groups, rows), rows, 1)


def flat_span(invocations: int, group: int) -> int:
    """Invocations along axis 0 of `flat_groups`: the `span` that `flat_id` takes."""
    return flat_groups(invocations, group)[0] * group


def flat_id(k: KernelBuilder, span: Expr) -> Expr:
    """Index of this invocation in a flat range launched with `flat_groups`."""
    return k.let(k.global_id(0) + k.global_id(1) * span, "flat")
