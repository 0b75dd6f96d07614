"""Somebody who can write into the database moves locked words: nobody reads the wrong ones."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from storage import tables
from storage.errors import StorageFault
from tests.support.callers import Place, joined, rows
from usecases import reading
from usecases.service import Service

FIRST, SECOND = "the first one's own words", "the second one's own words"


async def swapped(place: Place, service: Service, column: str) -> None:
    """Two young people write; then what one column holds of them changes places."""
    for case, words in (("T-1", FIRST), ("T-2", SECOND)):
        caller, _ = await joined(place, service, case=case)
        await caller.types(words)
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
