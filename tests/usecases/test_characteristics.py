"""Protected characteristics: only what was given, by whom, and gone when it is taken back."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, select

from outcomes.measures.characteristics import VALUES, Characteristic
from storage import tables
from tests.support.callers import Place, open_support, rows
from usecases import characteristics
from usecases.characteristics import Change, GivenBy
from usecases.refusal import Refusal
from usecases.service import Service

SEX, DISABILITY = Characteristic.SEX, Characteristic.DISABILITY


async def stored(service: Service) -> dict[str, tuple[str, str, str]]:
    return {
        row.what: (row.value, row.given_by, row.who)
        for row in await rows(service, tables.characteristics)
    }


async def test_what_was_given_belongs_to_the_child_whatever_support_it_was_given_in(
    place: Place, service: Service
) -> None:
    one = await open_support(place, service)
    other = await open_support(place, service)
    await characteristics.note(service, one, Change({SEX: "female"}, GivenBy.PERSON), place.by)
    found = await characteristics.look(service, other)
    assert {what: given.value for what, given in found.items()} == {SEX: "female"}
    assert await stored(service) == {"sex": ("female", "person", "a made-up worker")}


async def test_another_value_takes_the_place_of_the_first_and_the_same_again_changes_nothing(
    place: Place, service: Service
) -> None:
    episode = await open_support(place, service)
    for value, giver in (("female", GivenBy.WORKER), ("male", GivenBy.PERSON), ("male", None)):
        await characteristics.note(service, episode, Change({SEX: value}, giver), place.by)
    assert await stored(service) == {"sex": ("male", "person", "a made-up worker")}
    told = [row.did for row in await rows(service, tables.audit)]
    assert told.count("noted characteristics") == 2


async def test_what_is_taken_back_is_deleted_and_nothing_tells_what_it_was(
    place: Place, service: Service
) -> None:
    episode = await open_support(place, service)
    given = Change({SEX: "female", DISABILITY: "yes"}, GivenBy.PERSON)
    await characteristics.note(service, episode, given, place.by)
    await characteristics.note(service, episode, Change({DISABILITY: None}, None), place.by)
    assert set(await stored(service)) == {"sex"}

    def everywhere(connection: Connection) -> str:
        return repr(
            [
                tuple(row)
                for table in tables.metadata.sorted_tables
                for row in connection.execute(select(table))
            ]
        )

    assert "disability" not in await service.lane.read(everywhere)


async def test_what_is_not_named_stays_as_it_is(small_place: Place, small: Service) -> None:
    episode = await open_support(small_place, small)
    by = small_place.by
    await characteristics.note(small, episode, Change({SEX: "male"}, GivenBy.WORKER), by)
    await characteristics.note(small, episode, Change({DISABILITY: "no"}, GivenBy.PERSON), by)
    assert set(await stored(small)) == {"sex", "disability"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (Change({SEX: "female"}, None), "Say who gave it"),
        (Change({SEX: "not-given"}, GivenBy.PERSON), "There is no such value for sex"),
    ],
)
async def test_what_nobody_gave_is_refused(
    small_place: Place, small: Service, change: Change, told: str
) -> None:
    episode = await open_support(small_place, small)
    with pytest.raises(Refusal, match=told):
        await characteristics.note(small, episode, change, small_place.by)
    assert await stored(small) == {}


async def test_support_that_there_is_not_is_refused(small_place: Place, small: Service) -> None:
    with pytest.raises(Refusal, match="no support episode with this id"):
        await characteristics.look(small, "nothing")
    with pytest.raises(Refusal, match="no support episode with this id"):
        await characteristics.note(small, "nothing", Change({}, None), small_place.by)


@pytest.mark.parametrize("what", list(Characteristic))
async def test_every_value_that_figures_know_can_be_noted(
    small_place: Place, small: Service, what: Characteristic
) -> None:
    episode = await open_support(small_place, small)
    for value in VALUES[what]:
        change = Change({what: value}, GivenBy.PERSON)
        await characteristics.note(small, episode, change, small_place.by)
        assert (await characteristics.look(small, episode))[what].value == value
