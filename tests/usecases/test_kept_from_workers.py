"""Who may be meant, or is not wanted, is told of nothing, and others are told at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from outcomes.episode import Commissioner, Lives, Strand
from storage import tables
from storage.alerts import Route
from surveys.people import AgeBand, Role
from tests.support.callers import Caller, Place, invite, phone, rows
from tests.support.ladders import Bin, reached_ladder, ring
from usecases import alerting_desk, inviting, reading
from usecases.alerting_desk import ClosedBecause
from usecases.arrival import Media, MediaInput, MenuInput, MenuWish
from usecases.inviting import By, NewEpisode
from usecases.service import Service
from usecases.walls import sight_of

WORKER = "mo.worker"
MORNING = datetime(2026, 9, 22, 9, 0, tzinfo=UTC)
DUTY = {"https://chat.example.org/hooks/made-up", "dee.duty@example.org"}


@pytest.fixture
def reached(small_place: Place, small: Service) -> Service:
    small_place.now = MORNING
    return replace(small, ladder=reached_ladder())


async def child_of(place: Place, service: Service) -> Caller:
    new = NewEpisode(
        "T-1001",
        Commissioner.DERBY_CITY,
        Strand.DIRECT,
        "theraplay",
        Lives.FOSTER,
        place.now.date(),
        worker=WORKER,
    )
    episode = await inviting.open_episode(service, new, place.by)
    caller = phone(place, service)
    await caller.joins(
        await invite(place, service, episode, Role.YOUNG_PERSON, AgeBand.SIXTEEN_TO_SEVENTEEN)
    )
    return caller


def worker(place: Place) -> By:
    return By(WORKER, place.now, sight_of(WORKER, "worker"))


def lead(place: Place) -> By:
    return By("lee.lead", place.now, sight_of("lee.lead", "safeguarding-lead"))


async def read_by(service: Service, by: By) -> list[str]:
    return [each.text for each in (await reading.what_waits(service, by)).unread]


async def routes(service: Service) -> list[tuple[str, str]]:
    return sorted((row.kind, row.route) for row in await rows(service, tables.alerts))


async def let_time_pass(place: Place, service: Service, bin_: Bin) -> None:
    for _ in range(12):
        await ring(service, bin_, place.forward(timedelta(hours=8)))


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("my worker makes me sit on his lap", Route.LEAD_ONLY),
        ("my support worker sends me pics", Route.LEAD_ONLY),
        ("mo touches me", Route.LEAD_ONLY),
        ("he touches me when we are alone", Route.NOT_WORKER),
        ("i dont want my social worker to see this", Route.NOT_WORKER),
        ("please dont tell my worker but i cut myself", Route.NOT_WORKER),
        ("dont let mo read this", Route.NOT_WORKER),
    ],
)
async def test_the_worker_is_not_told_and_does_not_read(
    small_place: Place, reached: Service, text: str, route: Route
) -> None:
    bin_ = Bin()
    caller = await child_of(small_place, reached)
    await caller.types(text)
    (alert,) = await rows(reached, tables.alerts)
    assert alert.route == route.value
    assert await read_by(reached, worker(small_place)) == []
    assert await read_by(reached, lead(small_place)) == [text]
    await let_time_pass(small_place, reached, bin_)
    assert "mo.worker@example.org" not in bin_.addresses
    assert "lee.lead@example.org" in bin_.addresses


async def test_a_caption_that_accuses_the_worker_keeps_the_picture_from_them_too(
    small_place: Place, reached: Service
) -> None:
    bin_ = Bin()
    caller = await child_of(small_place, reached)
    await caller.does(MediaInput(Media.PHOTO, "my worker touches me"))
    assert await routes(reached) == [("concern", "lead-only"), ("media-came", "lead-only")]
    await ring(reached, bin_, small_place.now)
    assert bin_.addresses == ["lee.lead@example.org"]


async def test_an_accusation_takes_all_that_stands_out_of_the_workers_hands(
    small_place: Place, reached: Service
) -> None:
    bin_ = Bin()
    caller = await child_of(small_place, reached)
    for text in ("i am being bullied", "i cut myself"):
        await caller.types(text)
    await ring(reached, bin_, small_place.now)
    assert bin_.addresses == ["mo.worker@example.org"]
    assert len(await read_by(reached, worker(small_place))) == 2
    await caller.types("my worker hits me")
    assert {route for _, route in await routes(reached)} == {"lead-only"}
    assert await read_by(reached, worker(small_place)) == []
    assert (await alerting_desk.look(reached, worker(small_place))).standing == ()
    await ring(reached, bin_, small_place.now)
    assert bin_.addresses == ["mo.worker@example.org", "lee.lead@example.org"]
    await let_time_pass(small_place, reached, bin_)
    assert bin_.addresses.count("mo.worker@example.org") == 1


async def test_not_my_worker_tells_somebody_else_at_once(
    small_place: Place, reached: Service
) -> None:
    bin_ = Bin()
    caller = await child_of(small_place, reached)
    await caller.does(MenuInput(MenuWish.TALK_TO_SOMEBODY))
    await ring(reached, bin_, small_place.now)
    assert bin_.addresses == ["mo.worker@example.org"]
    await caller.does(MenuInput(MenuWish.NOT_MY_WORKER))
    await ring(reached, bin_, small_place.now)
    assert set(bin_.addresses[1:]) == DUTY
    assert await routes(reached) == [
        ("wants-another-person", "not-worker"),
        ("wants-person", "not-worker"),
    ]
    rungs = {row.rung for row in await rows(reached, tables.alerts)}
    assert rungs == {1}, "the wish that only the worker knew of has gone on, too"


async def test_not_my_worker_holds_for_good(small_place: Place, reached: Service) -> None:
    caller = await child_of(small_place, reached)
    await caller.types("i have a cat")
    small_place.forward(timedelta(minutes=1))
    await caller.does(MenuInput(MenuWish.NOT_MY_WORKER))
    for row in await rows(reached, tables.alerts):
        await alerting_desk.close(reached, row.id, lead(small_place), ClosedBecause.SPOKE)
    small_place.forward(timedelta(days=30))
    await caller.types("i am being bullied")
    assert (await routes(reached))[0] == ("concern", "not-worker")
    await caller.does(MenuInput(MenuWish.HELP))
    assert ("help-now", "not-worker") in await routes(reached)
    assert "i am being bullied" not in await read_by(reached, worker(small_place))
    kinds = [each.kind for each in (await reading.what_waits(reached, worker(small_place))).notices]
    assert kinds == []


async def test_whoever_only_wants_to_talk_still_has_their_worker_afterwards(
    small_place: Place, reached: Service
) -> None:
    caller = await child_of(small_place, reached)
    await caller.types("he hits me")
    await caller.does(MenuInput(MenuWish.TALK_TO_SOMEBODY))
    assert {route for _, route in await routes(reached)} == {"not-worker"}
    for row in await rows(reached, tables.alerts):
        await alerting_desk.close(reached, row.id, lead(small_place), ClosedBecause.SPOKE)
    small_place.forward(timedelta(days=1))
    await caller.types("i am being bullied")
    assert "i am being bullied" in await read_by(reached, worker(small_place))
