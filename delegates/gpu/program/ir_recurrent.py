"""Recurrent operators: all steps of a sequence as one operation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....shaders.kernels.lstm import LstmCell, Projection
from ....shaders.kernels.lstm_integer import CodeProjection, IntegerLstmCell
from ....shaders.kernels.lstm_integer_norm import Norms
from ....shaders.kernels.recurrent import Trace
from ....shaders.kernels.recurrent_product import Quantize
from ....shaders.kernels.rnn import RnnCell
from .ir import GpuOp


@dataclass(frozen=True, eq=False)
class Projected:
    """What makes the output of a cell's units: `matrix` [1, area of outputs, area of units] and `bias` [1, area].

    Attributes:
        quantize: how the units are quantized for it, or None.
    """

    cell: Projection | CodeProjection
    matrix: np.ndarray
    bias: np.ndarray | None
    quantize: Quantize | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Recurrence(GpuOp):
    """A cell over a sequence: inputs are the gates' sums of all steps and the states before, the output is the trace.

    Attributes:
        trace: how the output is laid out, see `shaders.kernels.recurrent`.
        cell: what makes the state of the gates' sums.
        matrix: what the last output is multiplied by, [gates, area of units, area of outputs]; int32 in an int32 trace.
        vectors: [n, area of units] that the cell reads, or all its tables; None if it reads none.
        projected: makes the output of the units; None: they are the output.
        quantize: how the last output is quantized for the matrix, whose elements are whole then; or None.
        normalized: the gates' sums are normalized first; `norms` says with what those of codes are.
        time_major: the gates' sums are [time, batch, ...], not [batch, time, ...].
        backward: the last element of the sequence is the first step.
    """

    trace: Trace
    cell: RnnCell | LstmCell | IntegerLstmCell
    matrix: np.ndarray
    vectors: np.ndarray | None = None
    projected: Projected | None = None
    quantize: Quantize | None = None
    normalized: bool = False
    norms: Norms | None = None
    time_major: bool = True
    backward: bool = False
