"""What AWS's error codes mean to a driver. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from migrations_app.domain.errors import Permanent, SeamError, Transient, UnknownOutcome
from migrations_app.wire.answer import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrations_app.wire.answer import Answer

SLOW_DOWN: Final = frozenset(
    {
        "PriorRequestNotComplete",  # Route 53, while the zone's last change is being taken
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "Throttled",
        "Throttling",
        "ThrottlingException",
        "TooManyRequests",
        "TooManyRequestsException",
    }
)
_LOGIN: Final = frozenset(
    {
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_RIGHTS: Final = frozenset(
    {"AccessDenied", "AccessDeniedException", "OptInRequired", "UnauthorizedOperation"}
)


class AwsRefusal(Permanent):
    """`code` is AWS's own: `RuleNotFound`."""

    def __init__(self, sentence: str, code: str) -> None:
        super().__init__(sentence)
        self.code = code


def refusal(response: Mapping[str, Any], host: str, *, writing: bool) -> SeamError:
    """What an error answer comes to. `response` as botocore gives it."""
    code = str(response.get("Error", {}).get("Code", ""))
    meta = response.get("ResponseMetadata", {})
    status = int(meta.get("HTTPStatusCode", 0))
    if code in SLOW_DOWN or status == 429:
        return Transient(f"{host} asks us to slow down ({code}).", _retry_after(meta))
    if code in _LOGIN or status == 401:
        return AwsRefusal(_not_logged_in(code, host), code)
    said = f"{host} says {code}: {clean(str(response.get('Error', {}).get('Message', '')))}"
    if status >= 500 or status == 408:
        return UnknownOutcome(said) if writing else Transient(said, _retry_after(meta))
    if code in _RIGHTS or status == 403:
        return AwsRefusal(f"Our AWS login may not do that; give it the right. {said}", code)
    return AwsRefusal(said, code)


def not_its_own(answer: Answer, host: str) -> SeamError | None:
    """What AWS's API never says in its own envelope, but somebody before it does."""
    if answer.status == 429:
        return Transient(f"{host} asks us to slow down (429).", answer.retry_after)
    if 300 <= answer.status < 400:
        return Permanent(
            f"{host} redirects to {answer.elsewhere} ({answer.status}), which we don't follow: "
            "give the address that answers by itself as url."
        )
    return None


def nonsense(host: str, *, writing: bool) -> SeamError:
    """An answer that is not AWS's: somebody stands in between."""
    said = f"{host} answered with something that is not AWS's."
    return UnknownOutcome(said) if writing else Transient(said)


def _not_logged_in(code: str, host: str) -> str:
    """AWS's own words are left out: for a wrong signature they repeat what we sent."""
    return (
        f"{host} does not take our AWS credentials ({code}): check access_key_id, "
        "secret_access_key and session_token, their age, and this machine's clock."
    )


def _retry_after(meta: Mapping[str, Any]) -> float | None:
    told = str(meta.get("HTTPHeaders", {}).get("retry-after", ""))
    return float(told) if told.isascii() and told.isdigit() else None
