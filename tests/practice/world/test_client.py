from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from migrations_app.practice.ports import HOST
from migrations_app.practice.world.client import Answer, Client, Question

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

Talk = "Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[None, None, None]]"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Served-By: blue\r\n\r\nhi"


async def read_question(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    return head + await reader.readexactly(length)


class Server:
    """Answers every question with `answer`; hangs up after `per_connection` of them."""

    def __init__(self, answer: bytes = OK, per_connection: int = 100) -> None:
        self.answer = answer
        self.per_connection = per_connection
        self.connections = 0
        self.questions: list[bytes] = []

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            for _ in range(self.per_connection):
                self.questions.append(await read_question(reader))
                writer.write(self.answer)
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    def run(self, use: Callable[[Client], Coroutine[None, None, None]], timeout: float = 5) -> None:
        async def main() -> None:
            server = await asyncio.start_server(self.talk, HOST)
            client = Client(HOST, server.sockets[0].getsockname()[1], timeout)
            try:
                await use(client)
            finally:
                await client.close()
                server.close()
                await server.wait_closed()

        asyncio.run(main())


def test_questions_and_answers_arrive_whole() -> None:
    server = Server()

    async def use(client: Client) -> None:
        answer = await client.ask(Question("POST", "/orders", {"x-shadow": "yes"}, b"body"))
        assert answer == Answer(200, {"content-length": "2", "x-served-by": "blue"}, b"hi")

    server.run(use)

    assert server.questions[0].startswith(b"POST /orders HTTP/1.1\r\n")
    assert b"\r\nx-shadow: yes\r\n" in server.questions[0]
    assert server.questions[0].endswith(b"\r\n\r\nbody")


def test_a_connection_is_used_again_unless_it_is_asked_to_be_closed() -> None:
    server = Server()

    async def use(client: Client) -> None:
        for close in (False, False, True, False):
            await client.ask(Question("GET", "/", close=close))

    server.run(use)

    assert server.connections == 2
    assert [b"connection: close" in question for question in server.questions] == [
        False,
        False,
        True,
        False,
    ]


def test_a_connection_the_server_closed_meanwhile_is_not_used_again() -> None:
    server = Server(per_connection=1)

    async def use(client: Client) -> None:
        for _ in range(3):
            await client.ask(Question("GET", "/"))
            await asyncio.sleep(0.05)

    server.run(use)

    assert server.connections == 3


def test_questions_at_the_same_time_have_a_connection_each() -> None:
    server = Server()

    async def use(client: Client) -> None:
        await asyncio.gather(*(client.ask(Question("GET", "/")) for _ in range(5)))

    server.run(use)

    assert server.connections == 5


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\n", OK[:-1], b"nonsense\r\n\r\n"])
def test_an_answer_that_is_cut_off_is_a_loss(answer: bytes) -> None:
    async def use(client: Client) -> None:
        with pytest.raises(OSError, match="cut off"):
            await client.ask(Question("GET", "/"))

    Server(answer, per_connection=1).run(use)


def test_no_answer_in_time_is_a_loss() -> None:
    async def use(client: Client) -> None:
        with pytest.raises(TimeoutError):
            await client.ask(Question("GET", "/"))

    Server(answer=b"").run(use, timeout=0.1)


def test_nobody_there_is_a_loss() -> None:
    async def main() -> None:
        with pytest.raises(ConnectionRefusedError):
            await Client(HOST, 1).ask(Question("GET", "/"))

    asyncio.run(main())
