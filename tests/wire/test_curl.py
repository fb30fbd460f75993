"""Lines that a shell reads as they are meant, without a secret in them."""

from __future__ import annotations

import shlex

from migrations_app.wire.curl import curl
from migrations_app.wire.place import Auth, Place

SECRET = "s3cret"


def place(**keys: object) -> Place:
    return Place.model_validate({"url": "https://admin.example:9901", **keys})


def auth(**keys: object) -> Auth:
    return Auth.model_validate(keys)


def test_an_address_is_one_word_to_the_shell() -> None:
    line = curl(place(), "/a?b=1&c=$HOME;ls", "-X", "POST")
    url = "https://admin.example:9901/a?b=1&c=$HOME;ls"
    assert shlex.split(line) == ["curl", "-sS", "-X", "POST", url]


def test_who_is_trusted_and_who_we_are_comes_along() -> None:
    line = curl(place(ca_file="/etc/my ca.pem", client_cert="/c.pem", client_key="/k.pem"), "/")
    assert "--cacert '/etc/my ca.pem' --cert /c.pem --key /k.pem" in line
    assert "--insecure" not in line
    assert "--insecure" in curl(place(verify=False), "/")


def test_a_secret_is_a_variable() -> None:
    bearer = curl(place(), "/", auth=auth(bearer=SECRET))
    basic = curl(place(), "/", auth=auth(basic={"username": "o'neil", "password": SECRET}))
    assert '-H "Authorization: Bearer $TOKEN"' in bearer
    assert basic.startswith("""curl -sS -u 'o'"'"'neil:'"$PASSWORD" """)
    assert SECRET not in bearer + basic
