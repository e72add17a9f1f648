"""HASHTABLE and its family, HASHTABLE_LOOKUP, against LiteRT."""
from __future__ import annotations

import numpy as np
import pytest
from ops.harness import check_model, run_delegant

from delegant.core.build.builder import BuilderTensor, ModelBuilder

RESOLVER = "BUILTIN_WITHOUT_DEFAULT_DELEGATES"
"""The reference resolver has no hash tables."""
NUMBERS = np.array([7, -3, 7, 2**40], np.int64)
WORDS = np.array([b"seven", b"minus", b"again", b"large"], object)
INT64, STRING = 4, 5


class _TableModel(ModelBuilder):
    """A model with one table and, if asked for, an import of entries."""

    def __init__(self, keys: np.ndarray, values: np.ndarray, *, imports: int = 1) -> None:
        super().__init__()
        self.kinds = ("int64", "string") if keys.dtype == np.int64 else ("string", "int64")
        codes = {"int64": INT64, "string": STRING}
        options = {"table_id": 5, "key_dtype": codes[self.kinds[0]], "value_dtype": codes[self.kinds[1]]}
        self.handle = self.tensor("handle", (1,), "resource")
        self.op_with_outputs("HASHTABLE", [], [self.handle], options)
        for i in range(imports):
            entries = [self.constant(f"keys{i}", keys, self.kinds[0])]
            entries.append(self.constant(f"values{i}", values, self.kinds[1]))
            self.op_with_outputs("HASHTABLE_IMPORT", [self.handle, *entries], [])

    def find(self, keys: BuilderTensor, default: np.ndarray) -> BuilderTensor:
        operands = [self.handle, keys, self.constant("default", default, self.kinds[1])]
        return self.op("HASHTABLE_FIND", operands, shape=keys.shape, dtype=self.kinds[1])


@pytest.mark.parametrize("imports", [1, 2])
@pytest.mark.parametrize("shape", [(6,), (2, 3)])
def test_find_and_size_from_strings(shape: tuple[int, ...], imports: int) -> None:
    model = _TableModel(WORDS, NUMBERS, imports=imports)
    found = model.find(model.input("x", shape, "string"), np.array([-1], np.int64))
    size = model.op("HASHTABLE_SIZE", [model.handle], shape=(1,), dtype="int64")
    model.output(found, size)
    asked = np.array([b"seven", b"no", b"", b"large", b"again", b"minus"], object).reshape(shape)
    result = check_model(model, [asked.astype(np.bytes_)], resolver=RESOLVER)
    assert result[0].reshape(-1).tolist() == [7, -1, -1, 2**40, 7, -3]
    assert result[1].tolist() == [4]


def test_find_from_numbers_keeps_the_first_of_repeated_keys() -> None:
    model = _TableModel(NUMBERS, WORDS)
    found = model.find(model.input("x", (4,), "int64"), np.array([b"none"], object))
    size = model.op("HASHTABLE_SIZE", [model.handle], shape=(1,), dtype="int64")
    model.output(found, size)
    result = check_model(model, [np.array([7, 8, -3, 2**40], np.int64)], resolver=RESOLVER)
    assert result[0].tolist() == [b"seven", b"none", b"minus", b"large"]
    assert result[1].tolist() == [3]


def test_a_table_that_was_never_filled_is_refused() -> None:
    model = _TableModel(WORDS, NUMBERS, imports=0)
    model.output(model.find(model.input("x", (1,), "string"), np.array([-1], np.int64)))
    with pytest.raises(RuntimeError, match="initialized"):
        run_delegant(model.to_bytes(), [np.array([b"seven"], np.bytes_)])


@pytest.mark.parametrize("width", [(), (3,), (2, 2)])
@pytest.mark.parametrize("dtype", ["float32", "int8", "int64"])
def test_lookup(dtype: str, width: tuple[int, ...]) -> None:
    keys = np.array([-5, 0, 3, 12], np.int32)
    values = np.arange(1, 1 + 4 * int(np.prod(width))).reshape(4, *width).astype(dtype)
    model = ModelBuilder()
    operands = [model.input("x", (5,), "int32"), model.constant("keys", keys), model.constant("values", values)]
    outputs = [model.tensor("y", (5, *width), dtype), model.tensor("hits", (5,), "uint8")]
    model.op_with_outputs("HASHTABLE_LOOKUP", operands, outputs)
    model.output(*outputs)
    result = check_model(model, [np.array([3, 4, -5, 99, 12], np.int32)])
    assert result[1].tolist() == [1, 0, 1, 0, 1]


def test_lookup_of_strings() -> None:
    model = ModelBuilder()
    operands = [model.input("x", (3,), "int32"), model.constant("keys", np.array([1, 2], np.int32))]
    operands.append(model.constant("values", np.array([b"one", b"two"], object), "string"))
    outputs = [model.tensor("y", (3,), "string"), model.tensor("hits", (3,), "uint8")]
    model.op_with_outputs("HASHTABLE_LOOKUP", operands, outputs)
    model.output(*outputs)
    check_model(model, [np.array([2, 3, 1], np.int32)])
