"""The timeline as people read it: a page of it, one entry of it, what they look for in it."""

from migrations_app.reads.timeline.entry import EntryView, as_entry, entry_view
from migrations_app.reads.timeline.listing import Listing, listing, news
from migrations_app.reads.timeline.page import PAGE, Page, page
from migrations_app.reads.timeline.shown import NoteView, PinView, Shown
from migrations_app.reads.timeline.single import Single, single
from migrations_app.reads.timeline.wanted import Wanted

__all__ = [
    "PAGE",
    "EntryView",
    "Listing",
    "NoteView",
    "Page",
    "PinView",
    "Shown",
    "Single",
    "Wanted",
    "as_entry",
    "entry_view",
    "listing",
    "news",
    "page",
    "single",
]
