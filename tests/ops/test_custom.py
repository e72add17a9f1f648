"""Custom operators: those of LiteRT against LiteRT; others against their definitions."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flatbuffers import flexbuffers
from ops.harness import SEEDS, assert_close, check_model, run_delegant
from oracle import LiteRTError, run_litert

from delegant.core.build.builder import ModelBuilder
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


def _check_custom(name: str, inputs: list[np.ndarray], options: dict[str, Any], resolver: str = "BUILTIN_REF",
                  quantization: Any = None) -> np.ndarray:  # fmt: skip
    """Run an operator with one float32 output in both, compare it, and return it."""
    model = ModelBuilder()
    operands = [
        model.input(f"x{i}", x.shape, x.dtype, quantization=None if x.dtype.kind == "f" else quantization)
        for i, x in enumerate(inputs)
    ]
    model.output(y := model.tensor("y", inputs[0].shape))
    model.op_with_outputs(name, operands, [y], custom=True, custom_options=_flexbuffer(options))
    return check_model(model, inputs, resolver=resolver, tolerance=1e-7)[0]


@pytest.mark.parametrize("squared", [False, True])
@pytest.mark.parametrize(("window", "stride", "time"), [(8, 4, 100), (480, 160, 1000), (64, 64, 64), (7, 3, 50)])
def test_spectrogram(window: int, stride: int, time: int, squared: bool) -> None:
    samples = np.random.default_rng(window).standard_normal((time, 2)).astype(np.float32)
    options = {"window_size": window, "stride": stride, "magnitude_squared": squared}
    result = _check_custom("AudioSpectrogram", [samples], options)
    assert result.shape[:2] == (2, 1 + (time - window) // stride)


def test_a_spectrogram_of_less_than_a_window_is_empty() -> None:
    model = ModelBuilder()
    model.output(y := model.tensor("y", (1,)))
    options = _flexbuffer({"window_size": 8, "stride": 4, "magnitude_squared": True})
    model.op_with_outputs("AudioSpectrogram", [model.input("x", (7, 3))], [y], custom=True, custom_options=options)
    assert run_delegant(model.to_bytes(), [np.zeros((7, 3), np.float32)])[0].shape == (3, 0, 5)


@pytest.mark.parametrize(("frequencies", "highest"), [(257, 4000), (129, 8000), (33, 4000), (129, 9000)])
def test_cepstral_coefficients(frequencies: int, highest: int) -> None:
    """Also with bands so narrow that no frequency falls into them, and with limits beyond the spectrum."""
    rng = np.random.default_rng(frequencies)
    energy = rng.chisquare(2, (2, 5, frequencies)).astype(np.float32)
    energy[0, 0] = 0
    options = {"upper_frequency_limit": highest, "lower_frequency_limit": 20, "filterbank_channel_count": 40,
               "dct_coefficient_count": 13}  # fmt: skip
    result = _check_custom("Mfcc", [energy, np.array([16000], np.int32)], options)
    assert result.any() == (highest <= 8000)


@pytest.mark.parametrize(("size", "shape"), [(1, (2, 4)), (2, (1, 4)), (4, (3, 8)), (16, (2, 3, 32)), (32, (2, 64))])
def test_hadamard_rotation(size: int, shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(size).standard_normal(shape).astype(np.float32)
    options = {"hadamard_size": size, "random_binary_vector": [1] * size}
    turned = _check_custom("aeq.hadamard_rotation", [x], options, "BUILTIN_WITHOUT_DEFAULT_DELEGATES")
    assert_close(_run_custom("aeq.hadamard_rotation", [turned], [(shape, "float32")], _flexbuffer(options))[0], x)


@pytest.mark.parametrize("size", [0, 3, 8])
def test_a_rotation_that_does_not_fit_is_refused(size: int) -> None:
    options = _flexbuffer({"hadamard_size": size})
    with pytest.raises(RuntimeError, match="no groups of"):
        _run_custom("aeq.hadamard_rotation", [np.zeros((2, 12), np.float32)], [((2, 12), "float32")], options)


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "float16"])
def test_numeric_verify(dtype: str) -> None:
    rng = np.random.default_rng(4)
    values = [rng.integers(0, 100, (3, 4)).astype(dtype), rng.standard_normal((3, 4)).astype(np.float32)]
    params = (0.3, 0 if dtype == "int16" else 5)
    _check_custom("NumericVerify", values, {"tolerance": 5.0, "log_if_failed": False}, quantization=params)
    exact = _check_custom("NumericVerify", [values[0], np.zeros((3, 4), np.float32)], {}, quantization=params)
    strict = {"tolerance": 0.5, "log_if_failed": True}
    _check_custom("NumericVerify", [values[0], exact], strict, quantization=params)
    with pytest.raises(LiteRTError, match="Mismatch"):
        _check_custom("NumericVerify", [values[0], exact - 1], strict, quantization=params)


def test_numeric_verify_stops_at_a_large_error() -> None:
    model = ModelBuilder()
    operands = [model.input("x", (2,), "int8", quantization=(0.5, 0)), model.input("reference", (2,))]
    model.output(y := model.tensor("y", (2,)))
    options = _flexbuffer({"tolerance": 1.0, "log_if_failed": True})
    model.op_with_outputs("NumericVerify", operands, [y], custom=True, custom_options=options)
    codes = np.array([2, 4], np.int8)
    assert run_delegant(model.to_bytes(), [codes, np.array([1, 1.5], np.float32)])[0].tolist() == [0, 0.5]
    with pytest.raises(RuntimeError, match=r"Mismatch: an error of 0.75.*NumericVerify\) failed to invoke"):
        run_delegant(model.to_bytes(), [codes, np.array([1, 1.25], np.float32)])


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
