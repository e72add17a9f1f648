"""Everything that is to be known of a real GPU, in six minutes and one command: is it right there, how fast, why.

    python benchmarks/on_this_gpu.py                          # writes benchmarks/results/gpu_NAME.json
    python benchmarks/on_this_gpu.py model.tflite --minutes 9 # time for a model of your own as well
    python benchmarks/on_this_gpu.py --only tests fuzz        # some parts
    python benchmarks/on_this_gpu.py --software --minutes 2   # a rehearsal on a machine without a GPU

Parts run in processes of their own, each within its share of the time, and the file is written after each: what fails,
hangs or is missing (a driver, pytest, a peer) is a line of the result, and the other parts run. A driver whose manifest
is missing or lies where no loader looks is found all the same (`devices/gpu_drivers.py`).

    devices   what `delegant doctor` finds, and nvidia-smi's answer
    tests     operators, trained models and cases of the frozen suites, by pytest (pip install ".[test]")
    peers     `peers.py`: Delegant beside LiteRT's WebGPU, ONNX Runtime with CUDA, tinygrad (pip install ".[peers]")
    fuzz      ten fresh models of every operator family beside the CPU
    kernels   the time of each kernel of some networks
    overhead  `overhead.py`: what a launch, a transfer and an invoke cost
"""
from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parent
NETWORKS = ("mobilenet_v2", "resnet_50", "vit")
PEERS = ("Delegant", "LiteRT WebGPU", "XNNPACK, 2", "ONNX Runtime CUDA")
SLOW_PEERS = ("tinygrad OpenCL", "tinygrad CUDA")
"""Those that compile for long: on the first model only, in the end."""
OPERATORS = ("test_gpu_ops", "test_quantized_ops", "test_recurrent_ops", "test_dynamic_range", "test_gpu_integers")
TESTS = (*(f"tests/delegates/{name}.py" for name in OPERATORS), "tests/models/test_gpu_suites.py",
         "tests/models/test_gpu_models.py", "tests/models/test_gpu_quantized_models.py")  # fmt: skip
FUZZ = "tests/fuzz/test_gpu_differential.py"
PYTEST_OPTIONS = "addopts=--import-mode=importlib --strict-markers"
KINDS = "(PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)"
OUTCOME = re.compile(rf"{KINDS} .*\[ *\d+%\]\s*$|^\[gw\d+\] \[ *\d+%\] {KINDS} ")
NAME = re.compile(r"(tests/\S+::.*?)(?= (?:PASSED|FAILED|ERROR|SKIPPED)|\s*$)")
MOST_PROCESSES = 8
BETWEEN = 8
"""Seconds for what a command does before and after its work."""
COUNTED = ("passed", "failed", "skipped")


@dataclass(frozen=True)
class Machine:
    """What is to be measured.

    Attributes:
        apis: those with a device.
        models: names of networks and files, for what takes a model.
    """

    apis: tuple[str, ...]
    models: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """One question.

    Attributes:
        seconds: its share of 345.
        answer: gives the result, within about as many seconds as it is told.
    """

    seconds: int
    answer: Callable[[Machine, float], Any]


def finished(command: Sequence[str], seconds: float, **variables: str) -> tuple[str, str]:
    """(how it ended, output) of a command; "" is well. All that it started ends with its time."""
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=ROOT,
            env={**os.environ, **variables}, start_new_session=os.name == "posix",
        )  # fmt: skip
        try:
            code = process.wait(max(seconds, 1))
            how = "" if code == 0 else f"died of {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        except subprocess.TimeoutExpired:
            how = f"cut off after {seconds:.0f} s"
            if os.name == "posix":
                os.killpg(process.pid, signal.SIGKILL)
            process.kill()
            process.wait()
        output.seek(0)
        return how, output.read()


def devices(machine: Machine, seconds: float) -> Any:
    how, text = finished([sys.executable, "-c", CALL, "doctor", "--json"], seconds)
    found: dict[str, Any] = {"doctor": _json_of(text) or {"failure": how, "output": text[-2000:]}}
    if program := shutil.which("nvidia-smi"):
        query = "name,driver_version,memory.total,clocks.max.sm,clocks.max.mem,power.limit,compute_cap"
        found["nvidia-smi"] = finished([program, f"--query-gpu={query}", "--format=csv"], 20)[1].strip().splitlines()
    return found


CALL = "import sys; from delegant.cli.main import main; sys.argv[0] = 'delegant'; main()"
"""The command line, also of a checkout that was not installed."""


