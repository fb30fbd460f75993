"""One request at a time to one place, and what its answer means to a driver.

| what happened | is |
|---|---|
| no connection, or time was over before anything was sent | `Transient` |
| a question that was not answered, or answered 408, 425, 429, 5xx | `Transient` |
| a change that was sent and not answered, or answered 408 or 5xx | `UnknownOutcome` |
| a change that was answered 425 or 429 | `Transient`: it was not taken |
| a change that was answered 409 or 412 | `Conflict` |
| a redirect, and every other 4xx | `Permanent` |
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import httpx

from migrations_app.domain.errors import (
    Conflict,
    Permanent,
    SeamError,
    Transient,
    UnknownOutcome,
)
from migrations_app.wire.answer import Answer, Silence, Why, clean
from migrations_app.wire.many import Many

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from migrations_app.wire.deadline import Deadline
    from migrations_app.wire.place import Place

    # Values of these are secrets: they are taken out of whatever the other side says.
    Headers = Callable[[], Mapping[str, str]]
    Signer = Callable[[bytes], Mapping[str, str]]
    Params = Sequence[tuple[str, str]]

_SLOW_DOWN: Final = frozenset({425, 429})
_MOVED: Final = frozenset({409, 412})
_ADVICE: Final = {
    401: "we are not logged in there (401): check the credentials",
    403: "our login may not do that (403): check its rights",
    404: "there is nothing of that name (404): check the names and the address",
}


class Talk:
    """The HTTP of one driver. Thread-safe; `repr` shows the host and nothing else.

    `headers` gives what authenticates us, anew for each request; `sign` the headers that vouch for
    its body.
    """

    def __init__(
        self, place: Place, headers: Headers = dict, at_once: int = 4, sign: Signer | None = None
    ) -> None:
        self._place = place
        self._headers = headers
        self._sign = sign
        self._many = Many(place, at_once)

    def __repr__(self) -> str:
        return f"Talk({self._place.host})"

    def read(
        self, path: str, deadline: Deadline, *, params: Params = (), method: str = "GET",
        body: Any = None, media_type: str = "application/json",
    ) -> Answer:  # fmt: skip
        """Ask. `body` as `write` takes it, for those who ask by POST. Any answer but 2xx is
        raised."""
        request = self._request(method, path, params, (body, media_type))
        [answer] = self._many.ask([request], left(deadline, self._place.host))
        return self._meant(answer, writing=False)

    def write(
        self, method: str, path: str, deadline: Deadline, *, params: Params = (),
        body: Any = None, media_type: str = "application/json",
    ) -> Answer:  # fmt: skip
        """Change something, in one request that is sent once. `body`: bytes as they are, anything
        else as JSON."""
        request = self._request(method, path, params, (body, media_type))
        answer = self._many.tell(request, left(deadline, self._place.host))
        return self._meant(answer, writing=True)

    def close(self) -> None:
        self._many.close()

    def _request(
        self, method: str, path: str, params: Params, content: tuple[Any, str]
    ) -> httpx.Request:
        body, media_type = content
        headers = {"accept": "application/json", "accept-encoding": "identity", **self._headers()}
        if body is not None:
            headers["content-type"] = media_type
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        if self._sign is not None:
            headers.update(self._sign(data or b""))
        url = httpx.URL(self._place.url + path)
        if params:
            url = url.copy_merge_params(list(params))
        return httpx.Request(method, url, headers=headers, content=data)

    def _meant(self, answer: Answer | Silence, *, writing: bool) -> Answer:
        if isinstance(answer, Silence):
            raise unanswered(answer, writing=writing)
        if not answer.ok:
            raise self._refused(answer, writing=writing)
        return answer

    def _refused(self, answer: Answer, *, writing: bool) -> SeamError:
        host = self._place.host
        sentence = f"{host}: {_advice(answer)}"
        if words := self._hidden(words_of(answer)):
            sentence += f". It says: {words}"
        if answer.status in _SLOW_DOWN:
            return Transient(sentence, answer.retry_after)
        if answer.status >= 500 or answer.status == 408:
            unknown = writing and answer.status != 501
            return UnknownOutcome(sentence) if unknown else Transient(sentence, answer.retry_after)
        return Conflict(sentence) if writing and answer.status in _MOVED else Permanent(sentence)

    def _hidden(self, text: str) -> str:
        """Some quote in their refusal what we sent them."""
        for secret in self._headers().values():
            for part in (secret, secret.rpartition(" ")[2]):
                text = text.replace(part, "…") if len(part) > 3 else text
        return text


def words_of(answer: Answer) -> str:
    """What the other side said about its refusal, on one line: the usual keys of a JSON answer, a
    short text, or nothing."""
    if answer.media_type.endswith("json"):
        try:
            return clean(_told(answer.json()))
        except ValueError:
            return ""
    return clean(answer.body[:600].decode(errors="replace")) if _is_text(answer) else ""


_KEYS: Final = ("message", "error_description", "detail", "error", "errors", "title", "text")


def _told(data: Any) -> str:
    match data:
        case str():
            return data
        case [first, *_]:
            return _told(first)
        case dict():
            return next((told for key in _KEYS if (told := _told(data.get(key)))), "")
        case _:
            return ""


def _is_text(answer: Answer) -> bool:
    return answer.media_type in {"text/plain", ""}


def _advice(answer: Answer) -> str:
    if 300 <= answer.status < 400:
        return (
            f"it redirects to {answer.elsewhere}, which we don't follow: give the address that "
            "answers by itself"
        )
    if answer.status in _SLOW_DOWN:
        return f"it asks us to slow down ({answer.status})"
    return _ADVICE.get(answer.status, f"it answered {answer.status}")


def unanswered(silence: Silence, *, writing: bool) -> SeamError:
    """What no answer means to a driver."""
    if silence.why is Why.CLOSED:
        return Transient(f"{silence.sentence}.")
    if writing and silence.sent:
        return UnknownOutcome(f"{silence.sentence}, after the change was sent.")
    return Transient(f"{silence.sentence}.")


def left(deadline: Deadline, host: str) -> float:
    """Seconds left, or `Transient`."""
    try:
        return deadline.left()
    except TimeoutError:
        raise Transient(f"{host}: the {deadline.seconds:g} s of this call are over.") from None
