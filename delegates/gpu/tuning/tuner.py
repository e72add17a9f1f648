"""Measures which schedule of each kernel is the fastest on a device, and remembers it.

All candidates of a family are compiled together and run in turns, several times over, on the device's own clock, so
that a disturbance meets all alike. Bias and the scaling of sums of bytes apart they are measured without an epilogue.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ....core.errors import DelegantError
from ....devices.device import Device
from ....devices.plan import Launch
from ....shaders.device_class import DeviceClass
from ....shaders.kernels.codes import RANGES
from ....shaders.schedules.candidates import Schedule
from ....shaders.traced.storage import Codes
from ..emission.emit import emit
from ..program import ir
from .database import Finding, TuningDatabase
from .schedules import Tunable, TunableShape, scheduled, tunable_shape, with_schedules

REPEATS = 3
"""How often each candidate runs in a round."""
ROUNDS = (3, 20)
"""Least and most rounds for a family."""
ROUND_SECONDS = 1.0
"""No further round after this time, beyond the least."""
WORTH_IT = 0.95
"""A schedule replaces the default one if it takes at most this part of its time."""

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many shapes are done, and how many there are."""


@dataclass(frozen=True)
class TunedShape:
    """The outcome for one shape of kernels.

    Attributes:
        shape: family and sizes.
        uses: operations of the model that have it.
        schedule: the fastest; None: the default one.
        seconds: of the fastest; default_seconds: of the default one.
        fresh: measured now, not known from before.
    """

    shape: str
    uses: int
    schedule: Schedule | None
    seconds: float
    default_seconds: float
    fresh: bool


@dataclass(frozen=True, eq=False)
class _Case:
    """One shape to measure, with an operation that has it."""

    shape: TunableShape
    op: Tunable
    program: ir.Program


@dataclass
class Tuner:
    """Chooses schedules of programs for one device.

    Args:
        device: measures.
        seconds: how long it may measure in all; 0: only what is known already is used. The family that it is at when
            the time is up is finished.
        progress: told how far it is.
    """

    device: Device
    seconds: float = 0.0
    progress: Progress = lambda what, done, total: None
    outcomes: dict[str, TunedShape] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.database = TuningDatabase(self.device.info)
        self._class = DeviceClass(self.device.info.device_class)
        self._left = self.seconds

    def tuned(self, program: ir.Program) -> ir.Program:
        """The program with the fastest schedules that are known, after measuring for as long as is left."""
        if self._left > 0:
            self.tune(program)
        return with_schedules(program, self._class, self.database)

    def tune(self, program: ir.Program) -> None:
        """Measures the shapes of a program that are not known yet, those with the most work first."""
        cases, uses = self._cases(program)
        known = {name: self.database.get(name, case.shape.candidates) for name, case in cases.items()}
        for name, finding in known.items():
            if finding is not None:
                self._note(name, uses[name], finding, fresh=False)
        families: dict[str, list[_Case]] = {}
        for name, case in cases.items():
            if known[name] is None:
                families.setdefault(case.shape.family, []).append(case)
        done, total = 0, sum(map(len, families.values()))
        for family in sorted(families, key=lambda f: -sum(c.shape.work * uses[c.shape.name] for c in families[f])):
            start = time.perf_counter()
            if self._left <= 0:
                return
            self.progress(f"tuning {family.split()[0]}", done, total)
            for case, finding in zip(families[family], self._measured(families[family]), strict=False):
                self.database.put(case.shape.name, finding)
                self._note(case.shape.name, uses[case.shape.name], finding, fresh=True)
            done += len(families[family])
            self._left -= time.perf_counter() - start
        self.progress("tuned", total, total)

    def _cases(self, program: ir.Program) -> tuple[dict[str, _Case], dict[str, int]]:
        cases: dict[str, _Case] = {}
        uses: dict[str, int] = {}
        for op in program.ops:
            shape = tunable_shape(op, program, self._class)
            if shape is not None and isinstance(op, Tunable):
                cases.setdefault(shape.name, _Case(shape, op, program))
                uses[shape.name] = uses.get(shape.name, 0) + 1
        return cases, uses

    def _note(self, name: str, uses: int, found: Finding, fresh: bool) -> None:
        before = self.outcomes.get(name)
        uses += before.uses if before else 0
        fresh = fresh or (before is not None and before.fresh)
        self.outcomes[name] = TunedShape(name, uses, found.schedule, found.seconds, found.default_seconds, fresh)

    def _measured(self, cases: Sequence[_Case]) -> list[Finding]:
        """One finding for each case; none where the device cannot run or time them."""
        trial = _trial(cases)
        try:
            times = self._times(trial)
        except DelegantError:
            return []
        if not times:
            return []
        found, position = [], 0
        for case in cases:
            count = 1 + len(case.shape.candidates)
            found.append(_best(case.shape.candidates, times[position : position + count]))
            position += count
        return found

    def _times(self, program: ir.Program) -> list[float]:
        """Seconds of each candidate: of its runs in a round the shortest, of those the median. Empty where the device
        does not tell."""
        plan = emit(program, self.device.info)
        loaded = self.device.load(plan)
        try:
            loaded.run([], [])
            rounds: list[list[float]] = []
            stop = time.perf_counter() + ROUND_SECONDS
            while len(rounds) < ROUNDS[0] or (len(rounds) < ROUNDS[1] and time.perf_counter() < stop):
                rounds.append([t.seconds for t in loaded.profile()])
                if not rounds[0]:
                    return []
        finally:
            loaded.close()
        return _per_candidate(plan.launches, np.array(rounds))


