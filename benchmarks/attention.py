"""What attention as one kernel saves: beside two products, a softmax and copies that move heads, on the same device.

    python benchmarks/attention.py
    python benchmarks/attention.py webgpu --shapes 197x12x64 1x4x64x512 --json attention.json

A shape is queries x heads x columns of a head, and the number of keys if it is another. Heads lie side by side in the
model's tensors, as dense layers leave them. Both ways run in turns; times are medians in microseconds of a whole
`invoke`, and in brackets of all processors together, which says more where the device is a processor that others use.
Memory is what activations take on the device between the model's inputs and outputs.
"""
from __future__ import annotations

import argparse
import json
import statistics
import time
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from rich.console import Console
from rich.table import Table

from delegant import DeviceUnavailableError, Interpreter, load_delegate
from delegant.core.build.builder import BuilderTensor, ModelBuilder

SHAPES = (
    "144x4x32", "197x4x32", "197x4x64", "197x12x64", "512x4x32", "512x4x64", "512x4x128", "1024x4x32", "1024x4x64",
    "1024x4x128", "16x8x16", "1x4x64x512",
)  # fmt: skip
RULE = "delegant.delegates.gpu.passes.attention.pays"
"""What decides whether attention becomes one kernel."""


@dataclass(frozen=True)
class Saving:
    """One shape in both ways: microseconds (on the clock, of processors) and bytes of memory."""

    device: str
    shape: str
    apart: tuple[float, float]
    joined: tuple[float, float]
    apart_bytes: int
    joined_bytes: int
    error: float


def model(shape: str) -> bytes:
    """Attention from tensors [1, row, heads side by side]."""
    queries, heads, size, *other = map(int, shape.split("x"))
    keys, builder = other[0] if other else queries, ModelBuilder()

    def split(name: str, rows: int, order: list[int]) -> BuilderTensor:
        given = builder.input(name, (1, rows, heads * size))
        return builder.transpose(builder.reshape(given, (1, rows, heads, size)), order)

    q, k, v = split("q", queries, [0, 2, 1, 3]), split("k", keys, [0, 2, 3, 1]), split("v", keys, [0, 2, 1, 3])
    scores = builder.mul(builder.batch_matmul(q, k), np.float32(size**-0.5))
    mixed = builder.transpose(builder.batch_matmul(builder.softmax(scores), v), [0, 2, 1, 3])
    builder.output(builder.reshape(mixed, (1, queries, heads * size)))
    return builder.to_bytes()


def opened(content: bytes, device: str, joined: bool) -> Interpreter:
    """With random inputs, run once."""
    with mock.patch(RULE, return_value=joined):
        interpreter = Interpreter(model_content=content, delegates=[load_delegate(device)], policy="require")
        interpreter.allocate_tensors()
    random = np.random.default_rng(0)
    for detail in interpreter.get_input_details():
        interpreter.set_tensor(detail["index"], random.standard_normal(tuple(detail["shape"]), np.float32))
    interpreter.invoke()
    return interpreter


def memory(interpreter: Interpreter) -> int:
    """Bytes of the arenas of its partitions."""
    compiled: list[Any] = [partition.compiled for partition in interpreter.compiled_partitions]
    plans = [each.plan for each in compiled]
    return sum(buffer.size for plan in plans for buffer in plan.buffers if buffer.label == "arena")


def measured(device: str, shape: str, seconds: float) -> Saving:
    """Both ways in turns for about `seconds`, at least three times."""
    content = model(shape)
    with closing(opened(content, device, False)) as apart, closing(opened(content, device, True)) as joined:
        times: tuple[list[tuple[float, float]], list[tuple[float, float]]] = ([], [])
        stop = time.perf_counter() + seconds
        while time.perf_counter() < stop or len(times[0]) < 3:
            for interpreter, kept in zip((apart, joined), times, strict=True):
                start, before = time.perf_counter(), time.process_time()
                interpreter.invoke()
                kept.append((time.perf_counter() - start, time.process_time() - before))
        results = [i.get_tensor(i.get_output_details()[0]["index"]) for i in (apart, joined)]
        sizes = memory(apart), memory(joined)
    error = float(np.abs(results[0] - results[1]).max() / np.abs(results[0]).max())
    return Saving(device, shape, *map(_medians, times), *sizes, error)


def _medians(times: list[tuple[float, float]]) -> tuple[float, float]:
    wall, processor = (statistics.median(each) * 1e6 for each in zip(*times, strict=True))
    return wall, processor


def table(savings: list[Saving]) -> Table:
    made = Table("device", "shape", "apart", "one kernel", "ratio", "KiB apart", "one kernel", "difference")
    for s in savings:
        times = (f"{wall:.0f} ({processor:.0f})" for wall, processor in (s.apart, s.joined))
        ratios = "{:.2f} ({:.2f})".format(*(b / a for a, b in zip(s.apart, s.joined, strict=True)))
        sizes = (f"{size / 1024:.0f}" for size in (s.apart_bytes, s.joined_bytes))
        made.add_row(s.device, s.shape, *times, ratios, *sizes, f"{s.error:.0e}")
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("devices", nargs="*", default=["opencl", "webgpu"])
    parser.add_argument("--shapes", nargs="+", default=SHAPES)
    parser.add_argument("--seconds", type=float, default=0.5, help="for each shape")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    savings = []
    for device in arguments.devices:
        try:
            savings += [measured(device, shape, arguments.seconds) for shape in arguments.shapes]
        except DeviceUnavailableError as error:
            print(f"{device} is left out: {error}")
    Console(width=110).print(table(savings))
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(s) for s in savings], indent=1) + "\n")


if __name__ == "__main__":
    main()
