"""What Slack sends us, signed; and the pages that say whose account is whose."""

from __future__ import annotations

from django.urls import path

from migrations_app.web import slack, slack_link

urlpatterns = [
    path("slack/interactivity", slack.interactivity, name="slack-interactivity"),
    path("slack/command", slack.command, name="slack-command"),
    path("slack/events", slack.events, name="slack-events"),
    path("slack/link/<str:ticket>/", slack_link.link, name="slack-link"),
    path("account/slack/<int:account_id>/off/", slack_link.unlink, name="slack-unlink"),
]
