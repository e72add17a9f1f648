"""What attention computes: sizes, and places in memory."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Matrices:
    """A matrix for each head: element [batch, head, row, column] lies at the offset + coordinates times strides.

    Args:
        binding: its name in the kernel; operands in the same memory share one.
        strides: elements from a batch, a head, a row to the next; columns lie side by side.
        offset: elements before the first.
    """

    binding: str
    strides: tuple[int, int, int]
    offset: int = 0

    @property
    def sizes(self) -> tuple[int, int, int, int]:
        """What kernels take for `Placed.declare`."""
        return (self.offset, *self.strides)

    @property
    def in_vectors(self) -> bool:
        """Whether each row begins at a multiple of 4 elements."""
        return all(size % 4 == 0 for size in self.sizes)


@dataclass(frozen=True)
class AttentionText:
    """What the text of a kernel depends on, its schedule apart.

    Args:
        bindings: of q, k, v and, if there is one, the mask.
        masked: "": no mask, "keys": one for all queries, "scores": a number for each score.
        depth, width: as in `AttentionShape`.
    """

    bindings: tuple[str, ...]
    masked: str
    depth: int
    width: int

    @property
    def name(self) -> str:
        """As part of kernel names."""
        shared = "".join(str(self.bindings.index(b)) for b in self.bindings[:3])
        mask = f"_mask_{self.masked}" if self.masked else ""
        return f"d{self.depth}x{self.width}{'' if shared == '012' else f'_in{shared}'}{mask}"


@dataclass(frozen=True)
class AttentionShape:
    """Sizes of attention.

    Args:
        batches, heads: matrices of each operand along two axes.
        queries, keys: rows of q and y, and of k and v.
        depth: columns of q and k; width: of v and y.
        q, k, v, y: where they lie; `y.binding` is "y".
        scale: of the products of q and k.
        mask: what is added to the scores: rows are keys, columns queries. None: nothing.
        mask_scale: of the mask.
        for_all: the mask has one column, for all queries.
    """

    batches: int
    heads: int
    queries: int
    keys: int
    depth: int
    width: int
    q: Matrices
    k: Matrices
    v: Matrices
    y: Matrices
    scale: float = 1.0
    mask: Matrices | None = None
    mask_scale: float = 1.0
    for_all: bool = False

    @property
    def matrices(self) -> int:
        """How many products there are."""
        return self.batches * self.heads

    @property
    def operands(self) -> tuple[Matrices, ...]:
        """All that is read or written."""
        return (self.q, self.k, self.v, self.y, *(() if self.mask is None else (self.mask,)))

    @property
    def bindings(self) -> tuple[str, ...]:
        """Of each operand that is read."""
        return tuple(m.binding for m in self.operands if m is not self.y)

    @property
    def text(self) -> AttentionText:
        """What a kernel's text depends on."""
        masked = "" if self.mask is None else "keys" if self.for_all else "scores"
        return AttentionText(self.bindings, masked, self.depth, self.width)

    @property
    def sizes(self) -> tuple[int | float, ...]:
        """What kernels take for `Frame.declare`."""
        places = (size for m in self.operands for size in m.sizes)
        factors = (self.scale,) if self.mask is None else (self.scale, self.mask_scale)
        return (self.heads, self.queries, self.keys, *places, *factors)
