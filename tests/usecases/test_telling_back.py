"""You said, we did: those who said it hear once what was done, in their own time, and no more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from storage import people, reply_tellings, tables
from storage.casework import Casework
from storage.outbox import Delivery, Sent, Urgency
from storage.people import Standing
from storage.reasons import Reason
from surveys.people import AgeBand, Role, Suits
from tests.support.callers import (
    DAY,
    HOUR,
    Caller,
    Place,
    invite,
    joined,
    let_be_told,
    open_support,
    person_of,
    rows,
    write,
)
from usecases import sending, suppressing, telling_back, theming
from usecases.arrival import MenuInput, MenuWish, TextInput, What
from usecases.service import Service
from usecases.telling_back import NEWS_FOR, UNDO_FOR
from usecases.theming import Sorting

SLEEP = "Sleep"
DID = "We bought a night light."
MESSAGE = (
    "Here is some news for you. No need to answer.\n\n"
    "You and others told us: Sleep.\nWhat we did: We bought a night light."
)
NEXT_AFTERNOON = datetime(2026, 9, 23, 16, 0, tzinfo=UTC)


async def says_and_is_read(place: Place, service: Service, caller: Caller, *slugs: str) -> str:
    """Type words; staff read them and see these themes in them."""
    before = {row.id for row in await rows(service, tables.words)}
    await caller.types("it is dark at night")
    (new,) = {row.id for row in await rows(service, tables.words)} - before
    await let_be_told(service, new, place.now)
    await theming.read_and_sort(service, new, Sorting(add=frozenset(slugs)), place.by)
    return str(new)


async def a_theme(place: Place, service: Service, title: str = SLEEP) -> str:
    return await theming.add_theme(service, title, place.by)


async def done(place: Place, service: Service, slug: str, did: str = DID) -> str:
    """Say today what was done about a theme."""
    return await theming.add_reply(service, slug, did, place.now.date(), place.by)


async def tells(place: Place, service: Service) -> list[str]:
    """Let the clock tell what is due now; return the words, all of which arrive."""
    said = await telling_back.tell_due(service, place.now)
    sending.record(service, [Sent(each.id, Delivery.SENT, 1) for each in said], place.now)
    return [each.outgoing.text for each in said]


async def two_who_said_it(place: Place, service: Service) -> tuple[str, Caller, Caller]:
    """Two young people who said the same on one day; it is the next afternoon."""
    slug = await a_theme(place, service)
    callers = [(await joined(place, service, case=f"T-{case}"))[0] for case in (1, 2)]
    for caller in callers:
        await says_and_is_read(place, service, caller, slug)
    place.now = NEXT_AFTERNOON
    return slug, callers[0], callers[1]


async def test_those_who_said_it_hear_once_what_was_done_and_others_do_not(
    place: Place, service: Service
) -> None:
    slug, first, second = await two_who_said_it(place, service)
    await joined(place, service, case="T-3")
    await done(place, service, slug)
    place.forward(UNDO_FOR)
    said = await telling_back.tell_due(service, place.now)
    assert {each.chat_id for each in said} == {first.chat, second.chat}
    assert {each.outgoing.text for each in said} == {MESSAGE}
    assert {each.outgoing.urgency for each in said} == {Urgency.ASKING}
    place.forward(DAY)
    assert await tells(place, service) == []
    assert len(await rows(service, tables.reply_tellings)) == 2


async def test_somebody_who_was_the_only_one_is_not_told_of_others(
    place: Place, service: Service
) -> None:
    slug = await a_theme(place, service)
    caller, _ = await joined(place, service)
    await says_and_is_read(place, service, caller, slug)
    place.now = NEXT_AFTERNOON
    await done(place, service, slug)
    place.forward(UNDO_FOR)
    assert await tells(place, service) == [MESSAGE.replace("You and others told", "You told")]


async def test_what_is_taken_back_in_the_first_hour_is_told_to_nobody(
    place: Place, service: Service
) -> None:
    slug, *_ = await two_who_said_it(place, service)
    reply = await done(place, service, slug)
    place.forward(UNDO_FOR - timedelta(seconds=1))
    assert await tells(place, service) == []
    await theming.take_back(service, reply, place.by)
    place.forward(DAY)
    assert await tells(place, service) == []
    assert list(await telling_back.said_and_done(service, place.now)) == []


async def test_a_message_that_still_waits_to_be_sent_is_not_sent_once_it_is_taken_back(
    place: Place, service: Service
) -> None:
    slug, *_ = await two_who_said_it(place, service)
    reply = await done(place, service, slug)
    place.forward(UNDO_FOR)
    sent, waits = await telling_back.tell_due(service, place.now)
    later = place.now + timedelta(minutes=2)
    sending.record(
        service,
        [Sent(sent.id, Delivery.SENT, 1), Sent(waits.id, Delivery.PENDING, try_again_at=later)],
        place.now,
    )
    await service.lane.settled()
    assert await theming.take_back(service, reply, place.by)
    assert await sending.claim_due(service, place.forward(HOUR)) == []
    states = {row.id: row.state for row in await rows(service, tables.outbox)}
    assert (states[sent.id], states[waits.id]) == ("sent", "cancelled")
    assert await telling_back.count_told(service) == {reply: 1}


async def test_nobody_hears_of_two_things_in_one_week(place: Place, service: Service) -> None:
    slug = await a_theme(place, service)
    other = await a_theme(place, service, "Seeing my family")
    caller, _ = await joined(place, service)
    await says_and_is_read(place, service, caller, slug, other)
    place.now = NEXT_AFTERNOON
    await done(place, service, slug)
    place.forward(timedelta(minutes=1))
    await done(place, service, other, "You can now ring home on Sundays.")
    place.forward(UNDO_FOR)
    (first,) = await tells(place, service)
    assert "night light" in first
    for _ in range(6):
        place.forward(DAY)
        assert await tells(place, service) == []
    place.forward(DAY + HOUR)
    (second,) = await tells(place, service)
    assert "ring home on Sundays" in second


async def test_nobody_is_told_at_night_or_outside_their_own_part_of_the_week(
    place: Place, service: Service
) -> None:
    slug, first, _ = await two_who_said_it(place, service)
    participant = await _participant(service, first)

    def wants_weekends(work: Casework) -> None:
        table = tables.participants
        change = table.update().where(table.c.id == participant)
        work.connection.execute(change.values(suits=Suits.WEEKEND.value))

    await write(service, wants_weekends)
    await done(place, service, slug)
    place.now = datetime(2026, 9, 24, 2, 0, tzinfo=UTC)
    assert await tells(place, service) == []
    place.now = datetime(2026, 9, 24, 16, 0, tzinfo=UTC)  # a Thursday
    assert len(await tells(place, service)) == 1
    place.now = datetime(2026, 9, 26, 11, 0, tzinfo=UTC)  # a Saturday
    assert len(await tells(place, service)) == 1


@pytest.mark.parametrize("wish", ["Take a break", "Stop all"])
async def test_who_paused_or_stopped_is_told_nothing(
    place: Place, service: Service, wish: str
) -> None:
    slug, first, _ = await two_who_said_it(place, service)
    if wish == "Take a break":
        await first.types("pause")
        label = next(each for each in first.labels if "week" in each)
        await first.taps(label)
    else:
        await first.taps_data("m:stop-surely", first.window.ours[-1].number)
        stands = await person_of(service, await _participant(service, first))
        assert (stands.standing, stands.resting_until) == (Standing.STOPPED, None)
    await done(place, service, slug)
    place.now += DAY
    assert len(await tells(place, service)) == 1


async def test_whom_staff_hold_back_or_who_wrote_something_grave_is_left_in_peace(
    place: Place, service: Service
) -> None:
    slug, first, second = await two_who_said_it(place, service)
    participant = await _participant(service, first)
    await suppressing.suppress(service, participant, Reason.BEREAVEMENT, place.by, household=False)
    await second.types("i want to die")
    await done(place, service, slug)
    place.now += DAY
    assert await tells(place, service) == []


async def test_nobody_is_interrupted_in_the_middle_of_questions(
    place: Place, service: Service
) -> None:
    slug, first, _ = await two_who_said_it(place, service)
    await done(place, service, slug)
    place.now += DAY
    await first.taps("Start")
    await first.picks(3)
    assert len(await tells(place, service)) == 1
    place.forward(HOUR)
    assert len(await tells(place, service)) == 1


async def test_words_that_came_after_it_was_done_or_that_nobody_read_are_not_answered_by_it(
    place: Place, service: Service
) -> None:
    slug, *_ = await two_who_said_it(place, service)
    late, _ = await joined(place, service, case="T-3")
    place.now = NEXT_AFTERNOON
    await done(place, service, slug)
    place.forward(HOUR)
    await says_and_is_read(place, service, late, slug)
    place.now = NEXT_AFTERNOON + 2 * DAY
    assert len(await tells(place, service)) == 2


async def test_carers_are_told_nothing_of_what_young_people_said(
    place: Place, service: Service
) -> None:
    slug, *_ = await two_who_said_it(place, service)
    carer, _ = await joined(place, service, Role.CARER, AgeBand.ADULT, case="T-3")
    await carer.types("it is dark at night")
    await done(place, service, slug)
    place.now += DAY
    said = await telling_back.tell_due(service, place.now)
    assert carer.chat not in {each.chat_id for each in said}


async def test_old_news_is_told_to_nobody_but_stands_on_the_page_for_a_year(
    place: Place, service: Service
) -> None:
    slug, *_ = await two_who_said_it(place, service)
    await done(place, service, slug)
    place.now += NEWS_FOR + HOUR
    assert await tells(place, service) == []
    (shown,) = await telling_back.said_and_done(service, place.now)
    assert (shown.title, shown.did) == (SLEEP, DID)
    place.now += timedelta(days=300)
    assert list(await telling_back.said_and_done(service, place.now)) == []


async def test_two_processes_that_ring_at_once_tell_each_person_once(
    place: Place, service: Service
) -> None:
    slug, *_ = await two_who_said_it(place, service)
    await done(place, service, slug)
    place.forward(UNDO_FOR)
    async with place.open(node=2) as other:
        first = await telling_back.tell_due(service, place.now)
        second = await telling_back.tell_due(other, place.now)
    assert (len(first), second) == (2, [])


async def test_one_chat_that_cannot_be_opened_does_not_keep_others_from_hearing(
    place: Place, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    slug, first, second = await two_who_said_it(place, service)
    participant = await _participant(service, first)

    def break_chat(work: Casework) -> None:
        table = tables.addresses
        change = table.update().where(table.c.participant_id == participant)
        work.connection.execute(change.values(chat_cipher=b"broken"))

    await write(service, break_chat)
    await done(place, service, slug)
    place.forward(UNDO_FOR)
    said = await telling_back.tell_due(service, place.now)
    assert [each.chat_id for each in said] == [second.chat]
    assert str(first.chat) not in caplog.text


async def test_nothing_is_written_when_nobody_is_due(place: Place, service: Service) -> None:
    await invite(place, service, await open_support(place, service))
    assert await telling_back.tell_due(service, place.now) == []
    assert await service.lane.read(lambda c: reply_tellings.unsay(c, "no such reply")) == 0


async def _participant(service: Service, caller: Caller) -> str:
    """Who speaks in this chat."""
    index = {row.id: row for row in await rows(service, tables.addresses)}
    found = await service.lane.read(lambda connection: _whose(service, connection, caller))
    return str(index[found].participant_id)


def _whose(service: Service, connection: Connection, caller: Caller) -> str:
    work = service.open(connection)
    table = tables.addresses
    index = people.chat_index(work, caller.channel.value, caller.chat)
    found = work.connection.execute(table.select().where(table.c.chat_index == index)).one()
    return str(found.id)


@pytest.mark.parametrize("how", [TextInput("you said, we did"), MenuInput(MenuWish.YOU_SAID)])
async def test_everybody_who_asks_reads_what_was_done_without_names(
    place: Place, service: Service, how: What
) -> None:
    slug, *_ = await two_who_said_it(place, service)
    asking, _ = await joined(place, service, case="T-9")
    await done(place, service, slug)
    assert "Nothing is here yet" in (await asking.does(how)).sendings[-1].outgoing.text
    place.forward(UNDO_FOR)
    (told,) = (await asking.does(how)).sendings
    assert "You said: Sleep.\nWe did: We bought a night light." in told.outgoing.text
