"""The GPU delegate: the pipeline from a partition to launches on a device, for every API of `devices`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ...core.delegate import CompiledPartition, Delegate, KernelTime, Partition, Verdict
from ...core.errors import DelegantError
from ...core.graph import Graph, Node
from ...devices.device import Device, DeviceInfo, LoadedPlan
from ...devices.plan import LaunchPlan
from . import ir
from .code_functions import join_code_functions
from .emit import emit
from .fuse import fuse
from .keep_bytes import keep_bytes, looks_up_bytes, multiplies_bytes
from .layer_norm import join_layer_norm
from .lower import judge
from .lower.program import lower
from .separate import separate
from .swish import join_swish
from .tuning import Tuner

OPTIONS = {
    "device": "part of the device's name, vendor or driver, or its index",
    "precision": 'only "fp32"',
    "tune": '"cached": use what was measured before; "off"; or for how many seconds to measure first',
}
"""What a user may set, with its meaning."""


def checked_options(name: str, options: Mapping[str, str] | None) -> dict[str, str]:
    """The options of a GPU delegate.

    Raises:
        ValueError: an option is unknown, or its value is.
    """
    given = dict(options or {})
    unknown = sorted(set(given) - set(OPTIONS))
    if unknown:
        known = ", ".join(f"{key} ({meaning})" for key, meaning in OPTIONS.items())
        raise ValueError(f"the {name} delegate has no option {', '.join(map(repr, unknown))}; it knows {known}")
    precision = given.get("precision", "fp32")
    if precision != "fp32":
        raise ValueError(f"precision {precision!r}: the {name} delegate computes in 'fp32' only in this release")
    tuning_seconds(given)
    return given


def tuning_seconds(options: Mapping[str, str]) -> float | None:
    """How long to tune by the option `tune`; None: not even what was measured before is used.

    Raises:
        ValueError: it is neither a word that is known nor a number of seconds.
    """
    given = str(options.get("tune", "cached"))
    if given in ("cached", "off"):
        return 0.0 if given == "cached" else None
    try:
        seconds = float(given)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < math.inf:
        raise ValueError(f"tune {given!r}: it takes 'cached', 'off' or a number of seconds")
    return seconds


def compile_plan(
    partition: Partition, info: DeviceInfo, tuner: Tuner | None = None
) -> tuple[ir.Program, LaunchPlan]:
    """The partition as a program, and that as a launch plan for a kind of device.

    Args:
        tuner: chooses schedules; None: all are the default ones.
    """
    program = optimized(partition)
    if multiplies_bytes(info):
        program = keep_bytes(program, looks_up_bytes(info))
    if tuner is not None:
        program = tuner.tuned(program)
    return program, emit(program, info)


def optimized(partition: Partition) -> ir.Program:
    """The partition as the fewest operations."""
    return separate(fuse(join_code_functions(join_swish(fuse(join_layer_norm(lower(partition)))))))


class GpuDelegate(Delegate):
    """Runs partitions on one device.

    Attributes:
        tuner: what chooses the schedules of kernels by measurement, or None.
    """

    def __init__(self, name: str, open_device: Callable[[], Device], tune: float | None = None) -> None:
        """
        Args:
            tune: how many seconds to measure schedules for, 0 to use those that were measured before; None: neither.

        Raises:
            DeviceUnavailableError: there is no device to open.
        """
        self.name = name
        self._device = open_device()
        self.device = self._device.info.name
        self.is_software = self._device.info.is_software
        self.tuner = None if tune is None else Tuner(self._device, tune)

    @property
    def info(self) -> DeviceInfo:
        """The device's description."""
        return self._device.info

    def supports(self, node: Node, graph: Graph) -> Verdict:
        return judge(node, graph)

    def compile(self, partition: Partition) -> CompiledPartition:
        try:
            program, plan = self._plan(partition)
            return GpuPartition(self.name, program, plan, self._device.load(plan))
        except DelegantError as error:
            error.delegate = error.delegate or self.name
            error.nodes = error.nodes or partition.nodes
            raise

    def _plan(self, partition: Partition) -> tuple[ir.Program, LaunchPlan]:
        try:
            return compile_plan(partition, self._device.info, self.tuner)
        except (ValueError, TypeError) as error:
            raise DelegantError(f"the partition fits no kernel of this release: {error}") from error

    def close(self) -> None:
        self._device.close()


class GpuPartition(CompiledPartition):
    """A partition loaded on a device.

    Attributes:
        program: what was computed after all passes.
        plan: what the device replays.
    """

    def __init__(self, delegate: str, program: ir.Program, plan: LaunchPlan, loaded: LoadedPlan) -> None:
        self.delegate, self.program, self.plan = delegate, program, plan
        self._loaded = loaded
        self._faults = [np.zeros(len(program.checks), np.int32)] if program.checks else []
        self._read = [i for i, value in enumerate(program.inputs) if value is not None]

    def bind(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:
        self._loaded.bind([inputs[i] for i in self._read], [*outputs, *self._faults])

    def run(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:
        self._loaded.run([inputs[i] for i in self._read], [*outputs, *self._faults])
        for faults in self._faults:
            if faults.any():
                raise DelegantError(self.program.checks[int(np.argmax(faults != 0))], delegate=self.delegate)

    def profile(self) -> tuple[KernelTime, ...]:
        kernels, launches = self.plan.kernels, self.plan.launches
        times = self._loaded.profile()
        if len(times) != len(launches):
            return ()
        return tuple(
            KernelTime(kernels[launch.kernel].name, launch.nodes, time.seconds, time.start)
            for launch, time in zip(launches, times, strict=True)
        )

    def close(self) -> None:
        self._loaded.close()
