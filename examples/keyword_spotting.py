"""TensorFlow's micro_speech: one second of sound to "yes", "no", something else or silence.

    python examples/keyword_spotting.py audio_preprocessor_int8.tflite micro_speech_int8.tflite sound.wav

Both models are in tflite-micro's examples (micro_speech/models). The first turns 30 ms of sound into 40 features, by
custom operators of tflite-micro that Delegant knows (SignalWindow, SignalRfft, SignalFilterBank, SignalPCAN, ...), some
of which remember what came before; the second recognises 49 of those. To show how it is done, one of the operators,
SignalEnergy, is replaced by a kernel of our own. Without a sound file a rising tone is heard.
"""
from __future__ import annotations

import argparse
import wave
from pathlib import Path

import numpy as np

import delegant
from delegant.core.custom_options import flexbuffer_map
from delegant.core.op import Bind, Op, Run

RATE, WINDOW, STRIDE, WINDOWS = 16000, 480, 320, 49
LABELS = ("silence", "unknown", "yes", "no")


def energy(op: Op) -> Bind:
    """SignalEnergy: squared magnitudes of interleaved complex numbers, for the bins that the options name."""
    spectrum, out = op.input(0), op.output()
    options, bins = flexbuffer_map(op), spectrum.shape[-1] // 2
    chosen = slice(options["start_index"], min(options["end_index"], bins))
    out.resize((*spectrum.shape[:-1], bins))

    def bind() -> Run:
        pairs = spectrum.array.reshape(-1, bins, 2)[:, chosen]
        target = out.array.reshape(-1, bins)

        def run() -> None:
            target.fill(0)
            target[:, chosen] = np.square(pairs, dtype=np.int64).sum(axis=-1)

        return run

    return bind


def features(preprocessor: Path, sound: np.ndarray) -> np.ndarray:
    """int8 `[49, 40]` for int16 `[16000]`; what the model remembers begins anew."""
    resolver = delegant.OpResolver()
    resolver.replace("SignalEnergy", energy)
    rows = []
    with delegant.Interpreter(preprocessor, op_resolver=resolver) as interpreter:
        interpreter.allocate_tensors()
        (frame,), (made,) = interpreter.get_input_details(), interpreter.get_output_details()
        for start in range(0, WINDOWS * STRIDE, STRIDE):
            interpreter.set_tensor(frame["index"], sound[None, start : start + WINDOW])
            interpreter.invoke()
            rows.append(interpreter.get_tensor(made["index"]))
    return np.stack(rows)


def scores(model: Path, seen: np.ndarray) -> np.ndarray:
    """Probabilities of the four labels."""
    with delegant.Interpreter(model) as interpreter:
        interpreter.allocate_tensors()
        (x,), (y,) = interpreter.get_input_details(), interpreter.get_output_details()
        interpreter.set_tensor(x["index"], seen.reshape(x["shape"]))
        interpreter.invoke()
        scale, zero_point = y["quantization"]
        return scale * (interpreter.get_tensor(y["index"])[0].astype(float) - zero_point)


def read_sound(path: Path) -> np.ndarray:
    """The first second of a WAV file, int16, filled up with silence.

    Raises:
        SystemExit: it is not 16 bits, 16 kHz, one channel.
    """
    with wave.open(str(path)) as file:
        if (file.getnchannels(), file.getsampwidth(), file.getframerate()) != (1, 2, RATE):
            convert = f"sox {path} -r {RATE} -c 1 -b 16 out.wav"
            raise SystemExit(f"{path} must have one channel of 16 bits at {RATE} Hz; try: {convert}")
        samples = np.frombuffer(file.readframes(RATE), "<i2")
    return np.pad(samples, (0, RATE - len(samples)))


def rising_tone() -> np.ndarray:
    seconds = np.arange(RATE) / RATE
    return (8000 * np.sin(2 * np.pi * (200 + 400 * seconds) * seconds)).astype(np.int16)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("preprocessor", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("sound", type=Path, nargs="?")
    given = parser.parse_args()
    seen = features(given.preprocessor, read_sound(given.sound) if given.sound else rising_tone())
    for label, score in sorted(zip(LABELS, scores(given.model, seen), strict=True), key=lambda pair: -pair[1]):
        print(f"{label:8} {score:.3f}")


if __name__ == "__main__":
    main()