def _json_of(text: str) -> Any:
    """The JSON in an output that may have other lines before it."""
    start = text.find("{")
    try:
        return json.JSONDecoder().raw_decode(text[start:])[0] if start >= 0 else None
    except ValueError:
        return None


def tests(machine: Machine, seconds: float) -> Any:
    return _pytest(machine, TESTS, seconds, "not long")


def fuzz(machine: Machine, seconds: float) -> Any:
    return _pytest(machine, (f"{FUZZ}::test_fresh_models",), seconds, "long", DELEGANT_FUZZ_EXAMPLES="10")


def _pytest(machine: Machine, files: Sequence[str], seconds: float, mark: str, **variables: str) -> Any:
    """Counts of outcomes by API, also of a run that was cut off, and how each failure ended."""
    made = {}
    for place, api in enumerate(machine.apis):
        left = seconds / (len(machine.apis) - place)
        begun = time.monotonic()
        command = [sys.executable, "-m", "pytest", "-o", PYTEST_OPTIONS, "-v", "-rfE", "--tb=line",
                   "-p", "no:cacheprovider", "-m", f"{mark} and {api}", *files]  # fmt: skip
        if processes := _processes():
            command += ["-n", str(processes)]
        how, text = finished(command, left, DELEGANT_REQUIRE=api, **variables)
        made[api] = outcomes(text) | {"ended": how or "well", "seconds": round(time.monotonic() - begun, 1)}
        if not made[api]["passed"]:
            made[api]["output"] = text[-2000:]
        seconds -= time.monotonic() - begun
    return made


def _processes() -> int:
    """For pytest-xdist; 0 where it is not installed."""
    from importlib.util import find_spec

    return min(MOST_PROCESSES, os.cpu_count() or 1) if find_spec("xdist") else 0


def outcomes(text: str) -> dict[str, Any]:
    """What `pytest -v -rfE` says, as far as it came."""
    counts = dict.fromkeys(COUNTED, 0)
    failed: list[str] = []
    for line in text.splitlines():
        if found := OUTCOME.search(line):
            kind = (found[1] or found[2]).lower()
            kind = {"error": "failed", "xpass": "failed", "xfail": "passed"}.get(kind, kind)
            counts[kind] += 1
            if kind == "failed" and (name := NAME.search(line)):
                failed.append(name[1])
    reasons = [line for line in text.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    return {**counts, "failures": [line[:500] for line in reasons or failed]}


def peers(machine: Machine, seconds: float) -> Any:
    """A model after the other, so that one that is cut off leaves the others."""
    begun, made = time.monotonic(), []
    jobs = [*((model, PEERS) for model in machine.models), (machine.models[0], SLOW_PEERS)]
    for place, (model, names) in enumerate(jobs):
        left = (seconds - (time.monotonic() - begun)) / (len(jobs) - place)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "peers.json"
            begin = max(left - BETWEEN, 1)
            limits = ["--timeout", str(begin / 4), "--deadline", str(begin), "--rounds", "3", "--seconds", "0.2"]
            command = [sys.executable, str(FOLDER / "peers.py"), model, "--json", str(path), *limits, "--only", *names]
            how, text = finished(command, left)
            if path.exists():
                made += [_summed_up(row) for row in json.loads(path.read_text())["rows"]]
            else:
                made.append({"model": model, "peer": ", ".join(names), "failure": how, "output": text[-2000:]})
    return made


def _summed_up(row: dict[str, Any]) -> dict[str, Any]:
    """A row of `peers.py`, in milliseconds, without its single times."""
    times = sorted(row["times"])
    kept = {name: row[name] for name in ("model", "peer", "error", "failure")}
    if not times:
        return {name: value for name, value in kept.items() if name != "error"}
    figures = {"median": times[len(times) // 2], "best": times[0], "load": row["load"], "first": row["first"]}
    return {**kept, **{f"{name}_ms": round(1e3 * value, 4) for name, value in figures.items()}, "runs": len(times)}


KERNELS = """
import json, sys
sys.path.insert(0, sys.argv[1])
from peers import model_bytes
from delegant.measure.profile import profile
found = profile(model_bytes(sys.argv[2]), sys.argv[3], runs=20)
kernels = sorted(found.kernels, key=lambda k: -k.median_us)
print(json.dumps([{"kernel": k.kernel, "nodes": list(k.nodes), "us": round(k.median_us, 2)} for k in kernels]))
"""


def kernels(machine: Machine, seconds: float) -> Any:
    """(model, API) -> each kernel's time, the longest first."""
    made: dict[str, Any] = {}
    pairs = [(model, api) for model in machine.models for api in machine.apis]
    begun = time.monotonic()
    for place, (model, api) in enumerate(pairs):
        left = (seconds - (time.monotonic() - begun)) / (len(pairs) - place)
        how, text = finished([sys.executable, "-c", KERNELS, str(FOLDER), model, api], left)
        last = (text.strip().splitlines() or [""])[-1]
        found = json.loads(last) if not how and last.startswith("[") else None
        name = f"{Path(model).name} {api}"
        made[name] = {"failure": how, "output": text[-2000:]} if found is None else _by_kernel(found)
    return made


def _by_kernel(found: list[dict[str, Any]]) -> dict[str, Any]:
    return {"sum_us": round(sum(k["us"] for k in found), 1), "launches": len(found), "kernels": found}


def overhead(machine: Machine, seconds: float) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "overhead.json"
        command = [sys.executable, str(FOLDER / "overhead.py"), *machine.apis, "--rounds", "20", "--json", str(path)]
        how, text = finished(command, seconds)
        return json.loads(path.read_text()) if path.exists() else {"failure": how, "output": text[-2000:]}


PARTS = {
    "devices": Part(15, devices), "tests": Part(120, tests), "peers": Part(90, peers), "fuzz": Part(70, fuzz),
    "kernels": Part(30, kernels), "overhead": Part(20, overhead),
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="*", default=list(NETWORKS), help="networks of networks.py, or .tflite files")
    parser.add_argument("--minutes", type=float, default=5.75, help="for all parts together")
    parser.add_argument("--only", nargs="*", choices=list(PARTS), default=list(PARTS), metavar="PART")
    parser.add_argument("--json", type=Path, help="instead of benchmarks/results/gpu_NAME.json")
    parser.add_argument("--software", action="store_true", help="take devices that are the processor, too")
    args = parser.parse_args()
    begun = time.monotonic()
    sys.path.insert(0, str(ROOT.parent))
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT.parent), os.environ.get("PYTHONPATH", "")]))
    with tempfile.TemporaryDirectory() as folder:
        from delegant.devices.gpu_drivers import environment

        os.environ.update(added := environment(Path(folder)))
        found = gpus(args.software)
        if not found:
            sys.exit("no GPU that Delegant could use; `delegant doctor` says what is missing (--software: rehearse)")
        path = args.json or FOLDER / "results" / f"gpu_{slug(next(iter(found.values()))['name'])}.json"
        result: dict[str, Any] = {"gpus": found, "variables": added, "seconds": {}}
        ask(Machine(tuple(found), tuple(args.models)), args.only, 60 * args.minutes, begun, result, path)
    print(f"written: {path} after {time.monotonic() - begun:.0f} s")


