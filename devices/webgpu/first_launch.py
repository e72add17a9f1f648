"""Makes a software adapter compile: lavapipe compiles a kernel when it is first launched, one after the other, in a
thread of the driver's for each device.

So a kernel is launched here on nothing, as soon as its pipeline is made. With more processors than one, further devices
of the same adapter compile other kernels at the same time. Their pipelines are of no use here, but what was compiled
goes into the driver's cache on disk, from which the first launch on our device takes it (2 ms instead of 30 to 250).
lavapipe makes no pipelines on a device while that compiles for a launch, so ours are made between its own launches.
"""
from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from . import native

SLOW = 0.02
"""Seconds of a first launch from which on it is not the driver's cache that answers."""
MAX_SITES = 4
_SIZE = 4096
"""Bytes of the buffers that are bound: as many as the scalars of any kernel have."""


class Site:
    """A device on which kernels are launched for the first time."""

    def __init__(self, device: Any) -> None:
        self.device = device
        self._buffers: dict[str, Any] = {}

    def launch(self, pipeline: Any, layout: Any, kinds: tuple[str, ...]) -> None:
        """Submit a launch of no workgroups, with buffers that are never read. `kinds`: of the layout's bindings."""
        resources = [{"buffer": self._buffer(kind), "offset": 0, "size": _SIZE} for kind in kinds]
        entries = [{"binding": index, "resource": resource} for index, resource in enumerate(resources)]
        group = self.device.create_bind_group(layout=layout, entries=entries)
        encoder = self.device.create_command_encoder()
        compute = encoder.begin_compute_pass()
        compute.set_pipeline(pipeline)
        compute.set_bind_group(0, group)
        compute.dispatch_workgroups(0, 0, 0)
        compute.end()
        self.device.queue.submit([encoder.finish()])

    def wait(self) -> None:
        """Until all that was submitted is done, if that can be told."""
        raw = native.calls()
        if raw is not None:
            raw.poll(self.device._internal, True, raw.null)

    def _buffer(self, kind: str) -> Any:
        """One for each kind: what is bound for reading cannot be bound for writing too."""
        import wgpu

        if kind not in self._buffers:
            usage = wgpu.BufferUsage.UNIFORM if kind == "uniform" else wgpu.BufferUsage.STORAGE
            self._buffers[kind] = self.device.create_buffer(label=f"no {kind}", size=_SIZE, usage=usage)
        return self._buffers[kind]


class Sites:
    """Our own device, and others of the same adapter that are opened while kernels wait and compiling takes long."""

    def __init__(self, device: Any, open_another: Callable[[], Any] | None) -> None:
        """`open_another`: None where the driver would not share what it compiles."""
        self.own = Site(device)
        self._open = open_another if _shares() else None
        self.most = min(os.cpu_count() or 1, MAX_SITES) if self._open is not None else 1
        self._changed = threading.Condition()
        self._free: list[Site] = [self.own]
        self._others = 0
        self._slow = False
        self._begun = time.perf_counter()

    def taken(self) -> contextlib.AbstractContextManager[Site]:
        """A site to build and launch one kernel on; nobody else has it meanwhile."""
        return self._held(self._take)

    def own_taken(self) -> contextlib.AbstractContextManager[Site]:
        """The same on our own device."""
        return self._held(self._take_own)

    @contextlib.contextmanager
    def _held(self, take: Callable[[], Site]) -> Iterator[Site]:
        site = take()
        begun = time.perf_counter()
        if site is self.own:
            self._begun = begun
        try:
            yield site
        finally:
            with self._changed:
                self._slow = self._slow or time.perf_counter() - begun > SLOW
                self._free.append(site)
                self._changed.notify_all()

    def leave(self) -> None:
        """Closes the other devices; they are opened again when something is slow again."""
        with self._changed:
            self._slow = False
            self._others -= sum(site is not self.own for site in self._free)
            self._free = [site for site in self._free if site is self.own]

    def _take_own(self) -> Site:
        with self._changed:
            self._changed.wait_for(lambda: self.own in self._free)
            self._free.remove(self.own)
            return self.own

    def _take(self) -> Site:
        with self._changed:
            while not self._free and not self._may_open():
                self._changed.wait(SLOW)
            if self.own in self._free:
                self._free.remove(self.own)
                return self.own
            if self._free:
                return self._free.pop()
            self._others += 1
        try:
            assert self._open is not None
            return Site(self._open())
        except BaseException:
            with self._changed:
                self._others, self._open = self._others - 1, None
            return self._take()

    def _may_open(self) -> bool:
        """Whether another device would help: something was slow, or our own device is at it for that long."""
        slow = self._slow or time.perf_counter() - self._begun > SLOW
        return slow and self._open is not None and self._others < self.most - 1


def _shares() -> bool:
    """Whether devices of Mesa find in its cache what others compiled."""
    disabled = os.environ.get("MESA_SHADER_CACHE_DISABLE", "").lower() in ("1", "true", "yes", "y")
    return native.calls() is not None and not disabled
