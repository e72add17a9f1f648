"""All graphs of `IntegerCase`: integers and whatever else the kernels of `maps` and `cells` compute."""

from __future__ import annotations

from gpu_index_cases import CASES as INDEX_CASES
from gpu_integer_cases import CASES as INTEGER_CASES
from gpu_region_cases import CASES as REGION_CASES
from gpu_stablehlo_cases import CASES as STABLEHLO_CASES
from gpu_weight_cases import CASES as WEIGHT_CASES
from gpu_window_cases import CASES as WINDOW_CASES

CASES = (*INTEGER_CASES, *INDEX_CASES, *WINDOW_CASES, *STABLEHLO_CASES, *REGION_CASES, *WEIGHT_CASES)
