"""Custom operators: detection post-processing against LiteRT; others against their definitions."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flatbuffers import flexbuffers
from ops.harness import SEEDS, assert_close, run_delegant
from oracle import run_litert

from delegant.core.builder import ModelBuilder
from delegant.core.interpreter import Interpreter
from delegant.core.kernels.signal_fft import FixedRfft
from delegant.core.kernels.signal_filter_bank import rounded_sqrt

DETECTION = {
    "max_detections": 6, "max_classes_per_detection": 1, "num_classes": 3, "nms_score_threshold": 0.2,
    "nms_iou_threshold": 0.5, "y_scale": 10.0, "x_scale": 10.0, "h_scale": 5.0, "w_scale": 5.0,
    "detections_per_class": 4, "use_regular_nms": False,
}  # fmt: skip


def _flexbuffer(options: dict[str, Any]) -> bytes:
    return bytes(flexbuffers.Dumps(options))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("options", [{}, {"use_regular_nms": True}, {"max_classes_per_detection": 2}], ids=str)
def test_detection_postprocess(options: dict[str, Any], seed: int) -> None:
    rng = np.random.default_rng(seed)
    merged = {**DETECTION, **options}
    count, kept = 30, merged["max_detections"] * merged["max_classes_per_detection"]
    model = ModelBuilder()
    anchors = np.concatenate([rng.random((count, 2)), rng.uniform(0.1, 0.4, (count, 2))], axis=1).astype(np.float32)
    inputs = [model.input("boxes", (1, count, 4)), model.input("scores", (1, count, 4)), model.constant("a", anchors)]
    shapes = [(1, kept, 4), (1, kept), (1, kept), (1,)]
    outputs = [model.tensor(f"y{i}", shape) for i, shape in enumerate(shapes)]
    model.op_with_outputs(
        "TFLite_Detection_PostProcess", inputs, outputs, custom=True, custom_options=_flexbuffer(merged)
    )
    model.output(*outputs)
    values = [rng.standard_normal((1, count, 4)).astype(np.float32), rng.random((1, count, 4)).astype(np.float32)]
    expected = run_litert(model.to_bytes(), values)
    actual = run_delegant(model.to_bytes(), values)
    valid = int(expected[3][0]) * merged["max_classes_per_detection"]
    assert_close(actual[3], expected[3])
    for ours, theirs in zip(actual[:3], expected[:3], strict=True):
        assert_close(ours[:, :valid], theirs[:, :valid])


def _run_custom(name: str, inputs: list[np.ndarray], outputs: list[tuple[tuple[int, ...], str]], options: bytes) -> Any:
    model = ModelBuilder()
    operands = [model.input(f"x{i}", value.shape, value.dtype) for i, value in enumerate(inputs)]
    results = [model.tensor(f"y{i}", shape, dtype) for i, (shape, dtype) in enumerate(outputs)]
    model.op_with_outputs(name, operands, results, custom=True, custom_options=options)
    model.output(*results)
    return run_delegant(model.to_bytes(), inputs)


def test_unpooling_puts_maxima_back() -> None:
    window = np.array([1, 2, 2, 2, 2, 0], np.int32).tobytes()
    image = np.random.default_rng(1).standard_normal((1, 6, 8, 3)).astype(np.float32)
    half = ((1, 3, 4, 3), "float32")
    maxima, places = _run_custom("MaxPoolingWithArgmax2D", [image], [half, half], window)
    (back,) = _run_custom("MaxUnpooling2D", [maxima, places], [((1, 6, 8, 3), "float32")], window)
    np.testing.assert_array_equal(back, np.where(back != 0, image, 0))
    assert np.count_nonzero(back) == maxima.size


def test_transposed_convolution_with_bias() -> None:
    rng = np.random.default_rng(2)
    x, weights, bias = (rng.standard_normal(s).astype(np.float32) for s in ((1, 4, 5, 3), (2, 3, 3, 3), (2,)))
    options = np.array([1, 2, 2], np.int32).tobytes()
    (result,) = _run_custom("Convolution2DTransposeBias", [x, weights, bias], [((1, 8, 10, 2), "float32")], options)
    model = ModelBuilder()
    inputs = [model.constant("s", np.array([1, 8, 10, 2], np.int32)), model.constant("w", weights)]
    inputs += [model.input("x", x.shape), model.constant("b", bias)]
    fields = {"padding": 0, "stride_w": 2, "stride_h": 2}
    model.output(model.op("TRANSPOSE_CONV", inputs, fields, shape=(1, 8, 10, 2), dtype="float32", version=3))
    assert_close(result, run_litert(model.to_bytes(), [x])[0])


@pytest.mark.parametrize("length", [8, 16, 64, 512])
def test_fixed_point_transform_is_near_the_real_one(length: int) -> None:
    samples = np.random.default_rng(3).integers(-32768, 32767, length).astype(np.int16)
    real, imaginary = FixedRfft(length)(samples)
    exact = np.fft.rfft(samples.astype(np.float64)) / length
    assert np.abs(real - exact.real).max() < 8
    assert np.abs(imaginary - exact.imag).max() < 8


@pytest.mark.parametrize("value", [0, 1, 2, 3, 6, 7, 2**32 - 1, 2**40 + 12345, 2**64 - 1])
def test_rounded_sqrt(value: int) -> None:
    root = rounded_sqrt(value, 2**32 - 1)
    assert root == 2**32 - 1 or (2 * root - 1) ** 2 <= 4 * value < (2 * root + 1) ** 2 or value == 0


def test_the_noise_estimate_is_kept_until_variables_are_reset() -> None:
    options = _flexbuffer({
        "smoothing": 655, "one_minus_smoothing": 15729, "alternate_smoothing": 655,
        "alternate_one_minus_smoothing": 15729, "smoothing_bits": 10, "min_signal_remaining": 819,
        "spectral_subtraction_bits": 14, "clamping": False,
    })
    model = ModelBuilder()
    outputs = [model.tensor(name, (4,), "uint32") for name in ("signal", "noise")]
    operands = [model.input("x", (4,), "uint32")]
    name = "SignalFilterBankSpectralSubtraction"
    model.op_with_outputs(name, operands, outputs, custom=True, custom_options=options)
    model.output(*outputs)
    interpreter = Interpreter(model_content=model.to_bytes())
    interpreter.allocate_tensors()
    place, noise = (details[-1]["index"] for details in (interpreter.get_input_details(),
                                                         interpreter.get_output_details()))

    def estimate() -> list[int]:
        interpreter.set_tensor(place, np.array([1000, 2000, 3000, 4000], np.uint32))
        interpreter.invoke()
        return interpreter.get_tensor(noise).tolist()

    first, second = estimate(), estimate()
    interpreter.reset_all_variables()
    assert all(a < b for a, b in zip(first, second, strict=True))
    assert [estimate(), estimate()] == [first, second]


def test_missing_options_are_named() -> None:
    options = _flexbuffer({k: v for k, v in DETECTION.items() if k != "num_classes"})
    inputs = [np.zeros((1, 4, 4), np.float32), np.zeros((1, 4, 4), np.float32), np.zeros((4, 4), np.float32)]
    outputs = [((1, 6, 4), "float32"), ((1, 6), "float32"), ((1, 6), "float32"), ((1,), "float32")]
    with pytest.raises(RuntimeError, match="num_classes"):
        _run_custom("TFLite_Detection_PostProcess", inputs, outputs, options)


def test_signal_models_of_the_suite(suites: Any) -> None:
    """The whole audio front end, bit for bit, with state from two invocations before."""
    import importlib.util

    spec = importlib.util.spec_from_file_location("suite_io", suites / "suite_io.py")
    assert spec is not None and spec.loader is not None
    suite_io = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(suite_io)
    case = next(c for c in suite_io.open_pack(str(suites / "visible" / "models")) if c.id.startswith("audio_prep"))
    interpreter = Interpreter(model_content=case.model)
    interpreter.allocate_tensors()
    for (value,) in [*case.pre, case.inputs]:
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], value)
        interpreter.invoke()
    result = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
    np.testing.assert_array_equal(result, case.expected["tflm"][0])
