"""What the driver needs of each way to move a share in nginx."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from migrations_app.domain.finding import Finding
    from migrations_app.drivers.base import Observed
    from migrations_app.wire.deadline import Deadline


class Way(Protocol):
    """Every call ends by its deadline. Weights have been looked at: 0 to 100, two decimals."""

    def observe(self, deadline: Deadline) -> Observed: ...

    def apply(self, weight: Decimal, token: str | None, deadline: Deadline) -> None: ...

    def preview(self, weight: Decimal) -> list[str]: ...

    def sheet(self, weight: Decimal) -> list[str]: ...

    def look(self, deadline: Deadline) -> Iterator[Finding]: ...

    def close(self) -> None: ...
