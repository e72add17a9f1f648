"""What an interpreter says of its model: tensors, operators, signatures, and where each node runs."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..delegate import NodePlacement, Step
from ..delegation.delegated_partition import DelegatedPartition
from ..graph import Graph
from ..op import Operand
from ..schema import SignatureDef
from . import tensor_access
from .details import op_details, tensor_details
from .execution import Execution
from .placing import called_from, placements


class ModelDescription:
    """The part of the interpreter that only tells, with the names and messages of LiteRT's.

    Attributes of the whole that it needs: `_executions`, one per subgraph, and `_signatures` by their keys.
    """

    _executions: Sequence[Execution]
    _signatures: Mapping[str, SignatureDef]

    def _operand(self, index: int, subgraph: int) -> Operand:
        if not 0 <= subgraph < len(self._executions):
            raise ValueError(f"Invalid subgraph index {subgraph} exceeds max subgraph index {len(self._executions)}")
        operands = self._executions[subgraph].operands
        if not 0 <= tensor_access.checked_index(index) < len(operands):
            raise ValueError(f"Invalid tensor index {index} exceeds max tensor index {len(operands)}")
        return operands[index]

    @property
    def placement(self) -> tuple[NodePlacement, ...]:
        """Where each node runs and why; final once tensors are allocated. Those of the main subgraph come first, by
        their index, then those of the subgraphs that IF, WHILE and the like run (`NodePlacement.subgraph`)."""
        return placements(self._executions, 0)

    @property
    def compiled_partitions(self) -> tuple[DelegatedPartition, ...]:
        """The partitions that delegates run at present, in the order in which they run; those of subgraphs that the
        main one calls come after its own."""
        delegations = (self._executions[index].delegation for index in called_from(self._executions, 0))
        return tuple(partition for d in delegations if d is not None for partition in d.partitions)

    def graph_of(self, subgraph: int) -> Graph:
        """A subgraph, with the shapes for which it was planned last where a delegate is attached."""
        execution = self._executions[subgraph]
        planned = None if execution.delegation is None else execution.delegation.graph
        return execution.graph if planned is None else planned

    def has_run(self, subgraph: int) -> bool:
        """Whether a subgraph's tensors hold what a run has computed: not those of a branch that was never taken."""
        return self._executions[subgraph].has_run

    def _subgraphs_run_by(self, index: int) -> list[Graph]:
        """The subgraphs that run with another, as far as their shapes are known, with these."""
        executions = (self._executions[called] for called in called_from(self._executions, index) if called != index)
        return [execution.current_graph() for execution in executions if execution.is_prepared]

    def _planned_steps(self) -> list[Step]:
        """The plans of the main subgraph and of those that it runs."""
        delegations = (self._executions[index].delegation for index in called_from(self._executions, 0))
        return [step for d in delegations if d is not None for step in d.steps]

    def get_input_details(self) -> list[dict[str, Any]]:
        """Details of the input tensors, in order."""
        return [self._get_tensor_details(i, 0) for i in self._executions[0].graph.inputs]

    def get_output_details(self) -> list[dict[str, Any]]:
        """Details of the output tensors, in order."""
        return [self._get_tensor_details(i, 0) for i in self._executions[0].graph.outputs]

    def get_tensor_details(self, subgraph_index: int = 0) -> list[dict[str, Any]]:
        """Details of all tensors of a subgraph.

        Raises:
            ValueError: no such subgraph.
        """
        count = len(self._executions)
        if not 0 <= subgraph_index < count:
            raise ValueError(
                f"subgraph_index is out of range: {subgraph_index} for the model, which has {count} subgraphs."
            )
        tensors = self._executions[subgraph_index].operands
        return [self._get_tensor_details(i, subgraph_index) for i in range(len(tensors))]

    def _get_tensor_details(self, tensor_index: int, subgraph_index: int) -> dict[str, Any]:
        operand = self._operand(int(tensor_index), int(subgraph_index))
        return tensor_details(operand.info, operand.shape)

    def _get_op_details(self, op_index: int) -> dict[str, Any]:
        graph = self._executions[0].graph
        if not 0 <= op_index < len(graph.nodes):
            raise ValueError(f"Invalid node index {op_index} exceeds max node index {len(graph.nodes)}")
        return op_details(graph, op_index)

    def _get_ops_details(self) -> list[dict[str, Any]]:
        return [self._get_op_details(i) for i in range(len(self._executions[0].graph.nodes))]

    def num_subgraphs(self) -> int:
        """How many subgraphs the model has."""
        return len(self._executions)

    def get_signature_list(self) -> dict[str, dict[str, list[str]]]:
        """Names of the inputs and outputs of each signature, by its key."""
        return {
            key: {side: list(tensors) for side, tensors in signature.items()}
            for key, signature in self._get_full_signature_list().items()
        }

    def _get_full_signature_list(self) -> dict[str, dict[str, dict[str, int]]]:
        return {
            key: {
                "inputs": {entry.name: entry.tensor_index for entry in signature.inputs},
                "outputs": {entry.name: entry.tensor_index for entry in signature.outputs},
            }
            for key, signature in self._signatures.items()
        }

    def _signature_subgraph(self, key: str) -> int:
        return self._signatures[key].subgraph_index
