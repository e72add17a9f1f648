"""The options of custom operators, which most of them write as a flexbuffer."""
from __future__ import annotations

from typing import Any

from .op import Op


def flexbuffer_map(op: Op) -> dict[str, Any]:
    """The options of a custom operator as a dict; empty when it has none.

    Raises:
        RuntimeError: they are no flexbuffer that holds a map.
    """
    if not op.node.custom_options:
        return {}
    from flatbuffers import flexbuffers

    try:
        value = flexbuffers.Loads(bytes(op.node.custom_options))
    except Exception as error:
        raise op.error(f"the custom options are no flexbuffer ({error})") from None
    if not isinstance(value, dict):
        raise op.error("the custom options are no map")
    return value


def required(op: Op, name: str) -> int:
    """An integer option that must be there.

    Raises:
        RuntimeError: it is not.
    """
    options = flexbuffer_map(op)
    if name not in options:
        raise op.error(f"the custom options lack {name}")
    return int(options[name])
