"""What is kept beside each answer is always what working it all out anew would give."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from alembic import command
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, insert, select, update

from outcomes.counting.packed import unpack
from outcomes.counting.pairing import answers_of_the_first_person, closing, opening, pair_up
from outcomes.counting.rollup import roll_up
from outcomes.counting.sorting import ByAnswers, Source
from outcomes.episode import AgeBand, CloseReason, Commissioner, EpisodeFacts, Lives, Strand
from outcomes.errors import BadFactsError
from outcomes.measures.measure import Scale, Windows
from outcomes.measures.recipe import Who
from outcomes.observation import Observation, Wave
from outcomes.quarter import Period, Quarter, Year
from storage import episodes, observations, pair_columns, pairs, runs, tables
from storage.casework import Casework
from storage.database import migrate, run_once
from storage.episodes import SupportEpisode
from storage.migrations.upgrade import configuration
from storage.observations import NewObservation
from surveys.instrument import Instrument
from tests.storage.rooms import NOW, Room
from tests.support.callers import the_catalogue

STAR, HOME = the_catalogue().latest("star"), the_catalogue().latest("carer-star")
ITEMS = {each.id: pairs.scored_items(each) for each in (STAR, HOME)}
OPENED = date(2026, 9, 1)
Answers = dict[tuple[Any, ...], list[Any]]


def say(
    episode: str,
    day: date,
    scores: dict[str, int],
    person: str = "x",
    instrument: Instrument = STAR,
    wave: str = "start",
) -> NewObservation:
    role = "young-person" if instrument is STAR else "carer"
    version = instrument.version
    return NewObservation(
        episode, person, role, instrument.id, version, wave, day, complete=True, scores=scores
    )


def answer(room: Room, *all_said: NewObservation) -> None:
    """Answer all this in one transaction."""

    def work(work: Casework) -> None:
        for said in all_said:
            instrument = STAR if said.instrument == STAR.id else HOME
            runs.keep_definition(work, instrument, NOW)
            observations.add(work, said, instrument)

    room.do(work)


def kept(room: Room, keys: Iterable[str]) -> Answers:
    """What is kept, row by row, with the entries in a fixed order: they come as they were given."""
    query = select(tables.pairs).where(tables.pairs.c.episode_key.in_(list(keys)))
    rows = room.do(lambda work: work.connection.execute(query).all())
    return {
        (*row[:4], row.role, row.first_day, row.last_day): _ordered(
            unpack(row.answers, ITEMS[row.instrument])
        )
        for row in rows
    }


def anew(room: Room, keys: Iterable[str]) -> Answers:
    """The same, from the observations themselves, without what keeps the pairs."""
    found: dict[tuple[Any, ...], list[Observation]] = {}
    for each in everything(room, keys):
        row = each.episode, each.respondent, each.instrument, each.version, each.role
        found.setdefault(row, []).append(each)
    return {
        (*row, min(each.on for each in said), max(each.on for each in said)): _ordered(
            (each.on, each.wave, each.scores) for each in said
        )
        for row, said in found.items()
    }


def _ordered(entries: Iterable[tuple[date, str, Any]]) -> list[Any]:
    return sorted((on, wave, sorted(scores.items())) for on, wave, scores in entries)


def everything(room: Room, keys: Iterable[str]) -> list[Observation]:
    stored = tables.observations
    query = select(stored).where(stored.c.episode_key.in_(list(keys)))
    return [
        Observation(
            row.episode_key,
            row.participant_key,
            row.role,
            row.instrument,
            row.version,
            row.wave,
            row.day,
            json.loads(row.scores),
        )
        for row in room.do(lambda work: work.connection.execute(query).all())
    ]


def read_back(room: Room, keys: Iterable[str]) -> tuple[Observation, ...]:
    query = select(tables.support_episodes.c.key).where(
        tables.support_episodes.c.key.in_(list(keys))
    )
    return room.do(lambda work: pairs.observations_of(work.connection, query))


# --- any sequence of events -----------------------------------------------------------------------

SCORES = st.dictionaries(st.sampled_from(["feelings", "home"]), st.integers(1, 5))
HOME_SCORES = st.dictionaries(st.sampled_from(ITEMS["carer-star"]), st.integers(1, 5))
DAYS = st.sampled_from([-14, 0, 1, 42, 43, 70, 90, 130]).map(lambda days: timedelta(days=days))
WAVES = st.sampled_from([each.value for each in Wave])
EPISODE = st.sampled_from([0, 1])
PERSON = st.sampled_from("xy")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("star"), EPISODE, PERSON, DAYS, WAVES, SCORES),
        st.tuples(st.just("carer-star"), EPISODE, PERSON, DAYS, WAVES, HOME_SCORES),
        st.tuples(st.just("star"), EPISODE, PERSON, DAYS, WAVES, SCORES),
        st.tuples(st.just("closes"), EPISODE, DAYS),
        st.tuples(st.just("opens again"), EPISODE),
        st.tuples(st.just("began on another day"), EPISODE, DAYS),
        st.tuples(st.just("is erased"), PERSON),
    ),
    min_size=2,
    max_size=9,
)


class Story:
    """Two support episodes to which anything happens."""

    def __init__(self, room: Room) -> None:
        """Begin with nothing answered."""
        self.room = room
        self.episodes = [room.support("T-1"), room.support("T-2")]
        self.keys = [each.key for each in self.episodes]

    def happens(self, step: tuple[Any, ...]) -> None:
        """Let one thing happen, in a transaction of its own."""
        match step:
            case ("closes", number, days):
                on = OPENED + max(days, timedelta(0))
                self.room.do(
                    lambda work: episodes.close(work, self.episodes[number].id, on, "planned")
                )
            case ("opens again", number):
                self.room.do(lambda work: episodes.reopen(work, self.episodes[number].id))
            case ("began on another day", number, days):
                table = tables.support_episodes
                began = update(table).where(table.c.id == self.episodes[number].id)
                moved = began.values(opened_on=OPENED - abs(days))
                self.room.do(lambda work: work.connection.execute(moved))
            case ("is erased", person):
                self.room.do(partial(self._erase, person=person))
            case _:
                self._answers(step)

    def _answers(self, step: tuple[Any, ...]) -> None:
        instrument, number, person, days, wave, scores = step
        told = STAR if instrument == STAR.id else HOME
        # Pseudonyms are one person's in all their support: the carer is somebody else.
        who = f"{person} of {instrument}"
        answer(self.room, say(self.keys[number], OPENED + days, scores, who, told, wave))

    def _erase(self, work: Casework, person: str) -> None:
        gone = tables.observations.c.participant_key == f"{person} of star"
        here = tables.observations.c.episode_key.in_(self.keys)
        work.connection.execute(delete(tables.observations).where(gone, here))
        pairs.rebuild(work.connection, self.keys)


def compared(facts: EpisodeFacts, answers: Iterable[Observation], item: str) -> object:
    """Which first and last answer on an item are compared, or None."""
    windows = Windows()
    first_days, last_days = opening(facts, windows), closing(facts.closed_on or OPENED, windows)
    mine = [each for each in answers if each.episode == facts.key and each.instrument == "star"]
    said = answers_of_the_first_person((each for each in mine if each.scores), first_days)
    pair = pair_up(said, (item,), first_days, last_days, windows.least_gap)
    return pair and [(each.on, each.wave, dict(each.scores)) for each in (pair.first, pair.last)]


def facts_of(room: Room, episode: SupportEpisode) -> EpisodeFacts:
    now = room.do(lambda work: episodes.load(work, episode.id))
    assert now is not None
    return EpisodeFacts(
        now.key,
        Commissioner(now.commissioner),
        Strand(now.strand),
        Lives(now.lives),
        now.opened_on,
        now.closed_on,
        CloseReason.PLANNED if now.closed_on else None,
    )


def test_whatever_happens_what_is_kept_is_what_it_would_be_worked_out_anew(room: Room) -> None:
    @settings(max_examples=30)
    @given(STEPS)
    def check(steps: list[tuple[Any, ...]]) -> None:
        story = Story(room)
        for step in steps:
            story.happens(step)
        assert kept(room, story.keys) == anew(room, story.keys)
        back, stored = read_back(room, story.keys), everything(room, story.keys)
        assert sorted(map(repr, map(_plain, back))) == sorted(map(repr, map(_plain, stored)))
        for episode in story.episodes:
            facts = facts_of(room, episode)
            for item in ("feelings", "home"):
                assert compared(facts, back, item) == compared(facts, stored, item)

    check()


def _plain(each: Observation) -> tuple[object, ...]:
    return (
        each.episode,
        each.respondent,
        each.role,
        each.instrument,
        each.version,
        each.wave,
        each.on,
        sorted(each.scores.items()),
    )


# --- one thing at a time --------------------------------------------------------------------------


def test_every_answer_adds_a_few_bytes_to_the_row_of_its_person(room: Room) -> None:
    key = room.support().key
    answer(room, say(key, OPENED, {"feelings": 2}))
    answer(room, say(key, OPENED + timedelta(days=60), {"feelings": 4}, wave="end"))
    answer(room, say(key, OPENED + timedelta(days=50), {}, wave="review"))
    (row,) = room.do(lambda work: work.connection.execute(select(tables.pairs)).all())
    assert (row.first_day, row.last_day) == (OPENED, OPENED + timedelta(days=60))
    assert len(row.answers) == 3 * (3 + len(ITEMS["star"]))
    assert kept(room, [key]) == anew(room, [key])


def test_answers_of_several_people_in_one_transaction_are_each_kept(room: Room) -> None:
    key = room.support().key
    said = [say(key, OPENED, {"feelings": value}, person) for value, person in enumerate("xyxxy")]
    answer(room, *said, say(key, OPENED, {"settled": 1}, "z", HOME))
    assert len(kept(room, [key])) == 3
    assert kept(room, [key]) == anew(room, [key])


def test_an_answer_that_is_not_stored_is_not_kept(room: Room) -> None:
    key = room.support().key

    def work(work: Casework) -> None:
        observations.add(work, say(key, OPENED, {"feelings": 2}), STAR)
        work.flush()
        raise KeyError(key)

    with pytest.raises(KeyError):
        room.do(work)
    assert kept(room, [key]) == anew(room, [key]) == {}


def test_an_item_that_the_instrument_does_not_score_is_refused(room: Room) -> None:
    with pytest.raises(BadFactsError, match="does not score"):
        answer(room, say(room.support().key, OPENED, {"weather": 2}))
    assert room.do(lambda work: work.connection.execute(select(tables.observations)).all()) == []


def test_what_came_before_pairs_were_kept_is_worked_out_once(room: Room) -> None:
    keys = [room.support(f"T-{number}").key for number in range(3)]
    for number, key in enumerate(keys):
        answer(room, say(key, OPENED, {"feelings": number + 1}), say(key, OPENED, {"home": 2}))
    before = kept(room, keys)
    room.do(lambda work: work.connection.execute(delete(tables.pairs)))
    with pytest.raises(pairs.NotAllKept, match="6 answers and 0 are kept"):
        read_back(room, keys)
    told: list[tuple[int, int]] = []

    def catch_up(work: Casework) -> int:
        return pairs.catch_up(work.connection, lambda *done: told.append(done))

    assert room.do(catch_up) == 3
    assert told == [(3, 3)]
    assert kept(room, keys) == before
    assert room.do(catch_up) == 0
    assert len(read_back(room, keys)) == 6


def test_working_out_anew_takes_away_what_nobody_answered(room: Room) -> None:
    keys = [room.support(f"T-{number}").key for number in range(2)]
    for key in keys:
        answer(room, say(key, OPENED, {"feelings": 3}))
    gone = delete(tables.observations).where(tables.observations.c.episode_key == keys[0])
    room.do(lambda work: work.connection.execute(gone))
    assert room.do(lambda work: pairs.rebuild_all(work.connection)) == 1
    assert kept(room, keys) == anew(room, keys)


def test_answers_whose_definition_is_gone_are_a_fault_with_a_remedy(room: Room) -> None:
    key = room.support().key
    answer(room, say(key, OPENED, {"feelings": 3}))
    room.do(lambda work: work.connection.execute(delete(tables.definitions)))
    with pytest.raises(pairs.ItemsUnknown, match=r"version 1 of star .* from a backup"):
        read_back(room, [key])


# --- as columns -----------------------------------------------------------------------------------


@pytest.mark.parametrize("some", [1, 3, 1000])
def test_columns_hold_each_support_episode_in_one_chunk(room: Room, some: int) -> None:
    supports = [room.support(f"T-{number}") for number in range(5)]
    for number, support in enumerate(supports):
        first = say(support.key, OPENED, {"feelings": 2}, f"x{number}")
        last = say(support.key, OPENED + timedelta(days=90), {"feelings": 3}, f"x{number}")
        answer(room, first, last, say(support.key, OPENED, {"settled": 1}, "z", HOME))
        if number:
            day = OPENED + timedelta(days=90)
            room.do(partial(episodes.close, episode_id=support.id, on=day, reason="planned"))
    aged = update(tables.support_episodes).values(child_age="11-15")
    room.do(
        lambda work: work.connection.execute(
            aged.where(tables.support_episodes.c.id == supports[1].id)
        )
    )

    def work(work: Casework) -> tuple[int, list[Any]]:
        found = pair_columns.chunks(
            work.connection, Year(2026), lambda row: AgeBand(row.child_age or "not-known"), some
        )
        chunks = list(found)
        source = Source("star", 1, "young-person", Scale(), Windows(), Who())
        feelings = ByAnswers(source, ("feelings",), with_home=False, crossed=None)
        return len(chunks), list(roll_up([feelings], chunks)[0].entries())

    many, counted = room.do(work)
    assert many == {1: 5, 3: 4, 1000: 2}[some]
    assert sorted((box.age.value, label, count) for box, label, count in counted) == [
        ("11-15", "2>3", 1),
        ("not-known", "2>3", 3),
    ]


def test_columns_hold_nothing_of_support_that_closed_at_another_time(room: Room) -> None:
    supports = [room.support(f"T-{number}") for number in range(12)]
    for number, support in enumerate(supports):
        answer(room, say(support.key, OPENED, {"feelings": number % 5 + 1}))
        day = OPENED + timedelta(days=30 * number)
        room.do(partial(episodes.close, episode_id=support.id, on=day, reason="planned"))

    def work(work: Casework, period: Period) -> list[bytes]:
        found = pair_columns.chunks(work.connection, period, lambda _: AgeBand.NOT_KNOWN)
        return sorted(each for chunk in found for each in chunk.answers)

    for period in (Quarter(2026, 3), Year(2026), Quarter(2029, 1)):
        closed = [
            support.key
            for number, support in enumerate(supports)
            if OPENED + timedelta(days=30 * number) in period
        ]
        rows = select(tables.pairs.c.answers).where(tables.pairs.c.episode_key.in_(closed))
        expected = room.do(lambda work, rows=rows: work.connection.execute(rows).scalars().all())  # type: ignore[misc]  # mypy sees no Casework in a default
        assert room.do(partial(work, period=period)) == sorted(expected)


def test_an_upgrade_works_out_what_is_kept_of_answers_from_before(empty_database_url: str) -> None:
    def move(connection: Connection) -> None:
        settings = configuration()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "0002")
        definition = (STAR.digest, STAR.id, STAR.version, STAR.model_dump_json(), NOW)
        connection.execute(insert(tables.definitions).values(definition))
        for number, (day, score) in enumerate([("2026-09-01", 2), ("2026-11-20", 4)]):
            seen = (f"seen-{number}", "some-support", "x", "young-person", "star", 1, "start")
            row = (*seen, date.fromisoformat(day), True, json.dumps({"feelings": score}))
            connection.execute(insert(tables.observations).values(row))

    run_once(empty_database_url, move)
    migrate(empty_database_url)
    room = Room(empty_database_url)
    assert len(kept(room, ["some-support"])) == 1
    assert kept(room, ["some-support"]) == anew(room, ["some-support"])
