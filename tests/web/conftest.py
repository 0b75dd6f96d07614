"""A web to test against: one database, one application, and a browser where one is needed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from surveys.people import AgeBand, Role
from tests.support.house import World, invite
from tests.web.phone import Phone, open_phone
from tests.web.stage import Stage, free_port, open_stage
from usecases import signing_in
from usecases.inviting import Invited


@pytest.fixture
def world(sqlite_url: str) -> World:
    return World(sqlite_url)


@pytest.fixture
async def stage(world: World) -> AsyncIterator[Stage]:
    async with open_stage(world) as opened:
        yield opened


@pytest.fixture
async def browser(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without a script."""
    async with stage.browser() as opened:
        yield opened


@pytest.fixture
async def desk(stage: Stage, browser: httpx.AsyncClient) -> httpx.AsyncClient:
    """A browser in which staff are signed in."""
    await stage.sign_in(browser, signing_in.STAFF)
    return browser


@pytest.fixture
async def invited(stage: Stage) -> Invited:
    """A young person's invitation."""
    return await invite(
        stage.service, stage.world.clock.now, Role.YOUNG_PERSON, AgeBand.SIXTEEN_TO_SEVENTEEN
    )


@asynccontextmanager
async def _before_a_service(
    world: World, chromium: str, *, scripts: bool = True
) -> AsyncIterator[Phone]:
    port = free_port()
    async with (
        open_stage(world, f"http://127.0.0.1:{port}") as stage,
        open_phone(stage, port, chromium, scripts=scripts) as phone,
    ):
        yield phone


@pytest.fixture
async def phone(world: World, chromium: str) -> AsyncIterator[Phone]:
    """A phone-sized Chromium before a service of its own; its console must stay quiet."""
    async with _before_a_service(world, chromium) as phone:
        yield phone
        assert phone.complaints == [], "the browser had something to complain about"


@pytest.fixture
async def old_phone(world: World, chromium: str) -> AsyncIterator[Phone]:
    """A browser that runs no scripts."""
    async with _before_a_service(world, chromium, scripts=False) as phone:
        yield phone
