"""What Slack accepts as an app's manifest, as its manifest reference states it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    Json = Mapping[str, Any]

TOP: Final = {"_metadata", "display_information", "features", "oauth_config", "settings"}
DISPLAY: Final = {"name": 35, "description": 140, "background_color": 7}
BOT: Final = {"display_name": 80}
COMMAND: Final = {"command": 32, "url": 3000, "description": 2000, "usage_hint": 1000}
SHORTCUT: Final = {"name": 24, "callback_id": 255, "description": 150, "type": 7}
SETTINGS: Final = {"event_subscriptions", "interactivity", "org_deploy_enabled",
                   "socket_mode_enabled", "token_rotation_enabled"}  # fmt: skip
# Of the events and scopes there are, those this app may have any use for.
EVENTS: Final = {"reaction_added"}
SCOPES: Final = {"chat:write", "pins:write", "channels:history", "commands", "reactions:read"}


def manifest_problems(told: Json) -> list[str]:
    """Everything Slack would refuse this manifest for, or that this app has no use for."""
    features, settings = told.get("features", {}), told.get("settings", {})
    return [
        *_keys("manifest", told, TOP),
        *_texts("display_information", told.get("display_information", {}), DISPLAY),
        *_texts("bot_user", features.get("bot_user", {}), BOT, {"always_online"}),
        *_keys("settings", settings, SETTINGS),
        *_commands(features.get("slash_commands", [])),
        *_shortcuts(features.get("shortcuts", [])),
        *_known("scope", told.get("oauth_config", {}).get("scopes", {}).get("bot", []), SCOPES),
        *_known("event", settings.get("event_subscriptions", {}).get("bot_events", []), EVENTS),
        *(f"{url} is not https" for url in addresses(told) if not url.startswith("https://")),
    ]


def addresses(told: Any) -> Iterator[str]:
    """Where Slack is to send what people do."""
    match told:
        case dict():
            for name, inner in told.items():
                if name in {"url", "request_url"}:
                    yield inner
                else:
                    yield from addresses(inner)
        case list():
            for inner in told:
                yield from addresses(inner)
        case _:
            return


def _keys(what: str, told: Json, known: Collection[str]) -> list[str]:
    return [f"{what}: unknown {name}" for name in set(told) - set(known)]


def _texts(
    what: str,
    told: Json,
    limits: Mapping[str, int],
    more: Collection[str] = (),
) -> Iterator[str]:
    yield from _keys(what, told, {*limits, *more})
    for name, limit in limits.items():
        if not 1 <= len(str(told.get(name, ""))) <= limit:
            yield f"{what}: {name} of {len(str(told.get(name, '')))} characters"


def _commands(commands: list[Json]) -> Iterator[str]:
    for one in commands:
        yield from _texts("slash command", one, COMMAND, {"should_escape"})
        if not re.fullmatch(r"/[a-z0-9_-]+", one.get("command", "")):
            yield f"slash command {one.get('command')}"


def _shortcuts(shortcuts: list[Json]) -> Iterator[str]:
    for one in shortcuts:
        yield from _texts("shortcut", one, SHORTCUT)
        if one.get("type") not in {"message", "global"}:
            yield f"shortcut of type {one.get('type')}"


def _known(what: str, given: list[str], known: set[str]) -> list[str]:
    return [f"{what} {one}" for one in given if one not in known or given.count(one) > 1]
