"""The interpreter's constructor arguments: checked, with the messages of `ai_edge_litert.interpreter`."""
from __future__ import annotations

import enum
from typing import Any

from ..delegate import Attachment, Delegate
from ..model.reader import open_model, read_model
from ..op_resolver import OpResolver
from ..schema import Model


class OpResolverType(enum.Enum):
    """Accepted for compatibility: there is one set of CPU kernels here."""

    AUTO = 0
    BUILTIN = 1
    BUILTIN_REF = 2
    BUILTIN_WITHOUT_DEFAULT_DELEGATES = 3


def check_options(num_threads: Any, resolver: Any) -> None:
    """Check what does not concern the model. The resolver may be LiteRT's own enumeration.

    Raises:
        ValueError: `num_threads` is no positive int, or `resolver` is no `OpResolverType`.
    """
    if not isinstance(resolver, enum.Enum) or resolver.name not in OpResolverType.__members__:
        raise ValueError(f"Unrecognized passed in op resolver type: {resolver}")
    if num_threads is not None:
        if not isinstance(num_threads, int):
            raise ValueError("type of num_threads should be int")
        if num_threads < 1:
            raise ValueError("num_threads should >= 1")


def open_given(path: Any, content: Any) -> Model:
    """The model at `path` or in `content`, whichever is given.

    Raises:
        ValueError: both or neither, or what is given is not a model.
        TypeError: the content is not bytes, or the path is not a path.
    """
    if path and content:
        raise ValueError("Can't both provide `model_path` and `model_content`")
    if path:
        return open_model(path)
    if content:
        if not isinstance(content, bytes):
            raise TypeError(f"model_content must be bytes, not {type(content).__name__}")
        return read_model(content)
    raise ValueError("`model_path` or `model_content` must be specified.")


def as_attachment(delegate: Any) -> Attachment:
    """A delegate with its policy; PREFER where it comes without one.

    Raises:
        TypeError: it is neither.
    """
    if isinstance(delegate, Attachment):
        return delegate
    if isinstance(delegate, Delegate):
        return Attachment(delegate)
    raise TypeError(f"a delegate is a Delegate or an Attachment, not {type(delegate).__name__}")


def as_resolver(resolver: Any) -> OpResolver:
    """A copy of the resolver, or one with every kernel where none is given.

    Raises:
        TypeError: it is something else.
    """
    if resolver is None:
        return OpResolver()
    if isinstance(resolver, OpResolver):
        return resolver.copy()
    raise TypeError(f"op_resolver must be an OpResolver, not {type(resolver).__name__}")
