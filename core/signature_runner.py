"""Running a named entry point of a model, with the API of `ai_edge_litert.interpreter.SignatureRunner`."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .delegate import NodePlacement
from .run.placing import placements

if TYPE_CHECKING:
    from .interpreter import Interpreter


class SignatureRunner:
    """Calls a signature with arrays by name and returns arrays by name. Made by `Interpreter.get_signature_runner`."""

    def __init__(self, interpreter: Interpreter | None = None, signature_key: str | None = None) -> None:
        """
        Raises:
            ValueError: no interpreter, no key, or no signature of that key.
        """
        if not interpreter:
            raise ValueError("None interpreter provided.")
        if not signature_key:
            raise ValueError("None signature_key provided.")
        signatures = interpreter._get_full_signature_list()
        if signature_key not in signatures:
            raise ValueError(f'Invalid signature_key provided: "{signature_key}".')
        self._interpreter = interpreter
        self._signature_key = signature_key
        self._inputs = signatures[signature_key]["inputs"]
        self._outputs = signatures[signature_key]["outputs"]
        self._subgraph_index = interpreter._signature_subgraph(signature_key)

    def __call__(self, **kwargs: np.ndarray) -> dict[str, np.ndarray]:
        """Run the signature; inputs are resized to the shapes of the arrays.

        Args:
            **kwargs: one array per input of the signature, by name.

        Returns:
            One array per output, by name.

        Raises:
            ValueError: an input too many or too few, a name that is not there, another type.
            RuntimeError: the subgraph cannot be prepared or run with these shapes.
        """
        if len(kwargs) != len(self._inputs):
            raise ValueError(
                "Invalid number of inputs provided for running a SignatureDef, "
                f"expected {len(self._inputs)} vs provided {len(kwargs)}"
            )
        interpreter, subgraph = self._interpreter, self._subgraph_index
        for name, value in kwargs.items():
            if name not in self._inputs:
                raise ValueError(f"Invalid Input name ({name}) for SignatureDef")
            interpreter._resize(self._inputs[name], value.shape, False, subgraph)
        interpreter._allocate(subgraph)
        for name, value in kwargs.items():
            interpreter._set(self._inputs[name], value, subgraph)
        interpreter._invoke(subgraph)
        return {name: interpreter.get_tensor(index, subgraph) for name, index in self._outputs.items()}

    @property
    def placement(self) -> tuple[NodePlacement, ...]:
        """Where each node of the signature's subgraph runs, and of those that it runs; final after a call."""
        return placements(self._interpreter._executions, self._subgraph_index)

    def get_input_details(self) -> dict[str, dict[str, Any]]:
        """Details of each input tensor, by the signature's name."""
        return self._details(self._inputs)

    def get_output_details(self) -> dict[str, dict[str, Any]]:
        """Details of each output tensor, by the signature's name."""
        return self._details(self._outputs)

    def _details(self, tensors: dict[str, int]) -> dict[str, dict[str, Any]]:
        details = self._interpreter._get_tensor_details
        return {name: details(index, self._subgraph_index) for name, index in tensors.items()}
