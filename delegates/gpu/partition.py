"""A partition on a GPU delegate's device."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ...core.delegate import CompiledPartition, KernelTime
from ...core.errors import DelegantError
from ...devices.device import LoadedPlan
from ...devices.plan import LaunchPlan
from .program import ir


class GpuPartition(CompiledPartition):
    """A partition loaded on a device.

    Attributes:
        program: what was computed after all passes.
        plan: what the device replays, without the weights, which the device has.
    """

    def __init__(self, delegate: str, program: ir.Program, plan: LaunchPlan, loaded: LoadedPlan) -> None:
        self.delegate, self.program, self.plan = delegate, program, plan.without_contents()
        self._loaded = loaded
        self._faults = [np.zeros(len(program.checks), np.int32)] if program.checks else []
        halves = program.halves
        count = 0 if halves is None else len(halves.slots)
        self._cleared, self._flags = (tuple(np.zeros(count, np.int32) for _ in range(bool(count))) for _ in range(2))
        self._read = [i for i, value in enumerate(program.inputs) if value is not None]

    def bind(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:
        self._loaded.bind(*self._all(inputs, outputs))

    def unbind(self) -> None:
        self._loaded.unbind()

    @property
    def nbytes(self) -> int:
        return self._loaded.nbytes

    def run(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:
        self._loaded.run(*self._all(inputs, outputs))
        for faults in self._faults:
            if faults.any():
                raise DelegantError(self.program.checks[int(np.argmax(faults != 0))], delegate=self.delegate)

    def remarks(self) -> Mapping[int, tuple[str, str]]:
        halves = self.program.halves
        return {**self.program.remarks, **({} if halves is None else halves.remarks)}

    def flagged(self) -> list[int]:
        """Slots whose values the last run could not hold as half floats."""
        return [int(slot) for flags in self._flags for slot in np.flatnonzero(flags)]

    def _all(
        self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]
    ) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """What the plan reads from the host and writes for it."""
        return [*(inputs[i] for i in self._read), *self._cleared], [*outputs, *self._faults, *self._flags]

    def profile(self) -> tuple[KernelTime, ...]:
        """A time for each launch; launches of several strips that do the same are one."""
        launches, times = self.plan.launches, self._loaded.profile()
        if len(times) != len(launches):
            return ()
        made: dict[object, KernelTime] = {}
        for index, (launch, time) in enumerate(zip(launches, times, strict=True)):
            key = index if launch.strip is None else (launch.strip[0], launch.kernel, launch.nodes)
            before = made.get(key)
            seconds, start = time.seconds + (before.seconds if before else 0.0), before.start if before else time.start
            made[key] = KernelTime(self.plan.kernels[launch.kernel].name, launch.nodes, seconds, start)
        return tuple(made.values())

    def close(self) -> None:
        self._loaded.close()
