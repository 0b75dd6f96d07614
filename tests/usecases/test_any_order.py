"""Whatever somebody does, in whatever order: it never fails, loses nothing, and leaves a way on."""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Table

from followups import occasions as clock
from storage import tables
from storage.people import Standing
from storage.runs import of_participant
from storage.words import to_read
from surveys.conversation import (
    AskedToChange,
    AskedWhy,
    CameBack,
    Declination,
    Input,
    Passed,
    Paused,
    RunId,
    StoppedHere,
    Tapped,
    WentBack,
)
from surveys.people import Role, Sharing
from surveys.understanding import read_reply, read_wish
from tests.support.callers import (
    DAY,
    HOUR,
    Caller,
    Place,
    close_support,
    invite,
    joined,
    moments,
    open_support,
    person_of,
    phone,
    rows,
)
from usecases.arrival import (
    Arrival,
    CodeInput,
    GoalAct,
    GoalInput,
    JoinInput,
    JoinReply,
    Media,
    MediaInput,
    MenuInput,
    MenuWish,
    OccasionId,
    OccasionInput,
    OfferReply,
    RunInput,
    SharingInput,
    TextInput,
    UnknownInput,
    What,
)
from usecases.receiving import Reception
from usecases.service import Service

Live = Callable[[Place, Service], Coroutine[Any, Any, None]]


@pytest.fixture(scope="session")
def live(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Live], None]:
    """Return what lives one example in a database of its own."""
    folder = tmp_path_factory.mktemp("lives")

    def run(example: Live) -> None:
        path = folder / "starling.db"
        for part in folder.glob("starling.db*"):
            part.unlink()
        for part in sqlite_template.parent.glob(f"{sqlite_template.name}*"):
            shutil.copy(part, folder / part.name)

        async def lives() -> None:
            place = Place(f"sqlite:///{path}")
            async with place.open() as service:
                await example(place, service)

        asyncio.run(lives())

    return run


TEXTS = st.sampled_from(
    [
        "3",
        "ok",
        "idk",
        "skip",
        "Back",
        "why",
        "pause",
        "stop",
        "go on",
        "yes",
        "no",
        "help",
        "purple bananas",
        "i want to die",
        "i am being bullied",
        "7",
        "my goals",
        "forget me",
        "who can see this",
        "",
        "\x00",
        "\ud800",
        "abcde-12345",
        "/start",
        "😀",
        "x" * 5_000,
    ]
) | st.text(st.characters(codec=None, exclude_categories=()), max_size=30)
STEPS = st.integers(0, 12)
INPUTS: st.SearchStrategy[Input] = st.one_of(
    st.builds(Tapped, STEPS, st.integers(0, 6)),
    st.builds(Passed, STEPS, st.sampled_from(Declination)),
    st.builds(WentBack, STEPS),
    st.builds(AskedWhy, STEPS),
    st.builds(AskedToChange, STEPS),
    st.just(Paused()),
    st.just(CameBack()),
    st.just(StoppedHere()),
)
WORDS = st.sampled_from(["the-words", "nobodys-words"])
GOALS = st.sampled_from(["the-goal", "nobodys-goal"])
WHATS: st.SearchStrategy[What] = st.one_of(
    st.builds(TextInput, TEXTS, edited=st.booleans()),
    st.builds(MediaInput, st.sampled_from(Media), TEXTS),
    st.builds(MenuInput, st.sampled_from(MenuWish)),
    st.builds(JoinInput, st.sampled_from(JoinReply)),
    st.builds(CodeInput, st.sampled_from(["", "wrong", "abcde-12345"])),
    st.builds(RunInput, st.just(RunId("the-run")), INPUTS),
    st.builds(RunInput, st.just(RunId("nobodys-run")), INPUTS),
    st.builds(OccasionInput, st.just(OccasionId("theirs")), st.sampled_from(OfferReply)),
    st.builds(SharingInput, WORDS, st.none() | st.sampled_from(Sharing)),
    st.builds(GoalInput, GOALS, st.sampled_from(GoalAct), st.integers(0, 10)),
    st.just(UnknownInput()),
)
"""`the-run` and `theirs` stand for the ids that are there when it comes to it."""

