"""Whether a device that should multiply bytes does: kernels with every such instruction, against the NumPy machine.

The instructions stand in the kernels' text as they are. A driver that refuses them, or a processor that lacks what it
reports, must cost no more than speed.
"""

from __future__ import annotations

import warnings
from weakref import WeakKeyDictionary

import numpy as np

from ...core.errors import DelegantError, DelegateFallbackWarning
from ...devices.device import Device
from ...devices.plan import Binding, BufferSpec, Launch, LaunchPlan
from ...shaders.byte_depthwise import byte_depthwise_conv_2d
from ...shaders.byte_products import byte_matmul
from ...shaders.call import KernelCall
from ...shaders.code_table import Lookup
from ...shaders.conv_window import ConvWindow
from ...shaders.device_class import DeviceClass
from ...shaders.epilogue import Epilogue
from ...shaders.evaluate import evaluate
from ...shaders.opencl_c import OpenCLC
from ...shaders.requantize import Requantize
from ...shaders.storage import Codes, stored
from .emit import kernel_source
from .keep_bytes import looks_up_bytes, multiplies_bytes

_CHANNELS = 28
_PICTURE = (1, 3, 6, _CHANNELS)
_checked: WeakKeyDictionary[Device, bool] = WeakKeyDictionary()


def checked_multiplies_bytes(device: Device) -> bool:
    """`multiplies_bytes`, tried out once for each device; a device that fails is warned about."""
    if device not in _checked:
        _checked[device] = multiplies_bytes(device.info) and _passes(device)
    return _checked[device]


def _passes(device: Device) -> bool:
    try:
        wrong = [call.kernel.name for call in trial_calls(looks_up_bytes(device.info)) if not _agrees(device, call)]
        cause = f"{', '.join(wrong)} gave wrong sums" if wrong else ""
    except DelegantError as error:
        cause = str(error).splitlines()[0]
    if cause:
        message = (
            f"{device.info.name} does not multiply bytes as it should ({cause}); 8-bit models run by way of floats"
        )
        warnings.warn(message, DelegateFallbackWarning, stacklevel=2)
    return not cause


def trial_calls(packed: bool) -> tuple[KernelCall, KernelCall]:
    """Kernels of 16, 8 and 4 lanes with all instructions; `packed`: those of tables too."""
    random = np.random.default_rng(0)
    channels = np.arange(_CHANNELS, dtype=np.int64)
    scaling = Requantize((1 << 30) + (channels << 24), -4 - channels % 5, 37 * channels, (-90, 165), 1 << 20, wide=True)
    table = Lookup(random.permutation(256).astype(np.float32) - 90, -90, packed)
    steps = (scaling.step("scaling"), table.step("entries")) if packed else (scaling.step("scaling"),)
    matmul = byte_matmul(DeviceClass.CPU, 18, random.integers(-128, 128, (_CHANNELS, 23)).astype(np.int8), Epilogue(steps))
    taps = random.integers(-128, 128, (3, 3, _CHANNELS)).astype(np.int8)
    depthwise = byte_depthwise_conv_2d(ConvWindow.of(_PICTURE, (3, 3)), taps, 90, Epilogue(steps[:1]))
    return stored(matmul, {"y": Codes("u8", 90)}), stored(depthwise, {"y": Codes("u8", 90)})


def _agrees(device: Device, call: KernelCall) -> bool:
    elements = int(np.prod(_PICTURE))
    x = np.random.default_rng(1).integers(0, 256, elements).astype(np.uint8)
    expected, made = np.zeros(elements, np.uint8), np.zeros(elements, np.uint8)
    evaluate(call, {"x": x.view(np.int32), "y": expected})
    loaded = device.load(_plan(call, elements))
    try:
        loaded.run([x], [made])
    finally:
        loaded.close()
    return bool((made == expected).all())


def _plan(call: KernelCall, size: int) -> LaunchPlan:
    """The call alone, `x` and `y` of `size` bytes the host's."""
    places = {name: Binding(i, 0, size) for i, name in enumerate(("x", "y"))}
    buffers = [BufferSpec(size), BufferSpec(size)]
    for name, values in call.constants.items():
        places[name] = Binding(len(buffers), 0, values.nbytes)
        buffers.append(BufferSpec(values.nbytes, np.ascontiguousarray(values).reshape(-1), name))
    launch = Launch(0, tuple(places[b.name] for b in call.kernel.buffers), call.sizes, call.groups)
    source = kernel_source(call.kernel, OpenCLC(), "opencl")
    return LaunchPlan(tuple(buffers), (source,), (launch,), (places["x"],), (places["y"],))
