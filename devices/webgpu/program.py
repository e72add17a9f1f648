"""Compiles the kernels of plans into compute pipelines, in threads; announced ones before they are needed."""
from __future__ import annotations

import os
import threading
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
from .first_launch import Sites

_MAX_THREADS = 8
_Key = tuple[str, str]


@dataclass(frozen=True, eq=False)
class Pipeline:
    """A compiled kernel, the layout of its bind group, and WebGPU's types of the buffers in that."""

    handle: Any
    layout: Any
    kinds: tuple[str, ...]


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
        self._begun: dict[_Key, Future[Pipeline]] = {}
        self._known: WeakValueDictionary[_Key, Pipeline] = WeakValueDictionary()
        self._elsewhere: list[Pipeline] = []

    def begin(self, kernel: KernelSource) -> None:
        """Compile a kernel that `pipelines` will be asked for, while the caller goes on."""
        key = kernel.name, kernel.text
        with self._lock:
            if key not in self._begun:
                self._begun[key] = self._threads.submit(self._make, kernel)

    def pipelines(self, kernels: Sequence[KernelSource]) -> list[Pipeline]:
        """One pipeline for each kernel.

        Raises:
            CompileError: names the first kernel that is refused, with the log.
        """
        for kernel in kernels:
            self.begin(kernel)
        keys = [(kernel.name, kernel.text) for kernel in kernels]
        with self._lock:
            futures = [self._begun[key] for key in keys]
        try:
            found = [future.result() for future in futures]
            self._fetch()
            return found
        finally:
            with self._lock:
                for key in keys:
                    self._begun.pop(key, None)
            if self._sites is not None:
                self._sites.leave()

    def close(self) -> None:
        """Ends the threads."""
        self._threads.shutdown(cancel_futures=True)

    def _make(self, kernel: KernelSource) -> Pipeline:
        key = kernel.name, kernel.text
        with self._lock:
            known = self._known.get(key)
        if known is not None:
            return known
        made = _build(self._device, kernel) if self._sites is None else self._compiled(kernel, self._sites)
        with self._lock:
            return self._known.setdefault(key, made)

    def _compiled(self, kernel: KernelSource, sites: Sites) -> Pipeline:
        """A pipeline that was launched, here or on another device."""
        with sites.taken() as site, translated("launching a kernel for the first time", kernel=kernel.name):
            made = _build(site.device, kernel)
            site.launch(made.handle, made.layout, made.kinds)
            site.wait()
        if site is sites.own:
            return made
        made = _build(self._device, kernel)
        with self._lock:
            self._elsewhere.append(made)
        return made

    def _fetch(self) -> None:
        """Launch here what other devices compiled. Done last: the driver writes its cache in its own time."""
        if self._sites is None:
            return
        with self._lock:
            made, self._elsewhere = self._elsewhere, []
        with translated("launching kernels for the first time"):
            for pipeline in made:
                self._sites.own.launch(pipeline.handle, pipeline.layout, pipeline.kinds)


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


def _build(device: Any, kernel: KernelSource) -> Pipeline:
    kinds = binding_kinds(kernel)
    layout = _layout(device, kinds)
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
    return Pipeline(handle, layout, kinds)
