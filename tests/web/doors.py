"""Every address, and whom it is for. A new one fails `test_matrix` until it stands here.

Below `/runs/<run_id>/` an address is for people with a role in the run's migration, and nothing
need be said of whom it is for; but of a click which verb it says, and of a page that it is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.urls import get_resolver, reverse
from django.urls.resolvers import RoutePattern, URLPattern

from migrations_app.domain.states import Verb

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.urls.resolvers import URLResolver

PUBLIC: Final[Mapping[str, str]] = {
    "health": "for the load balancer; says whether the database answers",
    "ready": "for the load balancer; says whether a decision could be made here",
    "exposition": "takes a token of its own, or comes from this machine",
    "login": "the door",
    "account_login": "the door",
    "logout": "ends the session that comes along, if one does",
    "account_logout": "ends the session that comes along, if one does",
    "mfa_authenticate": "the second step of the door; without the first it leads back to it",
    "sso": "off to the provider",
    "openid_connect_callback": "back from the provider, with an answer to a question of ours",
    "status": "a public page by choice",
    "status-link": "a page for whoever holds the link",
    "status-subscribe": "asks for mail, confirmed by mail",
    "status-link-subscribe": "asks for mail, confirmed by mail",
    "mail-confirm": "takes the proof that was sent by mail",
    "mail-leave": "takes the proof that was sent by mail",
    "slack-interactivity": "signed by Slack; who clicked is looked up at the click",
    "slack-command": "signed by Slack; who asks is looked up",
    "slack-events": "signed by Slack; who reacted is looked up",
    "hook-alertmanager": "takes a token with the scope evidence; keeps labels and states only",
    "hook-grafana": "takes a token with the scope evidence; keeps labels and states only",
    "hook-pagerduty": "signed by PagerDuty; keeps what an incident is called, and its state",
    "admin:login": "leads to the door",
    "api:openapi-json": "how the API is spoken to; nothing of anybody's",
}
"""Open to people nobody knows, and why."""

OWN: Final = frozenset({
    "runs", "account", "mfa_index", "password", "link", "again", "account_reauthenticate",
    "proved", "sso-again", "mfa_reauthenticate", "mfa_reauthenticate_webauthn",
    "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes", "mfa_list_webauthn", "mfa_add_webauthn",
    "mfa_remove_webauthn", "slack-link", "slack-unlink",
})  # fmt: skip
"""For whoever is signed in: what is theirs, and nothing of anybody else's."""

OF_A_MIGRATION: Final = frozenset({"plan"})
"""For people with a role in the migration."""

EXEMPT: Final[Mapping[str, str]] = {
    "status-subscribe": "no session; checks that it comes from its own page",
    "status-link-subscribe": "no session; checks that it comes from its own page",
    "mail-confirm": "no session; the proof in the address is the authority",
    "slack-interactivity": "no session; the signature over the body is the authority",
    "slack-command": "no session; the signature over the body is the authority",
    "slack-events": "no session; the signature over the body is the authority",
    "hook-alertmanager": "no session; the token is the authority",
    "hook-grafana": "no session; the token is the authority",
    "hook-pagerduty": "no session; the signature over the body is the authority",
    "mail-leave": "no session; RFC 8058 has the mail program post it",
}
"""POSTs that take no CSRF token, and why. Those of the API take a bearer token instead."""

PAGES: Final = frozenset({
    "room", "mine", "stream", "timeline", "timeline-news", "entry", "timeline-export",
    "timeline-markdown", "timeline-print", "comms", "share", "metrics", "metrics-csv",
    "metrics-past", "sheet", "sheet-text", "plan-page", "preview",
    "parity", "parity-json", "parity-csv",
    "watch",
})  # fmt: skip
"""Of a run, to be looked at by everybody with a role."""

CLICKS: Final[Mapping[str, Verb]] = {
    "start": Verb.START, "call-off": Verb.CALL_OFF, "complete-step": Verb.COMPLETE_STEP,
    "sign-off": Verb.SIGN_OFF, "go": Verb.GO, "no-go": Verb.NO_GO, "resume": Verb.RESUME,
    "complete": Verb.COMPLETE, "roll-back": Verb.ROLL_BACK, "note": Verb.NOTE,
    "handover-offer": Verb.HAND_OVER, "handover-accept": Verb.HAND_OVER,
    "handover-decline": Verb.HAND_OVER, "handover-withdraw": Verb.HAND_OVER,
    "handover-take-over": Verb.HAND_OVER, "step-take": Verb.TAKE_STEP,
    "step-put-down": Verb.TAKE_STEP, "step-note": Verb.NOTE, "nudge": Verb.NUDGE,
    "entry-pin": Verb.PIN, "entry-unpin": Verb.PIN, "entry-note": Verb.NOTE,
    "comms-begin": Verb.DRAFT, "comms-edit": Verb.DRAFT, "comms-ask": Verb.DRAFT,
    "comms-approve": Verb.APPROVE, "comms-send-back": Verb.APPROVE, "comms-drop": Verb.DRAFT,
    "comms-publish": Verb.PUBLISH, "share-open": Verb.PUBLISH, "share-link": Verb.PUBLISH,
    "share-revoke": Verb.PUBLISH,
}  # fmt: skip
"""Of a run, to be clicked: the verb whose roles may."""

_RUN: Final = "runs/<int:run_id>/"


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """A pattern of the URLconf. `params`: what has to be filled in."""

    name: str
    pattern: str
    params: tuple[str, ...]

    @property
    def of_a_run(self) -> bool:
        return self.pattern.startswith(_RUN)

    @property
    def of_the_api(self) -> bool:
        return self.name.startswith("api:")

    @property
    def of_the_admin(self) -> bool:
        return self.pattern.startswith("admin/")

    def path(self, things: Mapping[str, object]) -> str:
        """With the ids of `things`. Without a token the API looks at none."""
        if self.of_the_api:
            return reverse(self.name, kwargs=dict.fromkeys(self.params, 1))
        missing = [name for name in self.params if name not in things]
        assert not missing, f"tests/web/things.py does not say what to put for {missing}"
        return reverse(self.name, kwargs={name: things[name] for name in self.params})


def addresses() -> list[Address]:
    """Every address there is. A few of the admin have no name: they lead on to one that has."""
    return sorted(set(_under(get_resolver().url_patterns, "", "", ())))


def _under(
    patterns: list[URLPattern | URLResolver], prefix: str, space: str, params: tuple[str, ...]
) -> Iterator[Address]:
    for one in patterns:
        pattern, filled = prefix + str(one.pattern), (*params, *_params(one.pattern))
        if not isinstance(one, URLPattern):
            inner = f"{space}{one.namespace}:" if one.namespace else space
            yield from _under(one.url_patterns, pattern, inner, filled)
        elif one.name is not None:
            yield Address(space + one.name, pattern, filled)
        else:
            assert pattern.startswith("admin/"), f"{pattern} has no name"


def _params(pattern: Any) -> tuple[str, ...]:
    if isinstance(pattern, RoutePattern):
        return tuple(pattern.converters)
    return tuple(pattern.regex.groupindex)
