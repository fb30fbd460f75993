"""Say in the browser that a Slack account is one's own; and take that back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from migrations_app.actions import slack_link
from migrations_app.domain.actor import Actor, Via
from migrations_app.domain.errors import Refused
from migrations_app.web.answer import SeeOther
from migrations_app.web.step_up import proven

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


STATUS: Final = {"taken": 409}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@proven
def link(request: HttpRequest, ticket: str) -> HttpResponse:
    """Ask whether that account is theirs. It takes a fresh proof: from then on, who has the account
    decides in their name."""
    status = 200
    try:
        if request.method == "POST":
            return _linked(request, ticket)
        context: dict[str, object] = {"account": slack_link.account_on(ticket)}
    except Refused as refusal:
        context, status = {"refusal": refusal.message}, STATUS.get(refusal.code, 410)
    return render(request, "account/slack_link.html", context, status=status)


def _linked(request: HttpRequest, ticket: str) -> HttpResponse:
    actor = Actor(request.user.get_username(), request.user.pk, Via.WEB)
    account = slack_link.link(actor, ticket)
    shown = account.name or account.id
    messages.success(
        request, f"Slack account {shown} is linked to you. Back in Slack, do it again."
    )
    return SeeOther(reverse("account"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unlink(request: HttpRequest, account_id: int) -> HttpResponse:
    """Take a link back. It takes no proof: it only ever takes away."""
    if request.method == "POST":
        if not slack_link.unlink(request.user.pk or 0, account_id):
            raise Http404("No such Slack account is linked to you.")
        messages.success(request, "That Slack account is no longer linked to you.")
    return SeeOther(reverse("account"))
