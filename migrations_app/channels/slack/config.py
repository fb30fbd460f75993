"""What a Slack channel needs to know, checked before anything is sent."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr
from slack_sdk import WebClient

from migrations_app.channels.slack.wire import is_loopback

CHANNEL = r"^([CGD][A-Z0-9]{8,}|#[^\s#@<>&,:A-Z]{1,80})$"


def _printable(token: SecretStr) -> SecretStr:
    # A stray newline would make http.client refuse the header, quoting the token as it does.
    bare = token.get_secret_value().strip()
    if not re.fullmatch(r"[\x21-\x7e]+", bare):
        raise ValueError("the token is empty or holds spaces; it looks like xoxb-…")
    return SecretStr(bare)


def _safe_address(base_url: str) -> str:
    parts = urlsplit(base_url)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(base_url)):
        raise ValueError("base_url must begin with https:// (http:// only on this machine)")
    if not parts.hostname or parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("base_url is a plain address without login, query or fragment")
    return base_url.rstrip("/") + "/"


class SlackConfig(BaseModel):
    """`channel`: the ID (`C0123ABCD`) or the `#name`; `timeout`: seconds, for connecting and again
    for the whole answer. `buttons`: whether people decide from here, or only read."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    token: Annotated[SecretStr, AfterValidator(_printable)]
    channel: str = Field(pattern=CHANNEL)
    base_url: Annotated[str, AfterValidator(_safe_address)] = WebClient.BASE_URL
    timeout: float = Field(default=5.0, gt=0, le=10)
    buttons: bool = False