STAFF = st.sampled_from(["hour", "week", "month", "clock", "close", "own code"])
TAPS = st.integers(0, 60)
DOINGS = st.lists(WHATS | STAFF | TAPS, min_size=1, max_size=14)


async def meant(caller: Caller, participant: str, what: What) -> What:
    """Put the ids in that are there now."""
    if isinstance(what, RunInput) and what.run == "the-run":
        run = (await person_of(caller.service, participant)).current_run
        return RunInput(RunId(run or "none"), what.given)
    if isinstance(what, SharingInput) and what.words == "the-words":
        return replace(what, words=await newest(caller, tables.words))
    if isinstance(what, GoalInput) and what.goal == "the-goal":
        return replace(what, goal=await newest(caller, tables.goals))
    if isinstance(what, OccasionInput):
        found = await moments(caller.service, participant)
        return OccasionInput(OccasionId(found[0].id if found else "none"), what.reply)
    return what


async def newest(caller: Caller, table: Table) -> str:
    found = await rows(caller.service, table)
    return str(found[-1].id) if found else "none"


async def happens(caller: Caller, participant: str, code: str, doing: What | str | int) -> None:
    """Let one thing happen, and look whether everything about it is right."""
    place, service = caller.place, caller.service
    match doing:
        case "hour" | "week" | "month":
            place.forward({"hour": HOUR, "week": 7 * DAY, "month": 30 * DAY}[doing])
        case "clock":
            caller.sees(await clock.fire_due(service, place.now))
        case "close":
            for row in await rows(service, tables.support_episodes):
                if row.closed_on is None:
                    await close_support(place, service, row.id)
        case "own code":
            await caller.opens(code)
        case int(number):
            buttons = list(caller.buttons())
            if buttons:
                bubble, key = buttons[number % len(buttons)]
                await caller.taps_data(key.data, bubble.number)
        case str():
            raise AssertionError(doing)
        case what:
            await does(caller, participant, what)
    assert len(caller.heard) <= 2
    assert not caller.heard or caller.heard[-1].labels


async def does(caller: Caller, participant: str, what: What) -> None:
    before = await said_and_answered(caller.service)
    received = await caller.does(await meant(caller, participant, what))
    assert not received.duplicate
    assert received.sendings
    if isinstance(what, TextInput):
        clean = what.text.replace("\x00", "").strip()
        plain = read_wish(clean) or read_reply(clean)
        understood = plain and not what.edited
        after = await said_and_answered(caller.service)
        assert after > before or understood or not clean


async def said_and_answered(service: Service) -> int:
    """Return how many words are kept and how many answers and numbers were ever given."""
    log: int = sum(row.state.count('"telegram"]') for row in await rows(service, tables.runs))
    numbers = len(await rows(service, tables.goal_ratings))
    return len(await rows(service, tables.words)) + numbers + log


async def all_is_well(service: Service, participant: str) -> None:
    """Look at what is stored after all that."""
    stored = await service.lane.read(
        lambda connection: of_participant(service.open(connection), participant)
    )
    standing = [each for each in stored if not each.run.status.over]
    person = await person_of(service, participant)
    assert len(standing) <= 1
    assert all(each.run.id == person.current_run for each in standing)
    ended = [each for each in stored if each.run.status.over and each.run.answers]
    assert len(await rows(service, tables.observations)) == len(ended)
    unread = await service.lane.read(lambda connection: to_read(service.open(connection)))
    assert len(unread) == len(await rows(service, tables.words))
    graded = [each for each in unread if each.level is not None]
    assert len(graded) == len(await rows(service, tables.concerns))
    if person.standing is Standing.STOPPED:
        assert not standing
        assert all(each.state.over for each in await moments(service, participant))


