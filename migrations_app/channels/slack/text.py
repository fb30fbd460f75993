"""Text made safe for Slack: whatever people or systems wrote is data, never markup.

`&`, `<` and `>` are escaped so that no mention, link or date can be smuggled in, a plain @channel
is broken by an invisible space, and controls that hide or reorder text are dropped. Lengths are
counted in UTF-16 units, the strictest way Slack could count.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

ELLIPSIS = "…"
BREAK = "\u200b"
LONGEST_LINK = 500
# Control characters except newline, lone surrogates, and the controls that reorder text.
HIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
MENTION = re.compile("@(?=channel|here|everyone|group)", re.IGNORECASE)
CUT_ENTITY = re.compile("&[a-z]*$")


def size(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text) + sum(char > "\uffff" for char in text)


def safe(raw: str) -> str:
    """Escaped, with mentions broken and nothing hidden in it. Newlines stay."""
    text = HIDDEN.sub(" ", raw)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return MENTION.sub(f"@{BREAK}", text)


def one_line(raw: str) -> str:
    """`safe`, on one line without double spaces."""
    return " ".join(safe(raw).split())


def visible(raw: str) -> str:
    """On one line, with nothing hidden in it, and not escaped: for where nothing is markup."""
    return " ".join(HIDDEN.sub(" ", raw).split())


def clip(text: str, limit: int) -> str:
    """Escaped text cut to `limit` with an ellipsis, never in the middle of an entity."""
    if size(text) <= limit:
        return text
    return CUT_ENTITY.sub("", _short(text, limit)) + ELLIPSIS


def cut(text: str, limit: int) -> str:
    """Text that is not escaped, cut to `limit` with an ellipsis."""
    return text if size(text) <= limit else _short(text, limit) + ELLIPSIS


def _short(text: str, limit: int) -> str:
    return text.encode("utf-16-le")[: 2 * (limit - 1)].decode("utf-16-le", "ignore")


def link(url: str, label: str) -> str:
    """A Slack link, or nothing when `url` is not a plain web address of bearable length."""
    address = quote(url, safe=":/?#[]!$&'()*+,;=%~", errors="replace").replace("&", "&amp;")
    usable = _is_web(url) and size(address) <= LONGEST_LINK
    return f"<{address}|{label}>" if usable else ""


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    plain = url.startswith(("https://", "http://")) and not HIDDEN.search(url)
    return plain and bool(parts.hostname) and parts.username is None
