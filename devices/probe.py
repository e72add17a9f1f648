"""Lists the devices of an API in a process of its own: a broken driver can take down whoever loads it.

`python -m delegant.devices.probe opencl` prints the devices as JSON.
"""
from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from typing import Any

from .device import DeviceInfo
from .discovery import Discovery, discover


def probe(api: str, seconds: float = 60) -> Discovery:
    """What `discover` finds, or why looking for it failed: the driver crashed the process, or hung for `seconds`.

    Raises:
        ValueError: there is no such API.
    """
    command = [sys.executable, "-m", __name__, api]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return Discovery(api, (), f"a driver hung for {seconds:g} s while devices were listed")
    if done.returncode < 0 or not done.stdout.strip():
        how = f"signal {-done.returncode}" if done.returncode < 0 else f"exit status {done.returncode}"
        last = done.stderr.strip().splitlines()[-1:] or [""]
        if last[0].startswith("ValueError"):
            raise ValueError(last[0].partition(": ")[2])
        return Discovery(api, (), f"a driver crashed while devices were listed ({how}) {last[0]}".rstrip())
    return _decode(json.loads(done.stdout.strip().splitlines()[-1]))


def _encode(discovery: Discovery) -> dict[str, Any]:
    devices = [{**dataclasses.asdict(info), "features": sorted(info.features)} for info in discovery.devices]
    return {"api": discovery.api, "reason": discovery.reason, "devices": devices}


def _decode(data: dict[str, Any]) -> Discovery:
    devices = tuple(DeviceInfo(**{**info, "features": frozenset(info["features"])}) for info in data["devices"])
    return Discovery(data["api"], devices, data["reason"])


if __name__ == "__main__":
    print(json.dumps(_encode(discover(sys.argv[1]))))
