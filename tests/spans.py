"""The trail of a test, kept."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from migrations_app.conductor import traces
from migrations_app.domain.trail import trace_with

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.trace import SpanContext


class Kept:
    """Every span that has ended, as an exporter was given it."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        traces.keep(SimpleSpanProcessor(self._exporter))

    def spans(self) -> list[ReadableSpan]:
        return list(self._exporter.get_finished_spans())

    def names(self) -> list[str]:
        return [span.name for span in self.spans()]

    def traces(self) -> set[int]:
        return {_context(span).trace_id for span in self.spans()}

    def one(self, name: str) -> ReadableSpan:
        (found,) = [span for span in self.spans() if span.name == name]
        return found

    def above(self, span: ReadableSpan) -> list[str]:
        """The names of what it lies within, nearest first."""
        by_id = {_context(one).span_id: one for one in self.spans()}
        names = []
        while span.parent is not None and span.parent.span_id in by_id:
            span = by_id[span.parent.span_id]
            names.append(span.name)
        return names

    def clear(self) -> None:
        self._exporter.clear()


def _context(span: ReadableSpan) -> SpanContext:
    context = span.get_span_context()
    assert context is not None
    return context


@contextmanager
def keeping() -> Iterator[Kept]:
    """Everything in here is kept, and nothing after it."""
    try:
        yield Kept()
    finally:
        trace_with(None)
