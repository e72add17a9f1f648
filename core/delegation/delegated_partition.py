"""Running a partition on its delegate, with the CPU to take over."""
from __future__ import annotations

import contextlib
import os
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ..delegate import Attachment, CompiledPartition, KernelTime, Partition, Policy
from ..errors import DelegantError, DelegateFallbackWarning
from ..graph import Graph
from ..op import Run
from .states import States

BindOnCpu = Callable[[Partition], list[Run]]
"""Binds the nodes of a partition on the CPU kernels, reading its inputs and writing its outputs where they are."""


class DelegatedPartition:
    """A partition with the compiled form that its delegate made of it.

    Attributes:
        partition: what is run.
        attachment: whose delegate runs it.
        compiled: the delegate's form of it, or None once the CPU has taken over.
        failure: what the delegate failed with.
        rule, reason: why the CPU has taken over.
    """

    rule = reason = ""

    def __init__(self, partition: Partition, attachment: Attachment) -> None:
        """
        Raises:
            DelegantError: the delegate cannot compile the partition, whatever it raised.
        """
        self.partition = partition
        self.attachment = attachment
        self.failure: DelegantError | None = None
        try:
            self.compiled: CompiledPartition | None = attachment.delegate.compile(partition)
        except Exception as error:
            raise self._as_delegant_error(error, "compile") from error
        if not isinstance(self.compiled, CompiledPartition):
            raise self._as_delegant_error(TypeError(f"compile returned {type(self.compiled).__name__}"), "compile")
        self._runs: list[Run] = []
        self._on_cpu: list[Run] = []

    @property
    def nbytes(self) -> int:
        """Bytes on the device."""
        return 0 if self.compiled is None else self.compiled.nbytes

    def bind(
        self,
        inputs: Sequence[np.ndarray],
        outputs: Sequence[np.ndarray],
        bind_on_cpu: BindOnCpu,
        on_fallback: Callable[[DelegatedPartition], None],
    ) -> None:
        """Give the partition its memory, or, once more, another.

        Args:
            bind_on_cpu: called when the delegate fails.
            on_fallback: told after the CPU has taken over.
        """
        named = list(zip(self.partition.outputs, outputs, strict=True))
        self._states = states = States({t: array for t, array in named if t in self.partition.states})
        self._inputs = tuple(map(_read_only, inputs))
        self._outputs = tuple(states.after.get(t, array).view() for t, array in named)
        self._expected = [(array.shape, array.dtype) for array in outputs]
        self._bind_on_cpu, self._on_fallback = bind_on_cpu, on_fallback
        self._runs = [self._run_first] if self.compiled is not None else bind_on_cpu(self.partition)

    def unbind(self) -> None:
        """Let go of the memory; `bind` must be called before the next run."""
        self._runs, self._on_cpu = [], []
        self._inputs = self._outputs = ()
        if self.compiled is not None:
            with contextlib.suppress(Exception):
                self.compiled.unbind()

    def __call__(self) -> None:
        for run in self._runs:
            run()

    def remarks(self) -> Mapping[int, tuple[str, str]]:
        """What the delegate says of single nodes, by node index: rule and reason."""
        return {} if self.compiled is None else self.compiled.remarks()

    def profile(self) -> tuple[KernelTime, ...]:
        """Per-kernel times of the delegate over the last inputs, right after a run; empty if the delegate cannot tell.

        Raises:
            DelegantError: the delegate failed.
        """
        return () if self.compiled is None else self.compiled.profile()

    def close(self) -> None:
        """Free the compiled form. More than one call is allowed."""
        compiled, self.compiled = self.compiled, None
        if compiled is not None:
            with contextlib.suppress(Exception):
                compiled.close()

    def _run_first(self) -> None:
        """The first run also finds outputs that the delegate does not write."""
        self._guarded(self._run_and_check_written)
        if self.failure is None:
            self._runs = [self._run]

    def _run(self) -> None:
        self._guarded(self._run_compiled)

    def _guarded(self, run: Run) -> None:
        """Run on the state of now; after a failure that state is still there for the CPU."""
        try:
            run()
        except Exception as error:
            failure = self._as_delegant_error(error, "run")
            if self.attachment.policy is Policy.REQUIRE:
                raise failure from error
            self.fall_back(failure)
            self()
        else:
            self._states.commit()

    def fall_back(self, failure: DelegantError) -> None:
        """Let the CPU take over for good."""
        self.failure = failure
        self.hand_over("fallback", str(failure), self._bind_on_cpu(self.partition))
        warn_of_fallback(failure, self.attachment.delegate.name)

    def hand_over(self, rule: str, reason: str, runs: list[Run]) -> None:
        """Free the compiled form; `runs` compute the partition on the CPU from now on."""
        self.rule, self.reason = rule, reason
        self.close()
        self._runs = runs
        self._on_fallback(self)

    def _run_compiled(self) -> None:
        if self.compiled is None:
            raise DelegantError("the partition is closed")
        self.compiled.run(self._inputs, self._outputs)
        for array, expected in zip(self._outputs, self._expected, strict=True):
            if (array.shape, array.dtype) != expected:
                raise DelegantError(f"an output of {expected[1]} {expected[0]} became {array.dtype} {array.shape}")

    def _run_and_check_written(self) -> None:
        if self.compiled is not None:
            self.compiled.bind(self._inputs, self._outputs)
        suspects = list(range(len(self._outputs)))
        for pattern in (0xA5, 0x5A):  # an output may hold one of them by chance, not both
            for k in suspects:
                _bytes(self._outputs[k]).fill(pattern)
            self._run_compiled()
            suspects = [k for k in suspects if self._outputs[k].size and (_bytes(self._outputs[k]) == pattern).all()]
            if not suspects:
                return
        names = ", ".join(str(self.partition.graph.tensors[self.partition.outputs[k]]) for k in suspects)
        raise DelegantError(f"the delegate left outputs unwritten: {names}")

    def _as_delegant_error(self, error: Exception, stage: str) -> DelegantError:
        if isinstance(error, DelegantError):
            return error
        return DelegantError(
            f"failed to {stage} a partition{in_subgraph(self.partition.graph)}: {type(error).__name__}: {error}",
            delegate=self.attachment.delegate.name,
            nodes=self.partition.nodes,
        )


def in_subgraph(graph: Graph) -> str:
    """What messages say of nodes that are not in the main graph."""
    return f" of subgraph {graph.index}" if graph.index else ""


def warn_of_fallback(failure: DelegantError, delegate: str) -> None:
    """Tell the user, at the line that called this package, that the CPU has taken over and why."""
    message = f"delegate {delegate} failed, its nodes run on the CPU from now on: {failure}"
    warnings.warn(message, DelegateFallbackWarning, stacklevel=_caller_level())


def _caller_level() -> int:
    """The stack level, seen from the caller of this, of the first frame outside the package."""
    package = os.path.abspath(os.path.join(os.path.dirname(__file__), os.pardir, os.pardir)) + os.sep
    level, frame = 0, sys._getframe(1)
    while frame is not None and os.path.abspath(frame.f_code.co_filename).startswith(package):
        if os.sep + "tests" + os.sep in frame.f_code.co_filename:
            break
        level, frame = level + 1, frame.f_back  # type: ignore[assignment]
    return level + 1


def _read_only(array: np.ndarray) -> np.ndarray:
    view = array.view()
    view.flags.writeable = False
    return view


def _bytes(array: np.ndarray) -> np.ndarray:
    return array.reshape(-1).view(np.uint8)
