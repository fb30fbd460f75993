"""The comms desk of a run. Below `/runs/<run_id>/`."""

from __future__ import annotations

from django.urls import path

from migrations_app.web import comms, share

of_run = [
    path("comms/", comms.comms, name="comms"),
    path("comms/begin", comms.begin, name="comms-begin"),
    path("comms/<int:number>/edit", comms.edit, name="comms-edit"),
    path("comms/<int:number>/ask", comms.ask, name="comms-ask"),
    path("comms/<int:number>/approve", comms.approve, name="comms-approve"),
    path("comms/<int:number>/send-back", comms.send_back, name="comms-send-back"),
    path("comms/<int:number>/drop", comms.drop, name="comms-drop"),
    path("comms/<int:number>/publish", comms.publish_update, name="comms-publish"),
    path("share/", share.share, name="share"),
    path("share/open", share.open_page, name="share-open"),
    path("share/link", share.make_link, name="share-link"),
    path("share/<int:link_id>/revoke", share.revoke_link, name="share-revoke"),
]
