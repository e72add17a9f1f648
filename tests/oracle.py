"""LiteRT as the oracle, in a child process: it may crash, hang or print without taking the tests with it.

Tests write `from oracle import run_litert` (pytest puts `tests/` on the path). Resolvers are the names of
`OpResolverType`: "BUILTIN_REF", "BUILTIN_WITHOUT_DEFAULT_DELEGATES", "BUILTIN".
"""
from __future__ import annotations

import atexit
import os
import pickle
import select
import struct
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

Inputs = Sequence["np.ndarray | None"] | Mapping[str, np.ndarray]


class OracleCrashedError(Exception):
    """LiteRT ended its process, or did not answer in time."""


class LiteRTError(Exception):
    """LiteRT raised an exception; `kind` is the name of its type, the message is its message."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def run_litert(
    model: bytes,
    inputs: Inputs,
    resolver: str = "BUILTIN_REF",
    signature: str | None = None,
    pre: Sequence[Inputs] = (),
    timeout: float = 60.0,
) -> list[np.ndarray]:
    """Outputs of one `invoke`, in the order of the output details.

    Inputs are in the order of the input details (None leaves an input as it is; another shape resizes it first). With
    a signature they are a dict, and the outputs come in the order of the signature's names. `pre` holds the inputs of
    invocations that go before (stateful models).

    Raises:
        LiteRTError: LiteRT raised.
        OracleCrashedError: LiteRT crashed or ran past `timeout` seconds.
    """
    return _ask("run", (model, inputs, resolver, signature, list(pre)), timeout)


def run_litert_tensors(
    model: bytes, inputs: Sequence[np.ndarray | None], resolver: str = "BUILTIN_REF", timeout: float = 60.0
) -> dict[int, np.ndarray]:
    """Every tensor of the main subgraph that can be read after `invoke`, by index."""
    return _ask("tensors", (model, inputs, resolver), timeout)


def call_litert(
    calls: Sequence[tuple[str, tuple[Any, ...]]], timeout: float = 60.0, **constructor: Any
) -> list[tuple[str, Any]]:
    """Make an interpreter and call its methods one after another.

    A `constructor` argument `experimental_op_resolver_type` is given by name. Returns one pair per call, the
    constructor's first: ("ok", result) or (exception type name, message). Results that cannot be sent are None.
    The method "tensor()" reads `tensor(i)()`, "hold" does so and keeps the view, "signature" runs a signature.
    """
    return _ask("calls", (list(calls), constructor), timeout)


class _Child:
    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, os.path.abspath(__file__)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        )

    def ask(self, request: Any, timeout: float) -> Any:
        message = pickle.dumps(request)
        try:
            assert self.process.stdin is not None
            self.process.stdin.write(struct.pack("<Q", len(message)) + message)
            self.process.stdin.flush()
            deadline = time.monotonic() + timeout
            (size,) = struct.unpack("<Q", self._read(8, deadline))
            return pickle.loads(self._read(size, deadline))
        except (BrokenPipeError, EOFError, TimeoutError) as error:
            self.close()
            raise OracleCrashedError(f"{type(error).__name__}, exit code {self.process.returncode}") from error

    def _read(self, size: int, deadline: float) -> bytes:
        assert self.process.stdout is not None
        descriptor, parts, missing = self.process.stdout.fileno(), [], size
        while missing:
            ready, _, _ = select.select([descriptor], [], [], max(deadline - time.monotonic(), 0))
            if not ready:
                raise TimeoutError
            part = os.read(descriptor, min(missing, 1 << 20))
            if not part:
                raise EOFError
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


_child: _Child | None = None


def _ask(kind: str, arguments: tuple[Any, ...], timeout: float) -> Any:
    global _child
    if _child is None or _child.process.poll() is not None:
        _child = _Child()
        atexit.register(_child.close)
    verdict, answer = _child.ask((kind, arguments), timeout)
    if verdict != "ok":
        raise LiteRTError(verdict, answer)
    return answer


# ------------------------------------------------------------------------------------------- inside the child


def _interpreter(model: bytes, resolver: str, **more: Any) -> Any:
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    return Interpreter(model_content=model, experimental_op_resolver_type=OpResolverType[resolver], **more)


def _feed(interpreter: Any, inputs: Inputs) -> None:
    for detail, value in zip(interpreter.get_input_details(), inputs, strict=True):
        if value is not None and value.size:
            interpreter.set_tensor(detail["index"], value)


def _allocate(interpreter: Any, inputs: Inputs) -> None:
    for detail, value in zip(interpreter.get_input_details(), inputs, strict=True):
        if value is not None and tuple(detail["shape"]) != np.shape(value):
            interpreter.resize_tensor_input(detail["index"], np.shape(value))
    interpreter.allocate_tensors()


def _output(interpreter: Any, detail: Any) -> np.ndarray:
    """An output; LiteRT cannot hand out a tensor without elements."""
    try:
        return interpreter.get_tensor(detail["index"])
    except ValueError:
        if 0 in detail["shape"]:
            return np.zeros(detail["shape"], detail["dtype"])
        raise


def _serve_run(model: bytes, inputs: Inputs, resolver: str, signature: str | None, pre: list[Inputs]) -> Any:
    interpreter = _interpreter(model, resolver)
    if signature is not None:
        runner = interpreter.get_signature_runner(signature)
        for values in [*pre, inputs]:
            result = runner(**values)  # type: ignore[arg-type]
        return list(result.values())
    _allocate(interpreter, inputs)
    for values in [*pre, inputs]:
        _feed(interpreter, values)
        interpreter.invoke()
    return [_output(interpreter, detail) for detail in interpreter.get_output_details()]


def _serve_tensors(model: bytes, inputs: Inputs, resolver: str) -> Any:
    interpreter = _interpreter(model, resolver, experimental_preserve_all_tensors=True)
    _allocate(interpreter, inputs)
    _feed(interpreter, inputs)
    interpreter.invoke()
    tensors = {}
    for detail in interpreter.get_tensor_details():
        try:
            tensors[detail["index"]] = interpreter.get_tensor(detail["index"])
        except ValueError:
            continue
    return tensors


def call_method(interpreter: Any, method: str, arguments: tuple[Any, ...], held: list[Any]) -> Any:
    """Call a method by its name, or "tensor()" (a copy of a view), "hold" (keep a view in `held`), "signature"."""
    if method == "tensor()":
        return interpreter.tensor(*arguments)().copy()
    if method == "hold":
        held.append(interpreter.tensor(*arguments)())
        return None
    if method == "signature":
        key, values = arguments
        return interpreter.get_signature_runner(key)(**values)
    return getattr(interpreter, method)(*arguments)


def _serve_calls(calls: list[tuple[str, tuple[Any, ...]]], constructor: dict[str, Any]) -> Any:
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    if "experimental_op_resolver_type" in constructor:
        name = constructor["experimental_op_resolver_type"]
        constructor["experimental_op_resolver_type"] = OpResolverType.__members__.get(name, name)
    results: list[tuple[str, Any]] = []
    held: list[Any] = []
    try:
        interpreter = Interpreter(**constructor)
        results.append(("ok", None))
    except Exception as error:
        return [(type(error).__name__, str(error))]
    for method, arguments in calls:
        try:
            result = call_method(interpreter, method, arguments, held)
            results.append(("ok", result if _can_travel(result) else None))
        except Exception as error:
            results.append((type(error).__name__, str(error)))
    return results


def _can_travel(value: Any) -> bool:
    try:
        pickle.dumps(value)
    except Exception:
        return False
    return True


def _main() -> None:
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what LiteRT prints must not mix with the answers
    serve = {"run": _serve_run, "tensors": _serve_tensors, "calls": _serve_calls}
    while header := requests.read(8):
        kind, arguments = pickle.loads(requests.read(struct.unpack("<Q", header)[0]))
        try:
            answer = ("ok", serve[kind](*arguments))
        except Exception as error:
            answer = (type(error).__name__, str(error))
        message = pickle.dumps(answer)
        answers.write(struct.pack("<Q", len(message)) + message)
        answers.flush()


if __name__ == "__main__":
    _main()
