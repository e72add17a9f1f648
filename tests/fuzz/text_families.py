"""Models of one operator on words, hashes, sparse constants, ranges of fake quantization or boxes."""
from __future__ import annotations

import numpy as np
from flatbuffers import flexbuffers
from fuzz.draft import OPTIMISED, Draft
from ops.harness import random_values

from delegant.core.build.builder import BuilderTensor
from delegant.core.schema import DimensionMetadata, DimensionType, Int32Vector, SparsityParameters

SPARSE, DENSE = 1, 2
LETTERS = "ab c \t"


def words(d: Draft) -> None:
    """SKIP_GRAM over texts with spaces wherever."""
    options = {"ngram_size": d.integer(1, 4), "max_skip_size": d.integer(0, 3), "include_all_ngrams": d.flag()}
    text = "".join(LETTERS[i] for i in d.rng.integers(0, len(LETTERS), d.integer(0, 30)))
    x = d.input("x", (1,), "string", values=lambda: np.array([text.encode()], np.bytes_))
    d.output("SKIP_GRAM", [x], options, shape=(0,), dtype="string")


def hashes(d: Draft) -> None:
    """LSH_PROJECTION of items of any number of bytes."""
    count, bits, tables, kind = d.integer(1, 4), d.integer(1, 9), d.integer(1, 4), d.pick((SPARSE, DENSE))
    seeds = d.constant("seeds", random_values(d.rng, (tables, bits), "float32"), np.float32)
    inputs = [seeds, d.input("x", (count, *d.shape(0, 1, 20)), d.pick(("int32", "int64", "float32", "int8")))]
    if d.flag():
        inputs.append(d.input("weights", (count,)))
    shape = (tables,) if kind == SPARSE else (tables * bits,)
    d.output("LSH_PROJECTION", inputs, {"type": kind}, shape=shape, dtype="int32")


def _sparse(d: Draft, name: str, rows: int, columns: int, dtype: str) -> BuilderTensor:
    """A constant whose rows are dense and whose columns are compressed."""
    matrix = random_values(d.rng, (rows, columns), dtype) * (d.rng.random((rows, columns)) < 0.4)
    matrix[0, 0] = 1
    kept = matrix != 0
    segments = Int32Vector(tuple(np.cumsum([0, *kept.sum(1)]).tolist()))
    places = Int32Vector(tuple(np.nonzero(kept)[1].tolist()))
    dimensions = DimensionMetadata(dense_size=rows), DimensionMetadata(DimensionType.SPARSE_CSR, 0, segments, places)
    sparsity = SparsityParameters((0, 1), (), dimensions)
    stored = matrix[kept].astype(dtype)
    return d.model.constant(name, stored, shape=matrix.shape, sparsity=sparsity)


def sparse_constants(d: Draft) -> None:
    """DENSIFY, and FULLY_CONNECTED with sparse weights as they are."""
    rows, columns = d.integer(1, 8), d.integer(1, 16)
    d.magnitude = 1.0
    if d.flag():
        dense = d.model.op("DENSIFY", [_sparse(d, "w", rows, columns, d.pick(("float32", "int8")))])
        d.model.output(dense, d.model.op("NEG", [d.input("x", (1,))]))  # LiteRT wants an input to feed
        return
    d.resolvers = (OPTIMISED,)
    bias = d.constant("b", random_values(d.rng, (rows,), "float32"), np.float32) if d.flag() else None
    inputs = [d.input("x", (d.integer(1, 4), columns)), _sparse(d, "w", rows, columns, "float32"), bias]
    d.output("FULLY_CONNECTED", inputs, shape=(1, rows), version=8)


def fake_quant(d: Draft) -> None:
    low = -d.integer(0, 40) / 8
    options = {"min": low, "max": low + d.integer(1, 80) / 8, "num_bits": d.integer(2, 16)}
    d.magnitude = max(-low, options["max"])
    d.output("FAKE_QUANT", [d.input("x", d.shape(1, 4, 6))], options, version=2)


def detection(d: Draft) -> None:
    """TFLite_Detection_PostProcess, in either of its ways, as far as there are detections."""
    count, classes, most, per_class = d.integer(8, 30), d.integer(1, 4), d.integer(1, 6), d.integer(1, 2)
    centres, sizes = d.rng.random((count, 2)), d.rng.uniform(0.1, 0.4, (count, 2))
    anchors = d.constant("anchors", np.concatenate([centres, sizes], axis=1), np.float32)
    options = {
        "max_detections": most, "max_classes_per_detection": min(per_class, classes), "num_classes": classes,
        "nms_score_threshold": 0.0, "nms_iou_threshold": d.integer(3, 9) / 10, "y_scale": 10.0, "x_scale": 10.0,
        "h_scale": 5.0, "w_scale": 5.0, "detections_per_class": d.integer(1, 5), "use_regular_nms": d.flag(),
    }  # fmt: skip
    kept = most * options["max_classes_per_detection"]
    inputs = [d.input("boxes", (1, count, 4))]
    inputs += [d.input("scores", (1, count, classes + 1), values=lambda: _scores(d, count, classes)), anchors]
    outputs = [d.model.tensor(f"y{i}", shape) for i, shape in enumerate(((1, kept, 4), (1, kept), (1, kept), (1,)))]
    made = bytes(flexbuffers.Dumps(options))
    d.model.op_with_outputs("TFLite_Detection_PostProcess", inputs, outputs, custom=True, custom_options=made)
    d.model.output(*outputs)
    each = 1 if options["use_regular_nms"] else options["max_classes_per_detection"]
    d.defined = lambda results: [*(y[:, : each * int(results[3][0])] for y in results[:3]), results[3]]


def _scores(d: Draft, count: int, classes: int) -> np.ndarray:
    return d.rng.permutation(count * (classes + 1)).reshape(1, count, classes + 1).astype(np.float32) / 200


FAMILIES = {
    "words": words, "hashes": hashes, "sparse_constants": sparse_constants, "fake_quant": fake_quant,
    "detection": detection,
}  # fmt: skip
