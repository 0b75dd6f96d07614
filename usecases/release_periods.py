"""Tells staff, period by period, how far its figures have come and what can be done next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from outcomes.quarter import Period, Quarter, Year, parse_period
from storage import releases
from storage.casework import Casework
from storage.releases import DRAFTS, RefusalOnList, ReleaseOnList, State
from usecases.release_checks import stored_in, why_stuck
from usecases.service import Service

_YEARS: Final = 2
"""Financial years that are listed though nothing was done about them: this one and the last."""


class Next(StrEnum):
    """What can be done next about the figures of a period."""

    COMPILE = "compile"
    APPROVE = "approve"
    PUBLISH = "publish"
    DROP = "drop"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class PeriodOnList:
    """One period: the release that counts, if any, what became of earlier tries, what is next.

    `release` is a draft or what is published. Before `freezes_on` a release would be provisional.
    """

    period: Period
    release: ReleaseOnList | None
    dropped: tuple[ReleaseOnList, ...]
    refusals: tuple[RefusalOnList, ...]
    next: Next
    stuck: str | None
    is_over: bool
    is_frozen: bool


async def list_periods(service: Service, today: date) -> list[PeriodOnList]:
    """Return the periods that have begun by a local day, the newest first."""

    def work(casework: Casework) -> list[PeriodOnList]:
        stored = releases.list_all(casework.connection)
        refused = releases.list_refusals(casework.connection)
        named = {each.period for each in stored} | {each.period for each in refused}
        periods = {*_begun(today), *map(parse_period, named)}
        return [
            _line(casework, period, stored, refused, today)
            for period in sorted(periods, key=str, reverse=True)
        ]

    return await service.lane.read(lambda connection: work(service.open(connection)))


def _begun(today: date) -> list[Period]:
    this = Quarter.containing(today).starts
    years = [Year(this - back) for back in range(_YEARS)]
    periods: list[Period] = [*years, *(quarter for year in years for quarter in year.quarters)]
    return [each for each in periods if each.first_day <= today]


def _line(
    casework: Casework,
    period: Period,
    stored: list[ReleaseOnList],
    refused: list[RefusalOnList],
    today: date,
) -> PeriodOnList:
    ours = [each for each in stored if each.period == str(period)]
    current = next((each for each in ours if each.state is not State.DROPPED), None)
    stuck = why_stuck(casework, stored_in(casework, current.id)) if current is not None else None
    return PeriodOnList(
        period=period,
        release=current,
        dropped=tuple(each for each in ours if each.state is State.DROPPED),
        refusals=tuple(each for each in refused if each.period == str(period)),
        next=_next(current, stuck),
        stuck=stuck,
        is_over=period.last_day < today,
        is_frozen=period.freeze_date <= today,
    )


def _next(current: ReleaseOnList | None, stuck: str | None) -> Next:
    if current is None:
        return Next.COMPILE
    if current.state not in DRAFTS:
        return Next.NOTHING
    if stuck is not None:
        return Next.DROP
    return Next.APPROVE if current.state is State.COMPILED else Next.PUBLISH
