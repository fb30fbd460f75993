"""The rungs of the plan's ladder, drawn by attributes alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.html import format_html

if TYPE_CHECKING:
    from decimal import Decimal

    from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def rung(weight: Decimal) -> SafeString:
    """BLUE from above, GREEN from below, so that one phase beside the next makes a staircase."""
    blue = float(100 - weight)
    return format_html(
        '<svg class="rung" viewBox="0 0 10 100" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="blue" width="10" height="{0}"/>'
        '<rect class="green" y="{0}" width="10" height="{1}"/></svg>',
        blue, 100 - blue,
    )  # fmt: skip
