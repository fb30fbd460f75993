"""All the ways in which a Prometheus, or what stands before it, can answer."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sources.stub import Handler

    Behaviour = Callable[[Handler, str], None]

PIECE: Final = b" " * 65_536
LOGIN_PAGE: Final = b"<!doctype html><title>Sign in</title>"
SECRET_PLACE: Final = "https://login.example/start?state=OPEN-SESAME"


def success(data: object, **more: object) -> bytes:
    return json.dumps({"status": "success", "data": data, **more}).encode()


def failure(kind: str, words: str) -> bytes:
    return json.dumps({"status": "error", "errorType": kind, "error": words}).encode()


def vector(*values: object) -> dict[str, object]:
    result = [{"metric": {"n": str(n)}, "value": [1, value]} for n, value in enumerate(values)]
    return {"resultType": "vector", "result": result}


def typed(kind: str, result: object) -> bytes:
    return success({"resultType": kind, "result": result})


def unknown(handler: Handler, rest: str) -> None:
    handler.say(failure("bad_data", f"invalid parameter: no such behaviour {rest}"), 400)


def answering(body: bytes, status: int = 200, **headers: str) -> Behaviour:
    return lambda handler, _rest: handler.say(body, status, **headers)


def ranged(instant: Behaviour, over_time: Behaviour) -> Behaviour:
    """One way for `query`, another for `query_range`."""
    return lambda handler, rest: (over_time if "start" in handler.form else instant)(handler, rest)


def value(handler: Handler, rest: str) -> None:
    handler.say(success(vector(rest)))


def moment(handler: Handler, rest: str) -> None:
    """The time that was asked for, or now, plus `rest` seconds."""
    asked = float(handler.form.get("time", time.time()))
    handler.say(typed("scalar", [asked, repr(asked + float(rest or 0))]))


def hang(handler: Handler, _rest: str) -> None:
    """Not a byte until the server is released."""
    handler.stub.released.wait()
    handler.close_connection = True


def drip(handler: Handler, _rest: str) -> None:
    """A byte now and then, so that no single read ever takes long."""
    handler.head(content_length="1000000")
    while not handler.stub.released.wait(0.05):
        handler.wfile.write(b" ")


def drip_head(handler: Handler, _rest: str) -> None:
    """The same, before the headers have ended."""
    handler.close_connection = True
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nx-slow: ")
    while not handler.stub.released.wait(0.05):
        handler.wfile.write(b"x")


def endless(handler: Handler, _rest: str) -> None:
    handler.head()
    pour(handler, [PIECE])


def bomb(handler: Handler, _rest: str) -> None:
    """A hundred megabytes in a hundred kilobytes."""
    packer = zlib.compressobj(wbits=31)
    packed = b"".join(packer.compress(bytes(1_000_000)) for _ in range(100)) + packer.flush()
    handler.say(packed, content_encoding="gzip")


def pour(handler: Handler, pieces: list[bytes]) -> None:
    """A gigabyte, unless somebody hangs up."""
    for _ in range(1_000_000_000 // len(pieces[0])):
        handler.wfile.write(pieces[0])
        handler.stub.poured += len(pieces[0])


def cut(handler: Handler, _rest: str) -> None:
    """Ends in the middle, against its own word."""
    handler.head(content_length="5000")
    handler.wfile.write(success(vector("1"))[:40])
    handler.close_connection = True


def mute(handler: Handler, _rest: str) -> None:
    """Hangs up without a word."""
    handler.close_connection = True


def once(handler: Handler, rest: str) -> None:
    """Answers, and then hangs up without having said that it would."""
    handler.say(success(vector(rest)))
    handler.close_connection = True


def raw(handler: Handler, rest: str) -> None:
    """Exactly these bytes (in hexadecimal), and then nothing."""
    handler.wfile.write(bytes.fromhex(rest))
    handler.close_connection = True


def echo(handler: Handler, rest: str) -> None:
    """Refuses in the words it was told."""
    handler.say(failure("bad_data", rest), 400)


def line(handler: Handler, rest: str) -> None:
    """A range of the times asked for, each with its own value, or with `rest`."""
    start, end, step = (float(handler.form[name]) for name in ("start", "end", "step"))
    times = [start + step * n for n in range(int((end - start) / step + 1e-6) + 1)]
    values = [[round(time, 3), rest or repr(round(time, 3))] for time in times]
    handler.say(typed("matrix", [{"metric": {}, "values": values}]))


BEHAVIOUR: Final[dict[str, Behaviour]] = {
    "value": value,
    "moment": ranged(moment, line),
    "time()": moment,
    "scalar": answering(typed("scalar", [1, "2.5"])),
    "nan": answering(success(vector("NaN"))),
    "inf": answering(success(vector("+Inf"))),
    "minus-inf": answering(success(vector("-Inf"))),
    "empty": ranged(answering(success(vector())), answering(typed("matrix", []))),
    "many": answering(success(vector("1", "2", "3"))),
    "warned": answering(success(vector("1"), warnings=["two of three stores did not answer"])),
    "remarked": answering(success(vector("1"), infos=["PromQL info: a remark"])),
    "remarked-2.5x": answering(success(vector("1"), warnings=["PromQL info: a remark"])),
    "no-warnings": answering(success(vector("1"), warnings=None)),
    "matrix": answering(typed("matrix", [{"metric": {}, "values": [[1, "1"]]}])),
    "string": answering(typed("string", [1, "hello"])),
    "streams": answering(typed("streams", [])),
    "native": answering(
        typed("vector", [{"metric": {}, "histogram": [1, {"count": "1", "sum": "1"}]}])
    ),
    "word": answering(success(vector("ok"))),
    "unquoted": answering(success(vector(1.5))),
    "underscored": answering(success(vector("1_000"))),
    "no-data": answering(success(None)),
    "error-in-200": answering(failure("internal", "it is broken")),
    "invalid": answering(failure("bad_data", "1:5: parse error: unclosed left brace"), 400),
    "echo": echo,
    "too-much": answering(failure("execution", "would load too many samples"), 422),
    "gave-up": answering(failure("timeout", "query timed out in expression evaluation"), 503),
    "internal": answering(failure("internal", "disk on fire"), 500),
    "plain-500": answering(b"oops", 500, content_type="text/plain"),
    "bad-gateway": answering(LOGIN_PAGE, 502, content_type="text/html"),
    "gateway-timeout": answering(LOGIN_PAGE, 504, content_type="text/html"),
    "who": answering(b"Unauthorized", 401, content_type="text/plain"),
    "forbidden": answering(failure("forbidden", "no org id"), 403),
    "nowhere": answering(b"404 page not found", 404, content_type="text/plain"),
    "slow-down": answering(b"", 429),
    "redirect": answering(b"", 302, location=SECRET_PLACE),
    "login": answering(LOGIN_PAGE, content_type="text/html; charset=utf-8"),
    "garbage": answering(b"\x00\xff\xfe{{{"),
    "other-json": answering(b'{"ok": true}'),
    "list": answering(b"[1, 2]"),
    "nothing": answering(b""),
    "truncated": answering(success(vector("1"))[:-5]),
    "zipped": answering(gzip.compress(success(vector("1.25"))), content_encoding="gzip"),
    "badly-zipped": answering(b"not gzip", content_encoding="gzip"),
    "brotli": answering(b"?", content_encoding="br"),
    "claims-a-lot": answering(b" " * 3_000_000),
    "cut": cut,
    "mute": mute,
    "once": once,
    "raw": raw,
    "hang": hang,
    "drip": drip,
    "drip-head": drip_head,
    "endless": endless,
    "bomb": bomb,
    "line": line,
}
