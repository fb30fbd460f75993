"""The timeline of a run: its page, its search, its exports. Below `/runs/<run_id>/`."""

from __future__ import annotations

from django.urls import path

from migrations_app.web import entry, exports, timeline

of_run = [
    path("timeline/", timeline.timeline, name="timeline"),
    path("timeline/news", timeline.news, name="timeline-news"),
    path("timeline/<int:seq>/", entry.entry, name="entry"),
    path("timeline/<int:seq>/pin", entry.pin, name="entry-pin"),
    path("timeline/<int:seq>/unpin", entry.unpin, name="entry-unpin"),
    path("timeline/<int:seq>/note", entry.annotate, name="entry-note"),
    path("timeline.json", exports.as_json, name="timeline-export"),
    path("timeline.md", exports.as_markdown, name="timeline-markdown"),
    path("timeline.html", exports.as_html, name="timeline-print"),
]
