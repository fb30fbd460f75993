"""What people type at Azure."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from migrations_app.drivers.azure.sides import properties
from migrations_app.wire.curl import curl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrations_app.drivers.azure.balance import Balance
    from migrations_app.drivers.azure.config import AzurePlace
    from migrations_app.drivers.azure.sides import Write

_LOGIN = "Authorization: Bearer $TOKEN"


def sheet(
    place: AzurePlace, balance: Balance, writes: Sequence[Write], api_version: str
) -> list[str]:
    """A line for each side, then the read-back. No I/O."""
    version = f"?api-version={api_version}"
    lines = [
        curl(
            place,
            "PATCH",
            balance.path_of(write.name) + version,
            secret=_LOGIN,
            body=properties(write, balance.switch),
        )
        for write in writes
    ]
    read = curl(place, "GET", balance.list_path + version, secret=_LOGIN)
    return [*lines, f"{read} | jq -c {quote(balance.shown)}"]
