"""A custom operator of one's own: Snake, the activation x + sin²(ax)/a of audio generators (arXiv:2006.08195).

    python examples/custom_operator.py
"""
from __future__ import annotations

import numpy as np
from flatbuffers import flexbuffers

import delegant
from delegant.core.build.builder import ModelBuilder
from delegant.core.custom_options import flexbuffer_map
from delegant.core.op import Bind, Op, Run


def snake(op: Op) -> Bind:
    """Prepare: check the node and give the output its shape. Runs at `allocate_tensors`."""
    x, y = op.input(0), op.output()
    if x.dtype != np.float32:
        raise op.error(f"Snake takes float32, not {x}")
    frequency = np.float32(flexbuffer_map(op).get("frequency", 1.0))
    y.resize(x.shape)
    waves = op.request_scratch(x.shape, np.float32)

    def bind() -> Run:
        """Once memory is laid out: what is returned here is all that `invoke` runs, and it allocates nothing."""
        source, target, wave = x.array, y.array, op.scratch[waves]

        def run() -> None:
            np.multiply(source, frequency, out=wave)
            np.sin(wave, out=wave)
            np.multiply(wave, wave, out=wave)
            np.divide(wave, frequency, out=wave)
            np.add(source, wave, out=target)

        return run

    return bind


def model(frequency: float) -> bytes:
    """A model of one Snake with an open batch size; converters write custom options as flexbuffers, too."""
    m = ModelBuilder()
    x, y = m.input("x", (-1, 4)), m.tensor("y", (-1, 4))
    m.op_with_outputs("Snake", [x], [y], custom=True, custom_options=bytes(flexbuffers.Dumps({"frequency": frequency})))
    m.output(y)
    return m.to_bytes()


def main() -> None:
    resolver = delegant.OpResolver()
    resolver.add("Snake", snake, inplace=(0,))
    with delegant.Interpreter(model_content=model(2.0), op_resolver=resolver) as interpreter:
        interpreter.allocate_tensors()
        interpreter.set_tensor(0, np.array([[-1, 0, 1, 2]], np.float32))
        interpreter.invoke()
        print(interpreter.get_tensor(1))


if __name__ == "__main__":
    main()
