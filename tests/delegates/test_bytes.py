"""8-bit models as bytes and as float codes, with the schedules of every class of shader device: the CPU's bits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from quantized_cases import CASES, Draft

import delegant
from delegant.core.build.builder_base import BuilderTensor, quantized
from delegant.core.delegate import Delegate, Partition
from delegant.core.errors import DelegantError
from delegant.core.kernels import builtin_kernels
from delegant.core.run.loading import load_graphs
from delegant.delegates.gpu import GpuDelegate, GpuPartition, checked_options
from delegant.delegates.gpu.passes import byte_matrices
from delegant.delegates.gpu.passes.keep_bytes import LACKING, SINGLY, UNWANTED, multiplies_bytes
from delegant.delegates.gpu.program.ir_bytes import PackFactor
from delegant.devices.device import Device, LoadedPlan
from delegant.devices.plan import LaunchPlan
from delegant.shaders.printing.opencl_bytes import ByteInstructions

PRODUCTS = [
    *("conv_2d", "conv_2d_pointwise", "conv_2d_dilated", "conv_2d_grouped", "conv_2d_after_pad", "conv_2d_residual"),
    *("depthwise_conv_2d", "depthwise_conv_2d_multiplied", "fully_connected", "fully_connected_one_row"),
    *("transpose_conv", "transpose_conv_strided", "conv_2d_grouped_odd"),
]
MATRICES = [
    *("batch_matmul", "batch_matmul_adjoint", "batch_matmul_of_one_right_matrix", "batch_matmul_of_one_left_matrix"),
    *("batch_matmul_by_a_constant", "batch_matmul_of_shorts"),
]
OTHERS = [*MATRICES[::2], "mean", "softmax", "concatenation_with_own_scales"]


class Seen(Device):
    """A device under another description. It stays open."""

    def __init__(self, real: Device, **changes: object) -> None:
        self.real, self.info = real, replace(real.info, **changes)  # type: ignore[arg-type]

    def load(self, plan: LaunchPlan) -> LoadedPlan:
        return self.real.load(plan)

    def close(self) -> None:
        pass


def opened(device: Device, kept: str) -> GpuDelegate:
    return GpuDelegate(device.info.api, lambda: device, checked_options(device.info.api, {"bytes": kept}))


def answers(model: bytes, inputs: list[np.ndarray], delegates: list[Delegate]) -> list[np.ndarray]:
    with delegant.Interpreter(model_content=model, delegates=delegates, policy="require") as interpreter:
        interpreter.allocate_tensors()
        for detail, value in zip(interpreter.get_input_details(), inputs, strict=True):
            interpreter.set_tensor(detail["index"], value)
        interpreter.invoke()
        return [interpreter.get_tensor(d["index"]) for d in interpreter.get_output_details()]


def check(delegate: Delegate, draft: Draft) -> None:
    model = draft.g.to_bytes()
    for ours, theirs in zip(
        answers(model, draft.inputs, [delegate]), answers(model, draft.inputs, []), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def drafted(dtype: str, build: Callable[[Draft], BuilderTensor], seed: int = 5) -> Draft:
    draft = Draft(dtype, np.random.default_rng(seed))
    draft.g.output(build(draft))
    return draft


@pytest.mark.webgpu
@pytest.mark.parametrize("dtype", ["int8", "uint8"])
@pytest.mark.parametrize(
    ("kind", "name"), [*(("gpu", name) for name in PRODUCTS), *(("software_gpu", name) for name in PRODUCTS[1::4])]
)
def test_products_of_other_classes(kind: str, name: str, dtype: str, webgpu_device: Device) -> None:
    device = Seen(webgpu_device, device_class=kind)
    check(opened(device, "on"), drafted(dtype, CASES[name]))  # type: ignore[arg-type]


BETTER = {by: frozenset(list(ByteInstructions)[:place]) for place, by in enumerate(ByteInstructions)}


@pytest.mark.opencl
@pytest.mark.parametrize("by", [by for by in ByteInstructions if by is not ByteInstructions.VNNI])
@pytest.mark.parametrize("name", ["conv_2d", "conv_2d_residual", "depthwise_conv_2d", MATRICES[0]])
def test_processors_without_the_best_instructions(
    name: str, by: ByteInstructions, opencl_device: Device, packing: None
) -> None:
    """A processor that has them all is told of fewer; its texts are for registers of 256 bits where it says so."""
    if by.value not in opencl_device.info.features:
        pytest.skip(f"this processor has no {by.value}")
    unwanted = {each.value for each in BETTER[by]} | {"avx512_vbmi"}
    delegate = opened(Seen(opencl_device, features=opencl_device.info.features - unwanted), "on")
    for dtype in ("int8", *(("uint8",) if name in PRODUCTS else ())):
        check(delegate, drafted(dtype, CASES[name]))  # type: ignore[arg-type]


@pytest.fixture
def packing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Matrices are packed however small they are."""
    monkeypatch.setattr(byte_matrices, "packing_pays", lambda device, shape: True)


