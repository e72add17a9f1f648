"""Plans that cannot be run are refused before anything runs."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from misbehaving_delegate import MisbehavingDelegate, planner_of
from small_models import chain

from delegant.core.delegate import (
    Assignment,
    Attachment,
    CpuStep,
    DelegateStep,
    Partition,
    Step,
)
from delegant.core.errors import (
    DelegantError,
)
from delegant.core.graph import Graph
from delegant.core.interpreter import Interpreter

f32 = np.float32


def bad_plans() -> dict[str, Callable[[Graph, Sequence[Attachment]], Assignment]]:
    def changed(change: Callable[[Graph, Assignment], Assignment], *groups: Sequence[int]) -> Any:
        return lambda graph, attachments: change(graph, planner_of(*groups)(graph, attachments))

    def partition(graph: Graph, **fields: Any) -> tuple[Step, ...]:
        good = {"nodes": (1, 2), "inputs": (1,), "outputs": (3,), **fields}
        return CpuStep(0), DelegateStep(0, Partition(graph, **good)), CpuStep(3)

    def with_partition(**fields: Any) -> Any:
        return changed(lambda g, a: Assignment(partition(g, **fields), a.placements))

    return {
        "a node twice": changed(lambda g, a: Assignment((*a.steps, CpuStep(0)), a.placements)),
        "a node left out": changed(lambda g, a: Assignment(a.steps[:-1], a.placements)),
        "no such node": changed(lambda g, a: Assignment((*a.steps, CpuStep(9)), a.placements)),
        "too early": changed(lambda g, a: Assignment(a.steps[::-1], a.placements)),
        "placements missing": changed(lambda g, a: Assignment(a.steps, a.placements[1:])),
        "output not handed over": with_partition(outputs=()),
        "output of another": with_partition(outputs=(3, 4)),
        "input not given": with_partition(inputs=()),
        "attachment": changed(
            lambda g, a: Assignment(
                (a.steps[0], DelegateStep(5, partition(g)[1].partition), a.steps[3]), a.placements  # type: ignore[union-attr]
            )
        ),
    }


@pytest.mark.parametrize("plan", bad_plans())
def test_plans_that_cannot_be_run_are_refused(plan: str) -> None:
    interpreter = Interpreter(
        model_content=chain(4), experimental_delegates=[MisbehavingDelegate()], planner=bad_plans()[plan]
    )
    with pytest.raises(DelegantError, match="the plan"):
        interpreter.allocate_tensors()
