"""Compiles the kernels of plans into compute pipelines, in threads; announced ones before they are needed."""
from __future__ import annotations

import heapq
import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

from ...core.errors import CompileError, DelegantError
from ..device import DeviceInfo
from ..plan import KernelSource
from . import native
from .errors import translate, translated
from .first_launch import Site, Sites

_MAX_THREADS = 8
_Key = tuple[str, str]


@dataclass(frozen=True, eq=False)
class Pipeline:
    """A compiled kernel, the layout of its bind group, and WebGPU's types of the buffers in that."""

    handle: Any
    layout: Any
    kinds: tuple[str, ...]


class _Job:
    """A kernel to be compiled.

    Attributes:
        compiled: done when that is over, here or on another device, well or not.
        pipeline: of our own device; done after `compiled`, by whoever has that device next.
    """

    def __init__(self, kernel: KernelSource) -> None:
        self.kernel = kernel
        self.compiled: Future[None] = Future()
        self.pipeline: Future[Pipeline] = Future()

    def __lt__(self, other: _Job) -> bool:
        """The longest text first, so that no thread is left alone with it in the end."""
        return len(self.kernel.text) > len(other.kernel.text)


class Compiler:
    """Makes one pipeline of each kernel, which all plans of the device share as long as one of them lives."""

    def __init__(self, device: Any, info: DeviceInfo, open_another: Callable[[], Any]) -> None:
        """Software adapters compile when a pipeline is first launched, so there that is done here too.

        Args:
            open_another: opens a device like `device`.
        """
        self._device = device
        self._sites: Sites | None = None
        if info.is_software:
            self._sites = Sites(device, open_another if info.name.startswith("llvmpipe") else None)
        count = min(_MAX_THREADS, os.cpu_count() or 1) if self._sites is None else self._sites.most
        self._threads = ThreadPoolExecutor(count)
        self._lock = threading.Lock()
        self._begun: dict[_Key, _Job] = {}
        self._waiting: list[_Job] = []
        self._elsewhere: deque[_Job] = deque()
        self._known: WeakValueDictionary[_Key, Pipeline] = WeakValueDictionary()
        self._layouts: dict[tuple[str, ...], Any] = {}

    def begin(self, kernel: KernelSource) -> None:
        """Compile a kernel that `pipelines` will be asked for, while the caller goes on."""
        key = kernel.name, kernel.text
        with self._lock:
            if key not in self._begun:
                self._begun[key] = _Job(kernel)
                heapq.heappush(self._waiting, self._begun[key])
                self._threads.submit(self._compile_longest)

    def layout(self, kernel: KernelSource) -> Any:
        """The layout of a kernel's bind group, one for all kernels with the same kinds of bindings."""
        kinds = binding_kinds(kernel)
        with self._lock:
            if kinds not in self._layouts:
                self._layouts[kinds] = _layout(self._device, kinds)
            return self._layouts[kinds]

    def pipelines(self, kernels: Sequence[KernelSource]) -> list[Pipeline]:
        """One pipeline for each kernel.

        Raises:
            CompileError: names the first kernel that is refused, with the log.
        """
        for kernel in kernels:
            self.begin(kernel)
        keys = [(kernel.name, kernel.text) for kernel in kernels]
        with self._lock:
            jobs = [self._begun[key] for key in keys]
        try:
            for job in jobs:
                job.compiled.result()
            self._fetch()
            return [job.pipeline.result() for job in jobs]
        finally:
            with self._lock:
                for key in keys:
                    self._begun.pop(key, None)
            if self._sites is not None:
                self._sites.leave()

    def close(self) -> None:
        """Ends the threads."""
        self._threads.shutdown(cancel_futures=True)
        for job in self._waiting:
            job.compiled.cancel()

    def _compile_longest(self) -> None:
        with self._lock:
            job = heapq.heappop(self._waiting)
            known = self._known.get((job.kernel.name, job.kernel.text))
        try:
            if known is not None:
                job.pipeline.set_result(known)
            elif self._sites is None:
                job.pipeline.set_result(self._build(job.kernel))
            else:
                self._launch(job, self._sites)
        except BaseException as error:
            job.pipeline.set_exception(error)
        job.compiled.set_result(None)

    def _launch(self, job: _Job, sites: Sites) -> None:
        """Compile by launching, here or on another device."""
        kernel = job.kernel
        with sites.taken() as site, translated("launching a kernel for the first time", kernel=kernel.name):
            if site is sites.own:
                self._fetch_to(site)
                made = self._build(kernel)
            else:
                made = _build(site.device, kernel, _layout(site.device, binding_kinds(kernel)))
            site.launch(made.handle, made.layout, made.kinds)
            site.wait()
        if site is sites.own:
            job.pipeline.set_result(made)
        else:
            self._elsewhere.append(job)

    def _fetch(self) -> None:
        """Make pipelines of what other devices compiled, once nothing is compiled on our own."""
        if self._sites is not None and self._elsewhere:
            with self._sites.own_taken() as site:
                self._fetch_to(site)

    def _fetch_to(self, site: Site) -> None:
        """Make and launch them here. lavapipe makes no pipeline on a device while that compiles for a launch."""
        while self._elsewhere:
            job = self._elsewhere.popleft()
            try:
                made = self._build(job.kernel)
                with translated("launching a kernel for the first time", kernel=job.kernel.name):
                    site.launch(made.handle, made.layout, made.kinds)
                job.pipeline.set_result(made)
            except BaseException as error:
                job.pipeline.set_exception(error)

    def _build(self, kernel: KernelSource) -> Pipeline:
        made = _build(self._device, kernel, self.layout(kernel))
        with self._lock:
            return self._known.setdefault((kernel.name, kernel.text), made)


def binding_kinds(kernel: KernelSource) -> tuple[str, ...]:
    """WebGPU's types of a kernel's buffer bindings."""
    buffers = ("storage" if written else "read-only-storage" for written in kernel.writable)
    return (*buffers, "uniform") if kernel.scalars else tuple(buffers)


def _layout(device: Any, kinds: tuple[str, ...]) -> Any:
    import wgpu

    entries = [
        {"binding": index, "visibility": wgpu.ShaderStage.COMPUTE, "buffer": {"type": kind}}
        for index, kind in enumerate(kinds)
    ]
    with translated("making a bind group layout"):
        return device.create_bind_group_layout(entries=entries)


def _build(device: Any, kernel: KernelSource, layout: Any) -> Pipeline:
    try:
        module = native.create_module(device, kernel.text) or device.create_shader_module(code=kernel.text)
        handle = device.create_compute_pipeline(
            label=kernel.name,
            layout=device.create_pipeline_layout(bind_group_layouts=[layout]),
            compute={"module": module, "entry_point": kernel.name},
        )
    except Exception as error:
        failure = translate(error, "compiling a kernel", kernel=kernel.name)
        if type(failure) is not DelegantError:
            raise failure from error
        message = "WebGPU refused a kernel"
        raise CompileError(message, delegate="webgpu", kernel=kernel.name, log=str(error)) from error
    return Pipeline(handle, layout, binding_kinds(kernel))
