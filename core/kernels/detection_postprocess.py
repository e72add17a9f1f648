"""TFLite_Detection_PostProcess: decode boxes from anchors and keep the best by non-maximum suppression.

Source: detection_postprocess.cc of LiteRT's custom operators.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..custom_options import flexbuffer_map
from ..op import Bind, Op, Operand, Run
from ..preparation import quantization_of
from .registry import kernel


@dataclass(frozen=True)
class _Settings:
    max_detections: int
    max_classes: int
    per_class: int
    num_classes: int
    regular_nms: bool
    score_threshold: float
    iou_threshold: float
    scales: tuple[float, float, float, float]


@kernel("TFLite_Detection_PostProcess", custom=True)
def prepare(op: Op) -> Bind:
    """Inputs: box encodings [1, boxes, 4 or more] (y, x, h, w), scores [1, boxes, classes], anchors [boxes, 4].

    Outputs: boxes [1, n, 4] (ymin, xmin, ymax, xmax), classes [1, n], scores [1, n], how many are valid [1].
    """
    boxes, scores, anchors = op.input(0), op.input(1), op.input(2)
    settings = _settings(op)
    if len(boxes.shape) != 3 or boxes.shape[2] < 4 or anchors.shape != (boxes.shape[1], 4):
        raise op.error(f"box encodings {boxes} and anchors {anchors} do not fit each other")
    widths = settings.num_classes, settings.num_classes + 1
    if len(scores.shape) != 3 or scores.shape[:2] != boxes.shape[:2] or scores.shape[2] not in widths:
        raise op.error(f"scores {scores} are not those of {settings.num_classes} classes")
    count = settings.max_detections * settings.max_classes
    for i, shape in enumerate(((1, count, 4), (1, count), (1, count), (1,))):
        op.output(i).resize(shape)
    return lambda: _bind(op, settings)


def _settings(op: Op) -> _Settings:
    options = flexbuffer_map(op)
    try:
        settings = _Settings(
            int(options["max_detections"]),
            int(options["max_classes_per_detection"]),
            int(options.get("detections_per_class", 100)),
            int(options["num_classes"]),
            bool(options.get("use_regular_nms", False)),
            float(options["nms_score_threshold"]),
            float(options["nms_iou_threshold"]),
            (_scale(options, "y"), _scale(options, "x"), _scale(options, "h"), _scale(options, "w")),
        )
    except KeyError as error:
        raise op.error(f"the options of TFLite_Detection_PostProcess lack {error}") from None
    if not 0 < settings.iou_threshold <= 1 or min(settings.max_detections, settings.max_classes) < 1:
        raise op.error("the options of TFLite_Detection_PostProcess are out of range")
    return settings


def _scale(options: dict[str, Any], name: str) -> float:
    return float(options[f"{name}_scale"])


def _bind(op: Op, settings: _Settings) -> Run:
    encodings, scores, anchors = (op.input(i) for i in range(3))
    outputs = [operand.array for operand in op.outputs]

    def run() -> None:
        boxes = _decode(_reals(op, encodings)[0], _reals(op, anchors), settings)
        classes = _reals(op, scores)[0]
        classes = classes[:, classes.shape[1] - settings.num_classes :]
        suppress = _per_class if settings.regular_nms else _over_all_classes
        chosen, labels, values, count = suppress(boxes, classes, settings)
        n = len(chosen)
        for output in outputs:
            output.fill(0)
        outputs[0][0, :n], outputs[1][0, :n], outputs[2][0, :n], outputs[3][0] = boxes[chosen], labels, values, count

    return run


def _reals(op: Op, operand: Operand) -> np.ndarray:
    if operand.dtype.kind == "f":
        return operand.array
    quantization = quantization_of(op, operand)
    return quantization.scale * (operand.array.astype(np.int32) - quantization.zero_point).astype(np.float32)


def _decode(encodings: np.ndarray, anchors: np.ndarray, settings: _Settings) -> np.ndarray:
    """Corners (ymin, xmin, ymax, xmax) from centers and sizes relative to the anchors."""
    scales = np.array(settings.scales, np.float32)
    relative = encodings[:, :4] / scales
    center = relative[:, :2] * anchors[:, 2:] + anchors[:, :2]
    half = np.float32(0.5) * np.exp(relative[:, 2:]) * anchors[:, 2:]
    return np.concatenate([center - half, center + half], axis=1)


def _over_all_classes(
    boxes: np.ndarray, scores: np.ndarray, settings: _Settings
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Suppression by each box's best score; the best classes of each kept box are reported."""
    per_box = min(settings.max_classes, settings.num_classes)
    best = np.argsort(-scores, axis=1, kind="stable")[:, :per_box]
    kept = _suppress(boxes, scores[np.arange(len(scores)), best[:, 0]], settings.max_detections, settings)
    labels = best[kept]
    values = np.take_along_axis(scores[kept], labels, axis=1)
    return np.repeat(kept, per_box), labels.reshape(-1), values.reshape(-1), len(kept)


def _per_class(
    boxes: np.ndarray, scores: np.ndarray, settings: _Settings
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Suppression within each class; the best of all classes are reported."""
    chosen = np.empty(0, np.intp)
    labels = np.empty(0, np.intp)
    values = np.empty(0, np.float32)
    for label in range(settings.num_classes):
        kept = _suppress(boxes, scores[:, label], settings.per_class, settings)
        chosen = np.concatenate([chosen, kept])
        labels = np.concatenate([labels, np.full(len(kept), label, np.intp)])
        values = np.concatenate([values, scores[kept, label]])
        order = np.argsort(-values, kind="stable")[: settings.max_detections]
        chosen, labels, values = chosen[order], labels[order], values[order]
    return chosen, labels, values, len(chosen)


def _suppress(boxes: np.ndarray, scores: np.ndarray, limit: int, settings: _Settings) -> np.ndarray:
    """Indices of the boxes to keep, best first: none overlaps a better one by more than the threshold."""
    candidates = np.flatnonzero(scores >= settings.score_threshold)
    order = candidates[np.argsort(-scores[candidates], kind="stable")]
    kept: list[int] = []
    while len(order) and len(kept) < limit:
        kept.append(int(order[0]))
        rest = order[1:]
        order = rest[_overlap(boxes[order[0]], boxes[rest]) <= settings.iou_threshold]
    return np.array(kept, np.intp)


def _overlap(box: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Intersection over union; 0 where a box has no area."""
    area = (box[2] - box[0]) * (box[3] - box[1])
    areas = (others[:, 2] - others[:, 0]) * (others[:, 3] - others[:, 1])
    sides = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    intersection = np.prod(np.maximum(sides, 0), axis=1)
    union = area + areas - intersection
    valid = (area > 0) & (areas > 0)
    return np.where(valid, intersection / np.where(valid, union, 1), 0)
