"""A web to test against: one database, one application, and a browser where one is needed."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from surveys.people import AgeBand, Role
from tests.support.house import World, invite
from tests.web.stage import Stage, open_stage
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
async def invited(stage: Stage) -> Invited:
    """A young person's invitation."""
    return await invite(
        stage.service, stage.world.clock.now, Role.YOUNG_PERSON, AgeBand.SIXTEEN_TO_SEVENTEEN
    )
