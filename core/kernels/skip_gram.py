"""SKIP_GRAM: sequences of words of a text, with some words left out between them."""
from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..op import Bind, Op
from ..preparation import unsupported
from ..schema import SkipGramOptions, TensorType
from .registry import kernel

_SPACES = b" \t\n\v\f\r"


@kernel("SKIP_GRAM")
def prepare(op: Op) -> Bind:
    """The first string of the input as words; output: a vector of sequences of them, joined by spaces."""
    x, out, options = op.input(0), op.output(), op.options
    if x.type != TensorType.STRING:
        raise unsupported(op, x)
    out.mark_dynamic()

    def run() -> None:
        words = _words(x.array.reshape(-1)[0])
        grams = [] if len(words) < options.ngram_size else list(_grams(words, options))
        result = np.empty(len(grams), object)
        result[:] = grams
        out.array = result

    return lambda: run


def _words(text: bytes) -> list[bytes]:
    """What stands between spaces. A first word behind a space is lost, unless it is the last: LiteRT splits so."""
    words, start = [], 0
    for i in range(1, len(text)):
        if text[i] in _SPACES:
            if i > start and text[start] not in _SPACES:
                words.append(text[start:i])
            start = i + 1
    return [*words, text[start:]] if start < len(text) else words


def _grams(words: list[bytes], options: SkipGramOptions) -> Iterator[bytes]:
    """Every sequence comes after those that it begins."""

    def extended(chosen: list[int]) -> Iterator[bytes]:
        if len(chosen) < options.ngram_size:
            first = chosen[-1] + 1
            for word in range(first, min(first + options.max_skip_size + 1, len(words))):
                yield from extended([*chosen, word])
        if len(chosen) == options.ngram_size or options.include_all_ngrams:
            yield b" ".join(words[i] for i in chosen)

    for word in range(len(words)):
        yield from extended([word])
