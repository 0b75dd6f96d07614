"""What waits for staff: the gravest first, read once by a named person, and every look is noted."""

from __future__ import annotations

from datetime import timedelta

from followups import occasions as clock
from storage import tables
from tests.support.callers import DAY, Place, joined, phone, rows
from usecases import reading, receiving
from usecases.arrival import Channel, Media, MediaInput, MenuInput, MenuWish
from usecases.inviting import By
from usecases.service import Service


async def test_the_gravest_is_read_first_then_what_is_due_first(
    place: Place, service: Service
) -> None:
    caller, _ = await joined(place, service)
    said = ("we had chips", "and peas", "i am being bullied", "i want to die", "good night")
    for words in said:
        await caller.types(words)
        place.forward(timedelta(minutes=1))
    desk = await reading.what_waits(service, place.by)
    assert [each.text for each in desk.unread] == [said[3], said[2], said[0], said[1], said[4]]
    assert [each.level for each in desk.unread] == ["crisis", "concern", None, None, None]
    assert desk.unread[0].categories


async def test_every_look_at_somebodys_words_is_noted(place: Place, service: Service) -> None:
    caller, _ = await joined(place, service)
    await caller.types("we had chips")
    before = len(await rows(service, tables.audit))
    desk = await reading.what_waits(service, By("worker one", place.now))
    await reading.what_waits(service, By("worker two", place.now))
    noted = (await rows(service, tables.audit))[before:]
    assert [(row.who, row.did, row.target) for row in noted] == [
        ("worker one", "saw words", desk.unread[0].id),
        ("worker two", "saw words", desk.unread[0].id),
    ]
    assert not any("chips" in str(row) for row in await rows(service, tables.audit))


async def test_words_are_read_once_by_somebody_with_a_name(place: Place, service: Service) -> None:
    caller, invited = await joined(place, service)
    await caller.types("i want to die")
    (words,) = (await reading.what_waits(service, place.by)).unread
    place.forward(timedelta(minutes=9))
    assert await reading.mark_read(service, words.id, By("worker one", place.now))
    assert not await reading.mark_read(service, words.id, By("worker two", place.now))
    assert not await reading.mark_read(service, "nothing", place.by)
    (row,) = await rows(service, tables.words)
    assert (row.read_by, row.read_at) == ("worker one", place.now)
    (concern,) = await rows(service, tables.concerns)
    assert (concern.acknowledged_by, concern.acknowledged_at) == ("worker one", place.now)
    assert concern.participant_id == invited.participant
    assert (await reading.what_waits(service, place.by)).unread == ()
    did = [row.did for row in await rows(service, tables.audit)]
    assert did.count("read words") == 1


async def test_notices_are_seen_once_the_newest_first(small_place: Place, small: Service) -> None:
    caller, invited = await joined(small_place, small)
    await caller.does(MediaInput(Media.PHOTO))
    await caller.does(MenuInput(MenuWish.TALK_TO_SOMEBODY))
    await phone(small_place, small).does(MenuInput(MenuWish.HELP))
    notices = (await reading.what_waits(small, small_place.by)).notices
    assert [(each.kind, each.participant_id) for each in notices] == [
        ("asked-for-help", None),
        ("wants-person", invited.participant),
        ("media-came", invited.participant),
    ]
    assert await reading.mark_seen(small, notices[0].id, small_place.by)
    assert not await reading.mark_seen(small, notices[0].id, small_place.by)
    assert not await reading.mark_seen(small, "nothing", small_place.by)
    left = (await reading.what_waits(small, small_place.by)).notices
    assert [each.kind for each in left] == ["wants-person", "media-came"]
    did = [row.did for row in await rows(small, tables.audit)]
    assert did.count("saw notice") == 1


async def test_the_counts_show_what_somebody_should_look_after(
    place: Place, service: Service
) -> None:
    caller, _ = await joined(place, service)
    await caller.taps("Start")
    await caller.types("we had chips")
    await caller.types("i want to die")
    await caller.does(MediaInput(Media.VOICE))
    await receiving.park(service, Channel.WEB, 1, b"odd", place.now)
    await service.lane.settled()
    counts = await reading.counts(service, place.now)
    assert counts.runs == {"held": 1}
    assert set(counts.messages) == {"sent"}
    assert (counts.unread_words, counts.overdue_words, counts.unseen_notices) == (2, 0, 1)
    assert counts.open_concerns == {"crisis": 1}
    assert (counts.waiting_updates, counts.stuck_updates, counts.late_occasions) == (1, 0, 0)
    later = await reading.counts(service, place.now + 50 * DAY)
    assert later.overdue_words == 2
    assert later.late_occasions == 2
    await clock.fire_due(service, place.now + 50 * DAY)
    assert (await reading.counts(service, place.now + 50 * DAY)).late_occasions == 0
