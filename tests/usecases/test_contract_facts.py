"""What staff note for the contract: only what can be so, every change kept, nothing asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.episode import AgeBand
from storage import tables
from tests.support.callers import Place, close_support, joined, open_support, rows
from usecases import contract_facts
from usecases.contract_facts import NOTHING, Days, Fact, FactsRefused, Noted, check
from usecases.refusal import Refusal
from usecases.service import Service

OPENED, CLOSED, TODAY = date(2026, 9, 1), date(2026, 9, 15), date(2026, 9, 22)
GOES_ON = Days(OPENED, None, TODAY)
ENDED = Days(OPENED, CLOSED, TODAY)
DAY = timedelta(days=1)


def wrong(noted: Noted, days: Days = GOES_ON) -> list[Fact]:
    return [each.fact for each in check(noted, days)]


# --- rules ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "noted",
    [
        NOTHING,
        Noted(unplanned_moves=0),
        Noted(unplanned_moves=50),
        Noted(plan_on=OPENED - 14 * DAY),
        Noted(plan_on=TODAY),
        Noted(disengaged_on=OPENED),
        Noted(disengaged_on=TODAY - DAY, back_on=TODAY),
        Noted(AgeBand.TO_TEN, 1, True, False),
    ],
)
def test_what_can_be_so_is_taken(noted: Noted) -> None:
    assert wrong(noted) == []


@pytest.mark.parametrize(
    ("noted", "days", "facts"),
    [
        (Noted(unplanned_moves=-1), GOES_ON, [Fact.UNPLANNED_MOVES]),
        (Noted(unplanned_moves=51), GOES_ON, [Fact.UNPLANNED_MOVES]),
        (Noted(plan_on=OPENED - 15 * DAY), GOES_ON, [Fact.PLAN_ON]),
        (Noted(plan_on=TODAY + DAY), GOES_ON, [Fact.PLAN_ON]),
        (Noted(plan_on=CLOSED + DAY), ENDED, [Fact.PLAN_ON]),
        (Noted(disengaged_on=OPENED - DAY), GOES_ON, [Fact.DISENGAGED_ON]),
        (Noted(disengaged_on=TODAY + DAY), GOES_ON, [Fact.DISENGAGED_ON]),
        (Noted(disengaged_on=CLOSED + DAY), ENDED, [Fact.DISENGAGED_ON]),
        (Noted(back_on=TODAY), GOES_ON, [Fact.BACK_ON]),
        (Noted(disengaged_on=OPENED, back_on=OPENED), GOES_ON, [Fact.BACK_ON]),
        (Noted(disengaged_on=OPENED, back_on=TODAY + DAY), GOES_ON, [Fact.BACK_ON]),
        (
            Noted(unplanned_moves=99, plan_on=TODAY + DAY, back_on=TODAY),
            GOES_ON,
            [Fact.UNPLANNED_MOVES, Fact.PLAN_ON, Fact.BACK_ON],
        ),
    ],
)
def test_what_cannot_be_so_is_told_by_fact(noted: Noted, days: Days, facts: list[Fact]) -> None:
    found = check(noted, days)
    assert [each.fact for each in found] == facts
    assert all(each.cause and each.remedy for each in found)


def test_they_may_come_back_after_the_support_ended() -> None:
    assert wrong(Noted(disengaged_on=CLOSED, back_on=CLOSED + DAY), ENDED) == []


_days = st.none() | st.dates(date(2026, 8, 1), date(2026, 10, 1))


@given(st.none() | st.integers(-5, 60), _days, _days, _days, st.none() | st.just(CLOSED))
def test_what_is_taken_never_contradicts_itself(
    moves: int | None,
    plan: date | None,
    stopped: date | None,
    back: date | None,
    closed: date | None,
) -> None:
    noted = Noted(unplanned_moves=moves, plan_on=plan, disengaged_on=stopped, back_on=back)
    if wrong(noted, Days(OPENED, closed, TODAY)):
        return
    assert moves is None or 0 <= moves <= 50
    assert all(each is None or each <= TODAY for each in (plan, stopped, back))
    assert plan is None or OPENED - 14 * DAY <= plan <= (closed or TODAY)
    assert stopped is None or OPENED <= stopped <= (closed or TODAY)
    assert back is None or (stopped is not None and stopped < back)


# --- noting ---------------------------------------------------------------------------------------


async def test_what_is_noted_stands_and_every_change_is_kept(
    place: Place, service: Service
) -> None:
    episode = await open_support(place, service)
    first = Noted(AgeBand.TO_FIFTEEN, 0, away_at_start=True, plan_on=date(2026, 9, 3))
    assert await contract_facts.note(service, episode, lambda _: first, place.by) == first
    await contract_facts.note(
        service, episode, lambda noted: replace(noted, unplanned_moves=1, plan_on=None), place.by
    )
    assert await contract_facts.look(service, episode) == replace(
        first, unplanned_moves=1, plan_on=None
    )
    kept = {(row.what, row.was, row.became) for row in await rows(service, tables.episode_changes)}
    assert kept == {
        ("child-age", None, "11-15"),
        ("unplanned-moves", None, "0"),
        ("away-at-start", None, "yes"),
        ("plan-on", None, "2026-09-03"),
        ("unplanned-moves", "0", "1"),
        ("plan-on", "2026-09-03", None),
    }
    told = [row.did for row in await rows(service, tables.audit)]
    assert told.count("noted for the contract") == 2


async def test_the_same_again_changes_nothing(small_place: Place, small: Service) -> None:
    episode = await open_support(small_place, small)
    for _ in range(2):
        await contract_facts.note(
            small, episode, lambda _: Noted(unplanned_moves=2), small_place.by
        )
    assert len(await rows(small, tables.episode_changes)) == 1
    told = [row.did for row in await rows(small, tables.audit)]
    assert told.count("noted for the contract") == 1


async def test_what_is_refused_is_not_written(small_place: Place, small: Service) -> None:
    episode = await open_support(small_place, small)
    with pytest.raises(FactsRefused, match="is in the future") as refused:
        await contract_facts.note(
            small,
            episode,
            lambda _: Noted(unplanned_moves=1, plan_on=date(2027, 1, 1)),
            small_place.by,
        )
    assert [each.fact for each in refused.value.wrong] == [Fact.PLAN_ON]
    assert await contract_facts.look(small, episode) == NOTHING
    assert await rows(small, tables.episode_changes) == []


async def test_the_end_of_support_counts_for_what_is_noted_after_it(
    small_place: Place, small: Service
) -> None:
    episode = await open_support(small_place, small)
    await close_support(small_place, small, episode, CLOSED)
    with pytest.raises(FactsRefused, match="after this support ended"):
        await contract_facts.note(
            small, episode, lambda _: Noted(disengaged_on=CLOSED + DAY), small_place.by
        )


async def test_support_that_there_is_not_is_refused(small_place: Place, small: Service) -> None:
    with pytest.raises(Refusal, match="no support episode with this id"):
        await contract_facts.look(small, "nothing")
    with pytest.raises(Refusal, match="no support episode with this id"):
        await contract_facts.note(small, "nothing", lambda noted: noted, small_place.by)


async def test_noting_asks_nobody_anything_and_changes_nothing_that_is_planned(
    small_place: Place, small: Service
) -> None:
    await joined(small_place, small)
    (episode,) = await rows(small, tables.support_episodes)
    watched = (tables.occasions, tables.outbox, tables.runs, tables.participants)
    await small.lane.settled()
    before = [await rows(small, table) for table in watched]
    noted = Noted(AgeBand.TO_TEN, 3, True, True, date(2026, 9, 2), date(2026, 9, 3))
    await contract_facts.note(small, episode.id, lambda _: noted, small_place.by)
    assert [await rows(small, table) for table in watched] == before
