"""What the README shows runs as it is written, in the order in which it is written, and its links lead somewhere."""
from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from delegant.cli.main import app
from delegant.devices.device import Device
from delegant.measure.demo import DATA

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
OPENCL_DEVICE_OF_THE_README = "NVIDIA"


def blocks(language: str) -> list[str]:
    """The README's code blocks of a language; "" for those of the shell."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    return [text for name, text in found if name == language]


COMMANDS = [
    line.split("#")[0].strip() for block in blocks("") for line in block.splitlines() if line.startswith("delegant ")
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The present folder of a reader: a model, a picture and the names of its classes."""
    shutil.copy(DATA / "digits_float32.tflite", tmp_path / "model.tflite")
    Image.fromarray(np.zeros((8, 8), np.uint8)).save(tmp_path / "cat.jpg")
    (tmp_path / "labels.txt").write_text("zero\none\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_python_blocks_run(folder: Path, opencl_device: Device, webgpu_device: Device, capsys: Any) -> None:
    names: dict[str, Any] = {}
    assert len(blocks("python")) >= 4
    for block in blocks("python"):
        exec(block.replace(OPENCL_DEVICE_OF_THE_README, opencl_device.info.name), names)
    printed = capsys.readouterr().out
    assert "SOFTMAX" in printed and "webgpu" in printed
    assert [timing.error for timing in names["report"].timings] == ["", "", ""]
    assert names["difference"].layers


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_run(folder: Path, opencl_device: Device, webgpu_device: Device, command: str) -> None:
    more = ["--runs", "1"] if command.startswith(("delegant bench", "delegant profile")) else []
    more += ["--budget", "0"] if command.startswith("delegant tune") else []
    result = CliRunner().invoke(app, [*shlex.split(command)[1:], *more])
    assert result.exit_code == 0, result.output


def test_the_shell_blocks_name_the_commands() -> None:
    assert {command.split()[1] for command in COMMANDS} >= {"run", "compare", "bench", "explain"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_page_of_the_docs_is_linked() -> None:
    assert [page.name for page in PAGES[2:] if f"docs/{page.name}" not in README] == []
