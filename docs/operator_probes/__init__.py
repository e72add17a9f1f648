"""One small model per operator and type; importing this package fills the table."""
from __future__ import annotations

from . import elementwise, layers, movement, stablehlo, stateful  # noqa: F401
from .probe import CALL_TARGET, PROBES, TYPES, Probe, make

__all__ = ["CALL_TARGET", "PROBES", "TYPES", "Probe", "make"]
