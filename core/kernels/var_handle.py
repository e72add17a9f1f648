"""VAR_HANDLE: the number that stands for a resource variable."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op
from ..steps import nothing
from .registry import kernel


@kernel("VAR_HANDLE")
def prepare(op: Op) -> Bind:
    output = op.output()
    handle = op.context.resources.handle(op.options.container, op.options.shared_name)
    output.value = np.full(output.shape, handle, output.dtype)
    return lambda: nothing
