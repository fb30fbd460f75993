"""What a runbook says about a cluster: where its API is, who we are there, and the namespace."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, ClassVar, Final, Self

from pydantic import Field, model_validator

from migrations_app.domain.errors import Permanent
from migrations_app.domain.plan.base import Count
from migrations_app.drivers.kube.names import Label
from migrations_app.wire.patience import Patience
from migrations_app.wire.place import BaseUrl, HeaderValue, Place

IN_CLUSTER: Final = "https://kubernetes.default.svc"
# Where every pod finds its own service account.
ACCOUNT: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount")


class Cluster(Place):
    """Without `url`: the cluster that Warroom runs in, by the service account of its pod.

    `token_file` is read anew for each request, because a service account's token rotates.
    """

    secret_keys: ClassVar[tuple[str, ...]] = ("token", "token_file")

    url: BaseUrl = IN_CLUSTER
    token: HeaderValue | None = None
    token_file: Path | None = None
    namespace: Label
    timeout: Patience = timedelta(seconds=5)
    max_response_bytes: Annotated[Count, Field(ge=1024)] = 4 * 1024 * 1024

    @model_validator(mode="before")
    @classmethod
    def _in_cluster(cls, data: object) -> object:
        if not isinstance(data, dict) or "url" in data:
            return data
        known: dict[object, object] = {}
        if ACCOUNT.is_dir():  # elsewhere a plan is only looked at
            known["ca_file"] = ACCOUNT / "ca.crt"
        if not {"token", "client_cert"} & set(data):
            known["token_file"] = ACCOUNT / "token"
        return known | data

    @model_validator(mode="after")
    def _one_token(self) -> Self:
        if self.token is not None and self.token_file is not None:
            raise ValueError("give either token or token_file")
        return self

    def headers(self) -> dict[str, str]:
        """What authenticates us now. `Permanent` if the token's file can't be read."""
        token = self._token()
        return {"authorization": f"Bearer {token}"} if token else {}

    def _token(self) -> str:
        if self.token is not None:
            return self.token.get_secret_value()
        return read_token(self.token_file) if self.token_file is not None else ""


def read_token(path: Path) -> str:
    """A token as it is in its file now. `Permanent` where there is none that could be sent."""
    try:
        token = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        where = "give url and token outside of a cluster" if path == ACCOUNT / "token" else ""
        why = f"{type(error).__name__}{where and '; '}{where}"
        raise Permanent(f"token_file {path} can't be read ({why}).") from error
    if not token or not token.isprintable():
        raise Permanent(f"token_file {path} holds no token.")
    return token