async def the_way_on_is_open(caller: Caller, participant: str) -> None:
    """Come in and finish whatever there is to answer."""
    await caller.does(MenuInput(MenuWish.HELP))
    assert "999" in caller.said
    await caller.does(MenuInput(MenuWish.COME_BACK))
    await caller.does(JoinInput(JoinReply.YES))
    assert (await person_of(caller.service, participant)).standing is Standing.JOINED
    await caller.does(MenuInput(MenuWish.WHATS_NEXT))
    if "Carry on" in " ".join(caller.labels):
        run = (await person_of(caller.service, participant)).current_run
        await caller.does(RunInput(RunId(run or ""), CameBack()))
    elif any(key.data.endswith(":start") for _, key in caller.buttons()):
        await caller.taps("Start")
    await caller.answers()
    runs = await rows(caller.service, tables.runs)
    assert all(row.status in ("finished", "stopped", "lapsed") for row in runs)


@given(doings=DOINGS, role=st.sampled_from([Role.YOUNG_PERSON, Role.CARER]), yes=st.booleans())
@example(doings=[MenuInput(MenuWish.STOP_ALL_SURELY)], role=Role.CARER, yes=False)
@settings(max_examples=40)
def test_whatever_somebody_does_they_are_answered_and_never_stuck(
    live: Callable[[Live], None], doings: list[What | str | int], role: Role, *, yes: bool
) -> None:
    async def example(place: Place, service: Service) -> None:
        invited = await invite(place, service, await open_support(place, service), role)
        caller = phone(place, service)
        await caller.opens(invited.code)
        if yes:
            await caller.does(JoinInput(JoinReply.YES))
            await caller.taps("Start")
        for doing in doings:
            await happens(caller, invited.participant, invited.code, doing)
        await all_is_well(service, invited.participant)
        await the_way_on_is_open(caller, invited.participant)
        await all_is_well(service, invited.participant)

    live(example)


@given(
    whats=st.lists(WHATS, min_size=1, max_size=10),
    cuts=st.lists(st.integers(0, 10), max_size=3),
    again=st.lists(st.integers(0, 9), max_size=3),
)
@settings(max_examples=20)
def test_it_makes_no_difference_what_is_dealt_with_together_or_comes_twice(
    live: Callable[[Live], None], whats: list[What], cuts: list[int], again: list[int]
) -> None:
    results: list[object] = []

    async def one_by_one(place: Place, service: Service) -> None:
        caller, participant, arrivals = await arriving(place, service)
        for arrival in arrivals:
            await Reception(service).receive(arrival)
        results.append(await left_behind(caller, participant))

    async def together(place: Place, service: Service) -> None:
        caller, participant, arrivals = await arriving(place, service)
        bounds = sorted({0, len(arrivals), *(cut for cut in cuts if cut < len(arrivals))})
        for first, last in itertools.pairwise(bounds):
            batch = arrivals[first:last]
            batch += [arrivals[number] for number in again if number < last]
            receive = Reception(service).receive
            await asyncio.gather(*(receive(each) for each in batch))
        results.append(await left_behind(caller, participant))

    async def arriving(place: Place, service: Service) -> tuple[Caller, str, list[Arrival]]:
        caller, invited = await joined(place, service)
        await caller.taps("Start")
        await caller.picks(3)
        arrivals = [
            caller.arrival(await meant(caller, invited.participant, what), 1) for what in whats
        ]
        return caller, invited.participant, arrivals

    live(one_by_one)
    live(together)
    assert results[0] == results[1]


async def left_behind(caller: Caller, participant: str) -> object:
    """Return what all that has left in the database, but for ids and the order of updates."""
    service = caller.service
    (run,) = await rows(service, tables.runs)
    unread = await service.lane.read(lambda connection: to_read(service.open(connection)))
    person = await person_of(service, participant)
    return (
        run.state.replace(run.id, ""),
        run.status,
        sorted((each.received_at, each.kind, each.level or "") for each in unread),
        sorted((row.kind, row.at) for row in await rows(service, tables.notices)),
        [(each.wave, each.state, each.next_at) for each in await moments(service, participant)],
        (person.standing, person.resting_until),
        sorted((row.kind, row.body) for row in await rows(service, tables.outbox)),
    )
