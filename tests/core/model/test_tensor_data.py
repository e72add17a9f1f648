"""Constants: from a buffer's bytes to an array."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from delegant.core.build.builder import ModelBuilder
from delegant.core.model.reader import read_model
from delegant.core.model.tensor_data import Constants, tensor_data
from delegant.core.model.writer import write_model
from delegant.core.schema import Buffer, Model, OperatorCode, SubGraph, Tensor, TensorType


@pytest.fixture(scope="module")
def rich_bytes(rich_model: Model) -> bytes:
    return write_model(rich_model)


def test_constants_are_views_of_the_file(rich_bytes: bytes) -> None:
    model = read_model(rich_bytes)
    tensor = next(t for t in model.subgraphs[0].tensors if t.name == "weights")
    array = Constants(model).get(tensor)
    assert array is not None and not array.flags.owndata and not array.flags.writeable
    whole = np.frombuffer(rich_bytes, np.uint8)
    assert np.shares_memory(array, whole)
    np.testing.assert_array_equal(array, np.arange(36).reshape(2, 3, 3, 2))


def test_constants_in_other_formats(rich_bytes: bytes) -> None:
    model = read_model(rich_bytes)
    tensors = {t.name: t for t in model.subgraphs[0].tensors}
    constants = Constants(model)
    int4 = constants.get(tensors["int4"])
    assert int4 is not None and int4.dtype == np.int8 and int4.tolist() == [1, -8, 7]
    strings = constants.get(tensors["strings"])
    assert strings is not None and strings.tolist() == [[b"a", b"bc"], [b"", "déf".encode()]]
    sparse = constants.get(tensors["sparse"])
    assert sparse is not None and sparse.tolist() == [1.0, 2.0]
    assert tensors["sparse"].sparsity is not None
    assert constants.get(tensors["image"]) is None


@pytest.mark.parametrize(("name", "values"), [("int2", [-2, -1, 0, 1, 1]), ("int4", [-8, 7, 3]), ("uint4", [0, 15, 9])])
def test_packed_integers(name: str, values: list[int]) -> None:
    m = ModelBuilder()
    m.constant("c", np.array(values), name)
    model = read_model(m.to_bytes())
    (tensor,) = model.subgraphs[0].tensors
    assert len(model.buffers[1].data or b"") == {"int2": 2, "int4": 2, "uint4": 2}[name]
    array = Constants(model).get(tensor)
    assert array is not None and array.tolist() == values


@pytest.mark.parametrize("name", ["bfloat16", "float8_e4m3fn", "float8_e5m2"])
def test_small_floats(name: str) -> None:
    m = ModelBuilder()
    m.constant("c", np.array([1.0, -0.5, 2.0]), name)
    model = read_model(m.to_bytes())
    array = Constants(model).get(model.subgraphs[0].tensors[0])
    assert array is not None and array.dtype.name == name and array.astype(np.float32).tolist() == [1.0, -0.5, 2.0]


def test_constant_of_the_wrong_size() -> None:
    tensor = Tensor((3,), TensorType.INT32, 1, "c")
    model = Model(3, (OperatorCode(),), (SubGraph((tensor,)),), buffers=(Buffer(), Buffer(data=b"12345678")))
    with pytest.raises(ValueError, match=r"constant 'c' of type INT32 and shape \[3\]: needs 12 bytes.* has 8"):
        Constants(model).get(tensor)


@pytest.mark.parametrize("data", [b"", b"\1\0\0\0", struct.pack("<3i", 1, 12, 99), struct.pack("<3i", 1, 13, 12)])
def test_damaged_strings(data: bytes) -> None:
    tensor = Tensor((1,), TensorType.STRING, 1, "s")
    model = Model(3, (), (SubGraph((tensor,)),), buffers=(Buffer(), Buffer(data=data)))
    if data:
        with pytest.raises(ValueError, match="constant 's' of type STRING"):
            Constants(model).get(tensor)
    else:
        assert Constants(model).get(tensor) is None


def test_tensors_that_share_a_packed_buffer_share_the_array() -> None:
    """Otherwise a small file with many such tensors takes memory without bound."""
    tensors = tuple(Tensor(shape, TensorType.INT4, 1, "c") for shape in ((2, 4), (8,)))
    model = Model(3, (), (SubGraph(tensors),), buffers=(Buffer(), Buffer(data=bytes(4))))
    constants = Constants(model)
    first, second = (constants.get(tensor) for tensor in tensors)
    assert first is not None and second is not None
    assert first.shape == (2, 4) and second.shape == (8,) and np.shares_memory(first, second)


def test_a_tensor_in_an_external_file() -> None:
    tensor = Tensor((1,), TensorType.INT32, 0, "far", external_buffer=5)
    with pytest.raises(ValueError, match="tensor 'far' keeps its data in another file"):
        tensor_data(Model(3, (), (SubGraph((tensor,)),), buffers=(Buffer(),)), tensor)


def test_a_constant_without_a_size() -> None:
    tensor = Tensor((-1,), TensorType.INT32, 1, "c")
    with pytest.raises(ValueError, match="no unknown dimension"):
        tensor_data(Model(3, (), (SubGraph((tensor,)),), buffers=(Buffer(), Buffer(data=bytes(4)))), tensor)


def test_an_empty_constant_is_a_constant() -> None:
    tensor = Tensor((0,), TensorType.INT32, 1, "axes")
    array = tensor_data(Model(3, (), (SubGraph((tensor,)),), buffers=(Buffer(), Buffer(data=b""))), tensor)
    assert array is not None and array.shape == (0,)


def test_unaligned_constants_are_copied() -> None:
    data = memoryview(bytes(range(9)))[1:]
    tensor = Tensor((2,), TensorType.INT32, 1, "c")
    array = tensor_data(Model(3, (), (SubGraph((tensor,)),), buffers=(Buffer(), Buffer(data=data))), tensor)
    assert array is not None and array.flags.aligned
    assert array.tobytes() == bytes(range(1, 9))
