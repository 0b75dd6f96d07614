"""What staff note of a support episode because the contract asks for it: rules, and every change.

Nobody who answers is asked any of it, and nothing that they are asked depends on it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from outcomes.episode import AgeBand
from storage import audit, changes, contract, episodes
from storage.casework import Casework
from storage.changes import Change, What
from storage.contract import NOTHING as NOTHING  # noqa: PLC0414 (who notes something names it)
from storage.contract import Noted as Noted  # noqa: PLC0414
from storage.episodes import SupportEpisode
from usecases.inviting import By
from usecases.refusal import Refusal
from usecases.service import Service

PLAN_BEFORE: Final = timedelta(days=14)
"""How long before the support was accepted a plan may have been in place already."""

MOST_MOVES: Final = 50
"""More unplanned moves than that in one support are a slip of the finger."""

OLDEST: Final = 25
"""Nobody gets support after this many years."""

_NO_EPISODE: Final = "There is no support episode with this id. See `starling episode list`."


class Fact(StrEnum):
    """What may be noted, by the names of the fields of `Noted`."""

    CHILD_AGE = "child_age"
    UNPLANNED_MOVES = "unplanned_moves"
    AWAY_AT_START = "away_at_start"
    AWAY_AT_END = "away_at_end"
    PLAN_ON = "plan_on"
    DISENGAGED_ON = "disengaged_on"
    BACK_ON = "back_on"


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with one of them: the cause without a capital, the remedy as a sentence."""

    fact: Fact
    cause: str
    remedy: str

    def __str__(self) -> str:
        """Say it in two sentences."""
        return f"{self.cause[:1].upper()}{self.cause[1:]}. {self.remedy}."


class FactsRefused(Refusal):
    """What was to be noted cannot be; `wrong` says of which facts, and why."""

    def __init__(self, wrong: Sequence[Wrong]) -> None:
        """Take everything that is wrong with them."""
        super().__init__(" ".join(str(each) for each in wrong))
        self.wrong = tuple(wrong)


@dataclass(frozen=True, slots=True)
class Days:
    """The days between which things can have happened; `closed_on` is None while it goes on."""

    opened_on: date
    closed_on: date | None
    today: date


def band_of(years: int) -> AgeBand:
    """Return the band of an age in whole years; ValueError for nobody's."""
    if not 0 <= years <= OLDEST:
        msg = f"no child is {years} years old"
        raise ValueError(msg)
    if years <= _LAST_YEARS[AgeBand.TO_TEN]:
        return AgeBand.TO_TEN
    if years <= _LAST_YEARS[AgeBand.TO_FIFTEEN]:
        return AgeBand.TO_FIFTEEN
    return AgeBand.FROM_SIXTEEN


def read_age(written: str) -> AgeBand | None:
    """Return the band of a band (`11-15`) or of whole years (`12`), or None for anything else."""
    band = _BAND.fullmatch(written.strip().lower())
    if band:
        tidy = f"{band[1]}-{band[2]}"
        return next((each for each in AgeBand if each.value == tidy), None)
    years = _YEARS.fullmatch(written.strip())
    return band_of(int(years[0])) if years and int(years[0]) <= OLDEST else None


_BAND: Final = re.compile(r"(\d{1,2})(?: ?[-–] ?| to )(\d{1,2})", re.ASCII)
_YEARS: Final = re.compile(r"\d{1,2}", re.ASCII)
_LAST_YEARS: Final = {AgeBand.TO_TEN: 10, AgeBand.TO_FIFTEEN: 15}


def check(noted: Noted, days: Days) -> tuple[Wrong, ...]:
    """Return everything that cannot be so, in the order of the facts."""
    return (
        *_check_moves(noted.unplanned_moves),
        *_check_plan(noted.plan_on, days),
        *_check_disengaged(noted.disengaged_on, days),
        *_check_back(noted, days),
    )


def _check_moves(moves: int | None) -> Iterator[Wrong]:
    if moves is not None and not 0 <= moves <= MOST_MOVES:
        cause = f"the number of unplanned moves is not between 0 and {MOST_MOVES}"
        yield Wrong(Fact.UNPLANNED_MOVES, cause, "Count those while this support went on")


