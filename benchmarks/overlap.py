"""What `invoke_async` saves: two interpreters at the same time, and Python preparing an input while a device works.

    python benchmarks/overlap.py
    python benchmarks/overlap.py --network mobilenet_v1 opencl

Two work loads, each one after the other and overlapped, in turns; the figures are medians in milliseconds.

- "two interpreters": both of the same network on the same kind of device. A device gains that one model leaves partly
  idle; on a processor that one model fills, nothing is to be had.
- "next input": a picture is made from bytes (scaled, shifted) while the run before it goes on.
"""
from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from networks import NETWORKS
from rich.console import Console
from rich.table import Table

from delegant import DeviceUnavailableError, Interpreter


@dataclass(frozen=True)
class Saving:
    """Milliseconds of one work load, one thing after the other and overlapped."""

    device: str
    load: str
    sequential: float
    overlapped: float


def alternate(functions: tuple[Callable[[], None], Callable[[], None]], rounds: int) -> tuple[float, float]:
    """Medians of both in milliseconds, run in turns."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for function, kept in zip(functions, times, strict=True):
            start = time.perf_counter()
            function()
            kept.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times[0]), statistics.median(times[1])


def opened(model: bytes, delegate: str) -> Interpreter:
    """Allocated, its input bound, run once."""
    interpreter = Interpreter(model_content=model, delegates=[] if delegate == "cpu" else [delegate])
    interpreter.allocate_tensors()
    interpreter.invoke()
    return interpreter


def two_interpreters(model: bytes, delegate: str, rounds: int) -> Saving:
    with closing(opened(model, delegate)) as first, closing(opened(model, delegate)) as second:

        def sequential() -> None:
            first.invoke()
            second.invoke()

        def overlapped() -> None:
            for run in [first.invoke_async(), second.invoke_async()]:
                run.result()

        return Saving(delegate, "two interpreters", *alternate((sequential, overlapped), rounds))


def next_input(model: bytes, delegate: str, rounds: int, frames: int = 4) -> Saving:
    with closing(opened(model, delegate)) as interpreter:
        detail = interpreter.get_input_details()[0]
        bound = [np.zeros(detail["shape"], np.float32) for _ in range(2)]
        picture = np.random.default_rng(0).integers(0, 256, (4, *detail["shape"][1:]), np.uint8)

        def prepare(target: np.ndarray) -> None:
            np.copyto(target, picture.mean(0, np.float32) / 127.5 - 1)

        def sequential() -> None:
            for _ in range(frames):
                prepare(bound[0])
                interpreter.set_tensor(detail["index"], bound[0])
                interpreter.invoke()

        def overlapped() -> None:
            prepare(bound[0])
            for frame in range(frames):
                interpreter.set_tensor(detail["index"], bound[frame % 2])
                run = interpreter.invoke_async()
                if frame + 1 < frames:
                    prepare(bound[(frame + 1) % 2])
                run.result()

        return Saving(delegate, f"next input, {frames} frames", *alternate((sequential, overlapped), rounds))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("devices", nargs="*", default=["cpu", "opencl", "webgpu"])
    parser.add_argument("--network", default="mobilenet_v2", choices=sorted(NETWORKS))
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", type=Path, help="write the figures here too")
    options = parser.parse_args()
    model, found, console = NETWORKS[options.network](), [], Console()
    for device in options.devices:
        for load in (two_interpreters, next_input):
            try:
                found.append(load(model, device, options.rounds))
            except DeviceUnavailableError as error:
                console.print(f"{device}: {error}")
    table = Table("device", "work", "one after the other ms", "overlapped ms", "times")
    for s in found:
        ratio = s.sequential / s.overlapped
        table.add_row(s.device, s.load, f"{s.sequential:.2f}", f"{s.overlapped:.2f}", f"{ratio:.2f}")
    console.print(table)
    if options.json:
        options.json.write_text(json.dumps([asdict(s) for s in found], indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
