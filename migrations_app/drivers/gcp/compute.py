"""What is asked of Google's Compute API about one URL map."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any

from migrations_app.domain.errors import Conflict, Permanent, SeamError, Transient, UnknownOutcome
from migrations_app.drivers.gcp.login import login
from migrations_app.drivers.gcp.shape import UrlMapShape
from migrations_app.wire.answer import clean
from migrations_app.wire.shape import shaped
from migrations_app.wire.talk import Talk
from migrations_app.wire.token import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from migrations_app.drivers.gcp.config import UrlMapConfig
    from migrations_app.drivers.gcp.maps import UrlMap
    from migrations_app.wire.answer import Answer
    from migrations_app.wire.deadline import Deadline

_PAUSE_S = 0.5
_NAMESPACE = uuid.UUID("6f1d3c1e-6f0b-4a52-9c39-5d7c3f0a8b11")


class Compute:
    """Thread-safe. `pause` waits between two looks at an operation."""

    def __init__(self, config: UrlMapConfig, pause: Callable[[float], None] = time.sleep) -> None:
        self._config = config
        self._login = login(config)
        self._tokens = Tokens(self._login.token)
        self._talk = Talk(config, self._tokens.header)
        self._pause = pause

    def url_map(self, deadline: Deadline) -> UrlMap:
        map_ = self._get(self._config.path, deadline)
        return shaped(UrlMapShape, map_, f"Google's {self._config.said}")

    def service(self, name: str, deadline: Deadline) -> dict[str, Any]:
        return self._get(f"{self._config.scope}/backendServices/{name}", deadline)

    def health(self, name: str, group: str, deadline: Deadline) -> list[str]:
        """The state of each endpoint of one group of a backend service, as Google sees it."""
        self._tokens.fresh(deadline)
        path = f"{self._config.scope}/backendServices/{name}/getHealth"
        told = _parsed(self._talk.read(path, deadline, method="POST", body={"group": group}))
        return [str(one.get("healthState")) for one in told.get("healthStatus", ())]

    def patch(self, body: dict[str, Any], deadline: Deadline) -> None:
        """Returns when Google says it is done. `Conflict` where the fingerprint is old.

        The id of the request is made of what is asked, so that the same change of the same state
        is done once, however often and by whomever it is sent.
        """
        self._tokens.fresh(deadline)
        number = uuid.uuid5(_NAMESPACE, f"{self._config.path} {sorted(body.items())}")
        answer = self._talk.write(
            "PATCH", self._config.path, deadline, params=[("requestId", str(number))], body=body
        )
        self._until_done(_parsed(answer), deadline)

    def close(self) -> None:
        self._talk.close()
        self._login.close()

    def _get(self, path: str, deadline: Deadline) -> dict[str, Any]:
        self._tokens.fresh(deadline)
        return _parsed(self._talk.read(path, deadline))

    def _until_done(self, operation: dict[str, Any], deadline: Deadline) -> None:
        try:
            while operation.get("status") != "DONE":
                self._pause(min(_PAUSE_S, deadline.left()))
                path = f"{self._config.scope}/operations/{operation['name']}"
                operation = self._get(path, deadline)
        except (SeamError, TimeoutError, KeyError):
            raise UnknownOutcome(
                f"Google has taken the change of {self._config.said} and is still at it. Read it "
                "back."
            ) from None
        if error := operation.get("error"):
            raise _failed(error, int(operation.get("httpErrorStatusCode", 0)))


def _failed(error: dict[str, Any], status: int) -> SeamError:
    """An operation that ended without effect."""
    first: dict[str, Any] = next(iter(error.get("errors", [])), {})
    code = first.get("code", "")
    said = f"Google did not do it ({code}): {clean(str(first.get('message', '')))}"
    if status == 412 or code == "CONDITION_NOT_MET":
        return Conflict(said)
    return Transient(said) if status >= 500 or status == 429 else Permanent(said)


def _parsed(answer: Answer) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise Permanent("What answered is not Google's Compute API: check url.")
    return told