def _check_plan(plan_on: date | None, days: Days) -> Iterator[Wrong]:
    if plan_on is None:
        return
    if plan_on > days.today:
        yield Wrong(Fact.PLAN_ON, "the day of the plan is in the future", _ON_THE_DAY)
    elif plan_on < days.opened_on - PLAN_BEFORE:
        cause = f"the plan would be older than {PLAN_BEFORE.days} days before this support began"
        yield Wrong(Fact.PLAN_ON, cause, "Give the day of the plan that was made for this support")
    elif days.closed_on is not None and plan_on > days.closed_on:
        cause = f"this support ended before that, on {days.closed_on}"
        yield Wrong(Fact.PLAN_ON, cause, "Put the day of the plan right, or leave it empty")


def _check_disengaged(day: date | None, days: Days) -> Iterator[Wrong]:
    if day is None:
        return
    if day > days.today:
        cause = "the day on which they stopped coming is in the future"
        yield Wrong(Fact.DISENGAGED_ON, cause, _ON_THE_DAY)
    elif day < days.opened_on:
        cause = f"they cannot stop coming before this support began, on {days.opened_on}"
        yield Wrong(Fact.DISENGAGED_ON, cause, _RIGHT_DAY)
    elif days.closed_on is not None and day > days.closed_on:
        cause = f"they cannot stop coming after this support ended, on {days.closed_on}"
        yield Wrong(Fact.DISENGAGED_ON, cause, _RIGHT_DAY)


def _check_back(noted: Noted, days: Days) -> Iterator[Wrong]:
    """They may come back after the support ended, too."""
    if noted.back_on is None:
        return
    if noted.disengaged_on is None:
        cause = "they cannot come back without having stopped before"
        yield Wrong(Fact.BACK_ON, cause, "Give the day on which they stopped coming as well")
    elif noted.back_on <= noted.disengaged_on:
        cause = f"they stopped coming on {noted.disengaged_on}, and came back no later than that"
        yield Wrong(Fact.BACK_ON, cause, _RIGHT_DAY)
    elif noted.back_on > days.today:
        yield Wrong(Fact.BACK_ON, "the day on which they came back is in the future", _ON_THE_DAY)


_ON_THE_DAY: Final = "Note it on the day, or put the date right"
_RIGHT_DAY: Final = "Put the date right"


async def look(service: Service, episode_id: str) -> Noted:
    """Return what is noted of a support episode. Raises Refusal."""

    def work(casework: Casework) -> Noted:
        if episodes.load(casework, episode_id) is None:
            raise Refusal(_NO_EPISODE)
        return contract.load(casework, episode_id)

    return await service.lane.read(lambda connection: work(service.open(connection)))


async def note(
    service: Service, episode_id: str, revise: Callable[[Noted], Noted], by: By
) -> Noted:
    """Note what is different from now on; return what is noted then.

    `revise` gets what is noted and returns what is right. Raises Refusal, and FactsRefused where
    that cannot be so.
    """

    def work(casework: Casework) -> Noted:
        episode = episodes.hold(casework, episode_id)
        if episode is None:
            raise Refusal(_NO_EPISODE)
        was = contract.load(casework, episode_id)
        became = revise(was)
        note_in(service, casework, episode, (was, became), by)
        casework.flush()
        return became

    return await service.lane.write(lambda connection: work(service.open(connection)))


def note_in(
    service: Service,
    work: Casework,
    episode: SupportEpisode,
    facts: tuple[Noted, Noted],
    by: By,
) -> None:
    """Note the facts of one support episode inside a transaction: as they were, and as they became.

    What is the same changes nothing. The caller flushes. Raises FactsRefused.
    """
    was, became = facts
    today = service.rhythm.local(by.now).date()
    wrong = check(became, Days(episode.opened_on, episode.closed_on, today))
    if wrong:
        raise FactsRefused(wrong)
    if became != was:
        contract.store(work, {episode.id: became})
        trace(work, episode.id, facts, today, by)


def trace(work: Casework, episode_id: str, facts: tuple[Noted, Noted], today: date, by: By) -> None:
    """Gather what is left of a change: one line for each fact, and one in the audit."""
    for fact, what in _CHANGES.items():
        was, became = (in_words(getattr(each, fact)) for each in facts)
        if was != became:
            changes.note(work, Change(episode_id, what, was, became, today, by.now, by.who))
    audit.note(work, by.who, "noted for the contract", episode_id, by.now)


_CHANGES: Final = {fact: What(fact.value.replace("_", "-")) for fact in Fact}


def in_words(value: object) -> str | None:
    """Return a noted value as changes, commands and files write it; None where there is none."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
