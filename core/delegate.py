"""The contract between the interpreter and whatever runs a part of a graph for it."""
from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .graph import Graph, Node


@dataclass(frozen=True)
class Supported:
    """The delegate can run the node."""

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True)
class Unsupported:
    """The delegate cannot run the node.

    Attributes:
        rule: short name of the rule that refused it ("op", "dtype", "rank", "options", ...), for machines.
        reason: one sentence for people, naming the tensor or option and, if there is one, the change that would help.
    """

    rule: str
    reason: str

    def __bool__(self) -> bool:
        return False


Verdict = Supported | Unsupported


class Policy(str, enum.Enum):
    """What to do about nodes that a delegate does not take."""

    REQUIRE = "require"
    """Raise, naming each operator and reason; also raise when the delegate fails while running."""
    PREFER = "prefer"
    """The CPU takes the rest, and takes over when the delegate fails."""
    AUTO = "auto"
    """As PREFER, and only where the measured plan is faster than the CPU."""


@dataclass(frozen=True, eq=False)
class Partition:
    """Nodes of one graph that run together on one delegate.

    Attributes:
        graph: the graph with its current shapes.
        nodes: node indices, in an order in which they can run.
        inputs: indices of the non-constant tensors that come from outside.
        outputs: indices of the tensors made here that something outside (or the graph's user) reads, then those of the
            variable tensors that its nodes update.
    """

    graph: Graph
    nodes: tuple[int, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]

    @property
    def states(self) -> tuple[int, ...]:
        """The variable tensors that its nodes update: inputs before a run, outputs after it. A run is given other
        arrays for the two, and the interpreter takes the new values over once it has succeeded."""
        return tuple(t for t in self.outputs if self.graph.tensors[t].is_variable)


@dataclass(frozen=True)
class KernelTime:
    """Device time of one kernel of one run.

    Attributes:
        kernel: its name.
        nodes: the graph's nodes it computes (several where they are fused).
        seconds: time on the device.
        start: when it began, in seconds since the first kernel of the run did.
    """

    kernel: str
    nodes: tuple[int, ...]
    seconds: float
    start: float = 0.0


class CompiledPartition(ABC):
    """A partition made ready to run for fixed shapes."""

    def bind(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:  # noqa: B027
        """Told which arrays `run` will be given from now on, before the first run and whenever they change. A device
        that shares the host's memory may compute in them. `run` must work with other arrays all the same.

        Raises:
            DelegantError: the delegate failed.
        """

    def unbind(self) -> None:  # noqa: B027
        """Told that the arrays of `bind` are going: the partition rests, and is closed, or bound again and run."""

    @property
    def nbytes(self) -> int:
        """Bytes that closing it would free on the device, or 0 where that is not known. While a model goes through
        different shapes, so much is kept and no more (`core/delegation/plans.py`)."""
        return 0

    @abstractmethod
    def run(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:
        """Compute `outputs` (written in place, C-contiguous) from `inputs`, both in the partition's order.

        Raises:
            DelegantError: the delegate failed; the outputs are then undefined.
        """

    def remarks(self) -> Mapping[int, tuple[str, str]]:
        """What the delegate decided about single nodes, by node index: rule and reason for their placement."""
        return {}

    def profile(self) -> tuple[KernelTime, ...]:
        """Per-kernel times of one run over the last inputs; empty where the delegate cannot tell. Called right after
        `run`, while its arrays still hold what it read and wrote."""
        return ()

    def close(self) -> None:  # noqa: B027  (nothing to free is the normal case)
        """Free what the partition holds on the device. More than one call is allowed."""


class Delegate(ABC):
    """Something that can run parts of a graph. It may judge nodes; it may not change the graph.

    Attributes:
        name: as users write it ("opencl", "webgpu", ...).
        device: the hardware it runs on, in words.
        is_software: True where that "hardware" is the CPU (PoCL, lavapipe, SwiftShader, WARP).
    """

    name: str
    device: str
    is_software: bool

    @abstractmethod
    def supports(self, node: Node, graph: Graph) -> Verdict:
        """Whether this delegate can run `node` of `graph`, and if not, why."""

    @abstractmethod
    def compile(self, partition: Partition) -> CompiledPartition:
        """Make `partition` ready to run.

        Raises:
            DelegantError: the driver or the device refused.
        """

    def close(self) -> None:  # noqa: B027
        """Free the device. More than one call is allowed."""


@dataclass(frozen=True)
class Attachment:
    """A delegate attached to an interpreter, with its policy."""

    delegate: Delegate
    policy: Policy = Policy.PREFER


@dataclass(frozen=True)
class CpuStep:
    """One node on the CPU kernels."""

    node: int


@dataclass(frozen=True)
class DelegateStep:
    """One partition on a delegate (`attachment` is an index into the attached delegates)."""

    attachment: int
    partition: Partition


Step = CpuStep | DelegateStep


@dataclass(frozen=True)
class NodePlacement:
    """Where one node runs and why.

    Attributes:
        device: "cpu" or the delegate's name.
        partition: number of the partition, counted over the plan, or None on the CPU.
        rule, reason: why it is not on a delegate (or on which grounds it is); rule "fallback" after a
            failure, "measured" where the CPU was faster under AUTO, "fp16" and "fp32" for how a delegate that was asked
            for half floats stores the node's result.
        subgraph: the node's subgraph; nodes and partitions are counted within it.
    """

    node: int
    op: str
    device: str
    partition: int | None
    rule: str
    reason: str
    subgraph: int = 0


@dataclass(frozen=True)
class Assignment:
    """A plan for a graph: the steps in the order in which they run, and one placement per node, by node index."""

    steps: tuple[Step, ...]
    placements: tuple[NodePlacement, ...]


Planner = Callable[[Graph, Sequence[Attachment]], Assignment]
"""Assigns nodes to delegates. The interpreter is given one, so that it need not know the partitioner."""
