"""A partition under the policy AUTO: the delegate keeps it only where it is faster than the CPU."""
from __future__ import annotations

import time
from collections.abc import Sequence

from ..op import Run
from .delegated_partition import DelegatedPartition

TRIALS = 5
"""Runs in which both compute the partition, after a first one that only the delegate does. The medians decide."""


class MeasuredPartition(DelegatedPartition):
    """A partition that both the delegate and the CPU run, and time, until it is known who is faster (`is_faster`: the
    delegate).

    The delegate's time includes moving inputs and outputs. Both begin with the same state, and the delegate's lasts.
    """

    is_faster = False

    def _run_first(self) -> None:
        super()._run_first()
        if self.failure is None and not self.is_faster:
            self._on_cpu = self._bind_on_cpu(self.partition)
            self._delegate_times: list[float] = []
            self._cpu_times: list[float] = []
            self._runs = [self._run_trial]

    def _run_trial(self) -> None:
        self._states.keep()
        cpu = _seconds(self._on_cpu)
        self._states.restore()
        delegate = _seconds([self._run])
        if self.failure is not None:
            return
        self._cpu_times.append(cpu)
        self._delegate_times.append(delegate)
        if len(self._cpu_times) == TRIALS:
            import statistics  # with fractions and decimals, which other policies need not pay for

            self._decide(statistics.median(self._delegate_times), statistics.median(self._cpu_times))

    def _decide(self, delegate: float, cpu: float) -> None:
        if delegate <= cpu:
            self.is_faster = True
            self._runs, self._on_cpu = [self._run], []
            return
        name = self.attachment.delegate.name
        reason = f"measured slower than the CPU: {name} {delegate * 1e3:.3g} ms, CPU {cpu * 1e3:.3g} ms"
        self.hand_over("measured", reason, self._on_cpu)


def _seconds(runs: Sequence[Run]) -> float:
    start = time.perf_counter()
    for run in runs:
        run()
    return time.perf_counter() - start
