"""What both of Azure's planes give to the driver that they share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.domain.finding import Finding
    from migrations_app.drivers.azure.arm import Arm
    from migrations_app.drivers.azure.sides import Side
    from migrations_app.wire.deadline import Deadline


class Balance(Protocol):
    """One of Azure's planes."""

    arm: Arm
    said: str
    list_path: str
    shown: str  # for jq, to read back

    @property
    def switch(self) -> str: ...

    def sides(self, deadline: Deadline) -> list[Side]: ...

    def path_of(self, name: str) -> str: ...

    def findings(self, deadline: Deadline) -> Iterator[Finding]: ...
