"""The package is whole: every folder listed, versions equal, imports pointing down the floors."""
from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import delegant

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
OUTSIDE = {"tests", "benchmarks", "examples", "docs", "build", "dist"}
FLOORS = {
    "core": 1, "devices": 2, "shaders": 2, "partitioner": 3, "delegates": 4, "measure": 5, "cli": 6,
}  # fmt: skip
"""Floors of the folders; files of the root are on the floor of `ROOT_FILES`. `measure` and `cli` share the top floor of
the design; the commands stand on the functions, and never the other way round."""
FLOORS_INSIDE = {
    "core": {
        "schema": 0, "model": 2, "build": 3, "arithmetic": 3, "window": 4, "kernels": 5, "delegation": 5,
        "op_resolver": 5.5, "run": 6, "signature_runner": 7, "interpreter": 7,
    },
    "shaders": {"language": 0, "printing": 1, "schedules": 2, "traced": 2, "parts": 3, "kernels": 4},
    "devices": {"opencl": 2, "webgpu": 2, "discovery": 3, "probe": 4, "__init__": 5},
    "delegates.gpu": {"program": 0, "lower": 0.5, "emission": 0.5, "passes": 0.6, "tuning": 0.6},
}  # fmt: skip
"""Floors of what lies in a folder. Its files that are not named here are on floor 1: the contracts that the rest stands
on, or, in `delegates/gpu`, what stands on the rest. Files on one floor may import each other, folders may not."""
ROOT_FILES = {"__init__": 7, "__main__": 7, "interpreter": 4.5, "batch_runner": 4.6}


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def sources() -> list[Path]:
    found = [*ROOT.glob("*.py")]
    for folder in FLOORS:
        found += (ROOT / folder).rglob("*.py")
    return sorted(found)


def floor_of(module: str) -> float:
    """The floor of a dotted path below `delegant`."""
    head = module.split(".")[0]
    return FLOORS.get(head) or ROOT_FILES.get(head or "__init__", 7)


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted path below `delegant`) of every import of the package's own modules."""
    inside = path.relative_to(ROOT).with_suffix("").parts
    package = inside[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            target = [*base, *(node.module or "").split(".")] if node.module else list(base)
            names = [[*target, alias.name] for alias in node.names] if not node.module else [target]
            yield from ((node.lineno, ".".join(name)) for name in names)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] == "delegant":
                    yield node.lineno, "absolute import of " + alias.name
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "delegant":
            yield node.lineno, "absolute import of " + str(node.module)


def test_every_folder_with_code_is_a_listed_package() -> None:
    folders = {p.parent.relative_to(ROOT) for p in ROOT.rglob("__init__.py")}
    ours = {f for f in folders if not f.parts or (f.parts[0] not in OUTSIDE and not f.parts[0].startswith("."))}
    names = {".".join(("delegant", *folder.parts)) for folder in ours}
    assert names == set(project()["tool"]["setuptools"]["packages"])


def test_every_folder_with_code_has_an_init_file() -> None:
    for path in sources():
        assert (path.parent / "__init__.py").is_file(), path.parent


def test_the_version_is_the_same_everywhere() -> None:
    assert project()["project"]["version"] == delegant.__version__


def test_data_files_are_packaged() -> None:
    patterns = project()["tool"]["setuptools"]["package-data"]["delegant"]
    packaged = {p for pattern in patterns for p in ROOT.glob(pattern)}
    assert packaged >= {ROOT / "py.typed", *(ROOT / "demo_data").iterdir()}


def test_the_demo_data_stays_small() -> None:
    assert sum(p.stat().st_size for p in (ROOT / "demo_data").glob("*.tflite")) < 200_000


def test_entry_points_exist() -> None:
    from importlib import import_module

    metadata = project()["project"]
    for target in (*metadata["scripts"].values(), *metadata["entry-points"]["delegant.delegates"].values()):
        module, _, function = target.partition(":")
        assert callable(getattr(import_module(module), function)), target


def test_imports_point_down_the_floors() -> None:
    wrong = []
    for path in sources():
        parts = path.relative_to(ROOT).with_suffix("").parts
        own = FLOORS.get(parts[0], ROOT_FILES.get(parts[0], 7))
        for line, module in imports(path):
            inside = module == "__version__" or module.split(".")[0] == parts[0] or len(parts) == 1
            if module.startswith("absolute") or (not inside and floor_of(module) >= own):
                wrong.append(f"{path.relative_to(ROOT)}:{line}: {module}")
    assert not wrong


@pytest.mark.parametrize("folder", FLOORS_INSIDE)
def test_imports_point_down_inside(folder: str) -> None:
    floors, wrong = FLOORS_INSIDE[folder], []
    here = ROOT / folder.replace(".", "/")
    for path in sorted(here.rglob("*.py")):
        own = ".".join(path.relative_to(ROOT).with_suffix("").parts).removeprefix(folder + ".").split(".")[0]
        for line, module in imports(path):
            target = module.removeprefix(folder + ".").split(".")[0]
            if not module.startswith(folder + ".") or target == own:
                continue
            beside = not ((here / own).is_dir() or (here / target).is_dir())
            if floors.get(target, 1) >= floors.get(own, 1) + beside:
                wrong.append(f"{path.relative_to(ROOT)}:{line}: {module}")
    assert not wrong


def test_files_and_functions_stay_short() -> None:
    wrong = []
    for path in sources():
        text = path.read_text(encoding="utf-8")
        if text.count("\n") > 400 and path.name != "__init__.py":
            wrong.append(f"{path.relative_to(ROOT)} has {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                lines = (node.end_lineno or node.lineno) - node.lineno
                if lines >= 80:
                    wrong.append(f"{path.relative_to(ROOT)}: {node.name} has {lines} lines")
    assert not wrong
