"""Runs kernel calls on the NumPy machine and on real devices, with garbage in all padding lanes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from delegant.devices.device import Device, DeviceInfo
from delegant.devices.plan import Binding, BufferSpec, KernelSource, Launch, LaunchPlan
from delegant.shaders.call import KernelCall
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.layout import padded, padded_elements
from delegant.shaders.printing.opencl_c import OpenCLC
from delegant.shaders.printing.wgsl import WGSL
from delegant.shaders.traced.evaluate import evaluate

MACHINES = ("numpy", "opencl", "webgpu")
CLASSES = {
    "numpy": tuple(DeviceClass),
    "opencl": (DeviceClass.CPU, DeviceClass.GPU),
    "webgpu": (DeviceClass.SOFTWARE_GPU, DeviceClass.LLVMPIPE, DeviceClass.GPU),
}


def padded_values(values: np.ndarray) -> np.ndarray:
    """A flat array in the buffer layout; the padding lanes are NaN."""
    wide = np.full((*values.shape[:-1], padded(values.shape[-1])), np.nan, np.float32)
    wide[..., : values.shape[-1]] = values
    return wide.ravel()


def code_values(values: np.ndarray, storage: type[np.generic] = np.uint8) -> np.ndarray:
    """Codes in the buffer layout; the padding lanes are 173."""
    wide = np.full((*values.shape[:-1], padded(values.shape[-1])), 173).astype(storage)
    wide[..., : values.shape[-1]] = values
    return wide.ravel()


def _flat(values: np.ndarray) -> np.ndarray:
    """In the buffer layout: floats, plain integers, or codes."""
    if values.dtype.kind == "f":
        return padded_values(values)
    return code_values(values, np.int32 if values.dtype == np.int32 else np.uint8)


def true_values(flat: np.ndarray, shape: Sequence[int]) -> np.ndarray:
    """The tensor of `shape` inside a flat array in the buffer layout."""
    return flat.reshape(*shape[:-1], padded(shape[-1]))[..., : shape[-1]]


def run(call: KernelCall, inputs: Mapping[str, np.ndarray], shape: Sequence[int], device: Device | None) -> np.ndarray:
    """The output `y` of a call, of the type in which its binding is stored; bytes come as words where those are read.

    Args:
        call: what runs.
        inputs: true values of each activation that is read: floats, int32, or codes where the binding is stored so; of
            `y` too where the kernel reads it.
        shape: of y.
        device: None: the NumPy machine.
    """
    flat = {name: _flat(value) for name, value in inputs.items()}
    words = [b.name for b in call.kernel.operands if b.storage == "i32" and b.name in flat]
    flat |= {name: flat[name].view(np.int32) for name in words}
    storage = {b.name: b.storage for b in call.kernel.buffers}
    flat = {name: value.astype(np.float16) if storage[name] == "f16" else value for name, value in flat.items()}
    kinds = {"f32": np.float32, "f16": np.float16, "i32": np.int32, "i8": np.int8}
    kind = kinds.get(storage["y"], np.uint8)
    blank = np.nan if np.issubdtype(kind, np.floating) else 99
    y = flat.get("y", np.full(padded_elements(shape), blank).astype(kind))
    if device is None:
        for aligned in (False, True) if max(b.lanes for b in call.kernel.buffers) <= 4 else (False,):
            evaluate(call, {**flat, "y": y}, aligned)
    else:
        run_on(device, call, flat, y)
    return true_values(y, shape)


def source(call: KernelCall, info: DeviceInfo) -> KernelSource:
    """The call's kernel as a device takes it."""
    kernel, wgsl = call.kernel, info.language == "wgsl"
    text = (WGSL(packs_halves="fp16" not in info.features) if wgsl else OpenCLC()).source(kernel)
    writable = tuple(not b.constant and (wgsl or b.access != "read") for b in kernel.buffers)
    scalars = tuple(s.type.scalar for s in kernel.scalars)
    return KernelSource(kernel.name, text, info.language, kernel.group, writable, scalars)


def run_on(device: Device, call: KernelCall, flat: Mapping[str, np.ndarray], y: np.ndarray) -> None:
    """Runs a call on a device, all activations in one arena, filling `y`."""
    places: dict[str, Binding] = {}
    buffers: list[BufferSpec] = []
    offset = 0
    for b in call.kernel.buffers:
        if b.constant:
            places[b.name] = Binding(len(buffers) + 1, 0, call.constants[b.name].nbytes)
            buffers.append(BufferSpec(call.constants[b.name].nbytes, call.constants[b.name], b.name))
        else:
            size = (y if b.name == "y" else flat[b.name]).nbytes
            places[b.name] = Binding(0, offset, size)
            offset += -(-size // device.info.buffer_alignment) * device.info.buffer_alignment
    bindings = tuple(places[b.name] for b in call.kernel.buffers)
    launch = Launch(0, bindings, call.sizes, call.groups)
    inputs = tuple(places[name] for name in flat)
    arena = BufferSpec(offset, label="arena")
    plan = LaunchPlan((arena, *buffers), (source(call, device.info),), (launch,), inputs, (places["y"],))
    loaded = device.load(plan)
    try:
        loaded.run([value.copy() for value in flat.values()], [y])
    finally:
        loaded.close()
