"""The two families of errors.

A user's mistake raises `ValueError`, `TypeError` or `RuntimeError`, as `ai_edge_litert.interpreter` does.
A failure of ours or of a driver raises `DelegantError`.
"""
from __future__ import annotations

from collections.abc import Sequence


class DelegantError(RuntimeError):
    """A delegate, a driver or Delegant itself failed.

    Attributes:
        delegate: name of the delegate, or "" when none was involved.
        kernel: name of the kernel that failed to compile or run, or "".
        nodes: indices of the nodes of the graph that the failing work came from.
        log: what the compiler or driver said.
    """

    def __init__(
        self, message: str, *, delegate: str = "", kernel: str = "", nodes: Sequence[int] = (), log: str = ""
    ) -> None:
        super().__init__(message)
        self.delegate = delegate
        self.kernel = kernel
        self.nodes = tuple(nodes)
        self.log = log

    def __str__(self) -> str:
        details = [
            f"{label} {value}"
            for label, value in (("delegate", self.delegate), ("kernel", self.kernel), ("nodes", list(self.nodes)))
            if value
        ]
        head = super().__str__() + (f" ({', '.join(details)})" if details else "")
        return f"{head}\n{self.log}" if self.log else head


class DeviceUnavailableError(DelegantError):
    """No driver, no adapter, or none that fits what was asked for. The message says what to install."""


class CompileError(DelegantError):
    """A driver refused a kernel. `log` holds its diagnostics."""


class DeviceLostError(DelegantError):
    """The device went away while in use."""


class DeviceMemoryError(DelegantError):
    """The device has not enough memory for a buffer."""


class DelegateFallbackWarning(RuntimeWarning):
    """A delegate failed and the CPU has taken over its nodes. The message names the cause."""


class DelegateMismatchWarning(RuntimeWarning):
    """Under DELEGANT_VALIDATE, a delegate's result is not the CPU's."""
