"""What a tuner found, on disk: the fastest schedule of each kernel shape on each device.

One small file for each shape, named by a digest of what it holds for: the device, its driver, the kernels of this
package, and the shape. Files are written whole or not at all, with a checksum (`devices.cache`), so any number of
processes may write and read at the same time; the last one to measure a shape is believed. What cannot be read, or
names a schedule that is not tried any more, counts as not measured.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ....devices import cache
from ....devices.device import DeviceInfo
from ....shaders.schedules.candidates import Schedule, families_version

FOLDER = "tuning"
"""Its name in the cache folder."""


@dataclass(frozen=True)
class Finding:
    """What was measured for a shape.

    Attributes:
        schedule: the fastest; None: the default one.
        seconds: of the fastest; default_seconds: of the default one.
    """

    schedule: Schedule | None
    seconds: float
    default_seconds: float


class TuningDatabase:
    """The findings for one device."""

    def __init__(self, info: DeviceInfo) -> None:
        self._device = {"api": info.api, "device": info.name, "driver": info.driver, "kernels": families_version()}

    def get(self, shape: str, candidates: Sequence[Schedule]) -> Finding | None:
        """What is known of a shape; None where nothing is.

        Args:
            candidates: the schedules that may be the answer.
        """
        base = cache.location()
        content = None if base is None else cache.read(self._path(base / FOLDER, shape))
        if content is None:
            return None
        try:
            found = json.loads(content)
            schedule = {_text(c): c for c in (None, *candidates)}[json.dumps(found["schedule"])]
            finding = Finding(schedule, float(found["seconds"]), float(found["default_seconds"]))
        except (ValueError, TypeError, KeyError):
            return None
        return finding if {**self._device, "shape": shape}.items() <= found.items() else None

    def put(self, shape: str, finding: Finding) -> None:
        """Keeps what was measured; where there is no cache folder, nothing is kept."""
        folder = cache.folder(FOLDER)
        if folder is None:
            return
        times = {"seconds": finding.seconds, "default_seconds": finding.default_seconds}
        entry = {**self._device, "shape": shape, "schedule": _described(finding.schedule), **times}
        cache.write(self._path(folder, shape), json.dumps(entry, indent=1).encode())

    def _path(self, folder: Path, shape: str) -> Path:
        key = json.dumps({**self._device, "shape": shape})
        return folder / f"{hashlib.sha256(key.encode()).hexdigest()}.json"


def _described(schedule: Schedule | None) -> dict[str, Any] | None:
    return None if schedule is None else {"kind": type(schedule).__name__, **asdict(schedule)}


def _text(schedule: Schedule | None) -> str:
    return json.dumps(_described(schedule))
