"""Whoever sends slowly holds a connection for a bounded time, and nobody else waits for them."""

from __future__ import annotations

import ast
import asyncio
import inspect
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from starling import program
from tests.web.stage import free_port
from web.forms import BodyTooSlow, read_body
from web.patience import ImpatientProtocol

SHORT = 0.4


class Hurried(ImpatientProtocol):
    """The same protocol with less patience, so that the test need not wait."""

    head_within = SHORT


async def take(request: Request) -> Response:
    try:
        body = await read_body(request, within=SHORT)
    except BodyTooSlow:
        return PlainTextResponse("too slow", 408, headers={"connection": "close"})
    return PlainTextResponse(str(len(body)))


@asynccontextmanager
async def serving() -> AsyncIterator[int]:
    port = free_port()
    app = Starlette(routes=[Route("/", take, methods=["GET", "POST"])])
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, http=Hurried, log_config=None, lifespan="off",
        access_log=False, timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 - uvicorn tells it in no other way
            await asyncio.sleep(0.01)
        yield port
        server.should_exit = True
        await task


@pytest.mark.parametrize("head", [b"", b"G", b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: "])
async def test_a_head_that_never_ends_is_given_up(head: bytes) -> None:
    async with serving() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head)
        async with asyncio.timeout(20 * SHORT):
            assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()


async def test_a_head_that_comes_in_drops_gets_no_more_time_with_each() -> None:
    async with serving() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        dripping = asyncio.ensure_future(_drip(writer))
        async with asyncio.timeout(20 * SHORT):
            assert await reader.read() == b""
        dripping.cancel()
        writer.close()


async def _drip(writer: asyncio.StreamWriter) -> None:
    for each in b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 1000:
        writer.write(bytes([each]))
        await asyncio.sleep(SHORT / 10)


async def test_a_body_that_never_comes_is_given_up() -> None:
    async with serving() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\nabc")
        async with asyncio.timeout(20 * SHORT):
            assert b"408" in await reader.readline()
        writer.close()
        await writer.wait_closed()


async def test_others_are_served_while_many_send_slowly_and_keep_their_connection() -> None:
    async with serving() as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as quick:
        slow = [await asyncio.open_connection("127.0.0.1", port) for _ in range(50)]
        for _, writer in slow:
            writer.write(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\n")
        for _ in range(3):
            assert (await quick.post("/", content=b"abc")).text == "3"
        for _, writer in slow:
            writer.close()
            await writer.wait_closed()


def test_the_program_serves_with_it() -> None:
    calls = [
        node
        for node in ast.walk(ast.parse(inspect.getsource(program)))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "uvicorn.Config"
    ]
    assert calls
    for call in calls:
        given = {each.arg: ast.unparse(each.value) for each in call.keywords}
        assert vars(program)[given["http"]] is ImpatientProtocol
