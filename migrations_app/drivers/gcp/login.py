"""Who we are at Google: a service account by its key, or the machine's own account."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, Protocol

from migrations_app.domain.errors import ConfigError, Permanent
from migrations_app.wire.place import Place
from migrations_app.wire.talk import Talk
from migrations_app.wire.token import FORM, Token, told

if TYPE_CHECKING:
    from migrations_app.drivers.gcp.config import UrlMapConfig
    from migrations_app.wire.deadline import Deadline

_MISSING: Final = "a service account's key needs Google's library: pip install 'warroom[gcp]'"
_SCOPES: Final = ["https://www.googleapis.com/auth/compute"]
_MACHINE: Final = "/computeMetadata/v1/instance/service-accounts/default/token"


class Login(Protocol):
    def token(self, deadline: Deadline) -> Token: ...

    def close(self) -> None: ...


def login(config: UrlMapConfig) -> Login:
    return Key(config) if config.credentials else Machine(config)


class Machine:
    """The account of the machine that we run on."""

    def __init__(self, config: UrlMapConfig) -> None:
        place = Place(url=config.metadata_url, timeout=config.timeout)
        self._talk = Talk(place, lambda: {"metadata-flavor": "Google"})

    def token(self, deadline: Deadline) -> Token:
        return told(self._talk.read(_MACHINE, deadline).json)

    def close(self) -> None:
        self._talk.close()


@dataclass(frozen=True, slots=True)
class _Response:
    """What google-auth takes for one."""

    status: int
    headers: dict[str, str]
    data: bytes


class Key:
    """A service account's key. google-auth signs; our wire carries it, to `login_url` only."""

    def __init__(self, config: UrlMapConfig) -> None:
        with suppress(ModuleNotFoundError):
            if find_spec("google.oauth2.service_account"):
                self._config = config
                self._talk = Talk(Place(url=config.login_url, timeout=config.timeout))
                return
        raise ConfigError(_MISSING, "credentials")

    def token(self, deadline: Deadline) -> Token:
        def carry(method: str, body: bytes, **_more: object) -> _Response:
            answer = self._talk.read("/token", deadline, method=method, body=body, media_type=FORM)
            return _Response(answer.status, dict(answer.headers), answer.body)

        account = self._account()
        try:
            account.refresh(carry)
        except import_module("google.auth.exceptions").GoogleAuthError:
            raise Permanent("What answered at login_url is no token endpoint.") from None
        lasts = account.expiry.replace(tzinfo=UTC) - datetime.now(UTC)
        return Token(account.token, lasts.total_seconds())

    def close(self) -> None:
        self._talk.close()

    def _account(self) -> Any:
        key = self._config.credentials
        info = json.loads(key.get_secret_value()) if key else {}
        made = import_module("google.oauth2.service_account").Credentials
        try:
            return made.from_service_account_info(info, scopes=_SCOPES)
        except ValueError:
            raise Permanent(
                "credentials: the private key of the service account is none."
            ) from None
