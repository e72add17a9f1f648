"""DEPTH_TO_SPACE and SPACE_TO_DEPTH: blocks of pixels to channels and back, NHWC."""
from __future__ import annotations

from ..op import Bind, Op, Run
from ..preparation import copier, options_of
from ..schema import DepthToSpaceOptions, SpaceToDepthOptions
from .registry import kernel


@kernel("DEPTH_TO_SPACE")
def prepare_depth_to_space(op: Op) -> Bind:
    n, h, w, c = _image(op)
    block = options_of(op, DepthToSpaceOptions).block_size
    if block < 1 or c % (block * block):
        raise op.error(f"{c} channels cannot be spread over blocks of {block} x {block}")
    op.output().resize((n, h * block, w * block, c // (block * block)))
    depth = c // (block * block)

    def bind() -> Run:
        source = op.input(0).array.reshape(n, h, w, block, block, depth).transpose(0, 1, 3, 2, 4, 5)
        return copier(source, op.output().array.reshape(source.shape))

    return bind


@kernel("SPACE_TO_DEPTH")
def prepare_space_to_depth(op: Op) -> Bind:
    n, h, w, c = _image(op)
    block = options_of(op, SpaceToDepthOptions).block_size
    if block < 1 or h % block or w % block:
        raise op.error(f"an image of {h} x {w} has no blocks of {block} x {block}")
    op.output().resize((n, h // block, w // block, c * block * block))

    def bind() -> Run:
        source = op.input(0).array.reshape(n, h // block, block, w // block, block, c).transpose(0, 1, 3, 2, 4, 5)
        return copier(source, op.output().array.reshape(source.shape))

    return bind


def _image(op: Op) -> tuple[int, int, int, int]:
    shape = op.input(0).shape
    if len(shape) != 4:
        raise op.error(f"{op.input(0)} is no image: it has {len(shape)} dimensions, not 4")
    n, h, w, c = shape
    return n, h, w, c
