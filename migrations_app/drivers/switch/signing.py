"""Headers that vouch for a request, as Standard Webhooks has them. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac


def key_of(secret: str) -> bytes:
    """The bytes of a validated `whsec_…`."""
    return base64.b64decode(secret.removeprefix("whsec_"))


def signed(key: bytes, identifier: str, at: int, body: bytes) -> dict[str, str]:
    """`identifier` stays the same however often this is sent, `at` in unix seconds is of this
    sending."""
    content = f"{identifier}.{at}.".encode() + body
    signature = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": identifier,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{signature}",
    }
