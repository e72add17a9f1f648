"""`delegant devices`: what is here."""
from __future__ import annotations

from ..devices.discovery import APIS, Discovery, discover
from .errors import reported
from .options import Json
from .output import device_name, print_json, print_table, say


@reported
def devices(json: Json = False) -> None:
    """List the devices of every API; software adapters are marked."""
    found = [discover(api) for api in APIS]
    if json:
        print_json(found)
        return
    print_table("", ("delegate", "#", "", "what it is"), [row for discovery in found for row in _rows(discovery)])
    for discovery in found:
        if discovery.reason:
            say(f"{discovery.api}: {discovery.reason}")


def _rows(discovery: Discovery) -> list[tuple[str, ...]]:
    """Four lines for each device."""
    rows: list[tuple[str, ...]] = []
    for index, info in enumerate(discovery.devices):
        rows.append((discovery.api, str(index), "device", device_name(info.name, info.is_software)))
        rows.append(("", "", "driver", info.driver))
        rows.append(("", "", "class", info.device_class))
        rows.append(("", "", "features", ", ".join(sorted(info.features))))
    return rows
