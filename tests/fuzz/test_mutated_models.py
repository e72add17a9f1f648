"""Models with mutated records load or are refused with ValueError; the long search is `fuzz_reader.py`."""
from __future__ import annotations

import contextlib
import random

import pytest
from fuzz.mutate_records import mutate_model
from fuzz.seed_models import SEED_MODELS

from delegant.core.interpreter import Interpreter


@pytest.mark.parametrize("name", SEED_MODELS)
def test_only_value_errors(name: str) -> None:
    data, loaded = SEED_MODELS[name](), 0
    for seed in range(100):
        with contextlib.suppress(ValueError):
            Interpreter(model_content=mutate_model(data, random.Random(seed)))
            loaded += 1
    assert 0 < loaded < 100  # both ends are reached


@pytest.mark.parametrize("name", SEED_MODELS)
def test_the_seeds_load(name: str) -> None:
    Interpreter(model_content=SEED_MODELS[name]())
