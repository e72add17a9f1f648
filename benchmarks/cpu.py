"""The CPU interpreter beside LiteRT's, on one thread: speed, cost per node, loading, memory.

    python benchmarks/cpu.py                                # the float32 networks of networks.py
    python benchmarks/cpu.py mobilenet_v2 int8/*.tflite --json cpu.json

Times are medians of rounds that go over all peers in turns, each in a process of its own. A ratio above 1 means that
Delegant is faster; the last lines are geometric means over the float and over the integer networks. "arena" is the
memory of all activations and scratch, "over bound" how much that is above the most bytes live at one step.
"""
from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from networks import NETWORKS
from peers import Row, measure, model_bytes, processor
from rich.console import Console
from rich.table import Table

from delegant import Interpreter
from delegant.core.build.builder import ModelBuilder
from delegant.core.run.arena import lower_bound

PEERS = {
    "BUILTIN_REF": "LiteRT BUILTIN_REF",
    "optimised": "LiteRT optimised, 1 thread",
    "XNNPACK": "LiteRT XNNPACK, 1 thread",
}
OURS = "Delegant CPU"
CHAIN = 1000


@dataclass(frozen=True)
class Memory:
    """Bytes of a network's arena, and the least that any layout could take."""

    arena: int
    bound: int

    @property
    def excess(self) -> float:
        return self.arena / self.bound - 1


@dataclass
class Result:
    """One network: whether it computes in floats, seconds per peer (NaN where it cannot run), and memory."""

    model: str
    is_float: bool
    seconds: dict[str, float]
    memory: Memory
    failures: dict[str, str] = field(default_factory=dict)

    def ratio(self, peer: str) -> float:
        return self.seconds[peer] / self.seconds[OURS]


def memory_of(model: bytes) -> Memory:
    interpreter = Interpreter(model_content=model)
    interpreter.allocate_tensors()
    plan = interpreter._executions[0].storage.plan
    return Memory(plan.size, lower_bound(plan.requests))


def is_float(model: bytes) -> bool:
    """Whether no tensor of the model has integer codes of 8 or 16 bits."""
    details = Interpreter(model_content=model).get_tensor_details()
    return not any(detail["dtype"] in (np.int8, np.uint8, np.int16) for detail in details)


def result_of(model: str, rows: list[Row]) -> Result:
    data = model_bytes(model)
    seconds = {row.peer: row.median for row in rows}
    failures = {row.peer: row.failure for row in rows if row.failure}
    return Result(Path(model).stem, is_float(data), seconds, memory_of(data), failures)


def geometric_mean(values: list[float]) -> float:
    """Of the finite ones; NaN where there is none."""
    finite = [v for v in values if np.isfinite(v)]
    return float(np.exp(np.mean(np.log(finite)))) if finite else float("nan")


def median_seconds(function: Callable[[], object], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        function()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def trivial_chain(length: int) -> bytes:
    """`length` times NEG or ABS of a single number."""
    m = ModelBuilder()
    x = m.input("x", (1,))
    for k in range(length):
        x = m.op("ABS" if k % 2 else "NEG", [x])
    m.output(x)
    return m.to_bytes()


def seconds_per_node(rounds: int = 51) -> float:
    """Of a chain of trivial nodes, each NumPy call included."""
    interpreter = Interpreter(model_content=trivial_chain(CHAIN))
    interpreter.allocate_tensors()
    interpreter.invoke()
    return median_seconds(interpreter.invoke, rounds) / CHAIN


def seconds_to_load(model: str, rounds: int = 11) -> float:
    """From a path to allocated tensors."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.tflite"
        path.write_bytes(model_bytes(model))

        def load() -> None:
            Interpreter(str(path)).allocate_tensors()

        load()
        return median_seconds(load, rounds)


def table(results: list[Result]) -> Table:
    out = Table("network", "type", "ms", *(f"{name} / ours" for name in PEERS), "arena MB", "over bound")
    for r in results:
        ratios = (f"{r.ratio(peer):.2f}" for peer in PEERS.values())
        kind = "float" if r.is_float else "integer"
        out.add_row(r.model, kind, f"{1e3 * r.seconds[OURS]:.1f}", *ratios, f"{r.memory.arena / 1e6:.2f}",
                    f"{r.memory.excess:.1%}")  # fmt: skip
    for kind, means in summary(results).items():
        out.add_row(f"geometric mean, {kind}", "", "", *(f"{v:.2f}" for v in means.values()), "", "")
    return out


def summary(results: list[Result]) -> dict[str, dict[str, float]]:
    """Geometric means of the ratios, by kind of network and peer."""
    groups = {
        "float": [r for r in results if r.is_float], "integer": [r for r in results if not r.is_float], "all": results,
    }  # fmt: skip
    return {kind: {name: geometric_mean([r.ratio(peer) for r in group]) for name, peer in PEERS.items()}
            for kind, group in groups.items() if group}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", default=list(NETWORKS), help=f"{', '.join(NETWORKS)} or .tflite files")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.5, help="time per peer and round")
    parser.add_argument("--timeout", type=float, default=300.0, help="seconds after which a peer counts as stuck")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args()
    console, results = Console(width=None if sys.stdout.isatty() else 140), []
    per_node, load = seconds_per_node(), seconds_to_load("mobilenet_v2")
    for model in options.models:
        rows = measure(model, [*PEERS.values(), OURS], options.rounds, options.seconds, options.timeout,
                       Console(stderr=True))  # fmt: skip
        results.append(result_of(model, rows))
        last = results[-1]
        ratios = (f"{name} {last.ratio(peer):.2f}" for name, peer in PEERS.items())
        print(last.model, *ratios, file=sys.stderr, flush=True)
    console.print(table(results))
    console.print(f"{1e6 * per_node:.2f} us per node in a chain of {CHAIN} trivial ones")
    console.print(f"{1e3 * load:.1f} ms to load and allocate mobilenet_v2")
    if options.json:
        machine = {"platform": platform.platform(), "processor": processor(), "python": sys.version.split()[0]}
        figures = {"machine": machine, "means": summary(results), "per_node": per_node, "load": load,
                   "results": [asdict(r) for r in results]}  # fmt: skip
        options.json.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
