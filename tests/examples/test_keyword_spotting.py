"""The example that recognises a word: its own kernel gives what the built-in one gives, and it prints four scores."""
from __future__ import annotations

import importlib.util
import subprocess
import sys
import wave
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import delegant

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "keyword_spotting.py"
pytestmark = pytest.mark.suites


@pytest.fixture
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("keyword_spotting", EXAMPLE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def models(suites: Path) -> tuple[Path, Path]:
    folder = suites / "visible" / "models"
    return folder / "audio_preprocessor_int8.tflite", folder / "micro_speech_int8.tflite"


def test_its_kernel_gives_what_the_built_in_one_gives(example: ModuleType, models: tuple[Path, Path]) -> None:
    sound = example.rising_tone()
    seen = example.features(models[0], sound)
    assert seen.shape == (49, 40) and len(np.unique(seen)) > 20
    with delegant.Interpreter(models[0]) as interpreter:
        interpreter.allocate_tensors()
        frame, made = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]
        for row, start in zip(seen, range(0, 49 * 320, 320), strict=True):
            interpreter.set_tensor(frame, sound[None, start : start + 480])
            interpreter.invoke()
            np.testing.assert_array_equal(interpreter.get_tensor(made), row)


def test_it_prints_a_score_for_every_label(example: ModuleType, models: tuple[Path, Path], tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "silence.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(bytes(2 * 12000))
    command = [sys.executable, str(EXAMPLE), *map(str, models), str(tmp_path / "silence.wav")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    printed = {label: float(score) for label, score in map(str.split, done.stdout.splitlines())}
    assert printed.keys() == {"silence", "unknown", "yes", "no"}
    assert sum(printed.values()) == pytest.approx(1, abs=0.01)


def test_other_sound_is_refused(example: ModuleType, tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "stereo.wav"), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(44100)
    with pytest.raises(SystemExit, match="one channel of 16 bits at 16000 Hz; try: sox"):
        example.read_sound(tmp_path / "stereo.wav")
