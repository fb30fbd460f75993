"""Connect to an address, shake hands, and look at its certificate. Nothing is sent or asked."""

from __future__ import annotations

import socket
import ssl
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from migrations_app.domain.errors import ConfigError
from migrations_app.domain.reading import Outcome
from migrations_app.sources.value import NoValue
from migrations_app.wire.answer import clean

if TYPE_CHECKING:
    from pathlib import Path

    from migrations_app.sources.probe.config import Address
    from migrations_app.sources.value import Value

_DAY: Final = 86_400
# OpenSSL's X509_V_FLAG_NO_CHECK_TIME: an expired certificate still tells when it expired.
_NO_CHECK_TIME: Final = 0x200000


class Trust:
    """Two ways of looking at a certificate: as any client does, and without the calendar or name.

    `ConfigError` names a `ca_file` that can't be used.
    """

    def __init__(self, ca_file: Path | None) -> None:
        try:
            self.client = ssl.create_default_context(cafile=ca_file)
            self.lenient = ssl.create_default_context(cafile=ca_file)
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(f"can't be used: {error}", "ca_file") from error
        self.lenient.check_hostname = False
        self.lenient.verify_flags |= _NO_CHECK_TIME


def connect_ms(address: Address, seconds: float) -> Value:
    """Milliseconds until it took the connection, the name's lookup included."""
    begun = time.monotonic()
    try:
        _connected(address, seconds).close()
    except OSError as error:
        return _why(address, error)
    return (time.monotonic() - begun) * 1000


def connects(address: Address, seconds: float) -> Value:
    """1 if it takes connections, 0 if it refuses them. Silence is neither."""
    try:
        _connected(address, seconds).close()
    except ConnectionRefusedError:
        return 0.0
    except OSError as error:
        return _why(address, error)
    return 1.0


def handshake_ms(address: Address, trust: Trust, seconds: float) -> Value:
    """Milliseconds of the handshake alone, whoever it is with."""
    deadline = time.monotonic() + seconds
    try:
        with _connected(address, seconds) as plain:
            begun = time.monotonic()
            plain.settimeout(max(0.001, deadline - begun))
            with trust.lenient.wrap_socket(plain, server_hostname=address.host):
                return (time.monotonic() - begun) * 1000
    except OSError as error:
        return _why(address, error)


def days_left(address: Address, name: str, trust: Trust, seconds: float) -> Value:
    """Whole days until the server's certificate expires, negative afterwards."""
    try:
        with (
            _connected(address, seconds) as plain,
            trust.lenient.wrap_socket(plain, server_hostname=name) as secured,
        ):
            certificate = secured.getpeercert() or {}
    except OSError as error:
        return _why(address, error)
    end = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
    return float((end - datetime.now(UTC).timestamp()) // _DAY)


def trusted(address: Address, name: str, trust: Trust, seconds: float) -> Value:
    """1 if any client would trust its certificate for `name`, else 0."""
    try:
        with (
            _connected(address, seconds) as plain,
            trust.client.wrap_socket(plain, server_hostname=name),
        ):
            return 1.0
    except ssl.SSLCertVerificationError:
        return 0.0
    except OSError as error:
        return _why(address, error)


def _connected(address: Address, seconds: float) -> socket.socket:
    return socket.create_connection((address.host, address.port), timeout=seconds)


def _why(address: Address, error: OSError) -> NoValue:
    match error:
        case TimeoutError():
            return NoValue(Outcome.TIMEOUT, f"{address} did not answer in time")
        case ConnectionRefusedError():
            return NoValue(Outcome.ERROR, f"{address} refuses connections")
        case socket.gaierror():
            return NoValue(Outcome.ERROR, f"the name {address.host} has no address")
        case ssl.SSLCertVerificationError():
            reason = clean(error.verify_message)
            said = f"the certificate of {address} is not trusted ({reason}); set ca_file"
            return NoValue(Outcome.ERROR, said)
        case _:
            return NoValue(Outcome.ERROR, f"{address}: {clean(error.strerror or str(error))}")
