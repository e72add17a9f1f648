"""Write `operators.md`: which operators run where, read from the tables that the code itself uses.

    python docs/make_operators.py
"""
from __future__ import annotations

from pathlib import Path

from delegant.core.kernels import builtin_kernels, custom_kernels
from delegant.core.schema import BuiltinOperator
from delegant.delegates.gpu.lower import lowered_code_operators, lowered_operators

TARGET = Path(__file__).parent / "operators.md"
PLACEHOLDERS = {"CUSTOM", "DELEGATE", "PLACEHOLDER_FOR_GREATER_OP_CODES"}
HEADER = """# Operators

Made by `docs/make_operators.py` from the code; a test keeps it true. "yes" means that there is a kernel; types, ranks
or options that it does not take are refused with a reason, which `delegant explain` shows for a model.

- **CPU**: {cpu} of the {total} operators of the format, and the custom operators below.
- **OpenCL, WebGPU**: {gpu} on floats, {codes} on 8-bit codes (INT8, UINT8), from one set of kernels.

| operator | CPU | GPU, floats | GPU, 8-bit codes |
|---|---|---|---|
"""


def page() -> str:
    """The whole page as Markdown."""
    cpu, gpu, codes = builtin_kernels(), set(lowered_operators()), set(lowered_code_operators())
    names = [op.name for op in BuiltinOperator if op.name not in PLACEHOLDERS]
    lines = [f"| {name} | {_mark(name in cpu)} | {_mark(name in gpu)} | {_mark(name in codes)} |" for name in names]
    counts = [sum(n in table for n in names) for table in (cpu, gpu, codes)]
    header = HEADER.format(cpu=counts[0], gpu=counts[1], codes=counts[2], total=len(names))
    custom = "\n".join(f"- `{name}`" for name in sorted(custom_kernels()))
    return f"{header}{chr(10).join(lines)}\n\n## Custom operators on the CPU\n\n{custom}\n"


def _mark(there: bool) -> str:
    return "yes" if there else ""


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
