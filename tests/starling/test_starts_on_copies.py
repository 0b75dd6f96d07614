"""The program is started on an older copy of its database: what was done since is not undone."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, delete, select

from starling.compose import open_service
from starling.program import Occurrences, run
from starling.settings import Settings
from storage import erased_file, tables
from storage.database import read_once, run_once
from surveys.people import Role
from tests.starling.test_program import free_port
from tests.support.callers import Place, invite, open_support, rows
from usecases import erasing, holding_legally
from usecases.erasing import Why
from usecases.holding_legally import HoldReason
from usecases.service import Service

Copy = Mapping[str, Sequence[Mapping[str, Any]]]


@pytest.fixture
def settings(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """What one program is started with, on each kind of database."""
    monkeypatch.chdir(tmp_path)
    return Settings(database_url=database_url, web_port=free_port())


def copy_of(url: str) -> Copy:
    """Return every row of a database, as a copy of its files holds them."""

    def work(connection: Connection) -> Copy:
        return {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in tables.metadata.sorted_tables
        }

    return read_once(url, work)


def put_back(url: str, copy: Copy) -> None:
    """Put a copy in the place of a database."""

    def work(connection: Connection) -> None:
        for table in reversed(tables.metadata.sorted_tables):
            connection.execute(delete(table))
        for table in tables.metadata.sorted_tables:
            if copy[table.name]:
                connection.execute(table.insert(), list(copy[table.name]))

    run_once(url, work)


async def start_and_stop(settings: Settings) -> None:
    """Run the program until its pages are served."""

    async def stop(_: Service) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    await run(settings, Occurrences(greet=stop))


async def test_who_was_forgotten_is_forgotten_again_when_the_program_starts_on_an_older_copy(
    settings: Settings,
) -> None:
    """A raw copy of a file, a volume or a server brings them back, under a hold even."""
    place = Place(settings.database_url)
    async with open_service(settings) as service:
        episode = await open_support(place, service)
        gone = await invite(place, service, episode)
        stays = await invite(place, service, episode, Role.CARER)
        held = await holding_legally.hold(service, gone.participant, HoldReason.COURT, place.by)
    await start_and_stop(settings)
    copy = copy_of(settings.database_url)
    async with open_service(settings) as service:
        await write_away(service, held.id)
        await erasing.erase(service, gone.participant, place.by, Why.THEIR_WISH)
    await start_and_stop(settings)
    put_back(settings.database_url, copy)
    await start_and_stop(settings)
    async with open_service(settings) as service:
        left = [each.id for each in await rows(service, tables.participants)]
        assert left == [stays.participant]
        (receipt,) = await rows(service, tables.erasures)
        assert (receipt.subject, receipt.why) == (gone.participant, Why.RESTORED.value)


async def write_away(service: Service, hold: str) -> None:
    """Take a legal hold away, as two people would."""
    held = tables.legal_holds.c.id == hold
    await service.lane.write(
        lambda connection: connection.execute(delete(tables.legal_holds).where(held))
    )


async def test_a_start_settles_who_was_about_to_be_forgotten(settings: Settings) -> None:
    """Nobody who is still there is forgotten by a restore after a process that died too early."""
    place = Place(settings.database_url)
    async with open_service(settings) as service:
        invited = await invite(place, service, await open_support(place, service))
    await start_and_stop(settings)
    erased_file.intend(settings.erased_file, invited.participant)
    await start_and_stop(settings)
    assert erased_file.unsettled(settings.erased_file) == []
    assert erased_file.read(settings.erased_file) == []
    async with open_service(settings) as service:
        assert await rows(service, tables.participants)


async def test_a_start_on_an_older_copy_does_not_guess_who_was_forgotten(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """They are there in the copy, and the process died before it noted what became of them."""
    place = Place(settings.database_url)
    async with open_service(settings) as service:
        invited = await invite(place, service, await open_support(place, service))
    await start_and_stop(settings)
    copy = copy_of(settings.database_url)
    await start_and_stop(settings)
    erased_file.intend(settings.erased_file, invited.participant)
    put_back(settings.database_url, copy)
    await start_and_stop(settings)
    assert "nobody knows whether 1 people were forgotten" in caplog.text
    assert erased_file.unclear(settings.erased_file) == [invited.participant]
    assert erased_file.read(settings.erased_file) == []
