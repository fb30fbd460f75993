"""AWS: botocore signs what we ask and reads what comes back; in between our own wire carries it.

So what holds for everybody else holds here too: one deadline for a whole call, no secret retries,
no redirects, no proxies from the environment, and it is known whether a change ever left us.
"""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import httpx

from migrations_app.domain.errors import ConfigError, Permanent, SeamError, Transient
from migrations_app.wire.answer import Silence
from migrations_app.wire.aws_refusal import nonsense, not_its_own, refusal
from migrations_app.wire.many import Many
from migrations_app.wire.talk import left, unanswered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrations_app.wire.aws_place import AwsPlace
    from migrations_app.wire.deadline import Deadline

_MISSING: Final = "AWS needs its library: pip install 'warroom[aws]'"


@dataclass(frozen=True, slots=True)
class _Call:
    deadline: Deadline
    writing: bool


class Aws:
    """One service of AWS. Thread-safe; `repr` shows the host and nothing else.

    `ConfigError` where botocore is not installed.
    """

    def __init__(self, place: AwsPlace, service: str, at_once: int = 4) -> None:
        """`service` in botocore's word: `elbv2`, `route53`."""
        if find_spec("botocore") is None:
            raise ConfigError(_MISSING)
        self._place = place
        self._service = service
        self._many = Many(place, at_once)
        self._under_way = threading.local()
        self._lock = threading.Lock()
        self._client: Any = None
        self._credentials: Any = None  # of the default chain

    def __repr__(self) -> str:
        return f"Aws({self._place.host})"

    def ask(self, operation: str, deadline: Deadline, **arguments: object) -> Mapping[str, Any]:
        """A question, `operation` as botocore spells it (`describe_rules`). Raises `Transient`,
        `Permanent`."""
        return self._call(operation, _Call(deadline, writing=False), arguments)

    def change(self, operation: str, deadline: Deadline, **arguments: object) -> Mapping[str, Any]:
        """Something that changes something: sent once. Raises `UnknownOutcome` too."""
        return self._call(operation, _Call(deadline, writing=True), arguments)

    def close(self) -> None:
        self._many.close()
        with self._lock:
            if self._client is not None:
                self._client.close()

    def _call(
        self, operation: str, call: _Call, arguments: Mapping[str, object]
    ) -> Mapping[str, Any]:
        errors = import_module("botocore.exceptions")
        self._log_in(call.deadline)
        self._under_way.call = call
        try:
            told: Mapping[str, Any] = getattr(self._client, operation)(**arguments)
        except errors.ClientError as error:
            raise refusal(error.response, self._place.host, writing=call.writing) from None
        except import_module("botocore.parsers").ResponseParserError:
            raise nonsense(self._place.host, writing=call.writing) from None
        except errors.BotoCoreError as error:
            raise _unsent(error, self._place.host) from None
        return told

    def _log_in(self, deadline: Deadline) -> None:
        """The default chain may ask the machine's own metadata service, which may hang: so in a
        thread of its own, and before anything is signed."""
        done: Future[None] = Future()
        if self._client is not None and self._place.secret_access_key:
            return
        threading.Thread(target=self._in_the_background, args=(done,), daemon=True).start()
        try:
            done.result(left(deadline, self._place.host))
        except Late:
            raise Transient("AWS credentials could not be had in time.") from None

    def _in_the_background(self, done: Future[None]) -> None:
        try:
            self._ready()
            done.set_result(None)
        except SeamError as error:
            done.set_exception(error)
        except Exception as error:  # noqa: BLE001 - it is raised where somebody waits for it
            done.set_exception(_unsent(error, self._place.host))

    def _ready(self) -> None:
        with self._lock:
            if self._client is None:
                self._client = self._new_client()
                self._client.meta.events.register("before-send", self._carry)
        if self._credentials is not None:
            _fresh(self._credentials)

    def _new_client(self) -> Any:
        """Nothing is kept of a machine that has no credentials yet: it may be given a role."""
        logging.getLogger("botocore").setLevel(logging.INFO)  # below that it tells session tokens
        session = import_module("botocore.session").Session()
        session.register_component("data_loader", _loader())
        self._credentials = None if self._place.secret_access_key else _found(session)
        config = import_module("botocore.config").Config(
            retries={"total_max_attempts": 1}, proxies={}, user_agent_appid="warroom"
        )
        place = self._place
        return session.create_client(
            self._service,
            region_name=place.region,
            endpoint_url=place.url,
            config=config,
            **place.keys(),
        )

    def _carry(self, request: Any, **_event: object) -> object:
        """botocore asks whether anybody else wants to send this. We do."""
        call: _Call = self._under_way.call
        asked = httpx.Request(
            request.method, request.url, headers=_headers(request), content=request.body or b""
        )
        budget = left(call.deadline, self._place.host)
        if call.writing:
            answer = self._many.tell(asked, budget)
        else:
            [answer] = self._many.ask([asked], budget)
        if isinstance(answer, Silence):
            raise unanswered(answer, writing=call.writing)
        if why := not_its_own(answer, self._place.host):
            raise why
        response = import_module("botocore.awsrequest").AWSResponse
        return response(request.url, answer.status, answer.headers, _Body(answer.body))


@cache
def _loader() -> Any:
    """Descriptions of AWS's services: megabytes, read once for all."""
    return import_module("botocore.loaders").create_loader()


class _Body(BytesIO):
    """What botocore takes for a connection that it may read."""

    def stream(self) -> list[bytes]:
        return [self.read()]


def _headers(request: Any) -> dict[str, str]:
    return {
        name: value.decode() if isinstance(value, bytes) else str(value)
        for name, value in request.headers.items()
    }


def _found(session: Any) -> Any:
    """What AWS's default chain finds; the client will sign with the same."""
    credentials = session.get_credentials()
    if credentials is None:
        raise Permanent(
            "There are no AWS credentials: give access_key_id and secret_access_key, or let the "
            "machine have a role."
        )
    return credentials


def _fresh(credentials: Any) -> None:
    """Has those that are about to expire renewed, here where somebody minds the time."""
    try:
        credentials.get_frozen_credentials()
    except Exception as error:  # noqa: BLE001 - the chain asks whom it likes, and they fail as they like
        raise Transient(f"AWS credentials could not be renewed: {str(error)[:300]}") from None


def _unsent(error: Exception, host: str) -> Permanent:
    """Nothing has left us: what botocore refuses by itself. It never quotes a secret key."""
    return Permanent(f"{host}: the request could not be made: {str(error)[:300]}")
