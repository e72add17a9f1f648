"""PAD, PADV2, MIRROR_PAD and other moves whose coordinates run outside the source or through a table."""

from __future__ import annotations

import numpy as np

from ....core.graph import Graph, Node, Shape
from ....core.schema import MirrorPadMode
from ....shaders.kernels.region_copy import Axis, Region
from ..program import ir
from ..program.layout import strides
from .checks import demand, demand_activations, demand_integers, operand, optional
from .constants import device_constant
from .context import Lowering
from .integers import demand_values
from .registry import lowering


def _check_pad(node: Node, graph: Graph) -> None:
    demand_values(node, graph, 0)
    paddings = operand(node, graph, 1)
    demand_integers(paddings, "the paddings")
    demand(paddings.data is not None and paddings.data.min(initial=0) >= 0, "options", "a padding is negative")
    value = optional(node, graph, 2)
    if value is not None:
        fill = device_constant(graph, value)
        demand(fill is not None, "constant", f"the pad value in {value} is not constant")
        demand(fill is not None and np.isfinite(fill).all(), "options", f"the pad value in {value} is not finite")


@lowering("PAD", "PADV2", check=_check_pad, floats=True, integers=True)
def pad(node: Node, lowered: Lowering) -> None:
    x, output = lowered.input(node, 0), lowered.output(node)
    before = lowered.integers(node, 1)[::2]
    shape, out_shape = lowered.shape(x), lowered.shape(output)
    from_strides = strides(shape)
    axes = tuple(
        Axis(made, to, step, None if made == taken else (start, start + taken))
        for made, taken, start, to, step in zip(out_shape, shape, before, strides(out_shape), from_strides, strict=True)
    )
    start = -sum(b * s for b, s in zip(before, from_strides, strict=True))
    value = lowered.constant(node, 2)
    fill = 0.0 if value is None else float(value.reshape(-1)[0])
    copy(node, lowered, x, output, Region(axes or (Axis(1, 1, 1),), 0, start), fill)


def copy(node: Node, lowered: Lowering, x: int, output: int, region: Region, fill: float = 0.0) -> None:
    """Makes `output` the region of `x`."""
    parts = ((0, region),)
    lowered.add(ir.Copy(inputs=(x,), output=output, nodes=(node.index,), parts=parts, fill=fill))


def through_tables(shape: Shape, out_shape: Shape, indices: dict[int, np.ndarray]) -> Region:
    """The region where output coordinate i along an axis of `indices` is source coordinate indices[axis][i]."""
    axes = tuple(
        Axis(n, to, 0, table=tuple(int(i) * step for i in indices[a])) if a in indices else Axis(n, to, step)
        for a, (n, to, step) in enumerate(zip(out_shape, strides(out_shape), strides(shape), strict=True))
    )
    return Region(axes)


def _check_mirror_pad(node: Node, graph: Graph) -> None:
    demand_values(node, graph, 0)
    demand_integers(operand(node, graph, 1), "the paddings")


@lowering("MIRROR_PAD", check=_check_mirror_pad, floats=True, integers=True)
def mirror_pad(node: Node, lowered: Lowering) -> None:
    x, output = lowered.input(node, 0), lowered.output(node)
    shape = lowered.shape(x)
    pairs = np.reshape(lowered.integers(node, 1), (-1, 2))
    mode = "reflect" if node.options.mode == MirrorPadMode.REFLECT else "symmetric"
    indices = {
        a: np.pad(np.arange(n), tuple(pairs[a]), mode=mode)  # type: ignore[call-overload]
        for a, n in enumerate(shape)
        if pairs[a].any()
    }
    copy(node, lowered, x, output, through_tables(shape, lowered.shape(output), indices))


def _check_nearest(node: Node, graph: Graph) -> None:
    demand_activations(node, graph, 0, rank=4)


def nearest(size: int, made: int, align_corners: bool, half_pixel: bool) -> np.ndarray:
    """The source line of each of `made` lines, in float32 as TFLite's reference kernel computes it."""
    scale = np.float32(size) / np.float32(made)
    if align_corners and made > 1:
        scale = np.float32(size - 1) / np.float32(made - 1)
    place = (np.arange(made, dtype=np.float32) + np.float32(0.5 if half_pixel else 0.0)) * scale
    lines = np.floor(place + np.float32(0.5)) if align_corners else np.floor(place)
    return np.clip(lines, 0, size - 1).astype(np.int64)


@lowering("RESIZE_NEAREST_NEIGHBOR", check=_check_nearest)
def resize_nearest_neighbor(node: Node, lowered: Lowering) -> None:
    x, output, options = lowered.input(node, 0), lowered.output(node), node.options
    shape, out_shape = lowered.shape(x), lowered.shape(output)
    flags = options.align_corners, options.half_pixel_centers
    indices = {a: nearest(shape[a], out_shape[a], *flags) for a in (1, 2)}
    copy(node, lowered, x, output, through_tables(shape, out_shape, indices))
