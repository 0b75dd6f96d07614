"""Somebody who can write into the database moves locked words: nobody reads the wrong ones."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from storage import tables
from storage.casework import Casework
from storage.errors import StorageFault
from tests.support.callers import Place, browser, joined, rows, write
from usecases import reading, transcribing
from usecases.service import Service

FIRST, SECOND = "the first one's own words", "the second one's own words"


async def swapped(place: Place, service: Service, column: str) -> None:
    """Two young people write; then what one column holds of them changes places."""
    for case, words in (("T-1", FIRST), ("T-2", SECOND)):
        caller, _ = await joined(place, service, case=case)
        await caller.types(words)
    await swap_both(service, column)


async def swap_both(service: Service, column: str) -> None:
    """Let the two rows of words that there are change what one column holds."""
    one, other = await rows(service, tables.words)

    def swap(connection: Connection) -> None:
        table = tables.words
        for row, taken in ((one, other), (other, one)):
            change = table.update().where(table.c.id == row.id)
            connection.execute(change.values({column: getattr(taken, column)}))

    await service.lane.write(swap)


async def test_words_that_were_moved_to_another_row_open_for_nobody(
    place: Place, service: Service
) -> None:
    await swapped(place, service, "cipher")
    with pytest.raises(StorageFault) as refused:
        await reading.what_waits(service, place.by)
    assert FIRST not in str(refused.value)
    assert SECOND not in str(refused.value)


async def test_words_that_were_given_to_somebody_else_do_not_open(
    place: Place, service: Service
) -> None:
    await swapped(place, service, "participant_id")
    with pytest.raises(StorageFault):
        await reading.what_waits(service, place.by)


async def test_words_that_somebody_moved_within_one_persons_rows_do_not_open(
    place: Place, service: Service
) -> None:
    """One key opens both: only that each is bound to its own row tells them apart."""
    caller, _ = await joined(place, service)
    await caller.types(FIRST)
    await caller.types(SECOND)
    await swap_both(service, "cipher")
    with pytest.raises(StorageFault):
        await reading.what_waits(service, place.by)


async def test_a_browser_that_points_to_somebody_elses_words_does_not_show_them(
    place: Place, service: Service
) -> None:
    """The pointer is plain in the database; whose words it points to is looked at."""
    victim, invited = await joined(place, service)
    await victim.types(FIRST)
    thief = await browser(place, service)
    await thief.types(SECOND)
    theirs = {each.participant_id: each.id for each in await rows(service, tables.words)}
    moved = tables.transcripts.update().where(tables.transcripts.c.words_id.is_not(None))

    def point(work: Casework) -> None:
        work.connection.execute(moved.values(words_id=theirs[invited.participant]))

    await write(service, point)
    shown = [line.shown.text for line in await transcribing.since(service, thief.chat)]
    assert shown
    assert not any(FIRST in text for text in shown)
