"""A small model with something of everything the format can hold."""

from __future__ import annotations

import numpy as np
import pytest

from delegant.core.build.builder import ModelBuilder, quantized
from delegant.core.schema import (
    BlockwiseQuantization,
    DimensionMetadata,
    DimensionType,
    Int32Vector,
    Model,
    QuantizationParameters,
    SparsityParameters,
    Uint8Vector,
)


def build_rich_model() -> Model:
    m = ModelBuilder(description="something of everything")
    x = m.input("image", (-1, 4, 4, 2), "int8", quantization=(0.1, -3))
    weights = m.constant("weights", np.arange(36, dtype=np.int8).reshape(2, 3, 3, 2), quantization=([0.1, 0.2], 0, 0))
    y = m.conv_2d(x, weights, np.zeros(2, np.int32), activation="RELU6", quantization=(0.05, -128))
    m.constant("int4", np.array([1, -8, 7], np.int8), "int4", quantization=quantized(0.5))
    m.constant("strings", np.array([["a", "bc"], ["", "déf"]], object))
    scales = m.constant("scales", np.ones((1, 1), np.float16))
    blocks = QuantizationParameters(details=BlockwiseQuantization(scales.index, -1, 32))
    m.constant("blockwise", np.ones((1, 32), np.int8), quantization=blocks)
    rows = DimensionMetadata(dense_size=2)
    columns = DimensionMetadata(DimensionType.SPARSE_CSR, 0, Int32Vector((0, 1, 2)), Uint8Vector((0, 3)))
    sparsity = SparsityParameters((0, 1), (), (rows, columns))
    sparse = m.constant("sparse", np.array([1.0, 2.0], np.float32), shape=(2, 4), sparsity=sparsity)
    m.op("DENSIFY", [sparse])
    m.variable("state", (1, 3))
    m.op("MyOp", [y], custom=True, custom_options=b"\x01\x02\x03")
    m.op("STABLEHLO_COMPOSITE", [y], {"name": "nothing", "decomposition_subgraph_index": 1})
    body = m.subgraph("body")
    z = body.input("z", ())
    body.output(body.add(z, z))
    m.output(y)
    m.signature("serving_default", {"image": x}, {"y": y})
    m.signature("other", {"z": z}, {"out": z}, body)
    m.metadata("notes", b"text")
    return m.build()


@pytest.fixture(scope="session")
def rich_model() -> Model:
    return build_rich_model()
