"""A launch plan on a WebGPU device: buffers, pipelines and one bind group per launch, ready to be replayed."""
from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from ...core.errors import DelegantError
from ..device import DeviceInfo, LaunchTime, LoadedPlan
from ..plan import Binding, BufferSpec, KernelSource, Launch, LaunchPlan
from ..shared_buffers import SharedBuffers
from ..validate import check_arrays, check_plan, scalar_value
from . import native
from .errors import translated
from .program import Compiler, Pipeline
from .replay import ApiReplay, Prepared, RawReplay, Replay, padded_bytes, rounded

_GRANULE = 16
_MAX_QUERIES = 4096


class WebGPUPlan(LoadedPlan):
    """The plan's buffers, pipelines and bind groups."""

    def __init__(
        self,
        device: Any,
        info: DeviceInfo,
        plan: LaunchPlan,
        compiler: Compiler,
        mappable: bool,
        lock: threading.RLock,
        shared: SharedBuffers,
    ) -> None:
        """Compile, allocate and fill, so that the first inference finds everything ready.

        Args:
            mappable: let the host map the buffers that hold inputs and outputs.
            lock: held while the device is used; one per device.
            shared: buffers of weights that other plans of the device have too.

        Raises:
            CompileError, DeviceMemoryError, DelegantError: see `Device.load`.
        """
        check_plan(plan, info)
        self._lock, self._closed = lock, False
        self._device = device
        self._shared = shared
        self._buffers: list[Any] = []
        self._replay: Replay | None = None
        self._pipelines: list[Pipeline] = []
        self._inputs, self._outputs = plan.inputs, plan.outputs
        self._sizes, self._known_bytes = [buffer.size for buffer in plan.buffers], 0
        self._tick = 1e-9 * native.nanoseconds_per_tick(device)
        self._skipped = [0 in launch.groups for launch in plan.launches]
        try:
            with lock:
                self._prepare(plan, info, compiler, mappable)
        except BaseException:
            self.close()
            raise

    def run(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:
        with self._lock:
            replay = self._opened()
            check_arrays("input", inputs, self._inputs, "webgpu")
            check_arrays("output", outputs, self._outputs, "webgpu")
            with translated("running a partition"):
                replay.run(inputs, outputs)

    @property
    def nbytes(self) -> int:
        return sum(self._sizes) - self._known_bytes

    def profile(self) -> tuple[LaunchTime, ...]:
        with self._lock:
            steps = self._opened().prepared.steps
            if "timestamp-query" not in self._device.features:
                return ()
            chunk = _MAX_QUERIES // 2
            with translated("profiling a partition"):
                chunks = [self._time(steps[start : start + chunk]) for start in range(0, len(steps), chunk)]
        ticks = np.concatenate(chunks) if chunks else np.zeros((0, 2), np.uint64)
        seconds = (ticks - ticks.min(initial=ticks.max(initial=0))) * self._tick
        times = iter([LaunchTime(begin, end - begin) for begin, end in seconds.tolist()])
        return tuple(LaunchTime() if skipped else next(times) for skipped in self._skipped)

    def read(self, buffer: int, offset: int, size: int) -> bytes:
        with self._lock:
            self._opened()
            if not 0 <= offset <= offset + size <= self._sizes[buffer]:
                message = f"bytes {offset} to {offset + size} of a buffer of {self._sizes[buffer]} bytes"
                raise DelegantError(message, delegate="webgpu")
            if not size:
                return b""
            start = offset // 4 * 4
            with translated("reading a buffer"):
                data = self._device.queue.read_buffer(self._buffers[buffer], start, rounded(offset + size - start))
            return bytes(data[offset - start : offset - start + size])

    def close(self) -> None:
        with self._lock:
            self._closed = True
            if self._replay is not None:
                self._replay.close()
                self._replay = None
            for buffer in self._buffers:
                if self._shared.give_back(buffer):
                    buffer.destroy()
            self._buffers, self._pipelines = [], []

    def _opened(self) -> Replay:
        if self._closed or self._replay is None:
            raise DelegantError("the partition was closed", delegate="webgpu")
        return self._replay

    def _prepare(self, plan: LaunchPlan, info: DeviceInfo, compiler: Compiler, mappable: bool) -> None:
        for kernel in plan.kernels:
            compiler.begin(kernel)
        raw = native.calls()
        mappable = mappable and raw is not None
        with translated("allocating buffers"):
            self._allocate(plan, mappable)
            uniforms, uniform_offsets = self._pack_scalars(plan, info.limits["uniform_alignment"])
        groups = {}
        try:
            for index, (launch, offset) in enumerate(zip(plan.launches, uniform_offsets, strict=True)):
                kernel = plan.kernels[launch.kernel]
                with translated("preparing a launch", kernel=kernel.name, nodes=launch.nodes):
                    _check_aliases(plan, launch)
                    if not self._skipped[index]:
                        groups[index] = self._bind_group(kernel, launch, compiler.layout(kernel), uniforms, offset)
        finally:
            self._pipelines = compiler.pipelines(plan.kernels)
        launches = [(plan.launches[index], group) for index, group in groups.items()]
        steps = [(self._pipelines[launch.kernel].handle, group, launch.groups) for launch, group in launches]
        prepared = Prepared(self._device, self._buffers, steps, plan.inputs, plan.outputs, mappable)
        self._replay = RawReplay(prepared, raw) if raw is not None else ApiReplay(prepared)
        with translated("waiting for the driver's compiler"):
            self._replay.prepare()

    def _allocate(self, plan: LaunchPlan, mappable: bool) -> None:
        import wgpu

        usage = wgpu.BufferUsage.STORAGE | wgpu.BufferUsage.COPY_DST | wgpu.BufferUsage.COPY_SRC
        mapped = usage | wgpu.BufferUsage.MAP_READ | wgpu.BufferUsage.MAP_WRITE
        crossing = {binding.buffer for binding in (*plan.inputs, *plan.outputs)} if mappable else set()
        for index, spec in enumerate(plan.buffers):
            size = max(rounded(spec.size, _GRANULE), _GRANULE)
            chosen = mapped if index in crossing else usage
            if spec.contents is None:
                self._buffers.append(self._make(spec, size, chosen))
                continue
            buffer, is_new = self._shared.take(spec.contents, size, partial(self._make, spec, size, chosen))
            self._buffers.append(buffer)
            self._known_bytes += 0 if is_new else spec.size

    def _make(self, spec: BufferSpec, size: int, usage: int) -> Any:
        buffer = self._device.create_buffer(label=spec.label, size=size, usage=usage)
        if spec.contents is not None and spec.contents.nbytes:
            self._device.queue.write_buffer(buffer, 0, padded_bytes(spec.contents))
        return buffer

    def _pack_scalars(self, plan: LaunchPlan, alignment: int) -> tuple[Any, list[int]]:
        """One uniform buffer for the scalars of all launches, and where in it each launch's scalars begin."""
        import wgpu

        packed: dict[bytes, int] = {}
        offsets = []
        for launch in plan.launches:
            pairs = zip(plan.kernels[launch.kernel].scalars, launch.scalars, strict=True)
            data = b"".join(scalar_value(kind, value).tobytes() for kind, value in pairs)
            offsets.append(packed.setdefault(data, len(packed)) if data else 0)
        largest = max(map(len, packed), default=0)
        stride = rounded(rounded(largest, _GRANULE), alignment)
        content = bytearray(max(stride * len(packed), _GRANULE))
        for data, position in packed.items():
            content[position * stride : position * stride + len(data)] = data
        uniforms = self._device.create_buffer_with_data(
            label="scalars", data=bytes(content), usage=wgpu.BufferUsage.UNIFORM
        )
        self._buffers.append(uniforms)
        return uniforms, [position * stride for position in offsets]

    def _bind_group(self, kernel: KernelSource, launch: Launch, layout: Any, uniforms: Any, offset: int) -> Any:
        resources = [self._resource(binding) for binding in launch.bindings]
        if kernel.scalars:
            size = rounded(4 * len(kernel.scalars), _GRANULE)
            resources.append({"buffer": uniforms, "offset": offset, "size": size})
        entries = [{"binding": index, "resource": resource} for index, resource in enumerate(resources)]
        return self._device.create_bind_group(label=launch.label, layout=layout, entries=entries)

    def _resource(self, binding: Binding) -> dict[str, Any]:
        size = max(rounded(binding.size), 4)
        buffer = self._buffers[binding.buffer]
        # An empty range at the very end of a buffer has no four bytes of its own: nothing reads it, so any will do.
        offset = binding.offset if binding.offset + size <= buffer.size else 0
        return {"buffer": buffer, "offset": offset, "size": size}

    def _time(self, steps: Sequence[tuple[Any, Any, tuple[int, int, int]]]) -> np.ndarray:
        """[steps, 2]: the ticks at which each step began and ended; each is a pass of its own."""
        import wgpu

        count = 2 * len(steps)
        queries = self._device.create_query_set(type="timestamp", count=count)
        target = self._device.create_buffer(
            size=8 * count, usage=wgpu.BufferUsage.QUERY_RESOLVE | wgpu.BufferUsage.COPY_SRC
        )
        encoder = self._device.create_command_encoder()
        for index, (pipeline, group, counts) in enumerate(steps):
            compute = encoder.begin_compute_pass(timestamp_writes={
                "query_set": queries,
                "beginning_of_pass_write_index": 2 * index,
                "end_of_pass_write_index": 2 * index + 1,
            })
            compute.set_pipeline(pipeline)
            compute.set_bind_group(0, group)
            compute.dispatch_workgroups(*counts)
            compute.end()
        encoder.resolve_query_set(queries, 0, count, target, 0)
        self._device.queue.submit([encoder.finish()])
        ticks = np.frombuffer(self._device.queue.read_buffer(target), np.uint64).reshape(-1, 2)
        target.destroy()
        queries.destroy()
        # A pass that ends on another core than it began on may seem to end before.
        return np.maximum.accumulate(ticks, axis=1)


def _check_aliases(plan: LaunchPlan, launch: Launch) -> None:
    """WebGPU: a buffer bound several times in one dispatch is written through all of its bindings or through none."""
    kernel = plan.kernels[launch.kernel]
    access: dict[int, bool] = {}
    for binding, writable in zip(launch.bindings, kernel.writable, strict=True):
        if access.setdefault(binding.buffer, writable) != writable:
            raise DelegantError(
                f"buffer {binding.buffer} is bound both as read and as read_write", delegate="webgpu",
                kernel=kernel.name, nodes=launch.nodes,
            )
