"""What we know of somebody, and their wish to see it, to correct it or to be forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest

from followups import occasions as clock
from storage import tables
from storage.people import Standing
from tests.support.callers import DAY, Place, joined, person_of, phone, rows
from usecases.arrival import MenuInput, MenuWish
from usecases.service import Service


async def wishes(service: Service) -> list[tuple[str, bool]]:
    """Return the wishes that staff have to answer, and whether words stand beside them."""
    found = await rows(service, tables.wishes)
    return [(row.kind, row.words_id is not None) for row in found]


async def test_they_are_told_in_short_what_we_know(place: Place, service: Service) -> None:
    caller, _ = await joined(place, service)
    await caller.taps("Start")
    await caller.answers()
    await caller.types("the dog had puppies")
    await caller.types("What do you know about me?")
    assert "Times you answered: 1\n" in caller.said
    assert "Things you wrote: 1\n" in caller.said
    assert "keeps its own copy" in caller.said, "they are on Telegram"


async def test_on_telegram_nothing_is_handed_out_staff_bring_it_in_time(
    place: Place, service: Service
) -> None:
    caller, _ = await joined(place, service)
    await caller.does(MenuInput(MenuWish.ABOUT_ME))
    await caller.taps("See it all")
    assert "22 October" in caller.said
    assert await wishes(service) == [("see", False)]
    assert not [each for row in caller.heard[-1].keyboard for each in row if each.url]


async def test_what_is_wrong_is_typed_graded_and_goes_to_staff(
    place: Place, service: Service
) -> None:
    caller, _ = await joined(place, service)
    await caller.does(MenuInput(MenuWish.SOMETHING_WRONG))
    await caller.types("i am 17 now")
    assert await wishes(service) == [("fix", True)]
    (row,) = await rows(service, tables.words)
    assert row.kind == "fix"


async def test_what_is_wrong_and_may_mean_danger_is_answered_with_help_and_still_noted(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small)
    await caller.does(MenuInput(MenuWish.SOMETHING_WRONG))
    await caller.types("i want to kill myself")
    assert "999" in caller.said
    assert len(await rows(small, tables.concerns)) == 1
    assert await wishes(small) == [("fix", True)]


async def test_to_be_forgotten_is_asked_once_with_what_goes_and_what_stays(
    small_place: Place, small: Service
) -> None:
    caller, invited = await joined(small_place, small)
    await caller.types("forget me")
    for told in ("your words, your goals", "a part has to stay", "keeps its own copy"):
        assert told in caller.said
    assert await wishes(small) == []
    await caller.taps("No, go back")
    assert await wishes(small) == []
    assert (await person_of(small, invited.participant)).standing is Standing.JOINED


@pytest.mark.parametrize("where", ["joined", "asked"])
async def test_who_is_to_be_forgotten_is_asked_nothing_from_that_moment(
    place: Place, service: Service, where: str
) -> None:
    caller, invited = await joined(place, service)
    if where == "asked":
        await caller.taps("Start")
        await caller.picks(3)
    await caller.types("forget me")
    await caller.taps("Yes, forget me")
    assert await wishes(service) == [("forget", False)]
    assert (await person_of(service, invited.participant)).standing is Standing.STOPPED
    for days in (1, 42, 90, 180):
        assert await clock.fire_due(service, place.forward(timedelta(days=days))) == []
    await caller.types("help")
    assert "999" in caller.said, "help works as before"


async def test_asking_twice_to_be_forgotten_is_one_wish(small_place: Place, small: Service) -> None:
    caller, _ = await joined(small_place, small)
    for _ in range(2):
        await caller.does(MenuInput(MenuWish.FORGET_ME_SURELY))
        small_place.forward(DAY)
    assert await wishes(small) == [("forget", False)]


async def test_strangers_have_nothing_that_could_be_known(
    small_place: Place, small: Service
) -> None:
    stranger = phone(small_place, small)
    for wish in (MenuWish.ABOUT_ME, MenuWish.SEE_ALL, MenuWish.FORGET_ME_SURELY, MenuWish.GOALS):
        await stranger.does(MenuInput(wish))
        assert "Please type your code here." in stranger.said
    assert await wishes(small) == []
