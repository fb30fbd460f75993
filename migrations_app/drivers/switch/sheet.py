"""What a person types to move a switch without Warroom: curl, and openssl to sign."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from migrations_app.wire.curl import curl, quoted

if TYPE_CHECKING:
    from migrations_app.drivers.switch.config import SwitchConfig

KEY = "$(printf %s \"${WARROOM_SWITCH_SECRET#whsec_}\" | base64 -d | od -An -v -tx1 | tr -d ' \\n')"
SIGN = (
    'SIGNATURE=$(printf %s "$ID.$NOW.$BODY" | openssl dgst -sha256 -mac HMAC -macopt '
    f'"hexkey:{KEY}" -binary | base64)'
)
SIGNED = '-H "webhook-id: $ID" -H "webhook-timestamp: $NOW" -H "webhook-signature: v1,$SIGNATURE"'


def by_hand(config: SwitchConfig, value: str | float) -> list[str]:
    """One line that sets it, whatever version it is at, and one that reads back. No I/O."""
    return [_put(config, value), _get(config)]


def _put(config: SwitchConfig, value: str | float) -> str:
    said = {"switch": config.switch, "value": value, "expected_version": None}
    said["reason"] = "by hand"
    known = json.dumps(said)[:-1] + ', "idempotency_key": "'
    body = f'BODY={quoted(known)}"$ID"\'"}}\''
    send = curl(config, "PUT", config.path)
    options = f"{SIGNED} -H 'Content-Type: application/json' --data-binary \"$BODY\""
    return f"{_named('by-hand')}; {body}; {SIGN}; {_with(send, options)}"


def _get(config: SwitchConfig) -> str:
    send = curl(config, "GET", config.path)
    return f"{_named('read')}; BODY=; {SIGN}; {_with(send, SIGNED)}"


def _named(purpose: str) -> str:
    """Now, and a name that no two requests share: of two with one name the second does nothing."""
    return f"NOW=$(date +%s); ID={purpose}-$(openssl rand -hex 8)"


def _with(command: str, options: str) -> str:
    """`command` with more options before its address."""
    words, _, address = command.rpartition(" ")
    return f"{words} {options} {address}"
