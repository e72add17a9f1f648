"""A launch plan on an OpenCL device: one kernel object per launch, arguments set once, replayed by enqueueing."""
from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from ...core.errors import DelegantError
from ..device import DeviceInfo, LaunchTime, LoadedPlan
from ..plan import Binding, BufferSpec, Launch, LaunchPlan
from ..shared_buffers import SharedBuffers
from ..validate import check_arrays, check_plan, scalar_value
from .errors import translated
from .host_memory import HostMemory, can_share
from .program import Entry, Programs, make_kernel

_EMPTY_BUFFER = 64


class Shared:
    """What the plans of a context share as long as one of them lives.

    Attributes:
        programs: compiled kernels. buffers: weights.
    """

    def __init__(self, context: Any, heading: str = "") -> None:
        """
        Args:
            heading: text that each program begins with.
        """
        self.programs = Programs(context, heading)
        self.buffers = SharedBuffers()


class OpenCLPlan(LoadedPlan):
    """The plan's buffers, programs and kernels, and a queue of its own."""

    def __init__(
        self,
        context: Any,
        device: Any,
        info: DeviceInfo,
        plan: LaunchPlan,
        shared: Shared | None = None,
        lock: threading.Lock | None = None,
    ) -> None:
        """Compile, allocate, fill, and run once on zeros, so that the first inference finds everything compiled.

        Args:
            shared: what the context's other plans have; by default nothing.
            lock: held while the device is used; by default one of the plan's own.

        Raises:
            CompileError, DeviceMemoryError, DelegantError: see `Device.load`.
        """
        check_plan(plan, info)
        self._lock = threading.Lock() if lock is None else lock
        self._closed = False
        self._context, self._device = context, device
        self._shared = Shared(context) if shared is None else shared
        self._entries: list[Entry] = []
        self._buffers: list[Any] = []
        self._parts: dict[Binding, Any] = {}
        self._launches: list[tuple[Any, tuple[int, ...], tuple[int, ...]]] = []
        self._inputs, self._outputs = plan.inputs, plan.outputs
        self._uploads: list[tuple[int, Any]] = []
        self._downloads: list[tuple[int, Any]] = []
        self._labels = [(plan.kernels[launch.kernel].name, launch.nodes) for launch in plan.launches]
        self._sizes, self._known_bytes = [buffer.size for buffer in plan.buffers], 0
        self._shares_memory = can_share(info)
        self._host: HostMemory | None = None
        try:
            self._prepare(plan)
        except BaseException:
            self.close()
            raise

    def run(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:
        with self._lock:
            self._check_open()
            host = self._host
            if host is None:
                self._check(inputs, outputs)
                with translated("running a partition"):
                    self._run(inputs, outputs)
                return
            copies_in, copies_out = host.copies_in, host.copies_out
            if not host.is_for(inputs, outputs):
                self._check(inputs, outputs)
                host.leave()
                copies_in, copies_out = host.copies(inputs, outputs)
            with translated("running a partition"):
                for target, source in copies_in:
                    np.copyto(target, source)
                self._run(inputs, outputs)
                for target, source in copies_out:
                    np.copyto(target, source)

    def bind(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:
        with self._lock:
            self._check_open()
            self._check(inputs, outputs)
            if self._host is not None:
                with translated("binding arrays"):
                    self._host.use(inputs, outputs)

    def unbind(self) -> None:
        with self._lock:
            if self._host is not None:
                self._host.leave()

    @property
    def nbytes(self) -> int:
        return sum(self._sizes) - self._known_bytes

    def _check(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:
        check_arrays("input", inputs, self._inputs, "opencl")
        check_arrays("output", outputs, self._outputs, "opencl")

    def profile(self) -> tuple[LaunchTime, ...]:
        import pyopencl as cl

        with self._lock:
            self._check_open()
            with translated("profiling a partition"):
                queue = cl.CommandQueue(self._context, self._device, cl.command_queue_properties.PROFILING_ENABLE)
                enqueue = cl.enqueue_nd_range_kernel
                events = [enqueue(queue, *launch) if launch[0] else None for launch in self._launches]
                queue.finish()
                times = [(e.profile.start, e.profile.end) if e else None for e in events]
        first = min((begin for begin, _ in filter(None, times)), default=0)
        return tuple(
            LaunchTime(1e-9 * (time[0] - first), 1e-9 * (time[1] - time[0])) if time else LaunchTime() for time in times
        )

    def read(self, buffer: int, offset: int, size: int) -> bytes:
        import pyopencl as cl

        with self._lock:
            self._check_open()
            if not 0 <= offset <= offset + size <= self._sizes[buffer]:
                message = f"bytes {offset} to {offset + size} of a buffer of {self._sizes[buffer]} bytes"
                raise DelegantError(message, delegate="opencl")
            data = np.empty(size, np.uint8)
            if size:
                with translated("reading a buffer"):
                    hosted = self._host.hosted if self._host is not None else {}
                    memory = hosted.get(buffer, self._buffers[buffer])
                    cl.enqueue_copy(self._queue, data, memory, src_offset=offset)
            return data.tobytes()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._launches.clear()
            if self._host is not None:
                self._host.release()
                self._host = None
            for part in self._parts.values():
                part.release()
            for buffer in self._buffers:
                if self._shared.buffers.give_back(buffer):
                    buffer.release()
            self._parts.clear()
            self._buffers.clear()
            self._entries.clear()
            self._uploads = self._downloads = []

    @property
    def is_open(self) -> bool:
        """Whether `close` was not called yet."""
        return not self._closed

    def _check_open(self) -> None:
        if self._closed:
            raise DelegantError("the partition was closed", delegate="opencl")

    def _run(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:
        queue, copy = self._queue, self._copy
        # A copy's event waits when it is dropped, and holds Python's lock while it does: all are kept to the end.
        pending = [
            copy(queue, target, np.ascontiguousarray(inputs[place]), is_blocking=False)
            for place, target in self._uploads
        ]
        self._launch()
        pending += [copy(queue, outputs[place], source, is_blocking=False) for place, source in self._downloads]
        queue.finish()

    def _launch(self) -> None:
        queue, enqueue = self._queue, self._enqueue
        for kernel, global_size, local_size in self._launches:
            if kernel is not None:
                enqueue(queue, kernel, global_size, local_size)

    def _prepare(self, plan: LaunchPlan) -> None:
        import pyopencl as cl

        self._copy, self._enqueue = cl.enqueue_copy, cl.enqueue_nd_range_kernel
        self._entries = self._shared.programs.entries(plan.kernels)
        with self._lock:
            self._fill(plan)

    def _fill(self, plan: LaunchPlan) -> None:
        import pyopencl as cl

        with translated("allocating buffers"):
            self._queue = cl.CommandQueue(self._context, self._device)
            self._allocate(plan)
        for launch in plan.launches:
            name = plan.kernels[launch.kernel].name
            with translated("preparing a launch", kernel=name, nodes=launch.nodes):
                self._launches.append(self._prebuild(plan, launch))
        self._warm_up()
        if self._shares_memory:
            self._host = HostMemory(self._context, plan, [kernel for kernel, _, _ in self._launches])
        hosted = self._host.hosted if self._host is not None else {}
        self._uploads, self._downloads = (
            [(i, self._part(b)) for i, b in enumerate(side) if b.size and b.buffer not in hosted]
            for side in (plan.inputs, plan.outputs)
        )

    def _allocate(self, plan: LaunchPlan) -> None:
        for spec in plan.buffers:
            if spec.contents is None:
                self._buffers.append(self._make(spec))
                continue
            buffer, is_new = self._shared.buffers.take(spec.contents, spec.size, partial(self._make, spec))
            self._buffers.append(buffer)
            self._known_bytes += 0 if is_new else spec.size

    def _make(self, spec: BufferSpec) -> Any:
        import pyopencl as cl

        size = max(spec.size, _EMPTY_BUFFER)
        buffer = cl.Buffer(self._context, cl.mem_flags.READ_WRITE, size)
        if spec.contents is None or spec.contents.nbytes < size:
            # Kernels that take indices from memory must not meet garbage while warming up.
            cl.enqueue_fill_buffer(self._queue, buffer, np.zeros(1, np.uint32), 0, size // 4 * 4)
        if spec.contents is not None and spec.contents.nbytes:
            cl.enqueue_copy(self._queue, buffer, np.ascontiguousarray(spec.contents), is_blocking=True)
        return buffer

    def _part(self, binding: Binding) -> Any:
        """The buffer or sub-buffer for a binding."""
        whole = self._buffers[binding.buffer]
        if binding.offset == 0 or not binding.size:
            return whole
        if binding not in self._parts:
            self._parts[binding] = whole.get_sub_region(binding.offset, binding.size)
        return self._parts[binding]

    def _prebuild(self, plan: LaunchPlan, launch: Launch) -> tuple[Any, tuple[int, ...], tuple[int, ...]]:
        """(kernel with its arguments set, global size, local size); kernel None where there is nothing to do."""
        source = plan.kernels[launch.kernel]
        if 0 in launch.groups:
            return None, (), ()
        kernel = make_kernel(self._entries[launch.kernel], source)
        scalars = [scalar_value(kind, value) for kind, value in zip(source.scalars, launch.scalars, strict=True)]
        kernel.set_args(*[self._part(binding) for binding in launch.bindings], *scalars)
        size = tuple(groups * local for groups, local in zip(launch.groups, source.workgroup, strict=True))
        return kernel, size, source.workgroup

    def seconds(self, runs: int) -> float:
        """The shortest time in which all launches ran, of so many runs on what the buffers hold."""
        with self._lock, translated("timing a partition"):
            times = []
            for _ in range(runs):
                start = time.perf_counter()
                self._launch()
                self._queue.finish()
                times.append(time.perf_counter() - start)
        return min(times)

    def _warm_up(self) -> None:
        for (kernel, global_size, local_size), (name, nodes) in zip(self._launches, self._labels, strict=True):
            if kernel is not None:
                with translated("running a kernel for the first time", kernel=name, nodes=nodes):
                    self._enqueue(self._queue, kernel, global_size, local_size)
        with translated("running the kernels for the first time"):
            self._queue.finish()
