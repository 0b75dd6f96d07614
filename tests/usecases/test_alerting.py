"""An alert that nobody takes goes up the whole ladder once, at any hour, across restarts."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from outcomes.episode import Commissioner, Lives, Strand
from storage import tables
from storage.alerts import AlertKind, Route
from storage.casework import Casework
from surveys.people import AgeBand, Role
from tests.support.callers import Caller, Place, invite, joined, person_of, phone, rows, write
from tests.support.ladders import Bin, fired, open_reached, reached_ladder, ring, with_rungs
from usecases import alerting, alerting_canary, alerting_drills, inviting, reading
from usecases.arrival import Media, MediaInput, MenuInput, MenuWish
from usecases.inviting import By, NewEpisode
from usecases.ladder import Rung
from usecases.service import Service

CRISIS = "i want to kill myself"
CONCERN = "i am being bullied"
ALLEGATION = "mo my worker touches me and says not to tell"
MINUTE = timedelta(minutes=1)
LONDON = ZoneInfo("Europe/London")
EVERYBODY = [
    "mo.worker@example.org",
    "https://chat.example.org/hooks/made-up",
    "dee.duty@example.org",
    "lee.lead@example.org",
    "https://pager.example.org/starling",
]
EVERY_RUNG = [rung.value for rung in Rung]


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


@pytest.fixture
def reached(service: Service) -> Service:
    return replace(service, ladder=reached_ladder())


async def child_of(place: Place, service: Service, worker: str = "mo.worker") -> Caller:
    new = NewEpisode(
        "T-1001",
        Commissioner.DERBY_CITY,
        Strand.DIRECT,
        "theraplay",
        Lives.FOSTER,
        place.now.date(),
        worker=worker,
    )
    episode = await inviting.open_episode(service, new, place.by)
    caller = phone(place, service)
    await caller.joins(
        await invite(place, service, episode, Role.YOUNG_PERSON, AgeBand.SIXTEEN_TO_SEVENTEEN)
    )
    return caller


async def test_a_concern_has_its_alert_and_a_timer_at_once(place: Place, reached: Service) -> None:
    caller = await child_of(place, reached)
    await caller.types(CRISIS)
    (concern,) = await rows(reached, tables.concerns)
    (alert,) = await rows(reached, tables.alerts)
    assert (alert.concern_id, alert.level, alert.kind) == (concern.id, "crisis", "concern")
    assert alert.next_at == place.now + timedelta(minutes=10)
    assert alert.due_at == place.now + timedelta(minutes=30)
    assert await fired(reached) == ["worker"]


@pytest.mark.parametrize(
    "start",
    [
        pytest.param("2026-09-22T17:00", id="on a Tuesday afternoon"),
        pytest.param("2026-09-23T03:10", id="at night"),
        pytest.param("2026-12-25T11:00", id="at Christmas"),
        pytest.param("2026-10-25T01:50", id="as the clocks go back"),
        pytest.param("2027-03-28T00:50", id="as the clocks go forward"),
    ],
)
@pytest.mark.parametrize("text", [CRISIS, CONCERN])
async def test_nobody_takes_it_and_every_rung_fires_once_across_restarts(
    small_place: Place, start: str, text: str
) -> None:
    place = small_place
    place.now = local(start)
    bin_ = Bin()
    raised = await _somebody_says(place, bin_, text)
    process = 1
    while (next_at := await _next_at(place)) is not None:
        process += 1
        place.now = max(next_at, place.now + MINUTE)
        async with open_reached(place, process) as service:  # one of its own for each rung
            await ring(service, bin_, place.now)
            await ring(service, bin_, place.now)
    async with open_reached(place, process + 1) as service:
        await _expect_an_incident(service)
        took = timedelta(minutes=50)  # of a crisis, on the clock
        eight_hours = service.rhythm.after_duty(raised, timedelta(hours=8))
        assert place.now == (raised + took if text == CRISIS else eight_hours)
    assert Counter(bin_.addresses) == Counter(EVERYBODY)


async def _somebody_says(place: Place, bin_: Bin, text: str) -> datetime:
    async with open_reached(place) as service:
        caller = await child_of(place, service)
        await caller.types(text)
        await ring(service, bin_, place.now)
    return place.now


async def _expect_an_incident(service: Service) -> None:
    assert await fired(service) == EVERY_RUNG
    (alert,) = await rows(service, tables.alerts)
    assert (alert.acknowledged_at, alert.next_at) == (None, None)
    did = [row.did for row in await rows(service, tables.audit)]
    assert did.count("nobody took alert") == 1


async def _next_at(place: Place) -> datetime | None:
    async with place.open() as service:
        (alert,) = await rows(service, tables.alerts)
        found: datetime | None = alert.next_at
        return found


async def test_what_somebody_took_in_hand_does_not_climb(place: Place, reached: Service) -> None:
    bin_ = Bin()
    caller = await child_of(place, reached)
    await caller.types(CRISIS)
    (words,) = (await reading.what_waits(reached, place.by)).unread
    assert await reading.mark_read(reached, words.id, By("dee.duty", place.now))
    for _ in range(8):
        await ring(reached, bin_, place.forward(timedelta(hours=1)))
    assert await fired(reached) == ["worker"]
    assert bin_.sent == []  # it had not left yet, and need not any more
    (alert,) = await rows(reached, tables.alerts)
    assert (alert.acknowledged_by, alert.next_at) == ("dee.duty", None)
    (concern,) = await rows(reached, tables.concerns)
    assert concern.acknowledged_by == "dee.duty"


async def test_two_processes_that_look_at_once_tell_a_rung_once(place: Place) -> None:
    bin_ = Bin()
    async with AsyncExitStack() as stack:
        both = [await stack.enter_async_context(open_reached(place, node)) for node in (1, 2)]
        caller = await child_of(place, both[0])
        await caller.types(CRISIS)
        for _ in range(6):
            now = place.forward(timedelta(minutes=20))
            await asyncio.gather(*(ring(service, bin_, now) for service in both))
        assert await fired(both[0]) == EVERY_RUNG
    assert len(bin_.sent) == len(set(bin_.addresses)) == 5


async def test_after_a_standstill_each_rung_still_has_its_time(
    small_place: Place, small: Service
) -> None:
    service = replace(small, ladder=reached_ladder())
    caller = await child_of(small_place, service)
    await caller.types(CRISIS)
    now = small_place.forward(timedelta(hours=9))
    assert await alerting.sweep(service, now) == 1
    assert await alerting.sweep(service, now) == 0
    assert await alerting.sweep(service, now + timedelta(minutes=10)) == 1


async def test_a_rung_that_nobody_can_reach_is_passed_over_while_somebody_above_can_be(
    small_place: Place, small: Service
) -> None:
    only_lead = """
  worker: {}
  duty: {}
  safeguarding-lead: {ways: [{email: lead@example.org}]}
  on-call-manager: {}
