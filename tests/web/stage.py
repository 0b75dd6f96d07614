"""The web around one database for a test: the application, and a server where one is needed."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import httpx
import uvicorn
from aiogram import Bot
from fastapi import FastAPI

from bot.channels import WEB_BOT_ID
from bot.courier import Courier, Route
from bot.dispatcher import build_dispatcher
from bot.doorway import Doorway
from bot.intake import Intake, Outcome
from storage.access import SignedIn
from storage.lane import Lane
from tests.support.house import World
from usecases import picturing, signing_in
from usecases.arrival import Channel
from usecases.receiving import Reception
from usecases.service import Service
from web.app import create_app
from web.bridge import WebSession
from web.ports import Fed, Webhook
from web.site import Site

SECRET = "made-up-secret-of-a-webhook-0123456789"
ADDRESS = "http://starling.test"

_FATES = {Outcome.HANDLED: Fed.DONE, Outcome.PARKED: Fed.LATER}


@dataclass
class Stage:
    """One running web."""

    world: World
    service: Service
    session: WebSession
    bot: Bot
    intake: Intake
    app: FastAPI
    site: Site
    updates: list[Mapping[str, object]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    away: bool = False

    def browser(self, **headers: str) -> httpx.AsyncClient:
        """A browser without a script; it keeps cookies and follows redirects."""
        transport = httpx.ASGITransport(self.app)
        return httpx.AsyncClient(
            transport=transport,
            base_url=self.service.public_url,
            follow_redirects=True,
            headers=headers,
        )

    async def entry_code(self, role: str, who: str = "Made-up Mo") -> str:
        """Return a code that lets somebody in with this role, once and within an hour."""
        hour, now = timedelta(hours=1), self.world.clock.now
        return await signing_in.hand_out_code(self.service, SignedIn(who, role), hour, now)

    async def sign_in(self, browser: httpx.AsyncClient, role: str, who: str = "Made-up Mo") -> None:
        """Let a browser in as staff or as a commissioner."""
        answer = await post_at_door(browser, f"/enter/{await self.entry_code(role, who)}")
        assert answer.status_code < 400, answer.text


async def post_at_door(
    browser: httpx.AsyncClient, path: str, data: Mapping[str, str] | None = None, page: str = ""
) -> httpx.Response:
    """Open a page by which somebody comes in, and send its form with the mark that it carries.

    `page`: where the form is, if not at the address that it goes to.
    """
    follows, browser.follow_redirects = browser.follow_redirects, True
    shown = re.search(r'name="key" value="(\w+)"', (await browser.get(page or path)).text)
    browser.follow_redirects = follows
    return await browser.post(path, data={"key": shown[1] if shown else "", **(data or {})})


async def metrics_of(stage: Stage) -> str:
    """Return what /metrics tells a program that watches the service."""
    day, now = timedelta(days=1), stage.world.clock.now
    service, watcher = stage.service, "made-up.monitor"
    key = await signing_in.hand_out_token(service, watcher, signing_in.MONITOR, day, now)
    async with stage.browser(authorization=f"Bearer {key}") as program:
        return (await program.get("/metrics")).text


@asynccontextmanager
async def open_stage(world: World, public_url: str = ADDRESS) -> AsyncIterator[Stage]:
    """Start the web around a world, and end it after the block."""
    async with Lane.open(world.url) as lane, asyncio.TaskGroup() as tasks:
        service = world.service(lane, public_url)
        session = WebSession(service, world.clock)
        bot = Bot(f"{WEB_BOT_ID}:web", session=session)
        draw = partial(picturing.picture_of, service)
        courier = Courier(service, world.clock, {Channel.WEB: Route(bot)}, tasks, draw)
        doorway = Doorway(Reception(service), courier, world.clock)
        intake = Intake(build_dispatcher(doorway), doorway, {Channel.WEB: bot}, tasks)
        stage: Stage

        async def feed(update: Mapping[str, object]) -> Fed:
            stage.updates.append(update)
            if stage.away:
                return Fed.NOT_STORED
            return _FATES.get(await intake.take_patiently(Channel.WEB, update), Fed.NOT_STORED)

        async def take(body: bytes) -> bool:
            stage.bodies.append(body)
            return not stage.away

        async def reachable() -> bool:
            return not stage.away

        site = Site(
            service=service,
            clock=world.clock,
            entropy=world.opener.entropy,
            bells=session.bells,
            feed=feed,
            webhook=Webhook(SECRET, take),
            checks={"database": reachable},
            quick_exit="/healthz",
        )
        stage = Stage(world, service, session, bot, intake, create_app(site), site)
        yield stage
        await intake.stop(5)
        await courier.drain(5)
        session.bells.close()


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def serving(app: FastAPI, port: int) -> AsyncIterator[str]:
    """Serve an application on a port of this machine for as long as the block lasts."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, access_log=False, log_config=None, lifespan="off",
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 - uvicorn tells it in no other way
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        await task