@pytest.mark.parametrize("name", MATRICES)
def test_matrices(name: str, device: Device, packing: None) -> None:
    check(opened(device, "on"), drafted("int8", CASES[name]))  # type: ignore[arg-type]


@pytest.mark.webgpu
@pytest.mark.parametrize(
    ("kind", "name"), [*(("gpu", name) for name in MATRICES), *(("software_gpu", name) for name in MATRICES[:2])]
)
def test_matrices_of_other_classes(kind: str, name: str, webgpu_device: Device, packing: None) -> None:
    check(opened(Seen(webgpu_device, device_class=kind), "on"), drafted("int8", CASES[name]))  # type: ignore[arg-type]


@pytest.mark.opencl
@pytest.mark.parametrize(("rows", "on_bytes"), [(8, True), (7, False)])
def test_matrices_of_few_rows_are_not_packed(rows: int, on_bytes: bool, opencl_device: Device) -> None:
    if not multiplies_bytes(opencl_device.info):
        pytest.skip("this processor has no instructions for products of bytes")

    def build(draft: Draft) -> BuilderTensor:
        return draft.g.batch_matmul(draft.x(2, rows, 12), draft.x(2, 12, 20), quantization=quantized(0.3, 4))

    made = compiled(opened(opencl_device, "on"), drafted("int8", build))
    assert any(isinstance(op, PackFactor) for op in made.program.ops) == on_bytes
    made.close()


@pytest.mark.parametrize("name", [*PRODUCTS[::3], *OTHERS])
def test_float_codes(name: str, device: Device) -> None:
    check(opened(device, "off"), drafted("int8", CASES[name]))  # type: ignore[arg-type]


@pytest.mark.webgpu
@pytest.mark.parametrize(("channels", "zero"), [(1, 0), (3, 255), (5, 17), (18, 128), (37, 200)])
def test_uint8_weights_with_any_zero_point(channels: int, zero: int, webgpu_device: Device) -> None:
    def build(draft: Draft) -> BuilderTensor:
        x = draft.x(1, 5, 7, channels, quantization=quantized(0.02, zero))
        values = draft.rng.integers(0, 256, (9, 3, 3, channels)).astype(np.uint8)
        weights = draft.g.constant("weights", values, quantization=quantized(0.01, 255 - zero))
        return draft.g.conv_2d(x, weights, draft.bias(9), quantization=quantized(0.3, 100))

    check(opened(webgpu_device, "on"), drafted("uint8", build))


def compiled(delegate: GpuDelegate, draft: Draft) -> GpuPartition:
    (graph,) = load_graphs(draft.g.build(), builtin_kernels())
    made = delegate.compile(Partition(graph, tuple(range(len(graph.nodes))), graph.inputs, graph.outputs))
    assert isinstance(made, GpuPartition)
    return made


@pytest.mark.webgpu
def test_a_convolution_is_products_of_words_without_conversions(webgpu_device: Device) -> None:
    def build(draft: Draft) -> BuilderTensor:
        weights = draft.weights(12, 1, 1, 8)
        return draft.g.conv_2d(draft.x(1, 4, 4, 8), weights, draft.bias(12), quantization=quantized(0.3, 4))

    made = compiled(opened(webgpu_device, "on"), drafted("int8", build))
    assert [("dot4I8Packed" in kernel.text) for kernel in made.plan.kernels] == [True]
    assert made.remarks() == {}
    made.close()


@pytest.mark.webgpu
@pytest.mark.parametrize(
    ("kept", "name", "reason"),
    [("off", "conv_2d", UNWANTED), ("on", "concatenation_with_own_scales", SINGLY), ("auto", "conv_2d", LACKING)],
)
def test_the_placement_says_where_codes_are_floats_and_why(
    kept: str, name: str, reason: str, webgpu_device: Device
) -> None:
    features = webgpu_device.info.features - (frozenset({"integer_dot_product"} if kept == "auto" else ()))
    made = compiled(opened(Seen(webgpu_device, features=features), kept), drafted("int8", CASES[name]))  # type: ignore[arg-type]
    (remark,) = set(made.remarks().values())
    assert remark[0] == "float codes"
    assert reason in remark[1]
    made.close()


def test_bytes_that_are_asked_for_and_cannot_be_are_an_error(device: Device) -> None:
    delegate = opened(Seen(device, features=frozenset()), "on")
    model = drafted("int8", CASES["conv_2d"]).g.to_bytes()  # type: ignore[arg-type]
    interpreter = delegant.Interpreter(model_content=model, delegates=[delegate], policy="require")
    with pytest.raises(DelegantError, match="'bytes' is 'on', but the device has no instructions"):
        interpreter.allocate_tensors()
