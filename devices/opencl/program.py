"""Compiles the kernels of a plan: on a CPU as one program, because PoCL spends most of a build on its headers, once for
each program (20 kernels: 0.4 s together, 2.6 s apart); elsewhere in parts, in threads."""
from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

from ...core.errors import CompileError, DelegantError
from ..plan import KernelSource
from . import binaries
from .errors import translate, translated

BUILD_OPTIONS = ("-cl-std=CL1.2", "-w")
"""`-w`: what compilers only remark upon, pyopencl would show the user as a Python warning."""
_MAX_PARTS = 8
_Key = tuple[str, str]


@dataclass(frozen=True, eq=False)
class Entry:
    """A kernel in a built program."""

    program: Any
    name: str


class Programs:
    """The compiled kernels of a context, which all plans share as long as one of them lives."""

    def __init__(self, context: Any, heading: str = "") -> None:
        """
        Args:
            heading: text that each program begins with.
        """
        self._context, self._heading = context, heading
        self._known: WeakValueDictionary[_Key, Entry] = WeakValueDictionary()

    def entries(self, kernels: Sequence[KernelSource]) -> list[Entry]:
        """One entry for each kernel, to be kept as long as it is needed.

        Raises:
            CompileError: names the first kernel that the driver refuses, with its log.
        """
        distinct = {(kernel.name, kernel.text): kernel for kernel in kernels}
        found = {key: self._known.get(key) for key in distinct}
        missing = [distinct[key] for key, entry in found.items() if entry is None]
        made = {key: Entry(*built) for key, built in _build_all(self._context, missing, self._heading).items()}
        self._known.update(made)
        entries = {key: entry for key, entry in found.items() if entry is not None} | made
        return [entries[kernel.name, kernel.text] for kernel in kernels]


def _build_all(context: Any, kernels: Sequence[KernelSource], heading: str) -> dict[_Key, tuple[Any, str]]:
    count = part_count(context.devices[0])
    parts = [part for part in (kernels[start::count] for start in range(count)) if part]
    entries: dict[_Key, tuple[Any, str]] = {}
    with ThreadPoolExecutor(count) as pool:
        for built in pool.map(lambda part: _build_part(context, part, heading), parts):
            entries |= built
    return entries


def part_count(device: Any) -> int:
    """How many programs to make of a plan's kernels."""
    import pyopencl as cl

    return 1 if device.type & cl.device_type.CPU else min(_MAX_PARTS, os.cpu_count() or 1)


def _build_part(context: Any, kernels: Sequence[KernelSource], heading: str) -> dict[_Key, tuple[Any, str]]:
    """One program, or one for each kernel if they do not compile together (which tells the wrong one)."""
    if len(kernels) > 1:
        names = [f"{kernel.name}_{index}" for index, kernel in enumerate(kernels)]
        texts = [
            f"#define {kernel.name} {name}\n{kernel.text}\n#undef {kernel.name}\n"
            for kernel, name in zip(kernels, names, strict=True)
        ]
        try:
            program = _build(context, heading + "".join(texts), "")
        except CompileError:
            pass
        else:
            return {(kernel.name, kernel.text): (program, name) for kernel, name in zip(kernels, names, strict=True)}
    return {
        (kernel.name, kernel.text): (_build(context, heading + kernel.text, kernel.name), kernel.name)
        for kernel in kernels
    }


def _build(context: Any, text: str, kernel: str) -> Any:
    import pyopencl as cl

    kept = binaries.path_for(context.devices[0], text, BUILD_OPTIONS)
    if kept is not None and (program := binaries.load(context, kept, BUILD_OPTIONS)) is not None:
        return program
    try:
        program = cl.Program(context, text).build(options=list(BUILD_OPTIONS))
    except Exception as error:
        failure = translate(error, "compiling a kernel", kernel=kernel)
        if isinstance(failure, CompileError):
            raise failure from error
        raise CompileError("OpenCL refused a kernel", delegate="opencl", kernel=kernel, log=str(error)) from error
    if kept is not None:
        binaries.save(program, kept)
    return program


def make_kernel(entry: Entry, kernel: KernelSource) -> Any:
    """A kernel object of its own, so that arguments set on it stay.

    Raises:
        CompileError: the program has no such entry point.
        DelegantError: the kernel takes another number of arguments than the plan says.
    """
    import pyopencl as cl

    with translated("looking up a kernel", kernel=kernel.name):
        made = cl.Kernel(entry.program, entry.name)
    expected = len(kernel.writable) + len(kernel.scalars)
    if made.num_args != expected:
        message = f"the kernel takes {made.num_args} arguments, the plan gives {expected}"
        raise DelegantError(message, delegate="opencl", kernel=kernel.name)
    return made
