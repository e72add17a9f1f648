"""Constants that a model keeps in other files.

A tensor names an external buffer by id; the buffer names a range of bytes in the file of its group. Resolving puts the
bytes, still unread, where constants normally are, so nothing else needs to know.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ..schema import Buffer, ExternalBuffer, Model, Tensor
from .mapped_file import map_file


def resolve_external_buffers(model: Model, folder: Path) -> Model:
    """The model with external buffers as ordinary ones, views of the files in `folder`.

    Raises:
        ValueError: a file is missing or outside `folder`, or an id, group or range does not exist.
    """
    if not any(tensor.external_buffer for subgraph in model.subgraphs for tensor in subgraph.tensors):
        return model
    files = _Files(model, folder)
    subgraphs = tuple(
        replace(subgraph, tensors=tuple(files.resolve(tensor) for tensor in subgraph.tensors))
        for subgraph in model.subgraphs
    )
    buffers = (*model.buffers, *files.buffers)
    return replace(model, subgraphs=subgraphs, buffers=buffers, external_buffer_groups=(), external_buffers=())


class _Files:
    """The external buffers of a model, opened as they are needed."""

    def __init__(self, model: Model, folder: Path) -> None:
        self._groups = model.external_buffer_groups
        self._by_id = {buffer.id: buffer for buffer in model.external_buffers}
        self._first = len(model.buffers)
        self._folder = folder.resolve()
        self._mapped: dict[int, memoryview] = {}
        self._indices: dict[int, int] = {}
        self.buffers: list[Buffer] = []

    def resolve(self, tensor: Tensor) -> Tensor:
        id = tensor.external_buffer
        if not id:
            return tensor
        if id not in self._by_id:
            raise ValueError(f"Tensor '{tensor.name}' specifies external buffer {id}, which is not in the model.")
        if id not in self._indices:
            self._indices[id] = self._first + len(self.buffers)
            self.buffers.append(Buffer(data=self._bytes(self._by_id[id])))
        return replace(tensor, buffer=self._indices[id], external_buffer=0)

    def _bytes(self, buffer: ExternalBuffer) -> memoryview:
        if buffer.group >= len(self._groups):
            raise ValueError(f"External buffer {buffer.id} is in group {buffer.group} of {len(self._groups)}.")
        file = self._file(buffer.group)
        end = buffer.offset + buffer.length
        if end > len(file):
            raise ValueError(f"External buffer {buffer.id} ends at byte {end} of {len(file)} in its file.")
        return file[buffer.offset : end]

    def _file(self, group: int) -> memoryview:
        if group not in self._mapped:
            path = (self._folder / self._groups[group].name).resolve()
            if not path.is_relative_to(self._folder):  # a model may not make us read any file it likes
                raise ValueError(f"External buffer file '{path}' is not in the model's folder '{self._folder}'.")
            self._mapped[group] = map_file(path)
        return self._mapped[group]
