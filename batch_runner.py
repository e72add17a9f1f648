"""Many examples through a model, several at a time, while the next ones are being made."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import numpy as np

from .core.delegate import Policy
from .core.errors import DelegantError
from .core.run.invocation import Invocation
from .interpreter import Attachable, Interpreter

Example = np.ndarray | Sequence[np.ndarray] | Mapping[str, np.ndarray]
"""What one run takes: an array, or for several inputs arrays in their order or by their names."""

TOLERANCE = 1e-3
"""By how much of its largest magnitude the result of an example may differ with what is beside it: sums may round
differently elsewhere in a batch."""


class BatchRunner:
    """Runs a model on any number of independent examples, `batch_size` of them at a time.

    with delegant.BatchRunner("model.tflite", delegates="webgpu", batch_size=16) as runner:
        for (scores,) in runner.map(pictures):
            ...

    The first dimension of every input is the batch; models made for one example are resized. That only works where all
    examples go their own ways through the model. So the first and the last example of the first batch also run among
    copies of themselves, and unless each has the results that it had among others, examples run one by one from then
    on, with a warning that says why. Variable tensors (the state of an LSTM) are reset before each batch: no example
    sees what another one left.

    Attributes:
        batch_size: how many examples run at a time; 1 where the model cannot do more.
        interpreter: what runs them; leave it alone while `map` is going on.
    """

    def __init__(
        self,
        model: str | os.PathLike[str] | bytes,
        *,
        delegates: Sequence[Attachable] | Attachable | None = None,
        policy: Policy | str = Policy.PREFER,
        batch_size: int = 8,
    ) -> None:
        """
        Args:
            model: a path to a .tflite file, or its content.
            delegates, policy: as for `Interpreter`.
            batch_size: how many examples should run at a time. `delegant bench --batch` shows what that is worth.

        Raises:
            ValueError: `batch_size` is less than 1; the file is no model, or has an input without a batch of one as its
                first dimension, or keeps values in resource variables from one run to the next.
            DelegantError: a delegate cannot be opened, or under "require" does not take all of the model.
        """
        if batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, got {batch_size}")
        source: dict[str, Any] = {"model_content": model} if isinstance(model, bytes) else {"model_path": model}
        self.interpreter = Interpreter(**source, delegates=delegates, policy=policy)
        try:
            self._inputs = [_Input(detail) for detail in self.interpreter.get_input_details()]
            self._outputs = [int(detail["index"]) for detail in self.interpreter.get_output_details()]
            self._set_batch_size(batch_size)
            self._check_state()
        except BaseException:
            self.close()
            raise
        self._is_checked = False
        self._running: Invocation | None = None
        self._is_mapping = False

    def __enter__(self) -> BatchRunner:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free what the delegates hold."""
        self.interpreter.close()

    def map(self, examples: Iterable[Example]) -> Iterator[tuple[np.ndarray, ...]]:
        """The outputs of each example, in order, without the batch dimension.

        Examples are taken `batch_size` at a time, while the batch before them runs.

        Args:
            examples: arrays of the inputs' exact types and shapes, without the batch dimension or with one of 1.

        Raises:
            ValueError: an example does not fit the model. The results of those before it come first.
            RuntimeError: the model failed, or `map` is called while another one goes on.
        """
        if self._is_mapping:
            raise RuntimeError("another map of this BatchRunner is not finished: exhaust or close its iterator first")
        self._is_mapping = True
        taken = _Examples(iter(examples))
        try:
            if not self._is_checked and self.batch_size > 1:
                self._check_independence(taken)
            yield from self._results(taken)
        finally:
            self._is_mapping = False
            if self._running is not None:
                self._running.exception()
                self._running = None
        if taken.error is not None:
            raise taken.error

    def _results(self, examples: _Examples) -> Iterator[tuple[np.ndarray, ...]]:
        pending = 0
        while batch := examples.take(self.batch_size, self._arrays_of):
            results = self._finish(pending)
            self._start(batch)
            pending = len(batch)
            yield from results
        yield from self._finish(pending)

    # ------------------------------------------------------------------------------------------------ one batch

    def _arrays_of(self, example: Example) -> list[np.ndarray]:
        """An example's arrays, in the inputs' order, each with a batch dimension of 1."""
        if isinstance(example, Mapping):
            names = [given.name for given in self._inputs]
            if set(example) != set(names):
                raise ValueError(f"an example has the inputs {sorted(example)}, the model {sorted(names)}")
            example = [example[name] for name in names]
        arrays = [example] if isinstance(example, np.ndarray) else list(example)
        if len(arrays) != len(self._inputs):
            raise ValueError(f"an example has {len(arrays)} arrays, the model {len(self._inputs)} inputs")
        return [given.checked(array) for given, array in zip(self._inputs, arrays, strict=True)]

    def _start(self, batch: Sequence[Sequence[np.ndarray]]) -> None:
        """Begin to run a batch; where it is short, its last example fills it up."""
        filled = [*batch, *[batch[-1]] * (self.batch_size - len(batch))]
        for given, arrays in zip(self._inputs, zip(*filled, strict=True), strict=True):
            self.interpreter.set_tensor(given.index, np.concatenate(arrays))
        self.interpreter.reset_all_variables()
        self._running = self.interpreter.invoke_async()

    def _finish(self, count: int) -> list[tuple[np.ndarray, ...]]:
        """Wait for the batch that runs; the results of its first examples."""
        if self._running is None:
            return []
        running, self._running = self._running, None
        running.result()
        outputs = [self.interpreter.get_tensor(index) for index in self._outputs]
        return [tuple(output[k] for output in outputs) for k in range(count)]

    # ------------------------------------------------------------------------------------- what a model can do

    def _check_state(self) -> None:
        graph = self.interpreter.graph
        initial = {node.options.init_subgraph_index for node in graph.nodes if node.op == "CALL_ONCE"}
        nodes = (node for node in self.interpreter.placement if node.subgraph not in initial)
        if any(node.op == "ASSIGN_VARIABLE" for node in nodes):
            raise ValueError(
                "the model keeps values in resource variables from one run to the next (ASSIGN_VARIABLE), so its runs "
                "are not independent: use Interpreter"
            )

    def _set_batch_size(self, size: int) -> None:
        """Make room for that many examples, or for one where the graph refuses."""
        try:
            self._resize(size)
        except DelegantError:
            raise
        except RuntimeError as error:
            if size == 1:
                raise
            self._go_one_by_one(f"the graph refuses {size} examples: {error}")

    def _resize(self, size: int) -> None:
        self.batch_size = size
        for given in self._inputs:
            self.interpreter.resize_tensor_input(given.index, (size, *given.shape))
        self.interpreter.allocate_tensors()

    def _go_one_by_one(self, reason: str) -> None:
        warnings.warn(f"examples run one by one: {reason}", RuntimeWarning, stacklevel=2)
        self._resize(1)

    def _check_independence(self, taken: _Examples) -> None:
        """Whether what is beside an example in a batch changes its results; if so, go one by one."""
        batch = taken.take(self.batch_size, self._arrays_of)
        taken.put_back(batch)
        if len(batch) < 2 or all(map(np.array_equal, batch[0], batch[-1])):
            return
        self._is_checked = True
        runs = [self._outputs_of(examples) for examples in (batch, batch[:1], batch[-1:])]
        for index, mixed, first, last in zip(self._outputs, *runs, strict=True):
            name = self.interpreter.graph.tensors[index].name
            if mixed.shape[:1] != (self.batch_size,):
                reason = f"of {self.batch_size} examples, the output {name} has the shape {mixed.shape}"
            elif not (_are_close(mixed[0], first[-1]) and _are_close(mixed[-1], last[0])):
                reason = f"the output {name} of an example depends on the others in its batch"
            else:
                continue
            self._go_one_by_one(reason)
            return

    def _outputs_of(self, batch: Sequence[Sequence[np.ndarray]]) -> list[np.ndarray]:
        """Run a batch; all of its outputs."""
        self._start(batch)
        self._finish(0)
        return [self.interpreter.get_tensor(index) for index in self._outputs]


