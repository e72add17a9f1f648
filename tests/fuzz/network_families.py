"""Models of several operators: what one makes others read, so that they are fused, share memory and run in parts."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from fuzz.draft import Draft

from delegant.core.build.builder import BuilderTensor, quantized

ACTIVATIONS = ("NONE", "NONE", "RELU", "RELU6")
LARGEST = 12000
"""Elements of a tensor."""


@dataclass(eq=False)
class Network:
    """A network under construction.

    Attributes:
        dtype: of all its tensors.
        made: every tensor so far, the input first. read: those that an operator reads.
    """

    d: Draft
    dtype: str
    made: list[BuilderTensor] = field(default_factory=list)
    read: set[int] = field(default_factory=set)

    @property
    def is_float(self) -> bool:
        return self.dtype == "float32"

    def quantization(self, spread: float = 4.0) -> dict:
        """What an output of its own scale is made with; codes reach about `spread`."""
        if self.is_float:
            return {}
        scale = np.float32(spread / self.half_range * self.d.rng.uniform(0.7, 1.4))
        return {"quantization": (scale, self.zero_point())}

    @property
    def half_range(self) -> int:
        return 32768 if self.dtype == "int16" else 128

    def zero_point(self) -> int:
        return 0 if self.dtype == "int16" else int(self.d.rng.integers(-20, 20)) + (128 if self.dtype == "uint8" else 0)

    def fixed(self, scale: float, zero_point: int) -> dict:
        """The one quantization that LOGISTIC, TANH and SOFTMAX may have, as it is for int8."""
        if self.dtype == "int16":
            return {"quantization": (1 / 32768, 0)}
        shifted = zero_point + (128 if self.dtype == "uint8" else 0)
        return {} if self.is_float else {"quantization": (scale, shifted)}

    def weights(self, x: BuilderTensor, shape: Sequence[int], axis: int, taps: int) -> list[BuilderTensor]:
        """Weights and bias that keep the spread of `x`."""
        rng, channels, m = self.d.rng, shape[axis], self.d.model
        if self.is_float:
            values = rng.standard_normal(shape) / np.sqrt(taps)
            return [self.d.constant("w", values, np.float32), self.d.constant("b", rng.standard_normal(channels) / 4,
                                                                              np.float32)]  # fmt: skip
        weights_type = "uint8" if self.dtype == "uint8" else "int8"
        per_channel = weights_type == "int8" and self.d.flag() and len(shape) == 4
        scales = np.float32(rng.uniform(0.7, 1.4, channels if per_channel else 1) / (73 * np.sqrt(taps)))
        zero = int(rng.integers(100, 156)) if self.dtype == "uint8" else 0
        codes = rng.integers(0, 256, shape) if self.dtype == "uint8" else rng.integers(-127, 128, shape)
        w = m.constant("w", codes.astype(weights_type), quantization=quantized(scales, zero, axis))
        bias = quantized(scales * np.float32(x.quantization.scale[0]))
        codes = rng.integers(-16, 16, channels) * self.half_range
        return [w, m.constant("b", codes.astype("int64" if self.dtype == "int16" else "int32"), quantization=bias)]

    def pick(self, rank: int, fits: Callable[[BuilderTensor], bool] = lambda x: True) -> BuilderTensor | None:
        """A tensor, mostly a late one."""
        found = [x for x in self.made if len(x.shape) == rank and fits(x)]
        return found[-1 - min(self.d.integer(0, 4) // 2, len(found) - 1)] if found else None

    def uses(self, *tensors: BuilderTensor) -> None:
        self.read.update(x.index for x in tensors)

    def like(self, y: BuilderTensor, x: BuilderTensor) -> BuilderTensor:
        """`y` in the scale of `x`."""
        if self.is_float or y.quantization == x.quantization:
            return y
        return self.d.model.quantize(y, self.dtype, x.quantization)


def convolved(n: Network) -> BuilderTensor | None:
    x = n.pick(4)
    if x is None:
        return None
    size, channels = n.d.pick((1, 1, 3, 3, 5)), n.d.integer(1, 40)
    padding = "SAME" if min(x.shape[1:3]) < size else n.d.pick(("SAME", "VALID"))
    w, b = n.weights(x, (channels, size, size, x.shape[3]), 0, size * size * x.shape[3])
    stride = n.d.pick((1, 1, 2))
    activation = n.d.pick(ACTIVATIONS)
    n.uses(x)
    return n.d.model.conv_2d(x, w, b, stride=stride, padding=padding, activation=activation, **n.quantization())


def depthwise(n: Network) -> BuilderTensor | None:
    x = n.pick(4)
    if x is None:
        return None
    size, stride = n.d.pick((3, 3, 5)), n.d.pick((1, 1, 2))
    w, b = n.weights(x, (1, size, size, x.shape[3]), 3, size * size)
    n.uses(x)
    return n.d.model.depthwise_conv_2d(x, w, b, stride=stride, activation=n.d.pick(ACTIVATIONS), **n.quantization())


def padded(n: Network) -> BuilderTensor | None:
    x = n.pick(4, lambda x: np.prod(x.shape) < LARGEST // 2)
    if x is None:
        return None
    n.uses(x)
    return n.d.model.pad(x, [(0, 0), *((n.d.integer(0, 2), n.d.integer(0, 2)) for _ in "hw"), (0, 0)])


def joined(n: Network) -> BuilderTensor | None:
    """An operation of two tensors, or of a tensor and a constant."""
    x = n.pick(n.d.pick((4, 4, 3, 2)))
    if x is None:
        return None
    op = n.d.pick(("ADD", "ADD", "MUL", "SUB"))
    y = n.pick(len(x.shape), lambda y: y.shape == x.shape and y is not x) if n.d.integer(0, 3) else None
    if y is None:
        shape = n.d.pick(((x.shape[-1],), (1,), x.shape))
        values = n.d.rng.standard_normal(shape)
        if not n.is_float:
            limits = np.iinfo(n.dtype)
            values = n.d.rng.integers(limits.min, limits.max + 1, shape)
        y = n.d.model.constant("k", values.astype(n.dtype), **n.quantization())
    else:
        n.uses(y)
    n.uses(x)
    return n.d.model.binary(op, x, y, **n.quantization())


def pointwise(n: Network) -> BuilderTensor | None:
    x = n.pick(n.d.pick((4, 4, 3, 2)))
    if x is None:
        return None
    n.uses(x)
    op = n.d.pick(("RELU", "RELU6", "LOGISTIC", "TANH", "HARD_SWISH", "LEAKY_RELU", "ABS"))
    given = {"LOGISTIC": n.fixed(1 / 256, -128), "TANH": n.fixed(1 / 128, 0)}.get(op)
    if op == "ABS" and n.dtype == "uint8":
        op = "RELU"
    options = {"alpha": 0.2} if op == "LEAKY_RELU" else None
    return n.d.model.op(op, [x], options, **(n.quantization() if given is None else given))


def pooled(n: Network) -> BuilderTensor | None:
    x = n.pick(4, lambda x: min(x.shape[1:3]) > 1)
    if x is None:
        return None
    n.uses(x)
    pool = n.d.model.max_pool_2d if n.d.flag() else n.d.model.average_pool_2d
    more = {} if n.is_float else {"quantization": x.quantization}
    return pool(x, n.d.pick((2, 3)), stride=n.d.pick((1, 2)), padding="SAME", **more)


def concatenated(n: Network) -> BuilderTensor | None:
    x = n.pick(4)
    y = None if x is None else n.pick(4, lambda y: y.shape[:3] == x.shape[:3] and y.shape[3] + x.shape[3] < 48)
    if x is None or y is None:
        return None
    n.uses(x, y)
    return n.d.model.concatenation([x, n.like(y, x)])


def split(n: Network) -> BuilderTensor | None:
    x = n.pick(4, lambda x: x.shape[3] % 2 == 0)
    if x is None:
        return None
    n.uses(x)
    left, right = n.d.model.split(x, 2, 3)
    n.made.append(left)
    return right


def moved(n: Network) -> BuilderTensor | None:
    x = n.pick(4)
    if x is None:
        return None
    n.uses(x)
    m, (batch, h, w, c) = n.d.model, x.shape
    way = n.d.pick(("transpose", "slice", "flatten", "rows", "nearest", "bilinear"))
    if way == "transpose":
        return m.transpose(x, n.d.pick(((0, 2, 1, 3), (0, 3, 1, 2), (0, 2, 3, 1))))
    if way == "slice":
        return m.slice(x, (0, h // 3, 0, c // 3), (batch, h - h // 3, w, c - c // 3))
    if way == "flatten":
        return m.reshape(x, (batch, h * w * c))
    if way == "rows" or h * w * c * batch > LARGEST // 4:
        return m.reshape(x, (batch, h * w, c))
    resize = m.resize_nearest_neighbor if way == "nearest" else m.resize_bilinear
    return resize(x, (2 * h, w + 1), quantization=x.quantization)


def connected(n: Network) -> BuilderTensor | None:
    x = n.pick(n.d.pick((2, 3)), lambda x: x.shape[-1] < 1024)
    if x is None:
        return None
    n.uses(x)
    w, b = n.weights(x, (n.d.integer(1, 20), x.shape[-1]), 0, x.shape[-1])
    keep = len(x.shape) == 3
    return n.d.model.fully_connected(x, w, b, keep_num_dims=keep, activation=n.d.pick(ACTIVATIONS), **n.quantization())


def averaged(n: Network) -> BuilderTensor | None:
    x = n.pick(4)
    if x is None:
        return None
    n.uses(x)
    return n.d.model.mean(x, (1, 2), keep_dims=n.d.flag(), **n.quantization(2.0))


def softmax(n: Network) -> BuilderTensor | None:
    x = n.pick(n.d.pick((2, 3)))
    if x is None:
        return None
    n.uses(x)
    return n.d.model.softmax(x, **n.fixed(1 / 256, -128))


STEPS = (
    convolved, convolved, depthwise, padded, joined, joined, pointwise, pointwise, pooled, concatenated, split, moved,
    connected, averaged, softmax,
)  # fmt: skip


def network(d: Draft) -> None:
    """Up to twelve operators; what none of them reads is an output, and sometimes something that one reads too."""
    n = Network(d, d.pick(("float32", "int8", "uint8", "int16")))
    shape = (d.integer(1, 2), d.integer(3, 17), d.integer(3, 17), d.pick((1, 3, 8, 16, 21)))
    n.made.append(d.input("x", shape, n.dtype, **n.quantization()))
    d.magnitude = 3.0
    for _ in range(d.pick((2, 4, 6, 8, 10, 12))):
        made = d.pick(STEPS)(n)
        if made is not None and np.prod(made.shape) <= LARGEST:
            n.made.append(made)
    ends = [x for x in n.made[1:] if x.index not in n.read]
    if not ends:
        ends.append(d.model.relu(n.made[0], quantization=n.made[0].quantization))
    also = n.pick(4, lambda x: x is not n.made[0] and x not in ends) if d.flag() else None
    d.model.output(*ends, *([] if also is None else [also]))


FAMILIES = {"network": network}
