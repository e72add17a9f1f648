"""What a TFLite graph is lowered to: values in memory, and operations that are kernels in the making.

A value is a tensor in the layout of `layout`, of float32 or int32 (which is what booleans and int64 are here, too). A
tensor of codes (of 8 or 16 bits) is one of float32, each number a code less the tensor's zero point (see
`shaders.parts.requantize`), except where the host reads or writes it. An operation makes one value from others; its
`steps` are elementwise work done on each result before it is stored. Records are immutable: a pass makes a new program.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from ....core.graph import Shape
from ....core.kernels.resize_bilinear import Taps
from ....shaders.kernels.region_copy import Region
from ....shaders.layout import padded_elements
from ....shaders.schedules.select import LaneTile, LineTile, MatmulSchedule, RegisterTile
from ....shaders.traced.storage import Codes, Half
from .steps import Binary, BinaryArithmetic, CodeBinary, CodeUnary, Step, Unary, UnaryArithmetic

__all__ = ["Binary", "BinaryArithmetic", "CodeBinary", "CodeUnary", "Step", "Unary", "UnaryArithmetic"]

ITEM_BYTES = {"f32": 4, "f16": 2, "i32": 4, "i64": 8, "i8": 1, "u8": 1, "i16": 2}
"""Bytes of an element of each storage kind."""


@dataclass(frozen=True, eq=False)
class Value:
    """A tensor on the device.

    Attributes:
        shape: its logical shape; codes are one-dimensional.
        storage: what its elements are: "f32", "i32", or what the host has: "i8", "u8" and "i16" for quantized codes,
            "u8" for booleans, "i64".
        data: float32 or int32 content of a constant, of that shape, or None.
        name: of the tensor it stands for, for messages and profiles.
        codes: how small integers would hold it, if it stands for a tensor of codes.
        whole: its numbers have to keep all their bits, codes or not: sums of them, or what scales them.
        kept: how it is held, if not in `storage`: as `codes` (see `keep_bytes`) or as half floats (`keep_half`).
        dense: its rows lie one behind the other, without padding (see `dense_pictures`).
    """

    id: int
    shape: Shape
    data: np.ndarray | None = None
    name: str = ""
    storage: str = "f32"
    codes: Codes | None = None
    whole: bool = False
    kept: Codes | Half | None = None
    dense: bool = False

    @property
    def nbytes(self) -> int:
        """Bytes of memory it takes, padding included."""
        elements = padded_elements((math.prod(self.shape),) if self.dense else self.shape)
        return elements * ITEM_BYTES[self.kept.storage if self.kept else self.storage]


@dataclass(frozen=True, eq=False, kw_only=True)
class GpuOp:
    """One operation.

    Attributes:
        inputs: ids of the values it reads.
        output: id of the value it makes.
        nodes: indices of the graph's nodes it computes.
        steps: elementwise work on each result, in order.
    """

    inputs: tuple[int, ...]
    output: int
    nodes: tuple[int, ...]
    steps: tuple[Step, ...] = ()

    @property
    def reads(self) -> tuple[int, ...]:
        """Ids of all values it reads, operands of its steps included."""
        operands = (s.operand for s in self.steps if isinstance(s, Binary))
        return self.inputs + tuple(o for o in operands if o is not None)


@dataclass(frozen=True, eq=False, kw_only=True)
class Conv2D(GpuOp):
    """Convolution of [N, H, W, C] with `weights` [O, KH, KW, C / groups].

    Attributes:
        bias: float32 [O], or None.
        padding: rows above and columns to the left of the input that count as zero.
        stride, dilation: along (height, width).
        schedule: of its kernel (others have it too); None for the default one.
    """

    weights: np.ndarray
    bias: np.ndarray | None
    stride: tuple[int, int] = (1, 1)
    dilation: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)
    groups: int = 1
    schedule: MatmulSchedule | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class DepthwiseConv2D(GpuOp):
    """Depthwise convolution with `weights` [KH, KW, C * multiplier]; the rest as `Conv2D`."""

    weights: np.ndarray
    bias: np.ndarray | None
    stride: tuple[int, int] = (1, 1)
    dilation: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)
    multiplier: int = 1
    schedule: LineTile | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class TransposeConv2D(GpuOp):
    """Transposed convolution with `weights` [O, KH, KW, C]; `padding` is what is cut off the top and left."""

    weights: np.ndarray
    bias: np.ndarray | None
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)


@dataclass(frozen=True, eq=False, kw_only=True)
class FullyConnected(GpuOp):
    """[..., K] times `weights` [N, K] transposed, giving [..., N]."""

    weights: np.ndarray
    bias: np.ndarray | None
    schedule: MatmulSchedule | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class BatchMatMul(GpuOp):
    """Products of matrices [..., M, K] and [..., K, N]; `transpose_a`, `transpose_b`: the last two axes are swapped."""

    transpose_a: bool = False
    transpose_b: bool = False
    schedule: RegisterTile | LaneTile | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Pool2D(GpuOp):
    """`kind` "average", "max" or "l2" over windows of [N, H, W, C]; padding never counts.

    Attributes:
        zero_point: of quantized tensors, whose average is an integer; None for floats.
    """

    kind: str
    window: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]
    zero_point: int | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Elementwise(GpuOp):
    """`steps` alone, on one input broadcast to the output's shape."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Copy(GpuOp):
    """Data movement: each part reads one region of one input (by position) into the output
    (`shaders.kernels.region_copy`).

    Attributes:
        fill: what coordinates outside the source hold.
        clear: the parts do not cover the output: fill all of it first.
    """

    parts: tuple[tuple[int, Region], ...]
    fill: float = 0.0
    clear: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Alias(GpuOp):
    """The input's memory under another shape: no kernel at all."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Softmax(GpuOp):
    """Softmax of `beta` x over the last axis, or its logarithm."""

    beta: float = 1.0
    log: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class QuantizedSoftmax(GpuOp):
    """Softmax of codes over the last axis; see `shaders.kernels.quantized_softmax`."""

    exponentials: np.ndarray
    offset: int


@dataclass(frozen=True, eq=False, kw_only=True)
class WideSoftmax(GpuOp):
    """Softmax of 16-bit codes over the last axis; see `shaders.kernels.wide_softmax`."""

    exponentials: np.ndarray
    inverses: np.ndarray


@dataclass(frozen=True, eq=False, kw_only=True)
class L2Normalization(GpuOp):
    """x / max(|x|, 1e-6) over the last axis."""


@dataclass(frozen=True, eq=False, kw_only=True)
class LayerNormalization(GpuOp):
    """(x - mean) / sqrt(variance + epsilon) * gamma + beta over the last axis; gamma and beta [width]."""

    epsilon: float
    gamma: np.ndarray
    beta: np.ndarray


@dataclass(frozen=True, eq=False, kw_only=True)
class Reduce(GpuOp):
    """`kind` "mean", "sum", "max", "min" or "prod" over `axes`, which stay with length 1 in the output."""

    kind: str
    axes: tuple[int, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class ResizeBilinear(GpuOp):
    """Bilinear resize of [N, H, W, C]."""

    align_corners: bool
    half_pixel_centers: bool


@dataclass(frozen=True, eq=False, kw_only=True)
class QuantizedResizeBilinear(GpuOp):
    """Bilinear resize of codes [N, H, W, C]; `flags`: align_corners, half_pixel_centers; `short`: of 16 bits."""

    flags: tuple[bool, bool]
    zero_point: int
    short: bool


@dataclass(frozen=True, eq=False, kw_only=True)
class UnsignedResizeBilinear(GpuOp):
    """Bilinear resize of unsigned codes [N, H, W, C] in float32; `rows`, `columns`: what lines come from."""

    rows: Taps
    columns: Taps
    zero_point: int


@dataclass(frozen=True, eq=False, kw_only=True)
class LoadCodes(GpuOp):
    """Dense codes of the host to dense float32: code - zero point."""

    zero_point: int


@dataclass(frozen=True, eq=False, kw_only=True)
class StoreCodes(GpuOp):
    """Dense float32 to dense codes for the host: number + zero point."""

    zero_point: int


@dataclass(frozen=True, eq=False, kw_only=True)
class Strips(GpuOp):
    """Convolutions, each of which reads what the one before makes, done by strips of `height` rows of the last output.

    Its inputs are that of the first and all other operands; what lies between them has no place in memory.
    """

    ops: tuple[Conv2D | DepthwiseConv2D, ...]
    height: int


@dataclass(frozen=True, eq=False)
class Halves:
    """What a program keeps as half floats; see `keep_half`.

    Attributes:
        flags: id of an int32 value with an element per slot, which the host clears before a run and reads after it,
            behind all other inputs and outputs; None if there are no slots.
        slots: the value whose numbers each slot is about.
        vetoed: nodes whose weights stay float32.
        remarks: by node, (rule, reason) for the placement.
    """

    flags: int | None
    slots: tuple[int, ...]
    vetoed: frozenset[int]
    remarks: Mapping[int, tuple[str, str]]


@dataclass(frozen=True, eq=False)
class Program:
    """Values by id, and operations in an order in which they can run.

    Attributes:
        inputs: per input of the partition the id of the value that comes from the host, dense and one-dimensional; None
            where nothing on the device reads it (a shape that is known already).
        outputs: ids of the values that go to the host, dense and one-dimensional.
        checks: what is wrong where an element of `faults` is not 0, by position.
        faults: id of an int32 value for the host, after the outputs; None if there are no checks.
        halves: what is kept as half floats; None: nothing.
        remarks: by node, (rule, reason) for the placement.
    """

    values: dict[int, Value] = field(default_factory=dict)
    ops: tuple[GpuOp, ...] = ()
    inputs: tuple[int | None, ...] = ()
    outputs: tuple[int, ...] = ()
    checks: tuple[str, ...] = ()
    faults: int | None = None
    halves: Halves | None = None
    remarks: Mapping[int, tuple[str, str]] = field(default_factory=dict)

    @property
    def results(self) -> tuple[int, ...]:
        """All that the host reads: the outputs, then the faults."""
        return self.outputs if self.faults is None else (*self.outputs, self.faults)

    def shape(self, value: int) -> Shape:
        return self.values[value].shape

    def with_ops(self, ops: tuple[GpuOp, ...]) -> Program:
        return replace(self, ops=ops)

    @property
    def roots(self) -> dict[int, int]:
        """The value whose memory each aliased value shares."""
        found: dict[int, int] = {}
        for op in self.ops:
            if isinstance(op, Alias):
                found[op.output] = found.get(op.inputs[0], op.inputs[0])
        return found

    def uses(self) -> dict[int, int]:
        """How often each value is read, by operations and by the host."""
        counts: dict[int, int] = dict.fromkeys(self.results, 1)
        for op in self.ops:
            for value in op.reads:
                counts[value] = counts.get(value, 0) + 1
        return counts
