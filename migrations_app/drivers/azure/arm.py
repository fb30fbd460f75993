"""Azure Resource Manager: log in, read, change, and wait until a change is carried out."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from migrations_app.domain.errors import Conflict, Permanent, SeamError, Transient, UnknownOutcome
from migrations_app.drivers.azure.shape import Page
from migrations_app.wire.answer import clean
from migrations_app.wire.place import Place
from migrations_app.wire.shape import shaped
from migrations_app.wire.talk import Talk
from migrations_app.wire.token import Token, Tokens, granted

if TYPE_CHECKING:
    from migrations_app.drivers.azure.config import AzurePlace
    from migrations_app.wire.answer import Answer
    from migrations_app.wire.deadline import Deadline

_PAUSE_S = 2.0
_MOST_PAGES = 20
_HTTPS = 443  # Azure sometimes names the port, and sometimes not


class Arm:
    """Thread-safe."""

    def __init__(self, config: AzurePlace, api_version: str) -> None:
        self._config = config
        self._version = [("api-version", api_version)]
        self._login = Talk(Place(url=config.login_url, timeout=config.timeout))
        self._tokens = Tokens(self._token)
        self._talk = Talk(config, self._tokens.header)

    def get(self, path: str, deadline: Deadline) -> dict[str, Any]:
        self._tokens.fresh(deadline)
        return _parsed(self._talk.read(path, deadline, params=self._version))

    def all(self, path: str, deadline: Deadline) -> list[dict[str, Any]]:
        """Of a list, every page."""
        page = shaped(Page, self.get(path, deadline), "Azure's list")
        found = list(page["value"])
        for _ in range(_MOST_PAGES):
            if not (more := page.get("nextLink")):
                return found
            page = shaped(Page, _parsed(self._talk.read(self._here(more), deadline)), "Azure's")
            found += page["value"]
        raise Permanent(f"{self._config.host} has more pages of {path} than we read.")

    def change(self, path: str, body: dict[str, object], deadline: Deadline) -> None:
        """Returns when Azure says it is done. There is no version to conflict with: a 409 says that
        Azure is busy with another change of the same thing."""
        self._tokens.fresh(deadline)
        try:
            answer = self._talk.write("PATCH", path, deadline, params=self._version, body=body)
        except Conflict as busy:
            raise Transient(f"Azure is busy with another change. {busy}") from None
        where = answer.headers.get("azure-asyncoperation") or answer.headers.get("location")
        if where is not None:
            self._until_done(where, deadline)
        elif answer.status == 202:
            raise UnknownOutcome("Azure has taken the change and is at it. Read it back.")

    def close(self) -> None:
        self._talk.close()
        self._login.close()

    def _until_done(self, where: str, deadline: Deadline) -> None:
        try:
            path = self._here(where)
            while (told := self._state(path, deadline))["status"] not in _ENDED:
                time.sleep(min(_PAUSE_S, deadline.left()))
        except (SeamError, TimeoutError, KeyError):
            raise UnknownOutcome(
                "Azure has taken the change and is still at it. Read it back."
            ) from None
        if told["status"] != "Succeeded":
            words = clean(str(told.get("error", {}).get("message", "")))
            raise Permanent(f"Azure did not do it ({told['status']}): {words}")

    def _state(self, path: str, deadline: Deadline) -> dict[str, Any]:
        """Azure has two kinds: an operation with a status in it, and a place that answers 202 until
        it is done."""
        self._tokens.fresh(deadline)
        answer = self._talk.read(path, deadline)
        if answer.status == 202:
            return {"status": "InProgress"}
        told = _parsed(answer) if answer.body else {}
        return told if "status" in told else {"status": "Succeeded"}

    def _here(self, link: str) -> str:
        """A link that Azure gives, if it leads to where we are."""
        parts, ours = urlsplit(link), urlsplit(self._config.url)
        if (parts.hostname, parts.port or _HTTPS) != (ours.hostname, ours.port or _HTTPS):
            raise Permanent(f"Azure points to another host ({clean(parts.netloc, 80)}).")
        return f"{parts.path}?{parts.query}"

    def _token(self, deadline: Deadline) -> Token:
        config = self._config
        form = {
            "grant_type": "client_credentials",
            "client_id": config.client_id,
            "client_secret": config.client_secret.get_secret_value(),
            "scope": f"{config.url}/.default",
        }
        return granted(self._login, f"/{config.tenant}/oauth2/v2.0/token", form, deadline)


_ENDED = frozenset({"Succeeded", "Failed", "Canceled"})


def _parsed(answer: Answer) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise Permanent("What answered is not Azure Resource Manager: check url.")
    return told
