"""Addresses as they are typed, what is not HTTP, and requests that never end: over real sockets."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import unquote

import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import JSONResponse
from uvicorn.server import ServerState

from clusteratlas.api import protocol
from clusteratlas.api.protocol import MAX_HEAD_BYTES, Protocol

Ask = Callable[..., Awaitable[bytes]]


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answer what the application is given."""
    request = Request(scope, receive)
    body = await request.body()
    found = {
        "path": scope["path"],
        "query": unquote(scope["query_string"].decode("ascii"), errors="replace"),
        "body": body.decode("latin-1"),
        "header": request.headers.get("x-name", ""),
    }
    await JSONResponse(found)(scope, receive, send)


@asynccontextmanager
async def listening() -> AsyncIterator[Ask]:
    config = uvicorn.Config(echo, lifespan="off", log_config=None)
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Protocol(config=config, server_state=state, app_state={}, _loop=loop),
        "127.0.0.1",
        0,
    )
    port = server.sockets[0].getsockname()[1]

    async def ask(*parts: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        answer = b""
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0.002)
        async with asyncio.timeout(5):
            answer = await reader.read()
        writer.close()
        return answer

    try:
        yield ask
    finally:
        server.close()
        await server.wait_closed()


def answer_to(*parts: bytes) -> bytes:
    async def run() -> bytes:
        async with listening() as ask:
            return await ask(*parts)

    return asyncio.run(run())


def body_of(answer: bytes) -> Any:
    return json.loads(answer.rpartition(b"\r\n\r\n")[2])


LAST = b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def test_address_is_understood_as_it_is_typed() -> None:
    found = body_of(answer_to("GET /沈阳/search?q=沈鼓&name=铁西".encode() + LAST))
    assert found["path"] == "/沈阳/search"
    assert found["query"] == "q=沈鼓&name=铁西"


@settings(max_examples=25, deadline=None)
@given(
    st.text(
        st.characters(exclude_categories=("Cs", "Cc", "Z"), exclude_characters="#%"), max_size=20
    ),
    st.lists(st.integers(0, 90), max_size=3),
)
def test_text_arrives_whole_wherever_the_segments_are_cut(text: str, cuts: list[int]) -> None:
    request = f"GET /s?q={text}".encode() + LAST
    places = sorted({min(cut, len(request)) for cut in cuts})
    parts = [request[a:b] for a, b in zip([0, *places], [*places, len(request)], strict=True)]
    assert body_of(answer_to(*[part for part in parts if part]))["query"] == f"q={text}"


def test_nothing_but_the_request_line_is_touched() -> None:
    body = "名".encode()
    head = b"POST /a HTTP/1.1\r\nHost: x\r\nX-Name: \xe5\x90\x8d\r\nContent-Length: 3\r\n\r\n"
    second = b"GET /b HTTP/1.1\r\nHost: x\r\nX-Name: \xe5\x90"
    rest = b"\x8d\r\nConnection: close\r\n\r\n"
    answers = answer_to(head + body + second, rest)
    assert answers.count(b"200 OK") == 2
    first, last = (json.loads(part.partition(b"\n\n")[2] or part) for part in _bodies(answers))
    assert first["body"].encode("latin-1") == body
    assert first["header"].encode("latin-1") == last["header"].encode("latin-1") == body


def _bodies(answers: bytes) -> list[bytes]:
    return [part.rpartition(b"\r\n\r\n")[2] for part in answers.split(b"HTTP/1.1 ") if part]


@pytest.mark.parametrize(
    "request_bytes",
    [b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00", b"\x00\n\n\n"],
    ids=["space", "tls", "nothing"],
)
def test_what_is_not_http_gets_one_clear_line(request_bytes: bytes) -> None:
    answer = answer_to(request_bytes)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"content-type: application/problem+json" in answer
    assert "percent-encode" in body_of(answer)["detail"]


def test_endless_headers_are_cut_off() -> None:
    lines = [b"X-%d: " % i + b"a" * 20_000 + b"\r\n" for i in range(5)]
    answer = answer_to(b"GET / HTTP/1.1\r\nHost: x\r\n", *lines)
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert str(MAX_HEAD_BYTES) in body_of(answer)["detail"]


@pytest.mark.parametrize("part", [b"", b"GET / HTTP/1.1\r\nHost:"])
def test_request_that_does_not_come_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, part: bytes
) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.05)
    assert answer_to(*([part] if part else [])).startswith(b"HTTP/1.1 408 ")
