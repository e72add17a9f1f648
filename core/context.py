"""What a kernel may ask of the interpreter besides its operands: threads, subgraphs to run, and state that lasts."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from .graph import Graph, Shape


class CallableSubgraph(Protocol):
    """A subgraph as IF, WHILE and the like run it.

    Attributes:
        graph: what the model says of it.
    """

    graph: Graph

    def prepare_for(self, shapes: Sequence[Shape]) -> list[Shape | None]:
        """Output shapes for these input shapes; None where a shape is known only at run time.

        Raises:
            RuntimeError: a node cannot be prepared, or there are more or fewer inputs.
        """

    def current_graph(self) -> Graph:
        """What `prepare_for` has found: the graph with these shapes and with folded constants."""

    def allocate_for(self, shapes: Sequence[Shape]) -> None:
        """Get ready for calls with these input shapes, parts of it on delegates: what kernels do that know while they
        are bound which shapes they will call with. Does nothing where it is too late for that (`Context.delegates`).

        Raises:
            RuntimeError: a node cannot be prepared.
            DelegantError: a delegate failed under the policy REQUIRE.
        """

    def input_arrays(self, shapes: Sequence[Shape]) -> list[np.ndarray]:
        """The memory of its inputs for these shapes. A `call` with the same arrays copies nothing and leaves them as
        they are; calls with others overwrite them."""

    def call(self, inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Run on copies of `inputs`. The results are valid until the next call.

        Raises:
            RuntimeError: a node cannot be prepared or run.
            DelegantError: a delegate failed under the policy REQUIRE.
        """


@dataclass
class Resources:
    """State that outlives an `invoke`: what the handles of VAR_HANDLE and HASHTABLE stand for.

    Attributes:
        variables: values of resource variables, by handle.
        shapes: of those whose shape the model fixes; see `run.resource_shapes`.
        tables: hash tables, by handle.
        initialized: subgraphs that CALL_ONCE has run.
        states: what custom operators keep between invocations, by a key of their own; `reset_states` sets it to zero.
    """

    variables: dict[int, np.ndarray] = field(default_factory=dict)
    shapes: dict[int, Shape] = field(default_factory=dict)
    tables: dict[int, Any] = field(default_factory=dict)
    initialized: set[int] = field(default_factory=set)
    states: dict[Any, np.ndarray] = field(default_factory=dict)
    _handles: dict[tuple[str, str], int] = field(default_factory=dict)

    def handle(self, container: str, name: str) -> int:
        """The number of the resource `name` of `container`; the same number for the same names."""
        return self._handles.setdefault((container, name), len(self._handles))

    def reset_states(self) -> None:
        """Set to zero what custom operators keep."""
        for state in self.states.values():
            state.fill(0)


@dataclass
class Context:
    """Shared by all subgraphs of an interpreter.

    Attributes:
        num_threads: how many threads a kernel may use.
        resources: state that outlives an `invoke`.
        subgraph: the subgraph at an index, to be run by a kernel.
        delegates: whether a subgraph that gets its memory now may hand parts to delegates: not in the middle of a run,
            where the next call may come with other shapes.
        step_times: where subgraphs that are called note how long their steps took, while a run is profiled.
    """

    num_threads: int
    subgraph: Callable[[int], CallableSubgraph]
    resources: Resources = field(default_factory=Resources)
    delegates: bool = False
    step_times: list[Any] | None = None

    @contextmanager
    def delegating(self, allowed: bool) -> Iterator[None]:
        """Set `delegates` for a while."""
        before, self.delegates = self.delegates, allowed
        try:
            yield
        finally:
            self.delegates = before