class _Input:
    """An input of the model, as examples are checked against it."""

    def __init__(self, detail: Mapping[str, Any]) -> None:
        """
        Raises:
            ValueError: its first dimension is neither 1 nor open.
        """
        self.name, self.index, self.dtype = str(detail["name"]), int(detail["index"]), np.dtype(detail["dtype"])
        shape, signature = tuple(map(int, detail["shape"])), tuple(map(int, detail["shape_signature"]))
        if not shape or (shape[0] != 1 and signature[0] != -1):
            raise ValueError(
                f"the input {self.name} has the shape {list(shape)}: its first dimension is not a batch of 1 example"
            )
        self.shape = shape[1:]

    def checked(self, array: np.ndarray) -> np.ndarray:
        """The array with a batch dimension of 1.

        Raises:
            ValueError: its type or shape is another one.
        """
        value = np.asarray(array)
        if value.dtype.kind in "SU" and self.dtype.kind in "OSU":
            value = value.astype(object)
        elif value.dtype != self.dtype and self.dtype.kind not in "OSU":
            raise ValueError(f"an example of the input {self.name} has the type {value.dtype}, not {self.dtype}")
        if value.shape not in (self.shape, (1, *self.shape)):
            raise ValueError(f"an example of the input {self.name} has the shape {value.shape}, not {self.shape}")
        return value.reshape(1, *self.shape)


@dataclass
class _Examples:
    """The user's examples. An error while one is made is kept until those before it have had their turn.

    Attributes:
        error: what ended them before their time.
    """

    source: Iterator[Example]
    error: Exception | None = None
    _returned: list[list[np.ndarray]] = field(default_factory=list)

    def take(self, count: int, read: Any) -> list[list[np.ndarray]]:
        """The next examples, fewer at the end, each as `read` makes it."""
        batch = self._returned[:count]
        del self._returned[:count]
        while len(batch) < count and self.error is None:
            try:
                batch.append(read(next(self.source)))
            except StopIteration:
                break
            except Exception as error:
                self.error = error
        return batch

    def put_back(self, batch: Sequence[list[np.ndarray]]) -> None:
        """Have examples come once more."""
        self._returned[:0] = batch


def _are_close(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two results are the same but for rounding; integers exactly."""
    if a.shape != b.shape or a.dtype.kind not in "fc":
        return np.array_equal(a, b)
    finite = np.abs(a[np.isfinite(a)])
    margin = TOLERANCE * float(finite.max(initial=0))
    return bool(np.allclose(a, b, rtol=0, atol=margin, equal_nan=True))
