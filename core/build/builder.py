"""Building models in Python: tensors, operators, subgraphs and signatures, turned into the records of the schema.

m = ModelBuilder()
x = m.input("image", (1, 224, 224, 3))
y = m.conv_2d(x, weights, bias, stride=2, activation="RELU6")
m.output(m.softmax(m.op("TANH", [y])))
data = m.to_bytes()
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..dtypes import numpy_dtype, tensor_type
from ..model.model_check import check_model
from ..model.tensor_data import encode_constant
from ..model.writer import write_model
from ..schema import (
    BUILTIN_OPTIONS,
    OPTIONS_OF,
    Buffer,
    BuiltinOperator,
    Metadata,
    Model,
    Operator,
    OperatorCode,
    SignatureDef,
    SparsityParameters,
    SubGraph,
    Table,
    Tensor,
    TensorMap,
)
from .builder_base import BuilderTensor, QuantizationLike, quantized
from .layers import Layers
from .layers_movement import MovementLayers

__all__ = ["BuilderTensor", "GraphBuilder", "ModelBuilder", "quantized"]


@dataclass
class _Storage:
    """What the subgraphs of a model share."""

    buffers: list[Buffer] = field(default_factory=lambda: [Buffer()])
    codes: dict[OperatorCode, int] = field(default_factory=dict)

    def add_buffer(self, data: bytes) -> int:
        self.buffers.append(Buffer(data=data))
        return len(self.buffers) - 1


class GraphBuilder(Layers, MovementLayers):
    """One subgraph under construction; `index` is its number in the model, as control flow options want it."""

    def __init__(self, storage: _Storage, index: int, name: str) -> None:
        self.index = index
        self.name = name
        self._storage = storage
        self._tensors: list[Tensor] = []
        self._operators: list[Operator] = []
        self._inputs: list[int] = []
        self._outputs: list[int] = []

    def tensor(
        self,
        name: str,
        shape: Sequence[int],
        dtype: Any = "float32",
        *,
        quantization: QuantizationLike = None,
        is_variable: bool = False,
        sparsity: SparsityParameters | None = None,
        buffer: int = 0,
        value: np.ndarray | None = None,
    ) -> BuilderTensor:
        """Declare a tensor that an operator will fill. -1 in `shape` leaves a dimension open.

        Raises:
            ValueError: no tensor type is called `dtype`.
        """
        type, shape = tensor_type(dtype), tuple(int(n) for n in shape)
        params = quantized(*quantization) if isinstance(quantization, tuple) else quantization
        fixed = tuple(1 if n < 0 else n for n in shape)
        signature = shape if fixed != shape else ()
        record = Tensor(
            fixed, type, buffer, name, params, is_variable, sparsity, shape_signature=signature, has_rank=True
        )
        self._tensors.append(record)
        return BuilderTensor(len(self._tensors) - 1, name, fixed, type, params, value)

    def input(
        self, name: str, shape: Sequence[int], dtype: Any = "float32", *, quantization: QuantizationLike = None
    ) -> BuilderTensor:
        """Declare an input of the subgraph. -1 in `shape` leaves a dimension open."""
        tensor = self.tensor(name, shape, dtype, quantization=quantization)
        self._inputs.append(tensor.index)
        return tensor

    def variable(
        self, name: str, shape: Sequence[int], dtype: Any = "float32", *, quantization: QuantizationLike = None
    ) -> BuilderTensor:
        """Declare a variable tensor: state of a recurrent operator, zero at first and kept between invocations."""
        return self.tensor(name, shape, dtype, quantization=quantization, is_variable=True)

    def constant(
        self,
        name: str,
        value: Any,
        dtype: Any = None,
        *,
        shape: Sequence[int] | None = None,
        quantization: QuantizationLike = None,
        sparsity: SparsityParameters | None = None,
    ) -> BuilderTensor:
        """Declare a constant.

        Args:
            value: its elements; codes if it is quantized; one element per int8 for "int4" and "int2".
            dtype: its type, if not that of the array; the elements are converted.
            shape: of a sparse tensor, whose `value` is the stored elements; otherwise the array's.
        """
        array = np.asarray(value)
        type = tensor_type(array.dtype if dtype is None else dtype)
        array = array.astype(numpy_dtype(type), copy=False)
        buffer = self._storage.add_buffer(encode_constant(array, type))
        return self.tensor(
            name,
            array.shape if shape is None else shape,
            type,
            quantization=quantization,
            sparsity=sparsity,
            buffer=buffer,
            value=array,
        )

    def op(
        self,
        name: str,
        inputs: Sequence[BuilderTensor | None],
        options: Table | Mapping[str, Any] | None = None,
        *,
        shape: Sequence[int] | None = None,
        dtype: Any = None,
        quantization: QuantizationLike = None,
        output_name: str = "",
        **more: Any,
    ) -> BuilderTensor:
        """Add an operator with one output, and return the output. Takes the keywords of `op_with_outputs` too.

        Args:
            name: of the builtin operator ("CONV_2D").
            inputs: None leaves an optional input out.
            options: the operator's options record, or its fields that differ from the defaults.
            shape: of the output; the first input's if not given.
            dtype: of the output; the first input's if not given.
        """
        first = next((x for x in inputs if x is not None), None)
        if first is None and (shape is None or dtype is None):
            raise ValueError(f"{name} has no input to take the output's shape and type from")
        output = self.tensor(
            output_name or f"{name.lower()}_{len(self._operators)}",
            first.shape if shape is None and first is not None else shape or (),
            first.type if dtype is None and first is not None else dtype,
            quantization=quantization,
        )
        self.op_with_outputs(name, inputs, [output], options, **more)
        return output

    def op_with_outputs(
        self,
        name: str,
        inputs: Sequence[BuilderTensor | None],
        outputs: Sequence[BuilderTensor],
        options: Table | Mapping[str, Any] | None = None,
        *,
        version: int = 1,
        custom: bool = False,
        custom_options: bytes | None = None,
        intermediates: Sequence[BuilderTensor] = (),
    ) -> None:
        """Add an operator that fills tensors declared before.

        Args:
            custom: `name` is a custom operator's name.

        Raises:
            ValueError: no such operator, or options that it does not have.
        """
        record = None if custom else _options_record(name, options)
        first_union = isinstance(record, BUILTIN_OPTIONS)
        self._operators.append(
            Operator(
                opcode_index=self._opcode(name, version, custom),
                inputs=tuple(-1 if x is None else x.index for x in inputs),
                outputs=tuple(x.index for x in outputs),
                builtin_options=record if first_union else None,
                builtin_options_2=None if first_union else record,
                custom_options=custom_options,
                intermediates=tuple(x.index for x in intermediates),
            )
        )

    def output(self, *tensors: BuilderTensor) -> None:
        """Make tensors outputs of the subgraph, in this order."""
        self._outputs.extend(x.index for x in tensors)

    def _opcode(self, name: str, version: int, custom: bool) -> int:
        if not custom and name not in BuiltinOperator.__members__:
            raise ValueError(f"there is no builtin operator {name!r}")
        builtin = BuiltinOperator.CUSTOM if custom else BuiltinOperator[name]
        code = OperatorCode(min(int(builtin), 127), name if custom else "", version, builtin)
        return self._storage.codes.setdefault(code, len(self._storage.codes))

    def _record(self) -> SubGraph:
        return SubGraph(
            tuple(self._tensors), tuple(self._inputs), tuple(self._outputs), tuple(self._operators), self.name
        )


class ModelBuilder(GraphBuilder):
    """A model under construction. It is its own first subgraph; `subgraph` adds more."""

    def __init__(self, name: str = "main", description: str = "") -> None:
        super().__init__(_Storage(), 0, name)
        self._description = description
        self._graphs: list[GraphBuilder] = [self]
        self._signatures: list[SignatureDef] = []
        self._metadata: list[Metadata] = []

    def subgraph(self, name: str) -> GraphBuilder:
        """Add a subgraph, for instance the body of a WHILE."""
        graph = GraphBuilder(self._storage, len(self._graphs), name)
        self._graphs.append(graph)
        return graph

    def signature(
        self,
        key: str,
        inputs: Mapping[str, BuilderTensor],
        outputs: Mapping[str, BuilderTensor],
        graph: GraphBuilder | None = None,
    ) -> None:
        """Name an entry point: tensors of `graph` (the first subgraph if not given) by the names callers use."""
        index = 0 if graph is None else graph.index
        self._signatures.append(SignatureDef(_tensor_maps(inputs), _tensor_maps(outputs), key, index))

    def metadata(self, name: str, data: bytes) -> None:
        """Attach bytes to the model under a name."""
        self._metadata.append(Metadata(name, self._storage.add_buffer(data)))

    def build(self) -> Model:
        """The model as records.

        Raises:
            ValueError: an operator or signature refers to a tensor of another subgraph, or options to a missing one.
        """
        model = Model(
            version=3,
            operator_codes=tuple(self._storage.codes),
            subgraphs=tuple(graph._record() for graph in self._graphs),
            description=self._description,
            buffers=tuple(self._storage.buffers),
            metadata=tuple(self._metadata),
            signature_defs=tuple(self._signatures),
        )
        check_model(model)
        return model

    def to_bytes(self) -> bytes:
        """The content of a `.tflite` file."""
        return write_model(self.build())


def _tensor_maps(names: Mapping[str, BuilderTensor]) -> tuple[TensorMap, ...]:
    return tuple(TensorMap(name, x.index) for name, x in names.items())


def _options_record(name: str, options: Table | Mapping[str, Any] | None) -> Table | None:
    """The options as a record of the operator's class, with unknown fields refused by name."""
    expected = OPTIONS_OF.get(BuiltinOperator[name]) if name in BuiltinOperator.__members__ else None
    if isinstance(options, Table):
        if type(options) is not expected:
            raise ValueError(f"{name} does not take {type(options).__name__}")
        return options
    if expected is None:
        if options:
            raise ValueError(f"{name} has no options, so not {', '.join(options)} either")
        return None
    unknown = set(options or ()) - {field_name for field_name, _ in expected.declaration}
    if unknown:
        raise ValueError(f"{expected.__name__} has no field {', '.join(sorted(unknown))}")
    return expected(**options or {})
