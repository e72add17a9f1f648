"""Write `operators.md`: which operators run where, on which types, and why not elsewhere.

    python docs/make_operators.py

Nothing is written down by hand: a small model of every operator and type (`operator_probes`) is run on the CPU kernels
and shown to the rules of the GPU delegates.
"""
from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from operator_probes import CALL_TARGET, PROBES, TYPES, Probe, make

from delegant.core.interpreter import Interpreter
from delegant.core.kernels import builtin_kernels, custom_kernels
from delegant.core.op import Bind, Op
from delegant.core.op_resolver import OpResolver
from delegant.core.preparation import copier
from delegant.core.schema import BuiltinOperator
from delegant.core.subgraph_call import CONTROL_FLOW
from delegant.delegates.gpu.lower import judge, lowered_custom_operators

TARGET = Path(__file__).parent / "operators.md"
PLACEHOLDERS = {"CUSTOM", "DELEGATE", "PLACEHOLDER_FOR_GREATER_OP_CODES"}
GROUPS = {
    "floats": ("float32", "float16", "bfloat16", "float64"),
    "integers": ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"),
    "complex": ("complex64", "complex128"),
}
COMMON = re.compile(r"not supported|does not support|Didn't find op")
HEADER = """# Operators

Made by `docs/make_operators.py` from the code; a test keeps it true. For every operator and type it runs a model of one
node on the CPU and asks the GPU delegates, which share one set of rules and kernels, whether they would take the node.
What a delegate thinks of the nodes of a model of yours, `delegant explain` shows.

- **CPU**: {cpu} of the {total} operators of the format, and the custom operators below. `STABLEHLO_CUSTOM_CALL` runs
  the kernel of the custom operator that it names ([custom-operators.md](custom-operators.md)).
- **OpenCL**, **WebGPU**: {gpu}, the same in both.
- **Core ML**, **NNAPI**: none; this release has no delegates for them.

The type is that of the values an operator works on (of what comes out of `QUANTIZE` and the random numbers, of the
table in lookups, of the keys of hash tables). int4, int8, uint8 and int16 have a scale here; `float32 x int8` stands
for float activations and constant weights of integers. Groups: *floats* are float32, float16, bfloat16 and float64,
*integers* those of 8 to 64 bits, signed and not, *complex* is complex64 and complex128, *all* is these, int4, bool and
string.

| operator | CPU | OpenCL, WebGPU | Core ML, NNAPI |
|---|---|---|---|
"""
WHY = """
## Why not on the CPU

A type that is not in the table is refused when tensors are allocated, by an error that names the node and its operands.
For most there is just no such kernel. The others:

- nothing public says what it computes, and LiteRT has no kernel for it either: CONCAT_EMBEDDINGS
"""
WHY_GPU = """
## Why not on OpenCL and WebGPU

Said of the types that the CPU takes and the GPU does not:

"""
SUBGRAPHS = "this operator only runs subgraphs, of which delegates take the nodes that they would take elsewhere"


@dataclass(frozen=True)
class Answer:
    """What one model of an operator and a type came to: "" where it runs, else the reason."""

    cpu: str
    gpu: str


def answers() -> dict[str, dict[str, Answer]]:
    """By operator and type."""
    return {op: {kind: ask(op, kind) for kind in builder.kinds} for op, builder in PROBES.items()}


def ask(op: str, kind: str) -> Answer:
    """Run the operator on the CPU, and show its node to the GPU delegates."""
    try:
        interpreter = run(make(op, kind))
    except (RuntimeError, ValueError) as error:
        return Answer(_plain(str(error), kind), "the CPU does not take it either")
    if op in CONTROL_FLOW:
        return Answer("", SUBGRAPHS)
    graph = interpreter._executions[0].current_graph()
    verdicts = [judge(node, graph) for node in graph.nodes if node.op == op]
    reasons = [verdict.reason for verdict in verdicts if not verdict]
    return Answer("", _plain(reasons[0], kind) if reasons else "")


def run(probe: Probe) -> Interpreter:
    """An interpreter that has run the model of a probe.

    Raises:
        RuntimeError: the model cannot run.
    """
    resolver = OpResolver({CALL_TARGET: _copy})
    interpreter = Interpreter(model_content=probe.g.to_bytes(), op_resolver=resolver)
    interpreter.allocate_tensors()
    for detail, value in zip(interpreter.get_input_details(), probe.feeds, strict=True):
        interpreter.set_tensor(detail["index"], value)
    interpreter.invoke()
    return interpreter


def _copy(op: Op) -> Bind:
    op.output().resize(op.input(0).shape)
    return lambda: copier(op.input(0).array, op.output().array)


def _plain(reason: str, kind: str) -> str:
    """A reason without what it says of the model's own tensors."""
    reason = re.sub(r" ?\[inputs: .*| Node number .*", "", reason.strip(), flags=re.DOTALL)
    reason = re.sub(r"\b[xyc]\d+( \([A-Z]\w* [\dx]+\))?|\bbias\b", "a tensor", reason)
    return re.sub(rf"\b{kind.partition(' x ')[0].upper()}\b", "of that type", reason)


def page() -> str:
    """The whole page as Markdown."""
    found = answers()
    names = [op.name for op in BuiltinOperator if op.name not in PLACEHOLDERS]
    rows = {name: found.get(name, {}) for name in names}
    lines = [f"| {name} | {_cell(row, 'cpu')} | {_cell(row, 'gpu')} | no |" for name, row in rows.items()]
    gpu = sum(any(not answer.gpu for answer in row.values()) for row in rows.values())
    header = HEADER.format(cpu=sum(name in builtin_kernels() for name in names), gpu=gpu, total=len(names))
    custom = "\n".join(f"- `{name}`" for name in sorted(custom_kernels()))
    taken = ", ".join(f"`{name}`" for name in sorted(lowered_custom_operators()))
    return (
        f"{header}{chr(10).join(lines)}\n{WHY}{_reasons(rows, 'cpu')}\n{WHY_GPU}{_reasons(rows, 'gpu')}\n\n"
        f"## Custom operators on the CPU\n\n{taken} run on OpenCL and WebGPU too.\n\n{custom}\n"
    )


def _cell(row: dict[str, Answer], backend: str) -> str:
    return _types([kind for kind, answer in row.items() if not getattr(answer, backend)], set(row)) or "no"


def _types(kinds: Iterable[str], asked: set[str]) -> str:
    """Types, joined into groups where a group is complete."""
    left = list(kinds)
    if set(TYPES) <= set(left):
        left = ["all", *(kind for kind in left if kind not in TYPES)]
    for group, members in GROUPS.items():
        if set(members) <= set(left):
            left[left.index(members[0])] = group
            left = [kind for kind in left if kind not in members]
    return ", ".join(left)


def _reasons(rows: dict[str, dict[str, Answer]], backend: str) -> str:
    """A list of reasons with the operators that they are given for."""
    given: dict[str, dict[str, None]] = defaultdict(dict)
    for op, row in rows.items():
        for answer in row.values():
            reason = getattr(answer, backend)
            left_out = COMMON.search(reason) if backend == "cpu" else answer.cpu
            if reason and not left_out:
                given[reason.replace(op, "this operator")][op] = None
    return "\n".join(f"- {reason}: {', '.join(ops)}" for reason, ops in given.items())


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
