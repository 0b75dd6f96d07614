"""Gathers all that the figures of one period are made from: pseudonyms, days and numbers.

It must not reach who people are, nor any words; what it returns names nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, or_, select

from outcomes.episode import (
    AgeBand,
    CloseReason,
    Commissioner,
    EpisodeFacts,
    Lives,
    StaffFacts,
    Strand,
)
from outcomes.facts import Facts, SdqTotal
from outcomes.quarter import Period, Quarter
from storage.casework import AnyRow
from storage.heard import heard_between
from storage.own_goals import goals_of
from storage.pairs import observations_of
from storage.reach import AgeOf, askings_of, begun_between, follow_ups_due, when_gone_quiet
from storage.tables import (
    characteristics,
    participants,
    sdq_totals,
    support_episodes,
)

QUARTERS_BACK: Final = 3
"""How many quarters before its own a measure may look back: gains that held for six months."""

COARSE: Final = {
    "5-7": AgeBand.TO_TEN,
    "8-11": AgeBand.TO_TEN,
    "12-15": AgeBand.TO_FIFTEEN,
    "16-17": AgeBand.FROM_SIXTEEN,
    "18-25": AgeBand.FROM_SIXTEEN,
}
"""The band of the figures for the band by which we speak; three of four from 8 to 11 are not 11.

It is only used where nobody noted an age when the support was accepted.
"""

_Characteristics = Mapping[str, Mapping[str, str]]
"""By child: what was given of free will."""


def earliest_day(period: Period) -> date:
    """Return the first day that any measure of a period looks at, three quarters before its own."""
    first = period.first_day
    for _ in range(QUARTERS_BACK):
        first = Quarter.containing(first - timedelta(days=1)).first_day
    return first


def read_facts(connection: Connection, period: Period, zone: ZoneInfo) -> Facts:
    """Return everything that the measures of a period need; zone: the service's, for local days.

    Episodes: those that were open on any day from three quarters before the period to its end, in
    the order of their pseudonyms, with their answers, askings, imported totals and goals, whenever
    these were. Follow-ups: those due in the period. Check-ins: those begun in it. Heard: young
    people whose words were read in it. Raises BadFactsError where what is stored contradicts
    itself.
    """
    open_then = (
        support_episodes.c.opened_on <= period.last_day,
        or_(
            support_episodes.c.closed_on.is_(None),
            support_episodes.c.closed_on >= earliest_day(period),
        ),
    )
    episodes = select(support_episodes).where(*open_then)
    keys = select(support_episodes.c.key).where(*open_then)
    children = select(support_episodes.c.child_id).where(*open_then)
    age_of = ages(connection)
    quiet = when_gone_quiet(connection)
    span = _instants(period, zone)
    return Facts(
        episodes=_episodes(connection, episodes, age_of, _characteristics(connection, children)),
        observations=observations_of(connection, keys),
        askings=askings_of(connection, keys, zone, quiet),
        sdq=_sdq(connection, keys),
        followups=follow_ups_due(connection, span, zone, quiet, age_of),
        begun=begun_between(connection, span, zone, age_of),
        heard=heard_between(connection, span, zone, age_of),
        goals=goals_of(connection, keys, zone),
    )


def _instants(period: Period, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return when a period begins and when the day after it does, on the service's clock."""
    days = period.first_day, period.last_day + timedelta(days=1)
    first, after = (datetime.combine(day, time.min, zone).astimezone(UTC) for day in days)
    return first, after


def ages(connection: Connection) -> AgeOf:
    """Return what says how old a child was: as noted, or as we speak with them, or not known."""
    query = select(participants.c.child_id, participants.c.age_band)
    known = query.where(participants.c.child_id.is_not(None)).order_by(participants.c.made_at)
    bands = {child: COARSE.get(band) for child, band in connection.execute(known)}

    def age_of(row: AnyRow) -> AgeBand:
        if row.child_age is not None:
            return AgeBand(row.child_age)
        return bands.get(row.child_id) or AgeBand.NOT_KNOWN

    return age_of


def _characteristics(connection: Connection, children: Select[Any]) -> _Characteristics:
    query = select(characteristics.c.child_id, characteristics.c.what, characteristics.c.value)
    found: dict[str, dict[str, str]] = {}
    for child, what, value in connection.execute(
        query.where(characteristics.c.child_id.in_(children))
    ):
        found.setdefault(child, {})[what] = value
    return found


def _episodes(
    connection: Connection, query: Select[Any], age_of: AgeOf, given: _Characteristics
) -> tuple[EpisodeFacts, ...]:
    return tuple(
        EpisodeFacts(
            key=row.key,
            commissioner=Commissioner(row.commissioner),
            strand=Strand(row.strand),
            lives=Lives(row.lives),
            accepted_on=row.opened_on,
            closed_on=row.closed_on,
            close_reason=None if row.close_reason is None else CloseReason(row.close_reason),
            age=age_of(row),
            staff=StaffFacts(
                unplanned_moves=row.unplanned_moves,
                away_at_start=row.away_at_start,
                away_at_end=row.away_at_end,
                plan_on=row.plan_on,
                disengaged_on=row.disengaged_on,
                back_on=row.back_on,
            ),
            characteristics=given.get(row.child_id, {}),
        )
        for row in connection.execute(query.order_by(support_episodes.c.key))
    )


def _sdq(connection: Connection, keys: Select[Any]) -> tuple[SdqTotal, ...]:
    query = select(sdq_totals).where(sdq_totals.c.episode_key.in_(keys))
    return tuple(
        SdqTotal(row.episode_key, row.informant, row.day, row.total)
        for row in connection.execute(query.order_by(sdq_totals.c.id))
    )
