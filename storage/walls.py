"""The walls around caseloads as conditions of queries: whose children somebody may see.

It must not know who may open a page; it only narrows what a query finds.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select, union

from storage.alert_walls import (
    alerts_kept_from,
    cared_for_by,
    notices_kept_from,
    words_for_leads,
    words_kept_from,
)
from storage.alerts import Route
from storage.casework import Casework
from storage.tables import (
    alerts,
    concerns,
    notices,
    participants,
    participations,
    silences,
    support_episodes,
    suppressions,
    wishes,
    words,
)

ALLEGATION = "allegation"
"""The category of words about a worker or carer; surveys.concern_kinds names it."""

_DRILL = "drill"

FOR_MY_WORKER = "worker"
"""What its writer chose of words that their worker may read."""


class Thing(StrEnum):
    """What belongs to a child or to somebody around one, and so stands behind a wall."""

    CHILD = "child"
    EPISODE = "episode"
    PERSON = "participant"
    WORDS = "words"
    NOTICE = "notice"
    SILENCE = "fact"
    HOLDING = "action"
    ALERT = "alert"
    WISH = "wish"


@dataclass(frozen=True, slots=True)
class Caseload:
    """Whose support episodes are seen, and which children were opened to them besides.

    `who` is the worker's name as support episodes have it, in whatever case; `opened` are ids of
    children.
    """

    who: str
    opened: frozenset[str] = frozenset()


def is_own(caseload: Caseload) -> ColumnElement[bool]:
    """Return what holds for a row of `support_episodes` that this caseload holds."""
    mine = func.lower(support_episodes.c.worker) == caseload.who.lower()
    return or_(mine, support_episodes.c.child_id.in_(sorted(caseload.opened)))


def own_children(caseload: Caseload) -> Select[tuple[str]]:
    """Return a query for the ids of the children of a caseload."""
    return select(support_episodes.c.child_id).where(is_own(caseload))


def own_people(caseload: Caseload) -> Select[tuple[str]]:
    """Return a query for the ids of those who answer, or answered, about a child of a caseload."""
    answering = (
        select(participations.c.participant_id)
        .join(support_episodes, support_episodes.c.id == participations.c.episode_id)
        .where(is_own(caseload))
    )
    children = select(participants.c.id).where(participants.c.child_id.in_(own_children(caseload)))
    both = union(answering, children).subquery()
    return select(both.c[0])


def are_readable(caseload: Caseload) -> ColumnElement[bool]:
    """Return what holds for a row of `words` that a worker with this caseload may read.

    Their writer chose so, or was not asked yet, or somebody may be in danger: safety is the stated
    exception. What is said about a worker or carer goes to nobody but the safeguarding lead.
    """
    raised = select(_CONCERNS.c.words_id).where(_CONCERNS.c.words_id.is_not(None))
    in_danger = words.c.id.in_(raised)
    chosen = or_(words.c.sharing.is_(None), words.c.sharing == FOR_MY_WORKER, in_danger)
    mine = words.c.participant_id.in_(own_people(caseload))
    kept = words.c.id.in_(words_kept_from(caseload.who))
    return mine & chosen & ~is_allegation() & ~kept


def is_about(who: str) -> ColumnElement[bool]:
    """Return what holds for a row of `words` that may be about this worker themselves."""
    accuses = words.c.participant_id.in_(cared_for_by(who)) & is_allegation()
    return or_(accuses, words.c.id.in_(words_kept_from(who)))


def is_allegation() -> ColumnElement[bool]:
    """Return what holds for a row of `words` in which a worker or carer may be accused."""
    raised = select(_CONCERNS.c.words_id).where(_CONCERNS.c.words_id.is_not(None), _ACCUSES)
    return or_(words.c.id.in_(raised), words.c.id.in_(words_for_leads()))


# Queries about words join concerns themselves: these are looked at apart.
_CONCERNS: Final = concerns.alias()
_ACCUSES: Final = _CONCERNS.c.categories.contains(f'"{ALLEGATION}"', autoescape=True)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at words and notices: their name, and the wall that they stand behind.

    `who` is empty where nobody in particular looks, such as on the command line; `within` is None
    where there is no wall. `leads`: from the safeguarding lead upwards, who alone read what may
    accuse a worker or carer: whoever is on duty may be the one who is meant.
    """

    who: str = ""
    within: Caseload | None = None
    leads: bool = True

    def may_read(self) -> list[ColumnElement[bool]]:
        """Return what must hold for rows of `words`."""
        if self.within is not None:
            return [are_readable(self.within)]
        known = [~is_about(self.who)] if self.who else []
        return known if self.leads else [*known, ~is_allegation()]

    def may_know(self) -> list[ColumnElement[bool]]:
        """Return what must hold for rows of `notices`."""
        known: list[ColumnElement[bool]] = []
        if self.who:
            known.append(notices.c.id.not_in(notices_kept_from(self.who)))
        if self.within is None:
            return known
        return [*known, notices.c.participant_id.in_(own_people(self.within))]

    def may_take(self) -> list[ColumnElement[bool]]:
        """Return what must hold for rows of `alerts` so that reading or seeing takes them in hand.

        What somebody may not know of, they cannot have in hand.
        """
        known: list[ColumnElement[bool]] = []
        if self.who:
            known.append(alerts.c.id.not_in(alerts_kept_from(self.who)))
        return known if self.leads else [*known, alerts.c.route != Route.LEAD_ONLY.value]


