"""Floor 2: what hardware is here, and how to run a launch plan on it. Knows no graphs and no operators.

The package can be called: `delegant.devices()` lists every device. Its name is that of a folder and of a function of
the public API, and whichever were bound last would hide the other.
"""
from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .device import DeviceInfo


class _CallablePackage(ModuleType):
    def __call__(self) -> list[DeviceInfo]:
        """Every device of every API, the preferred ones first."""
        from .discovery import available

        return available()


sys.modules[__name__].__class__ = _CallablePackage
