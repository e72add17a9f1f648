"""Coverage-guided fuzzing of the model reader and of loading into graphs, with atheris (`pip install atheris`).

    python tests/fuzz/fuzz_reader.py -max_total_time=3600

Whatever the bytes: the only exception is ValueError, the run takes at most 64 MB + 4 times the file of memory and 5 s
of processor time. The first violation ends the process and leaves its input in a file `crash-...`. The corpus is kept
in the folder given by `--corpus` (a temporary one by default), which starts with small models of our own builder.
Other arguments go to libFuzzer (https://llvm.org/docs/LibFuzzer.html#options).
"""
from __future__ import annotations

import contextlib
import random
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

with atheris.instrument_imports(include=["delegant.core"]):
    from mutate_records import mutate_model
    from seed_models import SEED_MODELS

    from delegant.core.interpreter import Interpreter

FREE_BYTES = 64 << 20
BYTES_PER_BYTE = 4
SECONDS = 5.0


class LimitExceededError(Exception):
    """Loading took more memory or time than it may."""


def load(data: bytes) -> None:
    """Load `data` as a model and hold the loader to its limits."""
    tracemalloc.reset_peak()
    before, start = tracemalloc.get_traced_memory()[0], time.process_time()
    with contextlib.suppress(ValueError):
        Interpreter(model_content=data)
    taken = tracemalloc.get_traced_memory()[1] - before
    seconds = time.process_time() - start
    if taken > FREE_BYTES + BYTES_PER_BYTE * len(data):
        raise LimitExceededError(f"{taken} bytes of memory for a file of {len(data)}")
    if seconds > SECONDS:
        raise LimitExceededError(f"{seconds:.1f} s for a file of {len(data)} bytes")


def mutate(data: bytes, most: int, seed: int) -> bytes:
    """Change bytes, or every other time fields of the records."""
    rng = random.Random(seed)
    if rng.random() < 0.5:
        try:
            mutated = mutate_model(data, rng)
        except ValueError:
            mutated = b""
        if 0 < len(mutated) <= most:
            return mutated
    return atheris.Mutate(data, most)


def main() -> None:
    arguments = sys.argv[1:]
    corpus = Path(arguments.pop(1 + arguments.index("--corpus")) if "--corpus" in arguments else tempfile.mkdtemp())
    corpus.mkdir(parents=True, exist_ok=True)
    for name, build in SEED_MODELS.items():
        (corpus / f"{name}.tflite").write_bytes(build())
    options = [argument for argument in arguments if argument != "--corpus"]
    tracemalloc.start()
    atheris.Setup([sys.argv[0], "-max_len=16384", "-timeout=120", *options, str(corpus)], load, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
