"""Compiles the kernels of a plan into compute pipelines."""
from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from ..core.errors import CompileError, DelegantError
from . import webgpu_raw
from .plan import KernelSource
from .webgpu_errors import translate, translated

_MAX_THREADS = 8


@dataclass(frozen=True)
class Pipeline:
    """A compiled kernel and the layout of its bind group."""

    handle: Any
    layout: Any


def build_pipelines(device: Any, kernels: Sequence[KernelSource], parallel: bool) -> list[Pipeline]:
    """One pipeline for each kernel. `parallel`: in several threads, for drivers that compile here.

    Raises:
        CompileError: names the first kernel that is refused, with the log.
    """
    distinct = {(kernel.name, kernel.text): kernel for kernel in kernels}
    layouts = {signature: _layout(device, *signature) for signature in {_signature(kernel) for kernel in kernels}}

    def build(kernel: KernelSource) -> Pipeline:
        return _build(device, kernel, layouts[_signature(kernel)])

    if parallel and len(distinct) > 1:
        with ThreadPoolExecutor(min(_MAX_THREADS, os.cpu_count() or 1)) as pool:
            built = list(pool.map(build, distinct.values()))
    else:
        built = [build(kernel) for kernel in distinct.values()]
    found = dict(zip(distinct, built, strict=True))
    return [found[kernel.name, kernel.text] for kernel in kernels]


def _signature(kernel: KernelSource) -> tuple[tuple[bool, ...], bool]:
    return kernel.writable, bool(kernel.scalars)


def _layout(device: Any, writable: tuple[bool, ...], has_scalars: bool) -> Any:
    kinds = ["storage" if written else "read-only-storage" for written in writable]
    kinds += ["uniform"] if has_scalars else []
    import wgpu

    entries = [
        {"binding": index, "visibility": wgpu.ShaderStage.COMPUTE, "buffer": {"type": kind}}
        for index, kind in enumerate(kinds)
    ]
    with translated("making a bind group layout"):
        return device.create_bind_group_layout(entries=entries)


def _build(device: Any, kernel: KernelSource, layout: Any) -> Pipeline:
    try:
        module = webgpu_raw.create_module(device, kernel.text) or device.create_shader_module(code=kernel.text)
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
    return Pipeline(handle, layout)