def gpus(software: bool) -> dict[str, dict[str, str]]:
    """By API, the device that tests and benchmarks will get: name, driver, class."""
    from delegant.devices.discovery import APIS
    from delegant.devices.probe import probe

    made = {}
    for api in APIS:
        first = next(iter(probe(api, 30).devices), None)
        if first is not None and (software or not first.is_software):
            made[api] = {"name": first.name, "driver": first.driver, "class": first.device_class}
    return made


def slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:40]


def ask(
    machine: Machine, chosen: Sequence[str], seconds: float, begun: float, result: dict[str, Any], path: Path
) -> None:
    """Each part in turn; what one leaves of its time the others have."""
    for place, name in enumerate(chosen):
        left = seconds - (time.monotonic() - begun)
        share = left * PARTS[name].seconds / sum(PARTS[other].seconds for other in chosen[place:])
        print(f"{name}: up to {share:.0f} s", flush=True)
        started = time.monotonic()
        try:
            result[name] = PARTS[name].answer(machine, share)
        except Exception as error:
            result[name] = {"failure": f"{type(error).__name__}: {error}"}
        result["seconds"][name] = round(time.monotonic() - started, 1)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(result, indent=1) + "\n")
        for line in summary(name, result[name]):
            print(f"  {line}", flush=True)


def summary(name: str, answer: Any) -> list[str]:
    """A few lines to read while the next part runs."""
    if isinstance(answer, dict) and "failure" in answer:
        return [f"failed: {answer['failure']}"]
    if name in ("tests", "fuzz"):
        return [f"{api}: {', '.join(f'{o[k]} {k}' for k in COUNTED)}; ended {o['ended']}" for api, o in answer.items()]
    if name == "peers":
        return [f"{r['model']}: {r['peer']} {r['failure'] or '{median_ms} ms'.format(**r)}" for r in answer]
    if name == "kernels":
        return [f"{key}: {k.get('failure') or k['sum_us']} us" for key, k in answer.items()]
    return []


if __name__ == "__main__":
    main()
