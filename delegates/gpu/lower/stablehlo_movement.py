"""StableHLO operators that move elements; source: the StableHLO specification."""

from __future__ import annotations

import numpy as np

from ....core.graph import Graph, Node
from ....shaders.kernels.gathers import StablehloGather
from ..program.ir_integer import Cells
from ..program.regions import whole
from .checks import operand, shape_of
from .comparison import demand_operands
from .context import Lowering
from .filling import place_in
from .integers import demand_integer, demand_values
from .movement import check_all, check_first, gather_parts, move, source_view
from .registry import lowering
from .reshaping import reshape

lowering("STABLEHLO_RESHAPE", check=check_first, floats=True, integers=True)(reshape)


@lowering("STABLEHLO_TRANSPOSE", check=check_first, floats=True, integers=True)
def transpose(node: Node, lowered: Lowering) -> None:
    move(node, lowered, source_view(node, lowered).transpose(node.options.permutation))


@lowering("STABLEHLO_BROADCAST_IN_DIM", check=check_first, floats=True, integers=True)
def broadcast_in_dim(node: Node, lowered: Lowering) -> None:
    """Dimension i of the input becomes dimension `broadcast_dimensions[i]` of the output."""
    shape, places = lowered.graph.tensors[node.outputs[0]].shape or (), tuple(node.options.broadcast_dimensions)
    view = source_view(node, lowered).transpose(np.argsort(places).tolist())
    index = tuple(slice(None) if d in places else None for d in range(len(shape)))
    move(node, lowered, np.broadcast_to(view[index], shape))


@lowering("STABLEHLO_CONCATENATE", check=check_all, floats=True, integers=True)
def concatenate(node: Node, lowered: Lowering) -> None:
    output, axis = lowered.output(node), int(node.options.dimension)
    lengths = [lowered.shape(lowered.input(node, i))[axis] for i in range(len(node.inputs))]
    gather_parts(node, lowered, np.split(whole(lowered.shape(output)), np.cumsum(lengths)[:-1], axis), output)


@lowering("STABLEHLO_SLICE", check=check_first, floats=True, integers=True)
def slice_(node: Node, lowered: Lowering) -> None:
    options, view = node.options, source_view(node, lowered)
    strides = options.strides or (1,) * view.ndim
    box = tuple(slice(*edges) for edges in zip(options.start_indices, options.limit_indices, strides, strict=True))
    move(node, lowered, view[box])


def spread(
    x: np.ndarray, output: np.ndarray, low: tuple[int, ...], steps: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Views of the output and of x whose elements belong together: element i of x is low + i * step of the output."""
    to, source = [], []
    for n, m, start, step in zip(x.shape, output.shape, low, steps, strict=True):
        inside = [i for i in range(n) if 0 <= start + i * step < m]
        first, last = (inside[0], inside[-1]) if inside else (0, -1)
        source.append(slice(first, last + 1))
        to.append(slice(start + first * step, start + last * step + 1, step) if inside else slice(0, 0))
    return output[tuple(to)], x[tuple(source)]


def _check_pad(node: Node, graph: Graph) -> None:
    demand_values(node, graph, 0)
    demand_operands(node, graph, 1)


@lowering("STABLEHLO_PAD", check=_check_pad, floats=True, integers=True)
def pad(node: Node, lowered: Lowering) -> None:
    x, output, options = lowered.input(node, 0), lowered.output(node), node.options
    value, nodes = lowered.input(node, 1), (node.index,)
    steps = tuple(n + 1 for n in options.interior_padding)
    views = spread(whole(lowered.shape(x)), whole(lowered.shape(output)), tuple(options.edge_padding_low), steps)
    place_in(lowered, x, output, nodes, views, value)


def _check_gather(node: Node, graph: Graph) -> None:
    demand_operands(node, graph, 0)
    demand_integer(graph, operand(node, graph, 1))
    demand_values(node, graph)


@lowering("STABLEHLO_GATHER", check=_check_gather, floats=True, integers=True)
def gather(node: Node, lowered: Lowering) -> None:
    """Starts are moved so that their slice lies inside the tensor."""
    x, starts, options = lowered.input(node, 0), lowered.input(node, 1), node.options
    rule = StablehloGather(
        room=tuple(n - size for n, size in zip(lowered.shape(x), options.slice_sizes, strict=True)),
        offset_dims=tuple(options.offset_dims),
        collapsed=tuple(options.collapsed_slice_dims),
        start_map=tuple(options.start_index_map),
        vector_dim=int(options.index_vector_dim),
        start_rank=len(shape_of(lowered.tensor(node, 1))),
    )
    lowered.add(Cells(inputs=(x, starts), output=lowered.output(node), nodes=(node.index,), rule=rule))
