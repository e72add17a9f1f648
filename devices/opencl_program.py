"""Compiles the kernels of a plan, as one program: PoCL spends most of a build on its headers, once per program."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..core.errors import CompileError, DelegantError
from .opencl_errors import translate, translated
from .plan import KernelSource

BUILD_OPTIONS = ("-cl-std=CL1.2",)


def build_programs(context: Any, kernels: Sequence[KernelSource]) -> list[tuple[Any, str]]:
    """(built program, entry point in it) for each kernel.

    Raises:
        CompileError: names the first kernel that the driver refuses, with its log.
    """
    distinct = list({(kernel.name, kernel.text): kernel for kernel in kernels}.values())
    entries = _build_together(context, distinct) if len(distinct) > 1 else None
    if entries is None:
        entries = {(k.name, k.text): (_build(context, k.text, k.name), k.name) for k in distinct}
    return [entries[kernel.name, kernel.text] for kernel in kernels]


def _build_together(context: Any, kernels: Sequence[KernelSource]) -> dict[tuple[str, str], tuple[Any, str]] | None:
    """All kernels in one program, or None if they do not compile together (then one by one tells which is wrong)."""
    names = [f"{kernel.name}_{index}" for index, kernel in enumerate(kernels)]
    parts = [
        f"#define {kernel.name} {name}\n{kernel.text}\n#undef {kernel.name}\n"
        for kernel, name in zip(kernels, names, strict=True)
    ]
    try:
        program = _build(context, "".join(parts), "")
    except CompileError:
        return None
    return {(kernel.name, kernel.text): (program, name) for kernel, name in zip(kernels, names, strict=True)}


def _build(context: Any, text: str, kernel: str) -> Any:
    import pyopencl as cl

    try:
        return cl.Program(context, text).build(options=list(BUILD_OPTIONS))
    except Exception as error:
        translated_error = translate(error, "compiling a kernel", kernel=kernel)
        if isinstance(translated_error, CompileError):
            raise translated_error from error
        raise CompileError("OpenCL refused a kernel", delegate="opencl", kernel=kernel, log=str(error)) from error


def make_kernel(program: Any, entry: str, kernel: KernelSource) -> Any:
    """A kernel object of its own, so that arguments set on it stay.

    Raises:
        CompileError: the program has no such entry point.
        DelegantError: the kernel takes another number of arguments than the plan says.
    """
    import pyopencl as cl

    with translated("looking up a kernel", kernel=kernel.name):
        made = cl.Kernel(program, entry)
    expected = len(kernel.writable) + len(kernel.scalars)
    if made.num_args != expected:
        message = f"the kernel takes {made.num_args} arguments, the plan gives {expected}"
        raise DelegantError(message, delegate="opencl", kernel=kernel.name)
    return made