def _per_candidate(launches: Sequence[Launch], rounds: np.ndarray) -> list[float]:
    """`rounds`: [round, launch] seconds."""
    runs = np.zeros((len(rounds), 1 + max(launch.nodes[0] for launch in launches if launch.nodes), REPEATS))
    for launch, seconds in zip(launches, rounds.T, strict=True):
        if launch.nodes:
            runs[:, launch.nodes[0], launch.nodes[1]] += seconds
    return [float(t) for t in np.median(runs.min(axis=2), axis=0)]


def _best(candidates: Sequence[Schedule], times: Sequence[float]) -> Finding:
    """`times` are the default's, then the candidates'."""
    default, others = times[0], times[1:]
    best = min(range(len(others)), key=lambda i: others[i])
    if others[best] <= WORTH_IT * default:
        return Finding(candidates[best], others[best], default)
    return Finding(None, default, default)


def _trial(cases: Sequence[_Case]) -> ir.Program:
    """A program that runs every candidate of every case, in turns. Its operations' `nodes` are (candidate, turn), or
    nothing for those that only bring the inputs of a case close to the processor before the first is measured.

    Each has an output of its own, which nobody reads: their places in memory overlap, so that none runs beside another.
    """
    values: dict[int, ir.Value] = {}

    def value(like: ir.Value, data: np.ndarray | None = None) -> int:
        values[len(values)] = replace(like, id=len(values), data=data)
        return len(values) - 1

    families = [(list(_candidate_ops(case, value)), case.program.values[case.op.output]) for case in cases]
    ops: list[ir.GpuOp] = []
    for turn in range(REPEATS):
        index = 0
        for made, output in families:
            ops.append(replace(made[0], output=value(output), nodes=()))
            for op in made:
                ops.append(replace(op, output=value(output), nodes=(index, turn)))
                index += 1
    return ir.Program(values, tuple(ops))


def _candidate_ops(case: _Case, value: Callable[[ir.Value, np.ndarray], int]) -> Iterator[ir.GpuOp]:
    """The operation with each schedule, the default first, on random inputs. Sums of bytes are scaled to codes."""
    sources = [case.program.values[v] for v in case.op.inputs]
    inputs = tuple(value(source, _random(source)) for source in sources)
    steps = case.op.steps[:1] if any(source.kept is not None for source in sources) else ()
    for schedule in (None, *case.shape.candidates):
        yield replace(scheduled(case.op, schedule), inputs=inputs, steps=steps)


def _random(value: ir.Value) -> np.ndarray:
    """Content for a value: floats, or codes less what stands for 0."""
    random = np.random.default_rng(0)
    if not isinstance(value.kept, Codes):
        return random.uniform(-1, 1, value.shape).astype(np.float32)
    low, high = RANGES[value.kept.storage]
    return (random.integers(low, high + 1, value.shape) - value.kept.zero).astype(np.float32)
