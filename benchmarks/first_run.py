"""Time the first inference of a process, with nothing compiled yet and with everything in caches.

    python benchmarks/first_run.py unet vit --only "Delegant WebGPU" "LiteRT WebGPU, float32"
    python benchmarks/first_run.py mobilenet_v2 --only "Delegant OpenCL" --rounds 3 --json out.json

Each figure is from a process of its own, from the import of the system to its first outputs, as `peers.py` has it.
"cold" has new folders for Delegant's cache, PoCL's and Mesa's; "warm" is another process with the same folders.
Processor time is that of all threads, and says more where other programs run. Bytecode of Python is written first, as
pip does when it installs.
"""
from __future__ import annotations

import argparse
import compileall
import contextlib
import io
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from networks import NETWORKS
from peers import machine, model_bytes, random_inputs
from rich.console import Console
from rich.table import Table
from runners import PEERS, Arrays, Peer
from worker import PeerError, Worker

CACHES = ("DELEGANT_CACHE_DIR", "MESA_SHADER_CACHE_DIR", "XDG_CACHE_HOME", "POCL_CACHE_DIR")
TIMEOUT = 900.0


@dataclass
class FirstRun:
    """A peer's first inference on a model, in seconds: (wall, processor) of the cold and of the warm start."""

    model: str
    peer: str
    cold: tuple[float, float] = (float("nan"), float("nan"))
    warm: tuple[float, float] = (float("nan"), float("nan"))
    failure: str = ""


@contextlib.contextmanager
def new_caches() -> Iterator[None]:
    """Empty folders for what is compiled, in this process' environment, which children inherit."""
    before = {name: os.environ.get(name) for name in CACHES}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for name in CACHES:
            path = Path(folder) / name.lower()
            path.mkdir()
            os.environ[name] = str(path)
        try:
            yield
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)


def start(peer: Peer, path: str, inputs: Arrays) -> tuple[float, float]:
    """(wall, processor) seconds of one first inference."""
    worker = Worker(peer, path, inputs, TIMEOUT)
    worker.close()
    return worker.first_seconds, worker.first_processor_seconds


def measure(model: str, peers: list[Peer], rounds: int) -> list[FirstRun]:
    """Medians of `rounds` cold and as many warm starts of each peer, in turns."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "model.tflite")
        Path(path).write_bytes(model_bytes(model))
        inputs = random_inputs(path, seed=0)
        starts: dict[str, list[list[tuple[float, float]]]] = {peer.name: [[], []] for peer in peers}
        failures: dict[str, str] = {}
        for _ in range(rounds):
            for peer in (p for p in peers if p.name not in failures):
                try:
                    with new_caches():
                        for found in starts[peer.name]:
                            found.append(start(peer, path, inputs))
                except PeerError as failure:
                    failures[peer.name] = str(failure)
    name = Path(model).name
    return [
        FirstRun(name, p.name, failure=failures[p.name])
        if p.name in failures
        else FirstRun(name, p.name, *map(_medians, starts[p.name]))
        for p in peers
    ]


def _medians(found: list[tuple[float, float]]) -> tuple[float, float]:
    wall, processor = zip(*found, strict=True)
    return statistics.median(wall), statistics.median(processor)


def table(rows: list[FirstRun]) -> Table:
    """All rows; each start as wall and processor seconds."""
    out = Table()
    for heading in ("", "", "cold, s", "of processors", "warm, s", "of processors"):
        out.add_column(heading, justify="right" if heading else "left", no_wrap=True)
    for row in rows:
        figures = [f"{value:.2f}" for value in (*row.cold, *row.warm)]
        out.add_row(row.model, row.peer, *([row.failure] if row.failure else figures))
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="*", default=["mobilenet_v2"], help=f"{', '.join(NETWORKS)} or .tflite files")
    parser.add_argument("--only", nargs="*", default=["Delegant OpenCL", "Delegant WebGPU"], help="parts of names")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--json", type=Path, help="also write the rows here, with the machine")
    args = parser.parse_args()
    with contextlib.redirect_stdout(io.StringIO()):
        compileall.compile_dir(str(Path(__file__).resolve().parents[1]), quiet=2)
    peers = [p for p in PEERS if any(word.lower() in p.name.lower() for word in args.only)]
    rows = [row for model in args.models for row in measure(model, peers, args.rounds)]
    Console(width=None if sys.stdout.isatty() else 120).print(table(rows))
    if args.json:
        args.json.write_text(json.dumps({"machine": machine(), "rows": [asdict(r) for r in rows]}, indent=1))


if __name__ == "__main__":
    main()
