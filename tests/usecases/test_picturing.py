"""The picture of a finished star, drawn beside the last one when it is about to be sent."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from PIL import Image

from storage import tables
from surveys.people import AgeBand, Role, Voice
from tests.support.callers import (
    Place,
    browser,
    close_support,
    invite,
    joined,
    open_support,
    rows,
)
from usecases.picturing import NoPicture, draw, picture_of, what_to_draw
from usecases.service import Service


async def only_run(service: Service) -> str:
    (row,) = await rows(service, tables.runs)
    return str(row.id)


async def test_the_picture_of_a_finished_star_is_an_image(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small)
    await caller.taps("Start")
    await caller.answers(4)
    image = Image.open(io.BytesIO(await picture_of(small, await only_run(small))))
    assert image.format == "PNG"
    assert min(image.size) >= 600


async def test_now_stands_beside_last_time_also_when_it_is_drawn_again_later(
    place: Place, service: Service
) -> None:
    caller, _ = await joined(place, service)
    await caller.taps("Start")
    await caller.taps("Skip")
    await caller.answers(2)
    first = await only_run(service)
    place.now = datetime(2027, 1, 12, 16, tzinfo=place.now.tzinfo)
    (episode,) = await rows(service, tables.support_episodes)
    await close_support(place, service, episode.id)
    await caller.types("go on")
    await caller.taps("Start")
    await caller.answers(5)
    second = next(row.id for row in await rows(service, tables.runs) if row.id != first)
    instrument, voice, now, before = await what_to_draw(service, second)
    assert (instrument.id, voice) == ("star", Voice.OLDER)
    assert (set(now.values()), len(now)) == ({5}, 8)
    assert (set(before.values()), len(before)) == ({2}, 7)
    assert "body" not in before
    assert (await what_to_draw(service, first))[2:] == (before, {})


async def test_there_is_no_picture_of_what_is_not_finished_or_has_none(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small)
    await caller.taps("Start")
    await caller.picks(3)
    with pytest.raises(NoPicture):
        await picture_of(small, await only_run(small))
    with pytest.raises(NoPicture):
        await picture_of(small, "nothing")


async def test_a_check_in_has_no_picture(small_place: Place, small: Service) -> None:
    caller, _ = await joined(small_place, small)
    await caller.taps("Not this time")
    small_place.now = datetime(2026, 11, 4, 16, 30, tzinfo=small_place.now.tzinfo)
    await caller.types("go on")
    await caller.taps("Start")
    await caller.answers(3)
    with pytest.raises(NoPicture):
        await picture_of(small, await only_run(small))


async def test_the_youngest_see_the_signs_of_their_questions(
    small_place: Place, small: Service
) -> None:
    episode = await open_support(small_place, small)
    invited = await invite(small_place, small, episode, Role.YOUNG_PERSON, AgeBand.EIGHT_TO_ELEVEN)
    web = await browser(small_place, small)
    await web.joins(invited)
    await web.taps("Start")
    await web.answers(3)
    instrument, voice, now, before = await what_to_draw(small, await only_run(small))
    assert voice is Voice.YOUNGER
    assert draw(instrument, voice, now, before) != draw(instrument, Voice.OLDER, now, before)
