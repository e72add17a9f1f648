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
    columns = ("delegate", "#", "device", "driver", "class", "features")
    print_table("", columns, [row for discovery in found for row in _rows(discovery)])
    for discovery in found:
        if discovery.reason:
            say(f"{discovery.api}: {discovery.reason}")


def _rows(discovery: Discovery) -> list[tuple[str, ...]]:
    return [
        (
            discovery.api,
            str(index),
            device_name(info.name, info.is_software),
            info.driver,
            info.device_class,
            ", ".join(sorted(info.features)),
        )
        for index, info in enumerate(discovery.devices)
    ]
