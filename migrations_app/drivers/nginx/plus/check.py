"""What can be seen of NGINX Plus that would keep a flip or a rollback from doing what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from migrations_app.domain.finding import Finding
from migrations_app.drivers.nginx.plus.peers import ILL, peers
from migrations_app.wire.place import protection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.nginx.plus.config import PlusConfig
    from migrations_app.drivers.nginx.plus.peers import Peer
    from migrations_app.wire.deadline import Deadline
    from migrations_app.wire.talk import Talk

_FORGETS: Final = (
    "A restart of NGINX, or a reload without a `state` file for the upstream, puts the weights of "
    "the configuration file back. Have BLUE up and GREEN `down` there."
)
_WRITES: Final = (
    "Whether we may write shows with the first flip: the API tells only then. Its location needs "
    "`api write=on;`, and the upstream a `zone`."
)


def findings(config: PlusConfig, talk: Talk, deadline: Deadline) -> Iterator[Finding]:
    """Everything, up to the first question that has no answer."""
    yield from protection(config, "the weights")
    yield from _login(config)
    yield from _look(config, talk, deadline)


def _look(config: PlusConfig, talk: Talk, deadline: Deadline) -> Iterator[Finding]:
    now = peers(config, talk.read(config.path, deadline).body)
    told = f"The API answers for upstream {config.upstream}: {now}."
    yield Finding(ok=True, what=f"NGINX Plus at {config.host}", sentence=told)
    yield from map(_server, now.blues + now.greens)
    yield from map(_stranger, now.strangers)
    yield Finding(ok=True, what="writing", sentence=_WRITES)
    yield Finding(ok=True, what="restart", sentence=_FORGETS)


def _server(peer: Peer) -> Finding:
    what = f"server {peer.server}"
    if peer.state in ILL:
        told = f"is {peer.state}: NGINX sends it nothing, whatever its weight. Mend it first."
        return Finding(ok=False, what=what, sentence=f"{peer.server} {told}")
    return Finding(ok=True, what=what, sentence=f"{peer.server} is {peer.state}.")


def _stranger(peer: Peer) -> Finding:
    told = (
        f"{peer.server} takes traffic too and is neither BLUE nor GREEN: nothing goes to GREEN "
        "until it is named in `blue` or `green`, or taken down."
    )
    return Finding(ok=False, what=f"server {peer.server}", sentence=told)


def _login(config: PlusConfig) -> Iterator[Finding]:
    if config.auth is None and config.client_cert is None:
        told = (
            "We log in nowhere: the API has no login of its own, so its location should ask for "
            "one (`auth_basic`, or a client certificate) or be open to Warroom's address only."
        )
        yield Finding(ok=True, what="login", sentence=told)
