"""Launches a pipeline for the first time, on nothing: lavapipe compiles a kernel then, in a thread of the driver's."""
from __future__ import annotations

from typing import Any

_SIZE = 4096
"""Bytes of the buffers that are bound: as many as the scalars of any kernel have."""


class FirstLaunch:
    """Launches of no workgroups, with buffers that are there to be bound and never read."""

    def __init__(self, device: Any) -> None:
        self._device = device
        self._buffers: dict[str, Any] = {}

    def launch(self, pipeline: Any, layout: Any, kinds: tuple[str, ...]) -> None:
        """Submit a launch; does not wait for it. `kinds`: of the layout's bindings."""
        resources = [{"buffer": self._buffer(kind), "offset": 0, "size": _SIZE} for kind in kinds]
        entries = [{"binding": index, "resource": resource} for index, resource in enumerate(resources)]
        group = self._device.create_bind_group(layout=layout, entries=entries)
        encoder = self._device.create_command_encoder()
        compute = encoder.begin_compute_pass()
        compute.set_pipeline(pipeline)
        compute.set_bind_group(0, group)
        compute.dispatch_workgroups(0, 0, 0)
        compute.end()
        self._device.queue.submit([encoder.finish()])

    def _buffer(self, kind: str) -> Any:
        """One for each kind: what is bound for reading cannot be bound for writing too."""
        import wgpu

        if kind not in self._buffers:
            usage = wgpu.BufferUsage.UNIFORM if kind == "uniform" else wgpu.BufferUsage.STORAGE
            self._buffers[kind] = self._device.create_buffer(label=f"no {kind}", size=_SIZE, usage=usage)
        return self._buffers[kind]
