"""What a doctor sees of a Slack channel: the token, its scopes, the way into the channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.errors import SeamError
from migrations_app.domain.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from migrations_app.channels.slack.calls import Answer, Caller

NEEDED = ("chat:write", "pins:write")
TO_HEAR = ("commands", "reactions:read")


def examine(caller: Caller, resolve: Callable[[], str], *, buttons: bool = False) -> list[Finding]:
    """One finding each for token, scopes and channel; `resolve` gives the channel's ID. Writes
    nothing, so whether posting works is told by membership and scopes."""
    try:
        answer = caller.read("auth.test")
    except SeamError as error:
        return [Finding(ok=False, what="Slack token", sentence=str(error))]
    needed = NEEDED + TO_HEAR if buttons else NEEDED
    return [_token(answer), _scopes(answer, needed), _channel(caller, resolve)]


def heard(address: str, *, secret: bool) -> list[Finding]:
    """Whether what people press can reach us. `address`: ours; `secret`: whether one is set."""
    what = "Slack buttons"
    if not secret:
        sentence = (
            "WARROOM_SLACK_SIGNING_SECRET is not set, so that no button is shown: take it from "
            "the app's Basic Information page, or set buttons: false for this channel."
        )
        return [Finding(ok=False, what=what, sentence=sentence)]
    if not address.startswith("https://"):
        sentence = f"Slack reaches only https addresses, and WARROOM_URL is {address}."
        return [Finding(ok=False, what=what, sentence=sentence)]
    sentence = f"A signing secret is set; Slack has to know {address}/slack/interactivity."
    return [Finding(ok=True, what=what, sentence=sentence)]


def _token(answer: Answer) -> Finding:
    who, team = answer.text("user"), answer.text("team")
    return Finding(ok=True, what="Slack token", sentence=f"Signed in to {team} as {who}.")


def _scopes(answer: Answer, needed: Sequence[str]) -> Finding:
    listed = answer.headers.get("x-oauth-scopes", "")
    missing = [scope for scope in needed if scope not in listed.replace(" ", "").split(",")]
    if not missing:
        return Finding(ok=True, what="Slack scopes", sentence=f"The token has {listed}.")
    sentence = f"Add {' and '.join(missing)} to the Warroom app in Slack and reinstall it."
    return Finding(ok=False, what="Slack scopes", sentence=sentence)


def _channel(caller: Caller, resolve: Callable[[], str]) -> Finding:
    what = f"Slack channel {caller.place}"
    try:
        caller.read("conversations.history", channel=resolve(), limit=1)
    except SeamError as error:
        return Finding(ok=False, what=what, sentence=str(error))
    return Finding(ok=True, what=what, sentence="The app is in the channel and can read it.")
