"""Totals of the SDQ, a licensed questionnaire that others ask: rules, entering, taking out.

Starling never asks it, and knows none of its words: only who filled it in, when, and the total.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from storage import audit, episodes, sdq
from storage.casework import Casework
from storage.episodes import SupportEpisode
from storage.sdq import NewTotal, StoredTotal, Support
from usecases.inviting import By
from usecases.refusal import Refusal
from usecases.service import Service

MOST: Final = 40
"""The highest total there is."""

AROUND: Final = timedelta(days=90)
"""How long before the support began and after it ended a total still tells something about it."""

_NO_EPISODE: Final = "There is no support episode with this id. See `starling episode list`."


class Informant(StrEnum):
    """Who filled it in: a parent or carer, a teacher, or the young person. Never compared."""

    PARENT = "parent"
    TEACHER = "teacher"
    SELF = "self"


class Field(StrEnum):
    """What is entered of one total, by the names of the fields."""

    INFORMANT = "informant"
    DAY = "day"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Total:
    """One total: who filled the questionnaire in, on which day, and the number, 0 to 40."""

    informant: Informant
    day: date
    total: int


@dataclass(frozen=True, slots=True)
class WrongTotal:
    """What is wrong with one of its fields: the cause without a capital, the remedy."""

    field: Field
    cause: str
    remedy: str

    def __str__(self) -> str:
        """Say it in two sentences."""
        return f"{self.cause[:1].upper()}{self.cause[1:]}. {self.remedy}."


class TotalRefused(Refusal):
    """A total that cannot be stored; `wrong` says which of its fields, and why."""

    def __init__(self, wrong: Sequence[WrongTotal]) -> None:
        """Take everything that is wrong with it."""
        super().__init__(" ".join(str(each) for each in wrong))
        self.wrong = tuple(wrong)


def check(total: Total, today: date) -> tuple[WrongTotal, ...]:
    """Return what cannot be so, whichever support it belongs to."""
    wrong = []
    if total.day > today:
        remedy = "Enter it once the day has come, or put the date right"
        wrong.append(WrongTotal(Field.DAY, "this day is in the future", remedy))
    if not 0 <= total.total <= MOST:
        cause = f"a total lies between 0 and {MOST}"
        remedy = "Enter the total difficulties score, as a whole number"
        wrong.append(WrongTotal(Field.TOTAL, cause, remedy))
    return tuple(wrong)


def belongs(support: Support | SupportEpisode, day: date) -> bool:
    """Tell whether a total of this day says something about a support episode."""
    begins = support.opened_on - AROUND
    return day >= begins and (support.closed_on is None or day <= support.closed_on + AROUND)


async def look(service: Service, episode_id: str) -> list[StoredTotal]:
    """Return the totals of a support episode, oldest first."""
    return await service.lane.read(
        lambda connection: sdq.of_episodes(service.open(connection), [episode_id])
    )


async def note(service: Service, episode_id: str, total: Total, by: By) -> None:
    """Store one total, or put it in the place of the one of that day and informant.

    Raises Refusal, and TotalRefused where it cannot be so.
    """

    def work(casework: Casework) -> None:
        note_in(service, casework, episode_id, total, by)
        casework.flush()

    await service.lane.write(lambda connection: work(service.open(connection)))


def note_in(service: Service, work: Casework, episode_id: str, total: Total, by: By) -> None:
    """Store one total inside a transaction; the same again changes nothing. The caller flushes."""
    episode = episodes.hold(work, episode_id)
    if episode is None:
        raise Refusal(_NO_EPISODE)
    wrong = check(total, service.rhythm.local(by.now).date())
    if not wrong and not belongs(episode, total.day):
        wrong = (too_far(),)
    if wrong:
        raise TotalRefused(wrong)
    support = Support(episode.id, episode.key, episode.opened_on, episode.closed_on)
    stored = by_place(sdq.of_episodes(work, [episode_id]))
    step = decide(NewTotal(support, total.informant.value, total.day, total.total), stored)
    if step is not None:
        write(work, [step], by)
        audit.note(work, by.who, "noted a questionnaire's total", episode_id, by.now)


def too_far() -> WrongTotal:
    """Say that a day has nothing to do with a support episode."""
    cause = f"this day lies more than {AROUND.days} days before this support or after it"
    return WrongTotal(Field.DAY, cause, "Put the date right, or enter it with other support")


Place = tuple[str, str, date]
"""Support episode, informant and day: there is one total for each."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is to become of one total: stored anew, or put in the place of another (`instead`)."""

    new: NewTotal
    instead: str | None


def by_place(stored: Sequence[StoredTotal]) -> Mapping[Place, StoredTotal]:
    """Return stored totals by support episode, informant and day."""
    return {(each.episode_id, each.informant, each.day): each for each in stored}


def decide(new: NewTotal, stored: Mapping[Place, StoredTotal]) -> Step | None:
    """Return what is to become of a total; None where it stands already."""
    there = stored.get((new.support.id, new.informant, new.day))
    if there is None:
        return Step(new, None)
    return Step(new, there.id) if there.total != new.total else None


def write(work: Casework, steps: Sequence[Step], by: By) -> None:
    """Write what was decided; the caller notes it in the audit."""
    sdq.add(work, [each.new for each in steps if each.instead is None], by.who, by.now)
    corrected = {each.instead: each.new.total for each in steps if each.instead is not None}
    sdq.correct(work, corrected, by.who, by.now)


async def take_out(service: Service, episode_id: str, total_id: str, by: By) -> None:
    """Take out a total that was entered by mistake. Raises Refusal."""

    def work(casework: Casework) -> None:
        if not sdq.remove(casework, episode_id, total_id):
            msg = "This total is not there any more. Look at the list again."
            raise Refusal(msg)
        audit.note(casework, by.who, "took out a questionnaire's total", episode_id, by.now)
        casework.flush()

    await service.lane.write(lambda connection: work(service.open(connection)))
