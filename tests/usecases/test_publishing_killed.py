"""Whoever compiles or publishes may die at any moment by kill -9: there is never half a release."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
from datetime import UTC, datetime

import pytest

from outcomes.episode import Audience
from outcomes.formats import bundle
from outcomes.quarter import Quarter
from outcomes.release import Release
from storage import tables
from storage.releases import State
from tests.support import release_child
from tests.support.callers import Place, rows
from usecases import publishing
from usecases.inviting import By
from usecases.service import Service

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.support.release_child"])

AUTUMN = Quarter.parse("2026/27-Q3")
ONE = By("a.one", datetime(2027, 3, 1, tzinfo=UTC))
TWO = By("a.two", datetime(2027, 3, 1, tzinfo=UTC))


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "files_of", release_child.files_of)


async def dies(place: Place, release: str, moment: str) -> None:
    """Let another process take the step and die."""
    arguments = (place.url, release, moment)
    process = _context.Process(target=release_child.take_step, args=arguments)
    process.start()
    await asyncio.to_thread(process.join, 60)
    assert process.exitcode == -signal.SIGKILL


async def approved(service: Service) -> Release:
    release = await publishing.compile_period(service, AUTUMN, ONE)
    await publishing.approve(service, release.id, TWO)
    return release


async def did(service: Service) -> list[str]:
    return [row.did for row in await rows(service, tables.audit) if row.who == "a.three"]


@pytest.mark.parametrize("moment", ["counting", "draft stored", "audit noted"])
async def test_a_death_while_compiling_leaves_nothing_and_it_can_be_done_again(
    place: Place, service: Service, moment: str
) -> None:
    await dies(place, "", moment)
    assert await publishing.list_all(service) == []
    assert await did(service) == []
    release = await approved(service)
    await publishing.publish(service, release.id, TWO)


@pytest.mark.parametrize("moment", ["files made", "files stored", "state moved", "audit noted"])
async def test_a_death_while_publishing_leaves_an_approved_draft_that_can_be_published(
    place: Place, service: Service, moment: str
) -> None:
    release = await approved(service)
    await dies(place, release.id, moment)
    (kept,) = await publishing.list_all(service)
    assert (kept.state, kept.published) == (State.APPROVED, None)
    assert await rows(service, tables.release_files) == []
    assert await did(service) == []
    await publishing.publish(service, release.id, TWO)
    for audience in Audience:
        assert await publishing.files_of(service, release.id, audience)
