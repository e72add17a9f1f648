"""What the processor of this machine can do, for OpenCL devices that are processors."""
from __future__ import annotations

import functools
import os
import platform

_AVX512 = frozenset({"avx512f", "avx512dq", "avx512cd", "avx512bw", "avx512vl"})
_AVX2 = frozenset({"avx2", "fma", "bmi2"})
_AVX_VNNI = frozenset({"avx_vnni"})
_VNNI = frozenset({"avx512_vnni"})
_VBMI = frozenset({"avx512vbmi"})


@functools.lru_cache(maxsize=1)
def cpu_info() -> tuple[str, frozenset[str]]:
    """(model name, instruction-set flags as Linux names them); no flags where /proc/cpuinfo does not exist."""
    fields: dict[str, str] = {}
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            for line in file:
                key, _, value = line.partition(":")
                fields.setdefault(key.strip(), value.strip())
                if not key.strip():
                    break
    except OSError:
        pass
    return fields.get("model name", platform.processor()), frozenset(fields.get("flags", "").split())


def total_memory() -> int | None:
    """Bytes of memory of this machine; None where the system does not say."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None


def features() -> frozenset[str]:
    """Names of the instruction sets that kernels may ask for: "avx2", "avx_vnni", "avx512", ..."""
    flags = cpu_info()[1]
    sets = {
        "avx2": _AVX2, "avx_vnni": _AVX2 | _AVX_VNNI, "avx512": _AVX512, "avx512_vnni": _AVX512 | _VNNI,
        "avx512_vbmi": _AVX512 | _VBMI,
    }  # fmt: skip
    return frozenset(name for name, needed in sets.items() if flags >= needed)


def llvm_name() -> str:
    """A processor name that every LLVM since 2017 knows and whose instructions this machine has: one of those that
    PoCL's libraries are compiled for."""
    flags = cpu_info()[1]
    if flags >= _AVX512:
        return "skylake-avx512"
    if flags >= _AVX2:
        return "haswell"
    return "sandybridge" if "avx" in flags else "x86-64"
