"""From TFLite nodes to GPU operations: one file per family of operators, all in one table.

Importing this package fills the table.
"""

from . import convolution, elementwise, movement, padding, pooling, quantization, reduction, reshaping  # noqa: F401
from .context import Lowering
from .registry import judge, lower_node, lowered_operators

__all__ = ["Lowering", "judge", "lower_node", "lowered_operators"]
