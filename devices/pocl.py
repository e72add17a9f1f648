"""Makes PoCL, the OpenCL driver that runs kernels on the processor, work on processors newer than its LLVM.

The pip wheel of PoCL (`pyopencl[pocl]`, PoCL 3.0 with LLVM 14) has three faults:

1. A processor that LLVM 14 does not know (Zen 5, ...) is called "generic". Clang refuses that name, so every build
   fails with "unknown target CPU 'generic'" (pocl issue 1049).
2. A processor with AVX-512 that LLVM 14 takes for an older one without (Zen 4 for "znver3") gets code without AVX-512
   linked against PoCL's AVX-512 library. The second build of any source with 16-wide vectors then has no kernels, and
   the process aborts when it ends.
3. A processor with AVX-512 that LLVM 14 takes for one without the CLWB instruction (Emerald Rapids for
   "icelake-client") gets no function of PoCL's AVX-512 library inlined, because that was compiled for a processor with
   it: every `fma` is a call through memory, eight times slower.

PoCL keeps the name as a C string that its device structure points to, and this wheel has no variable to set it. So,
before the first build, the pointer is replaced by one to a name that LLVM knows and the processor satisfies. The
structure is read through /proc/self/mem, where a wrong address is an error and not a crash; only a pointer to one of
the known wrong names is ever replaced. Nothing is touched where PoCL knows the processor.

What PoCL cached before the repair stays broken, hence a cache folder of our own, one for each processor.
`DELEGANT_POCL_FIX=0` switches all of this off.
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

from . import cache, host_cpu
from .environment import default_variable

SWITCH = "DELEGANT_POCL_FIX"
CACHE_VARIABLE = "POCL_CACHE_DIR"
PLATFORM_NAME = "Portable Computing Language"
_UNKNOWN = frozenset({"generic"})
_WITHOUT_AVX512 = frozenset({"znver1", "znver2", "znver3", "haswell", "broadwell", "skylake", "alderlake"})
_WITHOUT_CLWB = frozenset({"icelake-client", "cannonlake", "rocketlake"})
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
            _repairs[address] = _repair(address)
        return _repairs[address]


def is_pocl(device: Any) -> bool:
    """Whether the driver of a pyopencl device is PoCL."""
    return bool(device.platform.name.strip() == PLATFORM_NAME)


def wrong_names() -> frozenset[str]:
    """The processor names that are faulty on this machine."""
    return _UNKNOWN | (_WITHOUT_AVX512 | _WITHOUT_CLWB if host_cpu.has_avx512() else frozenset())


def _repair(address: int) -> PoclRepair:
    if not enabled():
        return PoclRepair("off", "", "")
    found = find_name(address, wrong_names())
    if found is None:
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
