"""Keeps compiled programs on disk for OpenCL drivers that do not do so themselves.

PoCL and NVIDIA keep their own, and loading from PoCL's takes 35 ms for a program of 20 kernels, against 7 ms from a
binary of ours: not worth a second copy.
"""
from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from .. import cache, host_cpu

_FORMAT = 1


def path_for(device: Any, text: str, options: tuple[str, ...]) -> Path | None:
    """Where the binary of a program for a pyopencl device is kept; None where none is kept."""
    from pyopencl.characterize import has_src_build_cache

    if has_src_build_cache(device):
        return None
    folder = cache.folder("opencl-programs")
    if folder is None:
        return None
    parts = (
        _FORMAT, text, options, device.name, device.platform.name, device.platform.version, device.driver_version,
        host_cpu.cpu_info()[0], sorted(host_cpu.cpu_info()[1]),
    )
    return folder / hashlib.sha256(repr(parts).encode()).hexdigest()


def load(context: Any, path: Path, options: tuple[str, ...]) -> Any | None:
    """The program kept at `path`, built; None if it is missing, corrupt, or no longer to the driver's liking."""
    import pyopencl as cl

    binary = cache.read(path)
    if not binary:
        return None
    try:
        return cl.Program(context, context.devices, [binary]).build(options=list(options))
    except cl.Error:
        return None


def save(program: Any, path: Path) -> None:
    """Keep a built program at `path`."""
    import pyopencl as cl

    try:
        binaries = program.get_info(cl.program_info.BINARIES)
    except cl.Error:
        return
    cache.write(path, binaries[0])