"""
    service = replace(small, ladder=with_rungs(only_lead))
    caller = await child_of(small_place, service)
    await caller.types(CRISIS)
    assert await fired(service) == ["worker", "duty", "safeguarding-lead"]
    await ring(service, Bin(), small_place.forward(timedelta(minutes=15)))
    assert await fired(service) == EVERY_RUNG


async def test_with_nobody_to_reach_each_rung_has_its_time_on_the_staff_page(
    small_place: Place, small: Service
) -> None:
    caller = await child_of(small_place, small)
    await caller.types(CRISIS)
    assert await fired(small) == ["worker"]
    await ring(small, Bin(), small_place.forward(timedelta(minutes=10)))
    assert await fired(small) == ["worker", "duty"]


@pytest.mark.parametrize(
    ("role", "text", "kind", "within"),
    [
        (Role.CARER, "we are at breaking point and want to give notice", AlertKind.CARER, 60),
        (Role.YOUNG_PERSON, CONCERN, AlertKind.CONCERN, 480),
        (Role.YOUNG_PERSON, "zxqv wrrt plmk hjjk qwrt", AlertKind.NOT_UNDERSTOOD, 480),
    ],
)
async def test_each_kind_has_its_own_time(
    small_place: Place, small: Service, role: Role, text: str, kind: AlertKind, within: int
) -> None:
    small_place.now = local("2026-09-22T10:00")
    band = AgeBand.ADULT if role is Role.CARER else AgeBand.SIXTEEN_TO_SEVENTEEN
    caller, _ = await joined(small_place, small, role, band)
    await caller.types(text)
    (alert,) = await rows(small, tables.alerts)
    assert alert.kind == kind.value
    spent = timedelta(minutes=within)
    assert alert.due_at == small.rhythm.after_duty(small_place.now, spent)


async def test_a_home_about_to_break_down_has_a_person_within_the_hour_of_duty_time(
    small_place: Place, small: Service
) -> None:
    small_place.now = local("2026-09-25T16:40")  # a Friday, twenty minutes before the end
    caller, _ = await joined(small_place, small, Role.CARER, AgeBand.ADULT)
    await caller.types("we are at breaking point and want to give notice")
    (alert,) = await rows(small, tables.alerts)
    assert local("2026-09-28T09:40") <= alert.due_at <= local("2026-09-28T09:41")


async def test_a_carer_who_also_speaks_of_danger_is_a_crisis_like_any_other(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small, Role.CARER, AgeBand.ADULT)
    await caller.types("we are at breaking point and i am going to hit him with a knife")
    (alert,) = await rows(small, tables.alerts)
    assert alert.kind == AlertKind.CONCERN.value
    assert alert.due_at == small_place.now + timedelta(minutes=30)


async def test_an_allegation_begins_with_the_safeguarding_lead(
    place: Place, reached: Service
) -> None:
    bin_ = Bin()
    caller = await child_of(place, reached)
    await caller.types(ALLEGATION)
    (alert,) = await rows(reached, tables.alerts)
    assert alert.route == Route.LEAD_ONLY.value
    for _ in range(60):
        await ring(reached, bin_, place.forward(timedelta(hours=4)))
    assert await fired(reached) == ["safeguarding-lead", "on-call-manager"]
    assert bin_.addresses == ["lee.lead@example.org", "https://pager.example.org/starling"]


async def test_whoever_stands_alone_on_a_rung_and_may_be_meant_is_passed_by(
    place: Place, reached: Service
) -> None:
    bin_ = Bin()
    caller = await child_of(place, reached, worker="Lee.Lead")
    await caller.types(ALLEGATION)
    await ring(reached, bin_, place.now)
    assert await fired(reached) == ["on-call-manager"]
    assert bin_.addresses == ["https://pager.example.org/starling"]


async def test_a_child_who_wants_another_grown_up_is_heard_by_everybody_but_their_worker(
    place: Place, reached: Service
) -> None:
    bin_ = Bin()
    caller = await child_of(place, reached, worker="dee.duty")
    await caller.types(CONCERN)
    await ask_for_another(place, reached)
    for _ in range(60):
        await ring(reached, bin_, place.forward(timedelta(hours=4)))
    routes = {row.route for row in await rows(reached, tables.alerts)}
    assert routes == {Route.NOT_WORKER.value}
    assert "dee.duty@example.org" not in bin_.addresses
    await caller.types("and i am still being bullied")
    *_, newest = sorted(await rows(reached, tables.alerts), key=lambda row: row.raised_at)
    assert newest.route == Route.NOT_WORKER.value


async def ask_for_another(place: Place, service: Service) -> None:
    """Say for the only child there is that they do not want their worker."""
    (row,) = await rows(service, tables.participants)
    person = await person_of(service, row.id)

    def work(casework: Casework) -> None:
        alerting.ask_for_another(casework, service, person, place.now)

    await write(service, work)


async def test_wishes_and_pictures_raise_one_alert_until_somebody_takes_it(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small)
    for _ in range(3):
        await caller.does(MenuInput(MenuWish.HELP))
        await caller.does(MenuInput(MenuWish.TALK_TO_SOMEBODY))
        await caller.does(MediaInput(Media.PHOTO))
    kinds = [row.kind for row in await rows(small, tables.alerts)]
    assert sorted(kinds) == ["help-now", "media-came", "wants-person"]


async def test_a_check_in_that_wants_a_person_raises_an_alert_with_a_timer(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small)
    await caller.taps("Start")
    while caller.is_asked and "I have told the team" not in caller.said:
        await caller.picks(1)
    assert "I have told the team" in caller.said
    (alert,) = await rows(small, tables.alerts)
    assert (alert.kind, alert.concern_id) == ("wants-person", None)
    assert alert.next_at is not None
    (given,) = await rows(small, tables.notices)
    assert given.kind == "wants-person"


@pytest.mark.parametrize("wish", [MenuWish.HELP, MenuWish.TALK_TO_SOMEBODY, MenuWish.NOT_MY_WORKER])
async def test_what_went_up_the_whole_ladder_unheard_is_raised_anew_when_asked_again(
    small_place: Place, small: Service, wish: MenuWish
) -> None:
    bin_ = Bin()
    service = replace(small, ladder=reached_ladder())
    caller, _ = await joined(small_place, service)
    await caller.does(MenuInput(wish))
    for _ in range(20):
        await ring(service, bin_, small_place.forward(timedelta(hours=8)))
        if (await rows(service, tables.alerts))[0].next_at is None:
            break
        await caller.does(MenuInput(wish))  # while it climbs, one is enough
    assert len(await rows(service, tables.alerts)) == 1
    told = len(bin_.sent)
    await caller.does(MenuInput(wish))
    await ring(service, bin_, small_place.now)
    assert len(await rows(service, tables.alerts)) == 2
    assert len(bin_.sent) > told


async def test_whoever_decides_is_told_each_day_before_an_answer_about_what_is_kept_is_late(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small)
    await caller.does(MenuInput(MenuWish.SEE_ALL))
    assert "I have told the team" in caller.said
    (wish,) = await rows(small, tables.wishes)
    before = wish.due_at - timedelta(days=3)
    assert not await alerting_canary.look_for_overdue(small, before)
    assert await alerting_canary.look_for_overdue(small, before + MINUTE)
    assert not await alerting_canary.look_for_overdue(small, before + timedelta(hours=23))
    assert await alerting_canary.look_for_overdue(small, before + timedelta(hours=25))
    assert {row.kind for row in await rows(small, tables.alerts)} == {"wishes-due"}


async def test_a_stranger_who_taps_raises_nothing_but_their_words_of_danger_do(
    small_place: Place, small: Service
) -> None:
    stranger = phone(small_place, small)
    await stranger.does(MenuInput(MenuWish.HELP))
    await stranger.does(MediaInput(Media.PHOTO))
    assert await rows(small, tables.alerts) == []
    await stranger.types(CRISIS)
    (alert,) = await rows(small, tables.alerts)
    assert (alert.participant_id, alert.level) == (None, "crisis")


async def test_everyday_words_raise_no_alert(small_place: Place, small: Service) -> None:
    caller, _ = await joined(small_place, small)
    await caller.types("we had chips")
    assert await rows(small, tables.alerts) == []


async def test_the_weekly_drill_goes_up_the_live_ladder_to_everybody_and_is_reported(
    reached: Service,
) -> None:
    bin_ = Bin()
    monday, tuesday = local("2026-09-21T12:00"), local("2026-09-22T10:00")
    assert await alerting_drills.raise_weekly(reached, monday) is None
    assert await alerting_drills.raise_weekly(reached, tuesday - MINUTE) is None
    raised = await alerting_drills.raise_weekly(reached, tuesday)
    assert raised == "drill-2026-w39"
    assert await alerting_drills.raise_weekly(reached, tuesday + timedelta(days=2)) is None
    now = tuesday
    for _ in range(6):
        await ring(reached, bin_, now)
        now += timedelta(minutes=15)
    assert await fired(reached) == EVERY_RUNG
    assert "jo.worker@example.org" in bin_.addresses
    report = await alerting_drills.report(reached, 1, now)
    (drill,) = report.drills
    assert (drill.unanswered, drill.taken_by, drill.rung) == (True, None, 3)
    assert await alerting_drills.raise_weekly(reached, local("2026-09-29T10:00")) is not None


async def test_no_drill_begins_out_of_hours(small: Service) -> None:
    for moment in ("2026-12-25T11:00", "2026-09-22T17:00", "2026-09-27T12:00"):
        assert await alerting_drills.raise_weekly(small, local(moment)) is None


async def test_words_that_nobody_reads_in_time_go_up_from_duty_once_a_day(
    place: Place, reached: Service
) -> None:
    bin_ = Bin()
    caller = await child_of(place, reached)
    await caller.types("we had chips")
    assert not await alerting_canary.look_for_overdue(reached, place.now)
    place.now = reached.rhythm.after_duty(place.now, timedelta(hours=8)) + MINUTE
    assert await alerting_canary.look_for_overdue(reached, place.now)
    assert not await alerting_canary.look_for_overdue(reached, place.now + timedelta(hours=1))
    await ring(reached, bin_, place.now)
    assert bin_.addresses == ["https://chat.example.org/hooks/made-up", "dee.duty@example.org"]
    assert await alerting_canary.look_for_overdue(reached, place.forward(timedelta(days=1)))
    for words in (await reading.what_waits(reached, place.by)).unread:
        await reading.mark_read(reached, words.id, place.by)
    assert not await alerting_canary.look_for_overdue(reached, place.forward(timedelta(days=2)))
