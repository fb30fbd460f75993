"""What a runbook says about a place that is probed over HTTP."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from migrations_app.sources.http.question import path_problem
from migrations_app.sources.web.config import WebPlace


def _path(text: str) -> str:
    if problem := path_problem(text):
        raise ValueError(problem)
    return text


class HTTPConfig(WebPlace):
    """`health` is what `doctor` looks at."""

    health: Annotated[str, AfterValidator(_path)] = "/"
