"""The shapes of resource variables that the model itself fixes, so that what is computed from them can be planned.

LiteRT learns the shape of what READ_VARIABLE reads when it runs. Where all that a model ever assigns to a variable, and
all that it reads from it, has one shape in the file, without open dimensions, it is known beforehand. It is given up
where a resized input leads to another one.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..context import Resources
from ..graph import Graph, Node, Shape, TensorInfo
from ..op import Op

Name = tuple[str, str]
"""Container and name of a resource."""
Reads = Mapping[int, Shape]
"""The shape that a handle's variable was prepared for."""


def fix_shapes(graphs: Sequence[Graph], resources: Resources) -> None:
    """Note the shapes that a model fixes."""
    held: dict[Name, list[TensorInfo]] = {}
    for graph in graphs:
        names = {n.outputs[0]: _name(n) for n in graph.nodes if n.op == "VAR_HANDLE" and n.outputs}
        for node in graph.nodes:
            if node.op not in ("READ_VARIABLE", "ASSIGN_VARIABLE") or not node.inputs:
                continue
            if node.inputs[0] not in names:
                return  # a handle from elsewhere may stand for any variable
            values = node.outputs[:1] if node.op == "READ_VARIABLE" else node.inputs[1:2]
            held.setdefault(names[node.inputs[0]], []).extend(graph.tensors[t] for t in values if t >= 0)
    for name, tensors in held.items():
        shape = _common_shape(tensors)
        if shape is not None:
            resources.shapes[resources.handle(*name)] = shape


def _name(node: Node) -> Name:
    return node.options.container, node.options.shared_name


def _common_shape(tensors: Sequence[TensorInfo]) -> Shape | None:
    """The one shape of all; () may also mean an unknown one, unless a constant has it."""
    shapes = {t.shape_signature if t.data is None else t.data.shape for t in tensors}
    if len(shapes) != 1 or len({t.dtype for t in tensors}) != 1:
        return None
    (shape,) = shapes
    is_certain = bool(shape) or any(t.data is not None for t in tensors)
    return shape if is_certain and all(n > 0 for n in shape) else None


def reads_of(ops: Iterable[Op]) -> Reads:
    """What the nodes have been prepared for."""
    reads = (op for op in ops if op.node.op == "READ_VARIABLE" and not op.output().dynamic)
    return {number: op.output().shape for op in reads if (number := resource_number(op)) is not None}


def resource_number(op: Op) -> int | None:
    """The handle that a node's first input holds, where it is known."""
    handle = op.input(0).value
    return None if handle is None else int(handle.flat[0])


def is_outdated(reads: Reads, resources: Resources) -> bool:
    """Whether a variable has another shape by now; its shape then counts as open."""
    moved = [
        number for number, shape in reads.items()
        if resources.shapes.get(number) != shape
        or (number in resources.variables and resources.variables[number].shape != shape)
    ]  # fmt: skip
    for number in moved:
        resources.shapes.pop(number, None)
    return bool(moved)
