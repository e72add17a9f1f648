"""Whether a device that should multiply bytes does: kernels with every such instruction, against the NumPy machine.

The instructions stand in the kernels' text as they are. A driver that refuses them, or a processor that lacks what it
reports, must cost no more than speed.
"""

from __future__ import annotations

import warnings
from weakref import WeakKeyDictionary

import numpy as np

from ...core.errors import DelegantError, DelegateFallbackWarning
from ...devices.device import Device, DeviceInfo
from ...devices.plan import Binding, BufferSpec, Launch, LaunchPlan
from ...shaders.call import KernelCall
from ...shaders.conv_window import ConvWindow
from ...shaders.device_class import DeviceClass
from ...shaders.kernels.byte_depthwise import byte_depthwise_conv_2d
from ...shaders.kernels.byte_products import byte_conv_2d, byte_matmul
from ...shaders.parts.code_table import Lookup
from ...shaders.parts.epilogue import Epilogue
from ...shaders.parts.packed_codes import PackedBytes, RequantizeToBytes
from ...shaders.parts.requantize import Requantize
from ...shaders.traced.evaluate import STORED, evaluate
from ...shaders.traced.storage import Codes, stored
from .emission.emit import kernel_source, printer_for
from .passes.keep_bytes import looks_up_bytes

_CHANNELS = 28
_PICTURE = (1, 3, 6, _CHANNELS)
_ROWS = 18
_refusals: WeakKeyDictionary[Device, str] = WeakKeyDictionary()


def refusal_of_bytes(device: Device) -> str:
    """Why a device that should multiply bytes does not, tried out once for each; nothing: it does.

    A device that fails is warned about.
    """
    if device not in _refusals:
        _refusals[device] = _failure(device)
    return _refusals[device]


def _failure(device: Device) -> str:
    try:
        wrong = [call.kernel.name for call in trial_calls(device.info) if not _agrees(device, call)]
        cause = f"{', '.join(wrong)} gave wrong sums" if wrong else ""
    except DelegantError as error:
        cause = str(error).splitlines()[0]
    if not cause:
        return ""
    refusal = f"{device.info.name} does not multiply bytes as it should ({cause})"
    warnings.warn(f"{refusal}; 8-bit models run by way of floats", DelegateFallbackWarning, stacklevel=2)
    return refusal


def trial_calls(info: DeviceInfo) -> tuple[KernelCall, KernelCall]:
    """Kernels with all instructions for bytes that a device gets, in all widths."""
    random = np.random.default_rng(0)
    taps = random.integers(-128, 128, (_CHANNELS, 3, 3, _CHANNELS)).astype(np.int8)
    columns, window = taps[:, 0, 0, :23], ConvWindow.of(_PICTURE, (3, 3))
    if info.language == "wgsl":
        device, y = DeviceClass(info.device_class), Codes("i8", -38)
        small, large = (Epilogue((_scaling(shift, wide=False).step("scaling"),)) for shift in (4, 8))
        convolution = byte_conv_2d(device, window, taps, -38, large, random.integers(-99, 99, _CHANNELS))
        return stored(byte_matmul(device, _ROWS, columns, small), {"y": y}), stored(convolution, {"y": y})
    table = Lookup(random.permutation(256).astype(np.float32) - 90, -90, packed=True)
    scaled = (_scaling(4, wide=True).step("scaling"),)
    steps = Epilogue((*scaled, table.step("entries")) if looks_up_bytes(info) else scaled)
    rising = RequantizeToBytes(_scaling(4, wide=True, low=0)).step("rising")
    entries = random.permutation(256).astype(np.uint8) if looks_up_bytes(info) else None
    depthwise = byte_depthwise_conv_2d(window, taps[0], 90, Epilogue((rising,), PackedBytes(None, entries)))
    matmul = byte_matmul(DeviceClass.CPU, _ROWS, columns, steps)
    return stored(matmul, {"y": Codes("u8", 90)}), depthwise


def _scaling(shift: int, wide: bool, low: int = -90) -> Requantize:
    """By about 2 to the power -shift, and less."""
    channels = np.arange(_CHANNELS, dtype=np.int64)
    multipliers = (1 << 30) + (channels << 24), -shift - channels % 5
    return Requantize(*multipliers, 37 * channels, (low, low + 255), 1 << 20, wide=wide)


def _agrees(device: Device, call: KernelCall) -> bool:
    (kind,) = (STORED[b.storage] for b in call.kernel.buffers if b.name == "y")
    elements = int(np.prod(_PICTURE))
    x = np.random.default_rng(1).integers(0, 256, elements).astype(np.uint8)
    made: np.ndarray = np.zeros(elements, np.uint8).view(kind)
    expected = np.zeros_like(made)
    evaluate(call, {"x": x.view(np.int32), "y": expected})
    loaded = device.load(_plan(call, device.info, elements))
    try:
        loaded.run([x], [made])
    finally:
        loaded.close()
    return bool((made == expected).all())


def _plan(call: KernelCall, info: DeviceInfo, size: int) -> LaunchPlan:
    """The call alone, `x` and `y` of `size` bytes the host's."""
    places = {name: Binding(i, 0, size) for i, name in enumerate(("x", "y"))}
    buffers = [BufferSpec(size), BufferSpec(size)]
    for name, values in call.constants.items():
        places[name] = Binding(len(buffers), 0, values.nbytes)
        buffers.append(BufferSpec(values.nbytes, np.ascontiguousarray(values).reshape(-1), name))
    launch = Launch(0, tuple(places[b.name] for b in call.kernel.buffers), call.sizes, call.groups)
    source = kernel_source(call.kernel, printer_for(info), info.language)
    return LaunchPlan(tuple(buffers), (source,), (launch,), (places["x"],), (places["y"],))
