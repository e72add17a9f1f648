"""Reading: what a good file becomes, and that a bad one is a ValueError and nothing worse."""

from __future__ import annotations

import random
import struct
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from oracle import run_litert

from delegant.core.build.builder import ModelBuilder
from delegant.core.model.flatbuffer import decode
from delegant.core.model.reader import open_model, read_model
from delegant.core.model.tensor_data import Constants
from delegant.core.model.writer import write_model
from delegant.core.schema import Buffer, Model, Operator

INVALID = "The model is not a valid Flatbuffer buffer"


@pytest.fixture(scope="module")
def rich_bytes(rich_model: Model) -> bytes:
    return write_model(rich_model)


def decode_everything(data: bytes) -> None:
    model = read_model(data)
    constants = Constants(model)
    for subgraph in model.subgraphs:
        for tensor in subgraph.tensors:
            constants.get(tensor)


def check_refusal(data: bytes) -> bool:
    """Whether reading fails, which it may only do with a ValueError that says something."""
    try:
        decode_everything(data)
    except ValueError as error:
        assert len(str(error)) > 10
        return True
    return False


def mutate(data: bytes, rng: random.Random) -> bytes:
    """A copy with one to four changes: bits flipped, bytes replaced, or 32-bit words overwritten."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        kind, at = rng.randrange(3), rng.randrange(len(data) - 4)
        if kind == 0:
            changed[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            changed[at] = rng.randrange(256)
        else:
            at &= ~3
            (word,) = struct.unpack_from("<I", changed, at)
            choices = [rng.getrandbits(32), rng.randrange(len(data)), 0, 0xFFFFFFFF, 0x7FFFFFFF, 0x80000000,
                       (word + rng.randint(-8, 8)) % (1 << 32)]  # fmt: skip
            struct.pack_into("<I", changed, at, rng.choice(choices))
    return bytes(changed)


def test_every_truncation_is_refused(rich_bytes: bytes) -> None:
    accepted = [n for n in range(len(rich_bytes)) if not check_refusal(rich_bytes[:n])]
    assert all(n > len(rich_bytes) - 32 for n in accepted), accepted  # only padding may be missing


@pytest.mark.parametrize("part", range(10))
def test_seeded_mutations(rich_bytes: bytes, part: int) -> None:
    rng = random.Random(part)
    refused = sum(check_refusal(mutate(rich_bytes, rng)) for _ in range(1000))
    assert refused > 100


def test_fresh_mutations(rich_bytes: bytes) -> None:
    seed = random.SystemRandom().getrandbits(32)
    print("seed", seed)
    rng = random.Random(seed)
    assert sum(check_refusal(mutate(rich_bytes, rng)) for _ in range(1000)) > 100


def test_mutations_of_trained_models(suites: Path) -> None:
    rng = random.Random(0)
    for path in sorted((suites / "visible" / "models").glob("*.tflite"), key=lambda p: p.stat().st_size)[:8]:
        data = path.read_bytes()
        for _ in range(200):
            check_refusal(mutate(data, rng))


def test_mutations_allocate_little(rich_bytes: bytes) -> None:
    rng = random.Random(1234)
    tracemalloc.start()
    for _ in range(500):
        check_refusal(mutate(rich_bytes, rng))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 << 20


def shared_subtree(copies: int) -> bytes:
    """A model whose subgraph vector refers `copies` times to one subgraph with `copies` references to one tensor."""
    model_vtable = struct.pack("<5H2x", 10, 12, 4, 0, 8)  # a version and, in slot 2, the subgraphs
    subgraph_vtable = struct.pack("<3H2x", 6, 8, 4)  # tensors in slot 0
    tensor_vtable = struct.pack("<2H", 4, 8)  # everything at its default
    model_at = 8 + len(model_vtable + subgraph_vtable + tensor_vtable)
    subgraphs_at = model_at + 12
    subgraph_at = subgraphs_at + 4 + 4 * copies
    tensors_at = subgraph_at + 8
    tensor_at = tensors_at + 4 + 4 * copies
    data = struct.pack("<I4s", model_at, b"TFL3") + model_vtable + subgraph_vtable + tensor_vtable
    data += struct.pack("<iII", model_at - 8, 3, 4)
    data += _references(subgraphs_at, subgraph_at, copies)
    data += struct.pack("<iI", subgraph_at - 8 - len(model_vtable), 4)
    data += _references(tensors_at, tensor_at, copies)
    return data + struct.pack("<iI", tensor_at - 8 - len(model_vtable + subgraph_vtable), 0)


def _references(at: int, target: int, copies: int) -> bytes:
    """A vector at byte `at` of `copies` offsets to `target`."""
    return struct.pack(f"<{copies + 1}I", copies, *(target - (at + 4 + 4 * i) for i in range(copies)))


def test_a_small_file_cannot_describe_an_enormous_model() -> None:
    few = decode(memoryview(shared_subtree(3)), Model)
    assert [len(subgraph.tensors) for subgraph in few.subgraphs] == [3, 3, 3]
    tracemalloc.start()
    with pytest.raises(ValueError, match=f"{INVALID}: .*too many times"):
        read_model(shared_subtree(20_000))  # 160 kB that stand for 400 million tensors
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 32 << 20


def test_header_errors() -> None:
    for data in (b"", b"TFL3", b"\0" * 7):
        with pytest.raises(ValueError, match=f"^{INVALID}"):
            read_model(data)
    with pytest.raises(ValueError, match=r"^The model is not a valid Flatbuffer buffer: .*b'XXXX'"):
        read_model(b"\x10\0\0\0XXXX" + bytes(32))


def test_errors_name_the_place(rich_bytes: bytes) -> None:
    with pytest.raises(ValueError, match=rf"^{INVALID}: [a-z_]+(\[\d+\])?"):
        read_model(rich_bytes[: len(rich_bytes) // 2])


def _first(model: Model, **changes: Any) -> Model:
    return replace(model, subgraphs=(replace(model.subgraphs[0], **changes), *model.subgraphs[1:]))


def _change_operator(model: Model, **changes: Any) -> Model:
    first, *rest = model.subgraphs[0].operators
    return _first(model, operators=(replace(first, **changes), *rest))


def _change_tensor(model: Model, **changes: Any) -> Model:
    first, *rest = model.subgraphs[0].tensors
    return _first(model, tensors=(replace(first, **changes), *rest))


def _change_signature(model: Model, **changes: Any) -> Model:
    first, *rest = model.signature_defs
    return replace(model, signature_defs=(replace(first, **changes), *rest))


BAD_INDICES: dict[str, tuple[Callable[[Model], Model], str]] = {
    "version": (lambda m: replace(m, version=9), "schema version 9 not equal to supported version 3"),
    "no subgraph": (lambda m: replace(m, subgraphs=()), "No subgraph"),
    "opcode": (lambda m: _change_operator(m, opcode_index=99), "opcode_index 99"),
    "input": (lambda m: _change_operator(m, inputs=(999,)), "Invalid tensor index 999 in inputs of operator 0"),
    "input -2": (lambda m: _change_operator(m, inputs=(-2,)), "Invalid tensor index -2"),
    "output": (lambda m: _change_operator(m, outputs=(-1,)), "Invalid tensor index -1 in outputs of operator 0"),
    "intermediate": (lambda m: _change_operator(m, intermediates=(999,)), "intermediates of operator 0"),
    "graph input": (lambda m: _first(m, inputs=(999,)), "inputs of subgraph 0"),
    "graph output": (lambda m: _first(m, outputs=(-1,)), "outputs of subgraph 0"),
    "buffer": (lambda m: _change_tensor(m, buffer=99), "Tensor 0 specifies out of range buffer 99"),
    "shape": (lambda m: _change_tensor(m, shape=(-5,)), "negative dimension"),
    "signature subgraph": (lambda m: _change_signature(m, subgraph_index=7), "Invalid subgraph index 7"),
    "signature input": (
        lambda m: _change_signature(m, inputs=(replace(m.signature_defs[0].inputs[0], tensor_index=99),)),
        "inputs of signature 'serving_default'",
    ),
    "metadata": (lambda m: replace(m, metadata=(replace(m.metadata[0], buffer=99),)), "Metadata 'notes'"),
    "options subgraph": (
        lambda m: _first(m, operators=(*m.subgraphs[0].operators[:-1], _composite(m, 9))), "Invalid subgraph index 9",
    ),
}  # fmt: skip


def _composite(model: Model, subgraph: int) -> Operator:
    op = model.subgraphs[0].operators[-1]
    assert op.builtin_options_2 is not None
    return replace(op, builtin_options_2=replace(op.builtin_options_2, decomposition_subgraph_index=subgraph))  # type: ignore[type-var]


@pytest.mark.parametrize("case", BAD_INDICES)
def test_indices_out_of_range(rich_model: Model, case: str) -> None:
    change, message = BAD_INDICES[case]
    with pytest.raises(ValueError, match=message):
        read_model(write_model(change(rich_model)))


def test_a_model_without_buffers() -> None:
    builder = ModelBuilder()
    builder.output(builder.op("ADD", [builder.input("x", (2,)), builder.input("y", (2,))]))
    content = write_model(replace(builder.build(), buffers=()))
    assert read_model(content).buffers == (Buffer(),)
    (result,) = run_litert(content, [np.ones(2, np.float32)] * 2)
    np.testing.assert_array_equal(result, [2, 2])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"scale": (0.1, 0.2), "zero_point": (0,)}, "1 zero_point values and 2 scale values"),
        ({"scale": (0.1, 0.2), "zero_point": (0, 0), "quantized_dimension": 9}, r"range \[0, 4\)"),
        ({"scale": (0.1,) * 3, "zero_point": (0,) * 3, "quantized_dimension": 1}, "but got 3"),
    ],
)
def test_quantization_that_does_not_fit(rich_model: Model, changes: dict[str, Any], message: str) -> None:
    params = replace(rich_model.subgraphs[0].tensors[0].quantization, **changes)  # type: ignore[type-var]
    with pytest.raises(ValueError, match=f"Tensor 0 has invalid quantization parameters: .*{message}"):
        read_model(write_model(_change_tensor(rich_model, quantization=params)))


def test_unknown_enum_values_stay_numbers(rich_model: Model) -> None:
    changed = _change_tensor(rich_model, type=77)
    assert read_model(write_model(changed)).subgraphs[0].tensors[0].type == 77


def test_constants_behind_the_flatbuffer(rich_model: Model) -> None:
    inside, behind = write_model(rich_model), write_model(rich_model, constants_behind=True)
    assert read_model(behind) == read_model(inside)
    with pytest.raises(ValueError, match="out of range offset"):
        read_model(behind[:-16])


def test_open_model(tmp_path: Path, rich_bytes: bytes) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(rich_bytes)
    expected = read_model(rich_bytes)
    assert open_model(path) == open_model(str(path)) == open_model(bytes(path)) == expected
    assert read_model(bytearray(rich_bytes)) == read_model(memoryview(rich_bytes)) == expected


def test_open_model_errors(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^Could not open '.*none\.tflite'.*The model allocation is null/empty"):
        open_model(tmp_path / "none.tflite")
    with pytest.raises(ValueError, match=r"^Could not open .*irectory"):
        open_model(tmp_path)
    (tmp_path / "empty.tflite").touch()
    with pytest.raises(ValueError, match="is empty"):
        open_model(tmp_path / "empty.tflite")
