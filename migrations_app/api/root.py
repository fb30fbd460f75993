"""The API, put together: `path("api/v1/", api.urls)`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ninja import NinjaAPI
from ninja.openapi.schema import REF_TEMPLATE
from ninja.renderers import BaseRenderer
from pydantic_core import to_json

from migrations_app.api import crew, decisions, files, operation, pins, plans, runs
from migrations_app.api.door import StrictJson, door
from migrations_app.api.problem import DESCRIBED, MEDIA_TYPE, Problem, handle

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.urls import URLPattern, URLResolver
    from ninja.openapi.schema import OpenAPISchema


class Exact(BaseRenderer):
    """JSON with times to the microsecond: the timeline's hashes cover them."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: object, *, response_status: int) -> bytes:  # noqa: ARG002 (the framework's)
        """`data` as UTF-8."""
        return to_json(data, inf_nan_mode="null")


class Api(NinjaAPI):
    """Every address behind our own door, every problem in the description."""

    @property
    def urls(self) -> tuple[list[URLResolver | URLPattern], str, str]:
        """For `path`."""
        patterns, app, namespace = super().urls
        for pattern in patterns:
            pattern.callback = door(pattern.callback)  # type: ignore[arg-type]  # a resolver has none, and none is here
        return patterns, app, namespace

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, object] | None = None
    ) -> OpenAPISchema:
        """The description, with what may go wrong at every address."""
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        schema["components"]["schemas"]["Problem"] = Problem.model_json_schema()
        for methods in schema["paths"].values():
            for method, described in methods.items():
                described["responses"] |= _problems(method)
        return schema


_CONTENT: Final = {MEDIA_TYPE: {"schema": {"$ref": REF_TEMPLATE.format(model="Problem")}}}
_WITH_A_BODY: Final = frozenset({400, 411, 413, 428})


def _problems(method: str) -> dict[int, dict[str, object]]:
    return {
        status: {"description": sentence, "content": _CONTENT}
        for status, sentence in DESCRIBED.items()
        if method == "post" or status not in _WITH_A_BODY
    }


api: Final = Api(
    title="Warroom",
    version="1",
    description="Start, decide, push evidence and read state, with the verbs of the room.",
    docs_url=None,  # its page needs inline scripts, which our CSP refuses; docs/api.md is the page
    urls_namespace="api",
    parser=StrictJson(),
    renderer=Exact(),
)
handle(api)
for _part in (plans, runs, decisions, operation, files, pins, crew):
    api.add_router("", _part.router)