ANYBODY: Final = Reader()


def holds(work: Casework, caseload: Caseload, thing: Thing, row_id: str) -> bool:
    """Tell whether a caseload holds this thing; what is not there at all is in nobody's."""
    return bool(work.connection.scalar(select(exists().where(_inside(caseload, thing, row_id)))))


def _inside(caseload: Caseload, thing: Thing, row_id: str) -> ColumnElement[bool]:
    people = own_people(caseload)
    match thing:
        case Thing.CHILD:
            return and_(support_episodes.c.child_id == row_id, is_own(caseload))
        case Thing.EPISODE:
            return and_(support_episodes.c.id == row_id, is_own(caseload))
        case Thing.PERSON:
            return and_(participants.c.id == row_id, participants.c.id.in_(people))
        case Thing.WORDS:
            return and_(words.c.id == row_id, are_readable(caseload))
        case Thing.NOTICE:
            kept = notices.c.id.in_(notices_kept_from(caseload.who))
            return and_(notices.c.id == row_id, notices.c.participant_id.in_(people), ~kept)
        case Thing.SILENCE:
            return and_(silences.c.id == row_id, silences.c.participant_id.in_(people))
        case Thing.HOLDING:
            mine = suppressions.c.participant_id.in_(people)
            return and_(suppressions.c.action_id == row_id, mine)
        case Thing.ALERT:
            accused = alerts.c.concern_id.in_(select(_CONCERNS.c.id).where(_ACCUSES))
            about_mine = and_(
                alerts.c.participant_id.in_(people),
                or_(alerts.c.concern_id.is_(None), ~accused),
                alerts.c.id.not_in(alerts_kept_from(caseload.who)),
            )
            return and_(alerts.c.id == row_id, or_(alerts.c.kind == _DRILL, about_mine))
        case Thing.WISH:
            return and_(wishes.c.id == row_id, wishes.c.participant_id.in_(people))
        case _:
            assert_never(thing)


def are_hidden_from(work: Casework, reader: Reader, words_id: str) -> bool:
    """Tell whether there are these words, and somebody must not read them."""
    return _lacks(work, words.c.id == words_id, reader.may_read())


def is_notice_hidden(work: Casework, reader: Reader, notice_id: str) -> bool:
    """Tell whether there is this notice, and somebody must not know of it."""
    return _lacks(work, notices.c.id == notice_id, reader.may_know())


def _lacks(work: Casework, row: ColumnElement[bool], needed: list[ColumnElement[bool]]) -> bool:
    """Tell whether there is a row, and something that it needs does not hold for it."""
    if not needed:
        return False
    return bool(work.connection.scalar(select(exists().where(row, not_(and_(*needed))))))


def looks_after(work: Casework, who: str, thing: Thing, row_id: str) -> bool:
    """Tell whether this worker looks after the child, or did: for a person, or a wish of theirs."""
    match thing:
        case Thing.PERSON:
            whose = participants.c.id.in_(cared_for_by(who)) & (participants.c.id == row_id)
        case Thing.WISH:
            whose = wishes.c.participant_id.in_(cared_for_by(who)) & (wishes.c.id == row_id)
        case _:
            return False
    return bool(work.connection.scalar(select(exists().where(whose))))


def people_inside(work: Casework, caseload: Caseload, ids: Collection[str]) -> set[str]:
    """Return which of these people somebody with this caseload may see."""
    mine = participants.c.id.in_(own_people(caseload))
    query = select(participants.c.id).where(participants.c.id.in_(sorted(ids)), mine)
    return set(work.connection.scalars(query))


def children_inside(work: Casework, caseload: Caseload, ids: Collection[str]) -> set[str]:
    """Return which of these children belong to a caseload."""
    query = own_children(caseload).where(support_episodes.c.child_id.in_(sorted(ids)))
    return set(work.connection.scalars(query))
