"""Replays prepared launches: uploads inputs, encodes one pass, submits, downloads outputs.

Two ways with one result: `RawReplay` calls wgpu-native directly (1.6 us of host time for a launch), `ApiReplay` uses
wgpu-py's public interface (3.6 us).
"""
from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...core.errors import DelegantError
from ..plan import Binding
from . import native
from .errors import classify

COPY_ALIGNMENT = 8
"""Mapped ranges start at multiples of 8 bytes; copies and writes have multiples of 4 bytes."""


def rounded(size: int, to: int = 4) -> int:
    """`size` rounded up to a multiple of `to`."""
    return -(-size // to) * to


@dataclass(frozen=True)
class Prepared:
    """What a plan becomes on a device.

    Attributes:
        device: wgpu's device.
        buffers: wgpu's buffers, by the plan's index.
        steps: (pipeline, bind group, workgroup counts) in order.
        inputs, outputs: the plan's.
        mappable: buffers of inputs and outputs can be mapped by the host.
    """

    device: Any
    buffers: Sequence[Any]
    steps: Sequence[tuple[Any, Any, tuple[int, int, int]]]
    inputs: Sequence[Binding]
    outputs: Sequence[Binding]
    mappable: bool


class Replay(ABC):
    """One way to run prepared launches."""

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        self.staging_offsets: list[int] = []
        end = 0
        for binding in prepared.outputs:
            self.staging_offsets.append(end)
            end += rounded(binding.size, COPY_ALIGNMENT)
        self.staging: Any = self._make_staging(end) if end else None

    def _make_staging(self, size: int) -> Any:
        import wgpu

        usage = wgpu.BufferUsage.COPY_DST | wgpu.BufferUsage.MAP_READ
        return self.prepared.device.create_buffer(label="outputs", size=size, usage=usage)

    @abstractmethod
    def prepare(self) -> None:
        """Do what the first run would do otherwise, and wait for what the device has to do."""

    @abstractmethod
    def run(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:
        """Upload, launch, download. Arrays have been checked. Raises wgpu's errors or `DelegantError`."""

    def close(self) -> None:
        """Free what the replay owns."""
        if self.staging is not None:
            self.staging.destroy()
            self.staging = None


class ApiReplay(Replay):
    """By wgpu-py's public interface."""

    def prepare(self) -> None:
        """Nothing: commands cannot be encoded ahead, and the first download waits."""

    def run(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:
        device = self.prepared.device
        for binding, array in zip(self.prepared.inputs, inputs, strict=False):
            if binding.size:
                device.queue.write_buffer(self.prepared.buffers[binding.buffer], binding.offset, padded_bytes(array))
        encoder = device.create_command_encoder()
        compute = encoder.begin_compute_pass()
        for pipeline, group, counts in self.prepared.steps:
            compute.set_pipeline(pipeline)
            compute.set_bind_group(0, group)
            compute.dispatch_workgroups(*counts)
        compute.end()
        if outputs:
            for binding, offset in zip(self.prepared.outputs, self.staging_offsets, strict=False):
                if binding.size:
                    source = self.prepared.buffers[binding.buffer]
                    encoder.copy_buffer_to_buffer(source, binding.offset, self.staging, offset, rounded(binding.size))
        device.queue.submit([encoder.finish()])
        self._download(outputs)

    def _download(self, outputs: Sequence[np.ndarray]) -> None:
        if self.staging is None or not outputs:
            return
        self.staging.map_sync("READ")
        try:
            data = self.staging.read_mapped(copy=False)
            for array, offset in zip(outputs, self.staging_offsets, strict=False):
                if array.nbytes:
                    as_bytes(array)[:] = np.frombuffer(data[offset : offset + array.nbytes], np.uint8)
        finally:
            self.staging.unmap()


class RawReplay(Replay):
    """By wgpu-native's functions, with every argument prebuilt.

    The commands of the next run are encoded while the device works on this one's: they are the same, but WebGPU lets
    commands be submitted only once. They are finished in that run, because wgpu-native never frees finished commands
    that are not submitted.
    """

    def __init__(self, prepared: Prepared, raw: Any) -> None:
        super().__init__(prepared)
        self._raw = raw
        ffi = raw.ffi
        self._device, self._queue = prepared.device._internal, prepared.device.queue._internal
        self._steps = [(step[0]._internal, step[1]._internal, *step[2]) for step in prepared.steps]
        self._handles = [buffer._internal for buffer in prepared.buffers]
        self._commands = ffi.new("WGPUCommandBuffer[1]")
        self._next: Any = None
        self._status = ffi.new("int[1]")
        self._mapping = ffi.new("WGPUBufferMapCallbackInfo *")
        self._mapping.mode, self._mapping.callback = raw.map_mode, raw.on_mapped
        self._mapping.userdata1 = self._status
        self._upload_ranges = _ranges(prepared.inputs) if prepared.mappable else []
        self._download_ranges = _ranges(prepared.outputs) if prepared.mappable else []

    def prepare(self) -> None:
        with self._captured("preparing a run"):
            self._next = self._encode()
            self._raw.poll(self._device, True, self._raw.null)

    def run(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:
        raw = self._raw
        # wgpu-native ends the process when a submission is invalid, so nothing is submitted after an error.
        with self._captured("preparing a run"):
            self._upload(inputs)
            encoder, self._next = self._next or self._encode(), None
            self._commands[0] = self._finish(encoder)
        with self._captured("running a partition"):
            raw.submit(self._queue, 1, self._commands)
            raw.release_commands(self._commands[0])
            self._next = self._encode()
            self._download(outputs)
            raw.poll(self._device, True, raw.null)

    def close(self) -> None:
        encoder, self._next = self._next, None
        if encoder is not None:
            self._raw.release_encoder(encoder)
        super().close()

    @contextmanager
    def _captured(self, doing: str) -> Iterator[None]:
        """Raise what wgpu-native reports inside the block. Its calls say nothing by their results."""
        errors = self._raw.errors
        errors.capture(doing)
        try:
            yield
        finally:
            failure = errors.release(doing)
        if failure is not None:
            kind, message = failure
            raise classify(message, kind)(f"WebGPU failed while {doing}", delegate="webgpu", log=message)

    def _upload(self, arrays: Sequence[np.ndarray]) -> None:
        raw, ffi = self._raw, self._raw.ffi
        if not self.prepared.mappable:
            for binding, array in zip(self.prepared.inputs, arrays, strict=False):
                if binding.size:
                    data = padded_bytes(array)
                    pointer = ffi.from_buffer(data)
                    raw.write_buffer(self._queue, self._handles[binding.buffer], binding.offset, pointer, data.nbytes)
            return
        for buffer, start, size, members in self._upload_ranges if arrays else ():
            with self._mapped(self._handles[buffer], native.MAP_WRITE, start, size) as handle:
                for index, binding in members:
                    target = self._checked(raw.mapped_range(handle, binding.offset, rounded(binding.size)))
                    ffi.memmove(target, ffi.from_buffer(np.ascontiguousarray(arrays[index])), binding.size)

    def _encode(self) -> Any:
        """An encoder with everything in it, not finished."""
        raw = self._raw
        set_pipeline, set_bind_group, dispatch, null = raw.set_pipeline, raw.set_bind_group, raw.dispatch, raw.null
        encoder = raw.create_encoder(self._device, raw.encoder_descriptor)
        compute = raw.begin_pass(encoder, raw.pass_descriptor)
        for pipeline, group, x, y, z in self._steps:
            set_pipeline(compute, pipeline)
            set_bind_group(compute, 0, group, 0, null)
            dispatch(compute, x, y, z)
        raw.end_pass(compute)
        raw.release_pass(compute)
        if not self.prepared.mappable:
            self._copy_to_staging(encoder)
        return encoder

    def _finish(self, encoder: Any) -> Any:
        commands = self._raw.finish(encoder, self._raw.commands_descriptor)
        self._raw.release_encoder(encoder)
        return commands

    def _copy_to_staging(self, encoder: Any) -> None:
        for binding, offset in zip(self.prepared.outputs, self.staging_offsets, strict=False):
            if binding.size:
                source, target = self._handles[binding.buffer], self.staging._internal
                self._raw.copy_buffer(encoder, source, binding.offset, target, offset, rounded(binding.size))

    def _download(self, arrays: Sequence[np.ndarray]) -> None:
        if not arrays or self.staging is None:
            return
        if not self.prepared.mappable:
            with self._mapped(self.staging._internal, native.MAP_READ, 0, self.staging.size) as handle:
                for array, offset in zip(arrays, self.staging_offsets, strict=True):
                    self._copy_out(handle, offset, array)
            return
        for buffer, start, size, members in self._download_ranges:
            with self._mapped(self._handles[buffer], native.MAP_READ, start, size) as handle:
                for index, binding in members:
                    self._copy_out(handle, binding.offset, arrays[index])

    def _copy_out(self, handle: Any, offset: int, array: np.ndarray) -> None:
        if array.nbytes:
            source = self._checked(self._raw.const_mapped_range(handle, offset, rounded(array.nbytes)))
            self._raw.ffi.memmove(self._raw.ffi.from_buffer(array), source, array.nbytes)

    def _checked(self, pointer: Any) -> Any:
        if pointer == self._raw.null:
            raise DelegantError("WebGPU gave no memory for a mapped buffer", delegate="webgpu")
        return pointer

    @contextmanager
    def _mapped(self, handle: Any, mode: int, start: int, size: int) -> Iterator[Any]:
        """Map a buffer and wait; the wait is also what waits for the launches."""
        self._status[0] = 0
        self._raw.map_async(handle, mode, start, size, self._mapping[0])
        self._raw.poll(self._device, True, self._raw.null)
        if native.escaped:
            self._raw.unmap(handle)
            raise native.escaped.pop()
        if self._status[0] != native.MAP_SUCCESS:
            log = native.map_failures[-1] if native.map_failures else f"status {self._status[0]}"
            raise classify(log)("WebGPU failed while mapping a buffer", delegate="webgpu", log=log)
        try:
            yield handle
        finally:
            self._raw.unmap(handle)


def padded_bytes(array: np.ndarray) -> np.ndarray:
    """The bytes of an array, zeros added up to a multiple of 4."""
    data = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    missing = -data.nbytes % 4
    return np.concatenate([data, np.zeros(missing, np.uint8)]) if missing else data


def as_bytes(array: np.ndarray) -> np.ndarray:
    """A C-contiguous array as its bytes, without a copy."""
    return array.reshape(-1).view(np.uint8)


def _ranges(bindings: Sequence[Binding]) -> list[tuple[int, int, int, list[tuple[int, Binding]]]]:
    """(buffer, start, size, [(index, binding)]): for each buffer the range that covers its bindings."""
    members: dict[int, list[tuple[int, Binding]]] = {}
    for index, binding in enumerate(bindings):
        if binding.size:
            members.setdefault(binding.buffer, []).append((index, binding))
    found = []
    for buffer, group in members.items():
        start = min(binding.offset for _, binding in group)
        end = max(binding.offset + rounded(binding.size) for _, binding in group)
        found.append((buffer, start, end - start, group))
    return found
