"""Nodes whose shapes are known only when they run."""
from __future__ import annotations

import numpy as np

from ..kernels.registry import Kernel
from ..op import Op, Operand, Run
from ..steps import nothing
from .arena import new_array
from .folding import is_idle
from .node_errors import preparing


class EagerNode:
    """Prepares and binds its node when it is run, and again whenever what that depended on has changed.

    The computed inputs are `Operand.value` then. An output that is still dynamic after `prepare` must get its array
    from the kernel's run.
    """

    def __init__(self, op: Op, kernel: Kernel) -> None:
        self._op = op
        self._kernel = kernel
        self._inputs = [x for x in op.inputs if x is not None]
        self._run: Run | None = None
        self._arrays: list[np.ndarray] = []
        self._values: list[tuple[Operand, np.ndarray]] = []
        self._late: list[Operand] = []

    def __call__(self) -> None:
        run = self._run
        if run is None or not self._is_current():
            run = self._prepare()
        run()
        for output in self._late:
            output.shape = output.array.shape

    def _is_current(self) -> bool:
        arrays = zip(self._inputs, self._arrays, strict=True)
        return all(x.array is array for x, array in arrays) and all(
            np.array_equal(x.array, value) for x, value in self._values
        )

    def _prepare(self) -> Run:
        op = self._op
        self._run = None
        for x in self._inputs:
            if not x.is_constant:
                x.shape, x.value = x.array.shape, x.array
            x.value_was_read = False
        for output in op.outputs:
            output.value = None
        op.forget_memory()
        with preparing(op):
            bind = self._kernel.prepare(op)
            self._late = [output for output in op.outputs if output.dynamic]
            for output in op.outputs:
                self._allocate(output)
            op.scratch = [new_array(shape, dtype) for shape, dtype in op.scratch_shapes]
            self._run = nothing if is_idle(op) else bind()
        self._arrays = [x.array for x in self._inputs]
        self._values = [(x, x.array.copy()) for x in self._inputs if x.value_was_read and not x.is_constant]
        return self._run

    def _allocate(self, output: Operand) -> None:
        if output.dynamic:
            return
        if output.value is not None:
            output.array = output.value
        elif not output.has_array or output.array.shape != output.shape or output.array.dtype != output.dtype:
            output.array = new_array(output.shape, output.dtype)
