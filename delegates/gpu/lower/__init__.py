"""From TFLite nodes to GPU operations: one file per family of operators, all in one table.

Importing this package fills the table.
"""

from . import (  # noqa: F401
    comparison,
    convolution,
    convolution_3d,
    counting,
    dynamic_range,
    elementwise,
    filling,
    gathering,
    integer_elementwise,
    lstm,
    mediapipe,
    movement,
    padding,
    pooling,
    quantization,
    quantized_activations,
    quantized_convolution,
    quantized_elementwise,
    quantized_integer,
    quantized_lstm,
    quantized_movement,
    quantized_normalization,
    quantized_reduction,
    quantized_resize,
    quantized_softmax,
    quantized_svdf,
    real_elementwise,
    reduction,
    reshaping,
    rnn,
    scattering,
    slicing,
    sorting,
    stablehlo,
    stablehlo_movement,
    stablehlo_products,
    stablehlo_regions,
    stablehlo_scatter,
    svdf,
    windows,
)
from .context import Lowering
from .registry import (
    judge,
    lower_node,
    lowered_code_operators,
    lowered_custom_operators,
    lowered_integer_operators,
    lowered_operators,
)

__all__ = [
    "Lowering",
    "judge",
    "lower_node",
    "lowered_code_operators",
    "lowered_custom_operators",
    "lowered_integer_operators",
    "lowered_operators",
]
