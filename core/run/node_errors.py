"""Errors of nodes, with the operator named as LiteRT names it."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import DelegantError
from ..op import Op


@contextmanager
def preparing(op: Op) -> Iterator[None]:
    """Turn whatever a kernel raises while it prepares or binds into a RuntimeError that names the node, but for what
    delegates of a called subgraph raise."""
    try:
        yield
    except DelegantError:
        raise
    except RuntimeError as error:
        if "Node number" in str(error):
            raise
        raise RuntimeError(f"{error} {_node(op)} failed to prepare.") from error
    except Exception as error:
        raise RuntimeError(f"{type(error).__name__}: {error} {_node(op)} failed to prepare.") from error


def invoke_failure(op: Op, error: Exception) -> Exception:
    """The error to raise when `op` failed to run with `error`."""
    if isinstance(error, RuntimeError):
        return error if "Node number" in str(error) else RuntimeError(f"{error} {_node(op)} failed to invoke.")
    return RuntimeError(f"{type(error).__name__}: {error} {_node(op)} failed to invoke.")


def _node(op: Op) -> str:
    return f"Node number {op.node.index} ({op.node.op})"
