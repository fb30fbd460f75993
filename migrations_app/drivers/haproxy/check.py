"""What can be seen from outside that would keep a flip or a rollback from doing what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.errors import SeamError
from migrations_app.domain.finding import Finding
from migrations_app.drivers.haproxy.server import finding_of, label
from migrations_app.drivers.haproxy.state import parse_stat, share_of
from migrations_app.drivers.share import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.haproxy.node import Node
    from migrations_app.drivers.haproxy.state import Balance, Rows
    from migrations_app.wire.deadline import Deadline

WEIGHED = {
    "roundrobin": "weights are shares of requests",
    "unknown": "weights are shares of requests on average (`random`)",
    "leastconn": "weights are shares of open connections: the share of requests may differ",
}
UNWEIGHED = {
    "first": "ignores weights. Use `balance roundrobin`",
    "static-rr": "takes no weight but 0 and the initial one. Use `balance roundrobin`",
}
HASHED = (
    "takes weights other than 0 and the initial one only with `hash-type consistent`, which can't "
    "be seen from outside. Make sure of it, or use `balance roundrobin`"
)
HIDDEN = "is hidden at this socket's level. Add `level admin` to its `stats socket` line"


def findings(node: Node, deadline: Deadline) -> list[Finding]:
    """Everything about one node, up to the first question it does not answer."""
    return list(_up_to_an_error(node, deadline))


def _up_to_an_error(node: Node, deadline: Deadline) -> Iterator[Finding]:
    try:
        yield from _look(node, deadline)
    except SeamError as error:
        yield Finding(ok=False, what=str(node.address), sentence=str(error))


def _look(node: Node, deadline: Deadline) -> Iterator[Finding]:
    yield _answers(node, deadline)
    yield _may_write(node, deadline)
    now = node.read(deadline)
    rows = parse_stat(node.question(f"show stat {node.backend} 7 -1", deadline), node.backend)
    yield _algorithm(node, now, rows[-1]["algo"])
    yield _sticky(node, rows[-1]["cookie"], deadline)
    yield from _strangers(node, now, rows)
    yield from (finding_of(node, server, rows) for server in now.servers)
    yield _reload(node, now)


def _answers(node: Node, deadline: Deadline) -> Finding:
    answer = node.question("show info", deadline)
    told = dict(line.partition(": ")[::2] for line in answer.splitlines())
    sentence = f"HAProxy {told.get('Version', '?')} answers, up {told.get('Uptime', '?')}."
    return Finding(ok=True, what=str(node.address), sentence=sentence)


def _may_write(node: Node, deadline: Deadline) -> Finding:
    level = node.question("show cli level", deadline).strip()
    sentence = "Weights may be set here."
    if level != "admin":
        sentence = f"It is at level {level}, so weights can't be set. Give it `level admin`."
    return Finding(ok=level == "admin", what=f"socket {node.address}", sentence=sentence)


def _algorithm(node: Node, now: Balance, name: str) -> Finding:
    what = label(node, f"balance of {node.backend}")
    if name in WEIGHED or _took_another_weight(now):
        meaning = WEIGHED.get(name, "it has taken weights other than the initial ones")
        return Finding(ok=True, what=what, sentence=f"Backend {node.backend}: {meaning}.")
    told = UNWEIGHED.get(name, HASHED) if name else HIDDEN
    named = f"`balance {name}`" if name else "the balance algorithm"
    return Finding(ok=False, what=what, sentence=f"Backend {node.backend}: {named} {told}.")


def _took_another_weight(now: Balance) -> bool:
    return any(server.weight not in {0, server.initial} for server in now.servers)


def _sticky(node: Node, cookie: str, deadline: Deadline) -> Finding:
    """`stick on` is the only thing that stores a server with every key of a table."""
    what = label(node, f"stickiness of {node.backend}")
    asked = f"show table {node.backend} data.server_id lt 0"
    tabled = node.question(asked, deadline).startswith("# table:")
    held = [f"the cookie {cookie}"] * bool(cookie) + ["a stick table"] * tabled
    if not held:
        sentence = f"Backend {node.backend} keeps no client on a server."
        return Finding(ok=True, what=what, sentence=sentence)
    sentence = (
        f"Backend {node.backend} keeps clients on their server by {' and '.join(held)}: after a "
        "rollback to 0 % those GREEN has served stay on GREEN. Have `set server "
        f"{node.backend}/{node.greens[0]} state maint` at hand, which moves them too."
    )
    return Finding(ok=False, what=what, sentence=sentence)


def _strangers(node: Node, now: Balance, rows: Rows) -> Iterator[Finding]:
    active = {row["svname"] for row in rows if row["act"] == "1"}
    for server in now.strangers:
        if server.serves and server.name in active:
            name = f"server {node.backend}/{server.name}"
            sentence = (
                f"{name} takes traffic too and is neither BLUE nor GREEN, so shares are not what "
                "they say. Name it in `blue` or `green`, or take it out."
            )
            yield Finding(ok=False, what=label(node, name), sentence=sentence)


def _reload(node: Node, now: Balance) -> Finding:
    """A reload sets the weights of the configuration file: better BLUE's than anything else."""
    initial = share_of(
        sum(server.initial for server in now.blues), sum(server.initial for server in now.greens)
    )
    what = label(node, f"reload of {node.backend}")
    if initial == 0:
        sentence = (
            "A reload or restart of HAProxy puts GREEN back to 0 %, unless a server-state-file "
            "keeps the weights."
        )
        return Finding(ok=True, what=what, sentence=sentence)
    share = "no server anything" if initial is None else f"GREEN {plain(initial)} %"
    sentence = (
        f"A reload or restart of HAProxy would give {share} at once, by the weights in its "
        "configuration file. Write `weight 100` for BLUE and `weight 0` for GREEN there, or load "
        "a server-state-file."
    )
    return Finding(ok=False, what=what, sentence=sentence)
