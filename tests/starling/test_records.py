"""Made-up staff write down what the contract asks for, on its day, through the real use cases."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from outcomes.episode import AgeBand, CloseReason
from outcomes.facts import Facts
from outcomes.measures.characteristics import VALUES, Characteristic
from outcomes.quarter import Year
from starling.simulation.known import draw_known
from starling.simulation.office import Story
from starling.simulation.orders import BY, Here
from starling.simulation.population import make_child
from starling.simulation.records import Records, WriteDown
from storage import tables
from storage.facts import read_facts
from tests.support.callers import LONDON, Place, rows
from usecases import contract_facts, inviting, reopening
from usecases.inviting import By, Closing, NewEpisode
from usecases.service import Service

FIRST = date(2026, 4, 6)
DAY = timedelta(days=1)
CHILDREN = 120


def _chance(seed: Any) -> Random:
    return Random(seed)  # noqa: S311 - made-up people need no secrets


@given(st.integers(0, 10_000), st.integers(0, 50))
def test_what_becomes_known_of_a_child_can_be_so_and_is_the_same_each_time(
    number: int, seed: int
) -> None:
    child = make_child(number, _chance(f"{seed}:{number}"))
    known = draw_known(child, seed)
    assert known == draw_known(child, seed)
    assert known.age is not AgeBand.NOT_KNOWN
    assert known.moves is None or 0 <= known.moves <= 3
    assert known.plan_after is None or -14 <= known.plan_after <= 70
    assert all(value in VALUES[what] for what, value in known.given.items())
    for scores in known.scores.values():
        assert 0 <= scores.first <= 40
        assert scores.last is None or 0 <= scores.last <= 40


def test_shares_follow_the_published_figures() -> None:
    """Of 598 children, 263 were girls, 306 and 86 more were white, and 48 came alone."""
    known = [draw_known(make_child(n, _chance(n)), 3) for n in range(4000)]
    sexes = Counter(each.given.get(Characteristic.SEX) for each in known)
    groups = Counter(each.given.get(Characteristic.ETHNIC_GROUP) for each in known)
    alone = Counter(each.given.get(Characteristic.CAME_ALONE) for each in known)
    assert abs(sexes["female"] / (sum(sexes.values()) - sexes[None]) - 263 / 598) < 0.03
    assert abs(groups["white"] / (sum(groups.values()) - groups[None]) - 392 / 598) < 0.03
    assert 0.03 < alone["yes"] / (alone["yes"] + alone["no"]) < 0.15


async def write_down(place: Place, service: Service) -> tuple[Records, list[Story]]:
    """Let staff work through a year: support begins, ends, and some of it goes on after all."""
    chance = _chance(5)
    stories = []
    for number in range(1, CHILDREN + 1):
        opens = FIRST + chance.randrange(150) * DAY
        closes = opens + chance.randint(20, 180) * DAY
        stories.append(Story(make_child(number, chance), opens, closes))
    records = Records(Here(service), 5, tuple, Counter())
    day = FIRST
    while day < FIRST + 360 * DAY:
        now = datetime.combine(day, datetime.min.time(), LONDON) + timedelta(hours=9)
        for story in stories:
            await live(service, story, day, By(BY, now))
        await records.work(stories, day, now)
        day += DAY
    place.now = now
    return records, stories


async def live(service: Service, story: Story, day: date, by: By) -> None:
    """Open and close one support on its days; one in ten goes on for a while after its end."""
    child = story.child
    if story.opens == day:
        new = NewEpisode(
            child.case, child.commissioner, child.strand, child.intervention, child.lives, day,
            child_age=draw_known(child, 5).age,
        )  # fmt: skip
        story.episode = await inviting.open_episode(service, new, by)
    elif story.closes == day:
        closing = Closing(day, child.reason)
        await inviting.close_episode(service, story.episode, closing, by)
        story.is_over = True
    elif story.closes + 20 * DAY == day and child.number % 10 == 0:
        await reopening.reopen(service, story.episode, by)
        story.is_over, story.closes = False, day + 30 * DAY


async def facts(service: Service) -> Facts:
    return await service.lane.read(
        lambda connection: read_facts(connection, Year.parse("2026/27"), LONDON)
    )


async def test_a_made_up_year_has_every_kind_of_fact_and_none_that_cannot_be(
    sqlite_url: str,
) -> None:
    place = Place(sqlite_url)
    async with place.open() as service:
        records, stories = await write_down(place, service)
        found = await facts(service)
        staff = [each.staff for each in found.episodes if each.closed_on is not None]
        assert len(staff) > CHILDREN * 0.9
        assert 0.85 < sum(each.unplanned_moves is not None for each in staff) / len(staff) < 1
        assert {True, False, None} <= {each.away_at_start for each in staff}
        assert {True, False, None} <= {each.away_at_end for each in staff}
        assert 0.5 < sum(each.plan_on is not None for each in staff) / len(staff) < 1
        assert any(each.back_on for each in staff)
        assert all(each.disengaged_on for each in staff if each.back_on)
        for each in found.episodes:
            if each.close_reason is CloseReason.DISENGAGED:
                assert each.staff.disengaged_on is not None
        assert {each.age for each in found.episodes} == set(AgeBand) - {AgeBand.NOT_KNOWN}
        given = [each.characteristics for each in found.episodes]
        assert any(not each for each in given) or any(len(each) < 5 for each in given)
        assert {what for each in given for what in each} == {each.value for each in Characteristic}
        informants = Counter(each.informant for each in found.sdq)
        assert set(informants) == {"parent", "teacher", "self"}
        for story in stories:
            noted = await contract_facts.look(service, story.episode)
            assert noted == records.files[story.episode].noted


async def test_what_is_written_down_again_by_another_process_changes_nothing(
    sqlite_url: str,
) -> None:
    """Whoever was told to write it may have died before they said that they did."""
    place = Place(sqlite_url)
    async with place.open() as service:
        new = replace(_NEW, child_age=draw_known(_CHILD, 5).age)
        episode = await inviting.open_episode(service, new, place.by)
        story = Story(_CHILD, new.opened_on, new.opened_on + 90 * DAY, episode)
        records = Records(Here(service), 5, tuple, Counter())
        day = new.opened_on + 21 * DAY
        (entry,) = records.due([story], day)
        assert entry.noted is not None
        assert entry.noted.plan_on is not None
        assert entry.given is not None
        assert entry.totals
        order = WriteDown(place.now, (), (entry,))
        watched = (tables.audit, tables.episode_changes, tables.characteristics, tables.sdq_totals)
        await order.carry_out(service, again=False)
        before = [await rows(service, table) for table in watched]
        assert all(before)
        await order.carry_out(service, again=True)
        assert [await rows(service, table) for table in watched] == before


_CHILD = make_child(5, _chance(5))
_NEW = NewEpisode(
    _CHILD.case,
    _CHILD.commissioner,
    _CHILD.strand,
    _CHILD.intervention,
    _CHILD.lives,
    date(2026, 9, 1),
)
