"""The servers of an upstream as NGINX Plus tells them, and what a share makes of them. Pure.

Ids are given anew at a reload, so servers are found by their address every time.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from migrations_app.domain.errors import Permanent
from migrations_app.drivers.exact import each
from migrations_app.drivers.scale import Parts
from migrations_app.drivers.share import cents

if TYPE_CHECKING:
    from decimal import Decimal

    from migrations_app.drivers.nginx.plus.config import PlusConfig

# NGINX takes these out by itself and back in again; the rest is somebody's will.
ILL: Final = frozenset({"unavail", "checking", "unhealthy"})


class Peer(BaseModel):
    """One server: `active` connections now; `state` says whether it is given any."""

    model_config = ConfigDict(frozen=True)

    id: int
    server: str
    backup: bool = False
    weight: int = Field(default=1, ge=1)
    state: Literal["up", "draining", "down", "unavail", "checking", "unhealthy"] = "up"
    active: int = 0

    @property
    def takes(self) -> int:
        """Its weight, if it is given new clients or would be were it well."""
        return 0 if self.backup or self.state in {"down", "draining"} else self.weight

    def __str__(self) -> str:
        return f"{self.server} {self.weight if self.takes else self.state}" + (
            f" ({self.state})" if self.state in ILL else ""
        )


class _Upstream(BaseModel):
    peers: list[Peer]


@dataclass(frozen=True, slots=True)
class Change:
    """What is sent for one server; `lowers` if it takes less afterwards."""

    peer: Peer
    body: dict[str, int | bool]
    lowers: bool


@dataclass(frozen=True, slots=True)
class Peers:
    """Both sides, and all others that are given clients."""

    blues: tuple[Peer, ...]
    greens: tuple[Peer, ...]
    strangers: tuple[Peer, ...] = ()

    @property
    def share(self) -> Decimal | None:
        """GREEN's in percent of everything, None where no server is given anything."""
        green = sum(peer.takes for peer in self.greens)
        whole = sum(peer.takes for peer in self.blues + self.greens + self.strangers)
        return cents(Fraction(green, whole)) if whole else None

    @property
    def serves(self) -> bool:
        """Whether anybody who should answer is well."""
        return any(peer.takes and peer.state not in ILL for peer in self.blues + self.greens)

    @property
    def in_flight(self) -> int | None:
        """Connections at the side that is given nothing new; None while both are."""
        for side in (self.blues, self.greens):
            if not any(peer.takes for peer in side):
                return sum(peer.active for peer in side)
        return None

    def changes(self, config: PlusConfig, weight: Decimal) -> list[Change]:
        """Every change, raises first, so that there is always somebody to answer.

        `Permanent` while others take traffic too, but for the way back: then BLUE takes over what
        GREEN had, and the others keep theirs.
        """
        parts = each(weight, len(self.blues), len(self.greens))
        if self.strangers:
            parts = Parts(self._all_of_ours(config, weight), 0)
        made = [_change(config, peer, parts.blue) for peer in self.blues]
        made += [_change(config, peer, parts.green) for peer in self.greens]
        return sorted(made, key=lambda change: change.lowers)

    def _all_of_ours(self, config: PlusConfig, weight: Decimal) -> int:
        if weight:
            raise Permanent(
                f"{', '.join(peer.server for peer in self.strangers)} in upstream "
                f"{config.upstream} takes traffic too and is neither BLUE nor GREEN: name it in "
                "`blue` or `green`, or take it down."
            )
        ours = sum(peer.takes for peer in self.blues + self.greens)
        return max(1, ours // len(self.blues))

    def __str__(self) -> str:
        return ", ".join(map(str, self.blues + self.greens + self.strangers))


def peers(config: PlusConfig, body: bytes) -> Peers:
    """Both sides in NGINX's answer; `Permanent` says what to change."""
    try:
        found = _Upstream.model_validate_json(body).peers
    except ValidationError as error:
        raise Permanent(
            f"{config.url}{config.path} is no upstream of NGINX Plus: is `url` its API?"
        ) from error
    by_address = {peer.server: peer for peer in found}
    if missing := [one for one in config.blue + config.green if one not in by_address]:
        raise Permanent(
            f"Upstream {config.upstream} has no server {', '.join(missing)}: it has "
            f"{', '.join(by_address) or 'none'}. Write them as the API shows them."
        )
    known = {*config.blue, *config.green}
    _usable(config, [peer for peer in found if peer.server in known])
    return Peers(
        tuple(by_address[one] for one in config.blue),
        tuple(by_address[one] for one in config.green),
        tuple(peer for peer in found if peer.takes and peer.server not in known),
    )


def _usable(config: PlusConfig, ours: list[Peer]) -> None:
    if backups := [peer.server for peer in ours if peer.backup]:
        raise Permanent(
            f"{', '.join(backups)} is a backup server, which takes nothing while another is up: "
            "it can't be BLUE or GREEN."
        )
    if len({peer.server for peer in ours}) < len(ours):
        raise Permanent(f"Upstream {config.upstream} lists a server twice.")


def _change(config: PlusConfig, peer: Peer, weight: int) -> Change:
    """Somebody else's draining is ended too: a server that drains takes nobody new."""
    what = body(config, weight)
    if weight and peer.state == "draining":
        what["drain"] = False
    return Change(peer, what, lowers=weight < peer.takes)


def body(config: PlusConfig, weight: int) -> dict[str, int | bool]:
    """What is sent to a server for a weight. 0 is none that NGINX takes, so it is taken out."""
    if not weight:
        return config.left()
    undrained = {"drain": False} if config.leave == "drain" else {}
    return {"weight": weight, "down": False, **undrained}
