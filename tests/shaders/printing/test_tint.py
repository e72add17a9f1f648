"""Chromium's compiler (Tint) accepts what the printer prints; it is stricter than naga, which all other tests use.

Needs a Chromium that playwright can start: `apt install chromium` or `playwright install chromium`, and `pip install
playwright`. WebGPU runs on SwiftShader there, so no GPU is needed. DELEGANT_CHROMIUM names another executable.
"""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from printed_kernels import printed

from delegant.devices.device import DeviceInfo

FOLDER = Path(__file__).parent.parent / "golden"
FILES = sorted(path.name for path in FOLDER.glob("*.wgsl"))
NEEDS = {"enable f16;": "shader-f16", "subgroupShuffle(": "subgroups"}
"""What a text contains -> the feature that it needs."""

COMPILE = """async (code) => {
  const adapter = await navigator.gpu.requestAdapter();
  const wanted = ["shader-f16", "subgroups"].filter((feature) => adapter.features.has(feature));
  const device = await adapter.requestDevice({requiredFeatures: wanted});
  const module = device.createShaderModule({code});
  const info = await module.getCompilationInfo();
  const said = info.messages.map((m) => `${m.type} ${m.lineNum}:${m.linePos} ${m.message}`);
  try {
    await device.createComputePipelineAsync({layout: "auto", compute: {module}});
  } catch (error) {
    said.push(`error ${error.message}`);
  }
  return said.filter((message) => message.startsWith("error"));
}"""


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    """A page of a secure origin in a browser that has WebGPU."""
    playwright = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
    executable = os.environ.get("DELEGANT_CHROMIUM") or shutil.which("chromium")
    handler = functools.partial(_Quiet, directory=str(FOLDER))
    with http.server.ThreadingHTTPServer(("localhost", 0), handler) as server, playwright.sync_playwright() as started:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        options = ["--no-sandbox", "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]
        try:
            browser = started.chromium.launch(executable_path=executable, args=options)
        except Exception as error:
            pytest.skip(f"no Chromium to start (apt install chromium): {str(error).splitlines()[0]}")
        opened = browser.new_page()
        opened.goto(f"http://localhost:{server.server_port}/")
        if not opened.evaluate("async () => !!navigator.gpu && !!(await navigator.gpu.requestAdapter())"):
            pytest.skip("this Chromium has no WebGPU adapter")
        yield opened
        browser.close()
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.mark.long
@pytest.mark.parametrize("file", FILES)
def test_tint_accepts(file: str, page: Any) -> None:
    code = (FOLDER / file).read_text(encoding="utf-8")
    features = page.evaluate("async () => [...(await navigator.gpu.requestAdapter()).features]")
    needed = {feature for text, feature in NEEDS.items() if text in code}
    if missing := needed - set(features):
        pytest.skip(f"the browser's adapter lacks {', '.join(sorted(missing))}")
    if "subgroups" in needed:
        code = f"enable subgroups;\n{code}"
    assert page.evaluate(COMPILE, code) == []


MODULES = """async ({codes}) => {
  const adapter = await navigator.gpu.requestAdapter();
  const wanted = ["shader-f16", "subgroups"].filter((feature) => adapter.features.has(feature));
  const device = await adapter.requestDevice({requiredFeatures: wanted});
  const infos = await Promise.all(codes.map((code) => device.createShaderModule({code}).getCompilationInfo()));
  return infos.map(({messages}) => messages.filter((m) => m.type === "error").map((m) => `${m.lineNum}: ${m.message}`));
}"""
TOGETHER = 50
"""Texts that are compiled at a time."""
SHADERS = DeviceInfo(
    "webgpu", "test", "", "", "gpu", "wgsl", 256, 2**31, 2**31, 256, 2**14,
    frozenset({"fp16", "subgroups", "integer_dot_product"}),
)  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("kind", ["gpu", "software_gpu", "llvmpipe"])
@pytest.mark.parametrize("precision", ["fp32", "fp16"])
def test_tint_accepts_every_kernel_of_every_operator(kind: str, precision: str, page: Any) -> None:
    """Of what the browser's adapter can take: texts with features that it lacks are left out."""
    features = page.evaluate("async () => [...(await navigator.gpu.requestAdapter()).features]")
    texts = printed(replace(SHADERS, device_class=kind), {"precision": precision})
    taken = [text for text in texts if not {f for part, f in NEEDS.items() if part in text} - set(features)]
    assert len(taken) > 100
    refused = []
    for start in range(0, len(taken), TOGETHER):
        part = taken[start : start + TOGETHER]
        enabled = [f"enable subgroups;\n{text}" if "subgroupShuffle(" in text else text for text in part]
        for text, messages in zip(part, page.evaluate(MODULES, {"codes": enabled}), strict=True):
            refused += [f"{texts[text]} {message}" for message in messages]
    assert refused == []


@pytest.mark.long
def test_tint_finds_what_is_wrong(page: Any) -> None:
    broken = (FOLDER / FILES[0]).read_text(encoding="utf-8").replace("i32(", "i33(", 1)
    assert any("i33" in message for message in page.evaluate(COMPILE, broken))
