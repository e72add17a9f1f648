"""Operators that move, make or pick values."""
from __future__ import annotations

from delegant.core.dtypes import tensor_type

from .probe import TYPES, Probe, probe


@probe("PAD", "PADV2", "MIRROR_PAD")
def pad(p: Probe, op: str) -> None:
    value = [p.c(1, p.type)] if op == "PADV2" else []
    p.out(op, [p.x(2, 3), p.c([[1, 0], [0, 1]]), *value], shape=(3, 4))


@probe("SLICE")
def slice_(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3), p.c([0, 1]), p.c([2, 2])], shape=(2, 2))


@probe("STRIDED_SLICE")
def strided_slice(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3), p.c([0, 0]), p.c([2, 3]), p.c([1, 2])], shape=(2, 2))


@probe("CONCATENATION")
def concatenation(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3), p.x(2, 3)], {"axis": 1}, shape=(2, 6))


@probe("PACK")
def pack(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3), p.x(2, 3)], {"axis": 0, "values_count": 2}, shape=(2, 2, 3))


@probe("UNPACK")
def unpack(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3)], {"axis": 0, "num": 2}, shape=(3,), count=2)


@probe("SPLIT")
def split(p: Probe, op: str) -> None:
    p.out(op, [p.c(0), p.x(2, 3)], {"num_splits": 2}, shape=(1, 3), count=2)


@probe("SPLIT_V")
def split_v(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3), p.c([1, 1]), p.c(0)], {"num_splits": 2}, shape=(1, 3), count=2)


@probe("GATHER")
def gather(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3), p.c([1, 0])], {"axis": 0}, shape=(2, 3))


@probe("GATHER_ND")
def gather_nd(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3), p.c([[1], [0]])], shape=(2, 3))


@probe("SCATTER_ND")
def scatter_nd(p: Probe, op: str) -> None:
    p.out(op, [p.c([[1], [0]]), p.x(2, 3), p.c([2, 3])], shape=(2, 3))


@probe("TRANSPOSE")
def transpose(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3), p.c([1, 0])], shape=(3, 2))


@probe("TILE")
def tile(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3), p.c([2, 1])], shape=(4, 3))


@probe("REVERSE_V2")
def reverse(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3), p.c([0])], shape=(2, 3))


@probe("REVERSE_SEQUENCE")
def reverse_sequence(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3), p.c([1, 2])], {"seq_dim": 1, "batch_dim": 0}, shape=(2, 3))


@probe("BROADCAST_TO")
def broadcast_to(p: Probe, op: str) -> None:
    p.out(op, [p.x(1, 3), p.c([2, 3])], shape=(2, 3))


@probe("BROADCAST_ARGS", kinds=("int32", "int64"))
def broadcast_args(p: Probe, op: str) -> None:
    p.out(op, [p.x(2), p.x(2)], shape=(2,))


@probe("SPACE_TO_DEPTH")
def space_to_depth(p: Probe, op: str) -> None:
    p.out(op, [p.x(1, 2, 2, 1)], {"block_size": 2}, shape=(1, 1, 1, 4))


@probe("DEPTH_TO_SPACE")
def depth_to_space(p: Probe, op: str) -> None:
    p.out(op, [p.x(1, 1, 1, 4)], {"block_size": 2}, shape=(1, 2, 2, 1))


@probe("SPACE_TO_BATCH_ND")
def space_to_batch(p: Probe, op: str) -> None:
    p.out(op, [p.x(1, 2, 2, 1), p.c([2, 2]), p.c([[0, 0], [0, 0]])], shape=(4, 1, 1, 1))


@probe("BATCH_TO_SPACE_ND")
def batch_to_space(p: Probe, op: str) -> None:
    p.out(op, [p.x(4, 1, 1, 1), p.c([2, 2]), p.c([[0, 0], [0, 0]])], shape=(1, 2, 2, 1))


@probe("RESHAPE")
def reshape(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3), p.c([3, 2])], {"new_shape": (3, 2)}, shape=(3, 2))


@probe("SQUEEZE")
def squeeze(p: Probe, op: str) -> None:
    p.out(op, [p.x(1, 3)], {"squeeze_dims": (0,)}, shape=(3,))


@probe("EXPAND_DIMS")
def expand_dims(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3), p.c(0)], shape=(1, 2, 3))


@probe("SHAPE")
def shape(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3)], {"out_type": tensor_type("int32")}, shape=(2,), type="int32")


@probe("RANK")
def rank(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3)], shape=(), type="int32")


@probe("FILL")
def fill(p: Probe, op: str) -> None:
    p.out(op, [p.c([2, 3]), p.x()], shape=(2, 3))


@probe("RANGE")
def range_(p: Probe, op: str) -> None:
    p.out(op, [p.c(0, p.type), p.c(3, p.type), p.c(1, p.type)], shape=(3,))


@probe("ONE_HOT")
def one_hot(p: Probe, op: str) -> None:
    p.out(op, [p.c([0, 2]), p.c(3), p.x(), p.x()], {"axis": -1}, shape=(2, 3))


@probe("WHERE")
def where(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3)], shape=(6, 2), type="int64")


@probe("DYNAMIC_UPDATE_SLICE")
def dynamic_update_slice(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3), p.x(1, 2), p.c([0, 1])], shape=(2, 3))


@probe("MATRIX_DIAG")
def matrix_diag(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3)], shape=(2, 3, 3))


@probe("MATRIX_SET_DIAG")
def matrix_set_diag(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3), p.x(2)], shape=(2, 3))


@probe("SPARSE_TO_DENSE")
def sparse_to_dense(p: Probe, op: str) -> None:
    p.out(op, [p.c([[0, 1], [1, 2]]), p.c([2, 3]), p.x(2), p.x()], shape=(2, 3))


@probe("DILATE")
def dilate(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3), p.c([2, 1]), p.x()], shape=(3, 3))


@probe("EMBEDDING_LOOKUP", kinds=(*TYPES, "float32 x int8", "float32 x int4"))
def embedding_lookup(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, type="int32"), p.c([[1] * 4] * 3, p.weights)], shape=(2, 4))


@probe("HASHTABLE_LOOKUP")
def hashtable_lookup(p: Probe, op: str) -> None:
    outputs = [p.result((2, 2)), p.result((2,), "uint8")]
    p.g.op_with_outputs(op, [p.c([1, 2]), p.c([0, 1, 2]), p.x(3, 2)], outputs)
    p.g.output(*outputs)
