"""A line that a person pastes is the request it stands for, whatever is in it."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from migrations_app.wire.curl import curl, quoted
from migrations_app.wire.place import Place

PLACE = Place(url="https://plane.example/base")
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)


@given(TEXT)
def test_quoted_is_one_word_to_a_shell(text: str) -> None:
    assert shlex.split(quoted(text)) == [text]


@given(st.dictionaries(TEXT, TEXT, max_size=3))
def test_a_body_arrives_as_it_is(body: dict[str, str]) -> None:
    words = shlex.split(curl(PLACE, "PUT", "/x", body=body))
    assert json.loads(words[words.index("--data-binary") + 1]) == body
    assert words[-1] == "https://plane.example/base/x"
    assert words[words.index("-X") + 1] == "PUT"


def test_the_shell_fills_in_the_secret_and_nothing_else() -> None:
    line = curl(PLACE, "GET", "/$HOME", secret="Authorization: Bearer $TOKEN")
    assert line == (
        'curl -sS --fail-with-body -H "Authorization: Bearer $TOKEN" '
        "'https://plane.example/base/$HOME'"
    )


def test_how_we_trust_is_how_they_do() -> None:
    own = Place(url="https://p", ca_file=Path("/ca it.pem"), client_cert=Path("/c.pem"))
    assert "--cacert '/ca it.pem' --cert '/c.pem'" in curl(own, "GET", "/")
    assert "--insecure" in curl(Place(url="https://p", verify=False), "GET", "/")
