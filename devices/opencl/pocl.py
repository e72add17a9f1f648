"""Makes PoCL, the OpenCL driver that runs kernels on the processor, work on processors newer than its LLVM.

The pip wheel of PoCL (`pyopencl[pocl]`, PoCL 3.0 with LLVM 14) asks LLVM for the processor's name and compiles for it,
and links its own library of built-in functions, of which it has one for each level of instruction sets. Three faults:

1. A processor that LLVM 14 does not know (Zen 5, ...) is called "generic". Clang refuses that name, so every build
   fails with "unknown target CPU 'generic'" (pocl issue 1049).
2. A processor with AVX-512 that LLVM 14 takes for an older one without (Zen 4 for "znver3") gets code without AVX-512
   linked against PoCL's AVX-512 library. The second build of any source with 16-wide vectors then has no kernels, and
   the process aborts when it ends.
3. A name without a feature that the library was compiled with (Emerald Rapids is taken for "icelake-client", which
   lacks CLWB) keeps LLVM from inlining the library's functions: every `fma` is a call through memory, 8 to 15 times
   slower.

PoCL keeps the name as a C string that its device structure points to, and this wheel has no variable to set it. So,
before the first build, the pointer is replaced by one to the name for which the library was compiled. The structure is
read through /proc/self/mem, where a wrong address is an error and not a crash; only a pointer to one of LLVM's names
is ever replaced. Nothing is touched where the name is good, or where PoCL was built for one processor ("DISTRO" in its
version says that it has several libraries), except the name "generic".

What PoCL cached before the repair stays broken, hence a cache folder of our own, and a line with the name at the head
of each program (`heading`). `DELEGANT_POCL_FIX=0` switches all of this off.
"""
from __future__ import annotations

import atexit
import contextlib
import ctypes
import functools
import hashlib
import os
import shutil
import struct
import sys
import tempfile
import threading
from dataclasses import dataclass
from typing import Any

from .. import cache, host_cpu
from ..environment import default_variable

SWITCH = "DELEGANT_POCL_FIX"
CACHE_VARIABLE = "POCL_CACHE_DIR"
PLATFORM_NAME = "Portable Computing Language"
_MANY_LIBRARIES = "DISTRO"
_UNKNOWN = frozenset({"generic"})
LLVM_NAMES = frozenset({
    "alderlake", "amdfam10", "barcelona", "bdver1", "bdver2", "bdver3", "bdver4", "broadwell", "btver1",
    "btver2", "cannonlake", "cascadelake", "cooperlake", "core2", "generic", "goldmont", "goldmont-plus",
    "haswell", "icelake-client", "icelake-server", "ivybridge", "knl", "knm", "nehalem", "penryn", "rocketlake",
    "sandybridge", "sapphirerapids", "silvermont", "skylake", "skylake-avx512", "skx", "tigerlake", "tremont",
    "westmere", "x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4", "znver1", "znver2", "znver3",
})
"""The names of processors that LLVM 14 may choose."""
_GOOD_NAMES = {
    "skylake-avx512": frozenset(
        {"skylake-avx512", "skx", "cascadelake", "cooperlake", "icelake-server", "tigerlake", "sapphirerapids"}
    ),
    "haswell": frozenset({"haswell", "broadwell", "skylake"}),
}
"""For a library compiled for a processor: the names that have all of its features."""
_STRUCTURE_SPAN = 0x800
_LONGEST_NAME = 32
_lock = threading.Lock()
_names: list[ctypes.Array[ctypes.c_char]] = []
_repairs: dict[int, PoclRepair] = {}


@dataclass(frozen=True)
class PoclRepair:
    """What was done to a PoCL device.

    Attributes:
        state: "off", "not needed" or "repaired".
        before: the processor name PoCL had chosen, "" if it was not found.
        cpu: the processor name now in force.
    """

    state: str
    before: str
    cpu: str


def enabled() -> bool:
    """Whether the workaround may be applied."""
    return os.environ.get(SWITCH, "1") != "0" and sys.platform.startswith("linux")


