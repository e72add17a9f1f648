"""The CPU kernels, one file per operator or family. Importing this package registers them all."""
from __future__ import annotations

import importlib
import pkgutil

from .registry import Kernel, builtin_kernels, custom_kernels, kernel

__all__ = ["Kernel", "builtin_kernels", "custom_kernels", "kernel"]

for _module in pkgutil.iter_modules(__path__):
    if _module.name != "registry":
        importlib.import_module(f"{__name__}.{_module.name}")
