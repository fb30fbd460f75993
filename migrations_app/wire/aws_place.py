"""What a runbook says about a service of AWS: in which region, and as whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, SecretStr, StringConstraints, model_validator

from migrations_app.wire.patience import Patience
from migrations_app.wire.place import BaseUrl, HeaderValue, Place


def _ascii(text: str) -> str:
    if not text.isascii():
        raise ValueError("has letters that no name at AWS has")
    return text


Region = Annotated[
    str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]{3,12}){1,2}-[0-9]$"), AfterValidator(_ascii)
]
KeyId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{16,128}$")]


class AwsPlace(Place):
    """Without `url` it is the service's public address in `region`. Without keys we are whoever the
    machine is: AWS's default chain (environment, shared files, web identity, instance role)."""

    secret_keys: ClassVar[tuple[str, ...]] = ("secret_access_key", "session_token")
    service_host: ClassVar[str]  # elasticloadbalancing.{region}

    url: BaseUrl = ""
    region: Region
    access_key_id: KeyId | None = None
    secret_access_key: HeaderValue | None = None
    session_token: HeaderValue | None = None
    timeout: Patience = timedelta(seconds=10)

    @model_validator(mode="before")
    @classmethod
    def _at_its_public_address(cls, keys: object) -> object:
        if not isinstance(keys, dict) or keys.get("url"):
            return keys
        return {**keys, "url": cls.public_url(str(keys.get("region", "")))}

    @model_validator(mode="after")
    def _whole_keys(self) -> Self:
        if (self.access_key_id is None) != (self.secret_access_key is None):
            raise ValueError("give access_key_id and secret_access_key together, or neither")
        if self.session_token is not None and self.secret_access_key is None:
            raise ValueError("session_token belongs to an access_key_id and a secret_access_key")
        return self

    @classmethod
    def public_url(cls, region: str) -> str:
        suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
        return f"https://{cls.service_host.format(region=region)}.{suffix}"

    def keys(self) -> dict[str, str | None]:
        """As botocore takes them. Secrets."""
        if self.secret_access_key is None:
            return {}
        return {
            "aws_access_key_id": self.access_key_id,
            "aws_secret_access_key": self.secret_access_key.get_secret_value(),
            "aws_session_token": _told(self.session_token),
        }

    @property
    def cli(self) -> str:
        """The flags that lead the `aws` command to the same place."""
        public = self.url == self.public_url(self.region)
        return f"--region {self.region}" + ("" if public else f" --endpoint-url {self.url}")


def _told(secret: SecretStr | None) -> Any:
    return secret.get_secret_value() if secret else None