def own_cache() -> contextlib.AbstractContextManager[None]:
    """While devices are listed for the first time, point PoCL at a cache folder of ours, unless the user chose one."""
    if CACHE_VARIABLE in os.environ or not enabled():
        return contextlib.nullcontext()
    return default_variable(CACHE_VARIABLE, _cache_folder())


@functools.lru_cache(maxsize=1)
def _cache_folder() -> str:
    model, flags = host_cpu.cpu_info()
    key = hashlib.sha256(f"{model} {sorted(flags)}".encode()).hexdigest()[:12]
    own = cache.folder(f"pocl-{host_cpu.llvm_name()}-{key}")
    return str(own) if own else _temporary_folder()


def repair(device: Any) -> PoclRepair:
    """Give a PoCL device a processor name that its compiler knows. Applied once per device; call before any build."""
    with _lock:
        address = int(device.int_ptr)
        if address not in _repairs:
            _repairs[address] = _repair(address, wrong_names(device.platform.version))
        return _repairs[address]


def heading(device: Any) -> str:
    """A line to begin each program with, so that PoCL's cache does not answer with code for another processor."""
    done = _repairs.get(int(device.int_ptr))
    return f"// for {done.cpu}\n" if done is not None and done.state == "repaired" else ""


def is_pocl(device: Any) -> bool:
    """Whether the driver of a pyopencl device is PoCL."""
    return bool(device.platform.name.strip() == PLATFORM_NAME)


def wrong_names(version: str) -> frozenset[str]:
    """The processor names that are faulty on this machine, for a PoCL with this platform version."""
    good = _GOOD_NAMES.get(host_cpu.llvm_name())
    return LLVM_NAMES - good if good and _MANY_LIBRARIES in version else _UNKNOWN


def _repair(address: int, wrong: frozenset[str]) -> PoclRepair:
    if not enabled():
        return PoclRepair("off", "", "")
    found = find_name(address, LLVM_NAMES)  # of any name: behind this device's structure may lie another's
    if found is None or found[1] not in wrong:
        return PoclRepair("not needed", "", "")
    offset, before = found
    replace_name(address + offset, host_cpu.llvm_name())
    return PoclRepair("repaired", before, host_cpu.llvm_name())


def find_name(address: int, names: frozenset[str]) -> tuple[int, str] | None:
    """(offset, name) of the first pointer in the structure at `address` that points to one of `names`."""
    try:
        memory = os.open("/proc/self/mem", os.O_RDONLY)
    except OSError:
        return None
    try:
        span = _readable(memory, address, _STRUCTURE_SPAN)
        for offset in range(0, len(span) - 7, 8):
            (pointer,) = struct.unpack_from("<Q", span, offset)
            if 0x10000 < pointer < 1 << 47:
                text = _readable(memory, pointer, _LONGEST_NAME).partition(b"\0")[0].decode("latin-1")
                if text in names:
                    return offset, text
    finally:
        os.close(memory)
    return None


def replace_name(address: int, name: str) -> None:
    """Store a pointer to `name` at `address`. The string lives as long as the process."""
    text = ctypes.create_string_buffer(name.encode())
    _names.append(text)
    ctypes.c_uint64.from_address(address).value = ctypes.addressof(text)


def _readable(memory: int, address: int, size: int) -> bytes:
    """Up to `size` bytes at `address`, fewer where the memory ends, in steps so that one bad page costs no more."""
    data = b""
    while len(data) < size:
        step = min(size - len(data), 64 - (address + len(data)) % 64)
        try:
            piece = os.pread(memory, step, address + len(data))
        except (OSError, OverflowError):
            break
        if not piece:
            break
        data += piece
    return data


def _temporary_folder() -> str:
    """PoCL compiles through files, so it needs some folder even where nothing can be kept."""
    path = tempfile.mkdtemp(prefix="delegant-pocl-")

    def remove() -> None:
        with contextlib.suppress(OSError):
            shutil.rmtree(path)

    atexit.register(remove)
    return path
