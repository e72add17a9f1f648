"""Floor 3: who runs which node, and the report that says why. Knows no delegate in particular."""
from __future__ import annotations

from .plan import plan
from .report import PlacementReport, report

__all__ = ["PlacementReport", "plan", "report"]
