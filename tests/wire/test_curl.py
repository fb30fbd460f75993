"""Lines that a shell reads as they are meant, without a secret in them."""

from __future__ import annotations

import json
import shlex

from migrations_app.wire.curl import curl
from migrations_app.wire.place import Place


def place(**keys: object) -> Place:
    return Place.model_validate({"url": "https://admin.example:9901", **keys})


def test_an_address_is_one_word_to_the_shell() -> None:
    words = shlex.split(curl(place(), "POST", "/a?b=1&c=$HOME;ls"))
    url = "https://admin.example:9901/a?b=1&c=$HOME;ls"
    assert words == ["curl", "-sS", "--fail-with-body", "-X", "POST", url]


def test_a_body_reaches_the_other_side_as_it_is() -> None:
    body = {"it's": "$5 & `more`"}
    words = shlex.split(curl(place(), "PUT", "/", body=body))
    assert json.loads(words[words.index("--data-binary") + 1]) == body


def test_who_is_trusted_and_who_we_are_comes_along() -> None:
    known = place(ca_file="/etc/my ca.pem", client_cert="/c.pem", client_key="/k.pem")
    words = shlex.split(curl(known, "GET", "/"))
    for option, file in {
        "--cacert": "/etc/my ca.pem",
        "--cert": "/c.pem",
        "--key": "/k.pem",
    }.items():
        assert words[words.index(option) + 1] == file
    assert "--insecure" not in words
    assert "--insecure" in curl(place(verify=False), "GET", "/")


def test_a_secret_is_a_variable_that_the_shell_fills_in() -> None:
    line = curl(place(), "GET", "/", secret="Authorization: Bearer $TOKEN")
    assert '-H "Authorization: Bearer $TOKEN"' in line
