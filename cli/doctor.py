"""`delegant doctor`: what this machine has, and what it lacks."""
from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from .errors import FAILURE, reported
from .options import Json
from .output import device_name, print_json, print_table, say, size
from .progress import watched

if TYPE_CHECKING:
    from ..measure.diagnosis import ApiDiagnosis, Diagnosis


@reported
def doctor(json: Json = False) -> None:
    """Print versions, drivers, devices and caches, and what is missing with the command that installs it.

    Exits with 1 where no delegate has a device.
    """
    from ..measure.diagnosis import diagnose

    with watched("looking at drivers"):
        diagnosis = diagnose()
    if json:
        print_json(diagnosis)
    else:
        _print(diagnosis)
    if not diagnosis.healthy:
        raise typer.Exit(FAILURE)


def _print(diagnosis: Diagnosis) -> None:
    rows = [("python", diagnosis.python), ("system", diagnosis.system), ("processor", diagnosis.cpu)]
    rows += [(name, version or "missing") for name, version in diagnosis.packages.items()]
    rows.append(("delegates", ", ".join(diagnosis.delegates)))
    cache = f"{diagnosis.cache} ({size(diagnosis.cache_bytes)})" if diagnosis.cache else "off"
    rows.append(("cache", cache))
    cpu = f" (processor name for its compiler where it knows none: {diagnosis.pocl_cpu})" if diagnosis.pocl_cpu else ""
    rows.append(("PoCL workaround", diagnosis.pocl_workaround + cpu))
    rows += list(diagnosis.environment.items())
    print_table("", ("what", "found"), rows)
    for api in diagnosis.apis:
        _print_api(api)
    if diagnosis.notes:
        say("\nnotes")
    for note in diagnosis.notes:
        say(f"  {note}")


def _print_api(api: ApiDiagnosis) -> None:
    say(f"\n{api.api}")
    for device in api.devices:
        say(f"  {device_name(device.name, device.is_software)}")
        say(f"    {device.driver}")
    for driver in api.drivers:
        say(f"  driver file {driver}")
    if api.problem:
        say("  no device: see the notes")
