"""Load, resize, invoke and close models again and again, and watch the process's memory.

    python benchmarks/soak.py --minutes 60
    python benchmarks/soak.py --minutes 5 --delegates opencl

Prints the resident memory and the number of Python objects every interval, and at the end how they grew per hour over
the second half, when caches are full. `--share` is the part of one core that it may use.
"""
from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from seeded_builder import SeededBuilder

from delegant import Interpreter
from delegant.core.build.builder import ModelBuilder


class Sample(NamedTuple):
    """The process at one moment; `seconds` since the start, memory in bytes."""

    seconds: float
    rounds: int
    resident: int
    objects: int


def small_cnn() -> bytes:
    """Convolutions with an open batch size."""
    m = SeededBuilder(0)
    x = image = m.input("input", (-1, 64, 64, 3))
    for filters in (8, 16, 32):
        x = m.conv(m.depthwise(x, 3, 2, "RELU6"), filters, activation="RELU")
    return m.finish(image, m.mean(x, [1, 2]), softmax=True)


def dynamic_shapes() -> bytes:
    """A shape that is known only at run time: WHERE, then GATHER_ND."""
    m = ModelBuilder()
    x = m.input("x", (-1, 8))
    zero = m.constant("zero", np.float32(0))
    positive = m.op("GREATER", [x, zero], dtype="bool")
    where = m.op("WHERE", [positive], shape=(-1, 2), dtype="int64")
    m.output(m.op("GATHER_ND", [x, where], shape=(-1,)))
    return m.to_bytes()


def recurrent() -> bytes:
    """An SVDF cell: a variable that lasts between invocations."""
    m, rng = ModelBuilder(), np.random.default_rng(0)
    x, state = m.input("x", (1, 16)), m.variable("state", (1, 8 * 4))
    weights = [rng.standard_normal(shape).astype(np.float32) for shape in ((8, 16), (8, 4))]
    inputs = [x, *(m.constant(f"w{i}", w) for i, w in enumerate(weights)), None, state]
    m.output(m.op("SVDF", inputs, {"rank": 1}, shape=(1, 8)))
    return m.to_bytes()


def loop() -> bytes:
    """A WHILE that doubles its input five times."""
    m = ModelBuilder()
    count, x = m.input("count", (), "int32"), m.input("x", (-1, 4))
    graphs = condition, body = m.subgraph("condition"), m.subgraph("body")
    (c, _), (i, y) = [(g.input("count", (), "int32"), g.input("x", (-1, 4))) for g in graphs]
    condition.output(condition.op("LESS", [c, condition.constant("five", np.int32(5))], dtype="bool"))
    body.output(body.op("ADD", [i, body.constant("one", np.int32(1))]), body.op("ADD", [y, y]))
    outputs = [m.tensor("last", (), "int32"), m.tensor("result", (-1, 4))]
    options = {"cond_subgraph_index": condition.index, "body_subgraph_index": body.index}
    m.op_with_outputs("WHILE", [count, x], outputs, options)
    m.output(*outputs)
    return m.to_bytes()


MODELS: tuple[Callable[[], bytes], ...] = (small_cnn, dynamic_shapes, recurrent, loop)


def use(model: bytes, delegates: list[str]) -> None:
    """One interpreter's life: load, then allocate and invoke at three batch sizes, then close."""
    with Interpreter(model_content=model, delegates=delegates) as interpreter:
        for batch in (1, 3, 2):
            for detail in interpreter.get_input_details():
                if -1 in detail["shape_signature"]:
                    shape = [batch if n < 0 else n for n in detail["shape_signature"]]
                    interpreter.resize_tensor_input(detail["index"], shape)
            interpreter.allocate_tensors()
            for detail in interpreter.get_input_details():
                interpreter.set_tensor(detail["index"], np.ones(detail["shape"], detail["dtype"]))
            for _ in range(3):
                interpreter.invoke()
            for detail in interpreter.get_output_details():
                interpreter.get_tensor(detail["index"])


def sample(start: float, rounds: int, samples: list[Sample]) -> Sample:
    """The process now, after a garbage collection, without the samples taken so far."""
    gc.collect()
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return Sample(time.monotonic() - start, rounds, resident, len(gc.get_objects()) - len(samples))


def soak(minutes: float, interval: float, share: float, delegates: list[str]) -> list[Sample]:
    """Use all models in turns and report at every interval."""
    models, start, rounds = [make() for make in MODELS], time.monotonic(), 0
    samples = [sample(start, 0, [])]
    while (now := time.monotonic()) < start + 60 * minutes:
        busy = time.process_time()
        for model in models:
            use(model, delegates)
        rounds += 1
        time.sleep((time.process_time() - busy) * (1 / share - 1))
        if now - start > samples[-1].seconds + interval:
            samples.append(sample(start, rounds, samples))
            last = samples[-1]
            memory = f"{last.resident / 2**20:8.2f} MiB {last.objects:8d} objects"
            print(f"{last.seconds:7.0f} s {rounds:8d} rounds {memory}", flush=True)
    return samples


def growth(samples: list[Sample]) -> tuple[float, float]:
    """(bytes, objects) per hour: the slopes of straight lines through the second half."""
    half = samples[len(samples) // 2 :]
    hours = np.array([s.seconds / 3600 for s in half])
    return tuple(  # type: ignore[return-value]
        float(np.polyfit(hours, [getattr(s, name) for s in half], 1)[0]) for name in ("resident", "objects")
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--interval", type=float, default=30, help="seconds between reports")
    parser.add_argument("--share", type=float, default=1.0, help="part of one core that may be used")
    parser.add_argument("--delegates", nargs="*", default=[], help="opencl, webgpu")
    parser.add_argument("--json", type=Path, help="also write the samples here")
    options = parser.parse_args()
    samples = soak(options.minutes, options.interval, options.share, options.delegates)
    if len(samples) < 4:
        sys.exit("too short to say anything: four samples at least")
    resident, objects = growth(samples)
    print(f"growth over the second half: {resident / 2**20:.2f} MiB and {objects:.0f} objects per hour")
    if options.json:
        options.json.write_text(json.dumps([s._asdict() for s in samples], indent=1))


if __name__ == "__main__":
    main()
