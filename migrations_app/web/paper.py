"""Pages to print. They need nothing beside themselves: the style is inside, known to the policy by
its digest, so that they also print from a disk and no other style is applied."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from typing import Final

from django.template.loader import render_to_string

_POLICY: Final = (
    "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


@cache
def style(template: str) -> str:
    """The style to put into the page."""
    return render_to_string(template)


@cache
def policy(template: str) -> str:
    """The page's Content-Security-Policy: that style, and nothing else."""
    digest = sha256(style(template).encode()).digest()
    return _POLICY.format(b64encode(digest).decode())
