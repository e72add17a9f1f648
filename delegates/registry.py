"""Delegates by name: those that come with Delegant and those that plug-ins register.

A plug-in registers a function `create(options: Mapping | None) -> Delegate` in the entry-point group
`delegant.delegates`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..core.delegate import Delegate
from ..core.errors import DelegantError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "delegant.delegates"
BUILTIN = {"opencl": ".opencl:create", "webgpu": ".webgpu:create"}
"""The delegates of this package, so that a checkout that was never installed has them too."""

Create = Callable[[Mapping[str, Any] | None], Delegate]

_LIBRARY_SUFFIXES = (".so", ".dll", ".dylib")


def _entry_points() -> dict[str, EntryPoint]:
    from importlib import metadata  # it brings in the e-mail parser, which importing the interpreter need not pay for

    return {entry.name: entry for entry in metadata.entry_points(group=GROUP)}


def known_delegates() -> tuple[str, ...]:
    """The names `load_delegate` takes, sorted. Whether a device is there shows only when one is loaded."""
    return tuple(sorted({*BUILTIN, *_entry_points()}))


def _creator(name: str) -> Create:
    if name in BUILTIN:
        module, function = BUILTIN[name].split(":")
        return getattr(import_module(module, __package__), function)
    entry = _entry_points().get(name)
    if entry is None:
        raise ValueError(f"unknown delegate {name!r}: known are {', '.join(known_delegates())}")
    try:
        return entry.load()
    except (ImportError, AttributeError) as error:
        message = f"the plug-in {entry.value!r} of delegate {name!r} cannot be imported: {error}"
        raise DelegantError(message, delegate=name) from error


def load_delegate(name: str | os.PathLike[str], options: Mapping[str, Any] | None = None) -> Delegate:
    """Open a delegate by its name.

    Args:
        name: "opencl", "webgpu" or a name that a plug-in registered.
        options: the delegate's own, such as {"device": "NVIDIA"}; see its documentation.

    Raises:
        ValueError: no delegate has that name (the message lists those there are), `name` is a native library, or an
            option is unknown.
        DeviceUnavailableError: there is no driver or device; the message says what to install.
        DelegantError: a plug-in cannot be imported or returned something else.
    """
    name = os.fspath(name)
    if name.lower().endswith(_LIBRARY_SUFFIXES) or ".so." in name or os.sep in name:
        raise ValueError(
            f"{name!r} is a native delegate library, made for LiteRT's C++ runtime, which Delegant does not load; "
            f"name a delegate instead: {', '.join(known_delegates())}"
        )
    if options is not None and not isinstance(options, Mapping):
        raise TypeError(f"delegate options must be a mapping, got {type(options).__name__}")
    delegate = _creator(name)(dict(options) if options else None)
    if not isinstance(delegate, Delegate):
        raise DelegantError(f"the plug-in made a {type(delegate).__name__}, which is no Delegate", delegate=name)
    return delegate
