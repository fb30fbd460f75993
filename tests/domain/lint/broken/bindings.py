"""Plans that are bound to nothing that works, or tell a secret."""

from __future__ import annotations

from tests.domain.lint.broken.base import Broken

CONFIG = "environments.production.routes.web.config"

BINDINGS = [
    Broken(
        "unknown_kind",
        {"environments.production.routes.web.driver": "haprxy"},
        "environments.production.routes.web",
        'there is no thing of kind "haprxy"',
    ),
    Broken(
        "unknown_kind",
        {"environments.production.sources.metrics.kind": "x"},
        "environments.production.sources.metrics",
        'no thing of kind "x"',
    ),
    Broken(
        "unknown_kind",
        {"environments.production.channels.room.kind": "x"},
        "environments.production.channels.room",
        'no thing of kind "x"',
    ),
    Broken(
        "config_invalid", {f"{CONFIG}.address": "x"}, f"{CONFIG}.address", "looks like host:port"
    ),
    Broken(
        "config_invalid", {f"{CONFIG}.prot": "${env:P}"}, f"{CONFIG}.prot", 'Did you mean "port"'
    ),
    Broken("config_invalid", {f"{CONFIG}.port": "many"}, f"{CONFIG}.port", "valid integer"),
    Broken(
        "reference_malformed",
        {f"{CONFIG}.address": "${ENV:A}:1"},
        f"{CONFIG}.address",
        "Nothing fills in ${ENV:A}",
    ),
    Broken(
        "reference_malformed",
        {f"{CONFIG}.address": "${var:green}:1"},
        f"{CONFIG}.address",
        "${env:NAME} only",
    ),
    Broken(
        "interval_too_short",
        {"environments.production.sources.metrics.interval": "999ms"},
        "environments.production.sources.metrics.interval",
        "1s is the least",
    ),
]

SECRETS = [
    *(
        Broken(
            "literal_secret",
            {f"{CONFIG}.{key}": "hunter2"},
            f"{CONFIG}.{key}",
            "what looks like a secret",
        )
        for key in ("token", "api_key", "X-Api-Key", "botToken", "db_password", "bearer")
    ),
    Broken(
        "literal_secret",
        {f"{CONFIG}.tokens": ["hunter2"]},
        f"{CONFIG}.tokens[0]",
        "what looks like a secret",
    ),
    Broken(
        "literal_secret",
        {"environments.production.channels.room.config.pin": "hunter2"},
        "environments.production.channels.room.config.pin",
        '"pin" holds what looks like a secret',
    ),
    Broken(
        "literal_secret",
        {"environments.production.channels.room.config.codes": ["${env:A}", "hunter2"]},
        "environments.production.channels.room.config.codes[1]",
        '"codes" holds what looks like a secret',
    ),
    Broken(
        "literal_secret",
        {"environments.production.channels.room.config.headers": {"X-Door": "hunter2"}},
        "environments.production.channels.room.config.headers.X-Door",
        "what looks like a secret",
    ),
    *(
        Broken("literal_secret", {"summary": f"see {text}"}, "summary", "what looks like a secret")
        for text in (
            "http://ann:hunter2@db/",
            "https://hooks.slack.com/services/T0/B0/x",
            "xoxb-1-2",
            "AKIA" + "ABCDEFGH12345678",
            "-----BEGIN RSA PRIVATE KEY-----",
        )
    ),
]
