"""The trail as OpenTelemetry's traces. Imported only where they were asked for."""

from __future__ import annotations

import logging
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Final

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from migrations_app.domain.about import known
from migrations_app.domain.trail import trace_with

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import SpanProcessor

log = logging.getLogger(__name__)

_EXPORT_S: Final = 2
"""A collector that hangs costs spans; and a process that ends, this long at most."""

_SPELLED: Final = TraceContextTextMapPropagator()
_PARENT: Final = "traceparent"


class Spans:
    """A tracer that makes every stretch a span of `provider`."""

    def __init__(self, provider: TracerProvider) -> None:
        self._tracer = provider.get_tracer("warroom")

    def stretch(self, name: str, carried: str | None) -> AbstractContextManager[object]:
        """A span of this name, with what is known when it ends as its attributes."""
        if carried is None and not trace.get_current_span().get_span_context().is_valid:
            return nullcontext()
        return self._span(name, _context(carried))

    @contextmanager
    def _span(self, name: str, context: Context | None) -> Iterator[None]:
        with self._tracer.start_as_current_span(
            name, context, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield
            except Exception as error:  # its name: what it says is for people who may read it
                span.set_attribute("warroom.raised", type(error).__name__)
                raise
            finally:
                span.set_attributes({f"warroom.{key}": fact for key, fact in known().items()})

    def carry(self) -> str:
        """The current span as W3C's `traceparent`."""
        carrier: dict[str, str] = {}
        _SPELLED.inject(carrier)
        return carrier.get(_PARENT, "")


def _context(carried: str | None) -> Context | None:
    """None: whatever is current, which for the first of a trail is nothing."""
    return _SPELLED.extract({_PARENT: carried}) if carried else None


def install() -> None:
    """Send traces where `OTEL_EXPORTER_OTLP_ENDPOINT` says, from a thread of their own."""
    keep(BatchSpanProcessor(OTLPSpanExporter(timeout=_EXPORT_S)))
    log.info("traces are sent")


def keep(processor: SpanProcessor) -> None:
    """Give every span to `processor` from now on."""
    named = Resource({SERVICE_NAME: "warroom"}).merge(OTELResourceDetector().detect())
    provider = TracerProvider(resource=named)
    provider.add_span_processor(processor)
    trace_with(Spans(provider))
