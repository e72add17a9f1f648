"""Run a model once and say what came out."""
from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..core.delegate import Policy
from ..partitioner import PlacementReport
from .inputs import Inputs, load_inputs
from .session import (
    DelegateSource,
    ModelSource,
    NamedArray,
    Target,
    choose_inputs,
    feed,
    model_name,
    open_model,
    read_outputs,
    target_of,
    timed_invoke,
)

PathLike = str | os.PathLike[str]


@dataclass(frozen=True)
class ClassScore:
    """One of the highest elements of a row of scores.

    Attributes:
        label: its name, or "" without labels.
        score: the element, dequantized where the output is quantized.
    """

    index: int
    label: str
    score: float


@dataclass(frozen=True)
class RunResult:
    """What a model made of its inputs.

    Attributes:
        top: for each output, its highest elements, the highest first; empty for outputs that are no row of scores.
        milliseconds: of a second invocation; the outputs are those of the first.
    """

    model: str
    target: Target
    placement: PlacementReport
    milliseconds: float
    outputs: tuple[NamedArray, ...]
    top: tuple[tuple[ClassScore, ...], ...]


def read_labels(path: PathLike) -> list[str]:
    """Labels from a text file, one per line, in the order of the classes.

    Raises:
        ValueError: the file cannot be read.
    """
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"cannot read the labels {os.fspath(path)!r}: {error}") from error


def top_classes(
    output: np.ndarray, quantization: tuple[float, int], labels: Sequence[str] = (), count: int = 5
) -> tuple[ClassScore, ...]:
    """The `count` highest elements of a row of scores ([n], [1, n], [1, 1, n], ...), else nothing.

    Args:
        quantization: scale (0 for none) and zero point of the output.
        labels: names of the classes; used where there are as many as scores.
    """
    if output.ndim == 0 or output.size != output.shape[-1] or output.size < 2 or output.dtype.kind not in "fiu":
        return ()
    scale, zero_point = quantization
    row = output.reshape(-1).astype(np.float64)
    scores = (row - zero_point) * scale if scale else row
    order = np.argsort(-scores, kind="stable")[:count]
    names = labels if len(labels) == output.size else [""] * output.size
    return tuple(ClassScore(int(i), names[i], float(scores[i])) for i in order)


def run(
    model: ModelSource,
    inputs: Inputs | Sequence[PathLike] | None = None,
    delegate: DelegateSource = None,
    *,
    policy: Policy | str = Policy.PREFER,
    labels: Sequence[str] = (),
    top: int = 5,
    scaling: str | None = None,
    seed: int = 0,
) -> RunResult:
    """Run a model once.

    Args:
        model: path or content of a .tflite file.
        inputs: arrays by name or in order, or paths of pictures, .npy or .npz files; random by default.
        delegate: a name, an open delegate, or None for the CPU alone.
        labels: names of the classes; top: how many of them to report.
        scaling: how pixels become numbers, see `inputs.load_image`.

    Raises:
        ValueError: model, inputs or delegate's name do not fit, or there are labels for another number of classes.
        DelegantError: the delegate cannot be opened or, under the policy "require", fails.
    """
    with closing(open_model(model, delegate, policy)) as interpreter:
        if inputs is None or not _are_paths(inputs):
            values = choose_inputs(interpreter, inputs, seed)  # type: ignore[arg-type]
        else:
            values = load_inputs(list(inputs), interpreter.get_input_details(), scaling, seed)  # type: ignore[arg-type]
        feed(interpreter, values)
        interpreter.invoke()
        outputs, target = read_outputs(interpreter), target_of(interpreter)
        elapsed = timed_invoke(interpreter)
        quantizations = [d["quantization"] for d in interpreter.get_output_details()]
        report = interpreter.placement_report()
    ranked = tuple(top_classes(o.value, q, labels, top) for o, q in zip(outputs, quantizations, strict=True))
    if labels and not any(score.label for row in ranked for score in row):
        shapes = ", ".join(f"{o.name} {list(o.value.shape)}" for o in outputs)
        raise ValueError(f"there are {len(labels)} labels, but no output with as many scores: {shapes}")
    return RunResult(model_name(model), target, report, elapsed, outputs, ranked)


def _are_paths(inputs: object) -> bool:
    return isinstance(inputs, Sequence) and len(inputs) > 0 and all(isinstance(x, (str, os.PathLike)) for x in inputs)
