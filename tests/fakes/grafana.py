"""A small Grafana: its tokens, its organisations, and the proxy before one data source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import httpx

from tests.sources.place import Said

if TYPE_CHECKING:
    from tests.sources.place import Asked

TOKEN: Final = "glsa_OPEN-SESAME"
UID: Final = "PBFA97CFB590B2093"
_PROXY: Final = f"/api/datasources/proxy/uid/{UID}"


class Grafana:
    """Passes on what is asked of the data source at `behind`."""

    def __init__(self, behind: str) -> None:
        self._behind = behind
        self.organisations: list[str | None] = []
        self._client = httpx.Client(timeout=60)

    def __call__(self, asked: Asked) -> Said:
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Said(401, {"message": "Invalid API key", "messageId": "api-key.invalid"})
        self.organisations.append(asked.headers.get("x-grafana-org-id"))
        if asked.path == _PROXY.replace(UID, "forbidden") + "/api/v1/query":
            return Said(
                403, {"message": "You'll need additional permissions", "accessErrorId": "A"}
            )
        if not asked.path.startswith(_PROXY + "/"):
            return Said(404, {"message": "Data source not found", "traceID": ""})
        url = f"{self._behind}{asked.path.removeprefix(_PROXY)}?{urlencode(asked.params)}"
        headers = {"content-type": asked.headers.get("content-type", "")}
        answer = self._client.request(asked.method, url, content=asked.body, headers=headers)
        kind = answer.headers.get("content-type", "text/plain")
        return Said(answer.status_code, answer.content, {"content-type": kind})

    def close(self) -> None:
        self._client.close()
