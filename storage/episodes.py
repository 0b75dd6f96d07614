"""Support episodes and the children they are for, known by a case reference only.

It must not know what anybody answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Final

from sqlalchemy import bindparam, select, update

from storage.among import ForMany
from storage.casework import AnyRow, Casework
from storage.prepared import Prepared
from storage.sequence import new_id
from storage.tables import children, participants, participations, support_episodes
from storage.vault import Place

MOST_LISTED: Final = 500
"""How many support episodes one list holds."""


@dataclass(frozen=True, slots=True)
class SupportEpisode:
    """One piece of support for one child, paid for by one commissioner."""

    id: str
    key: str
    child_id: str
    commissioner: str
    strand: str
    intervention: str
    lives: str
    opened_on: date
    closed_on: date | None
    close_reason: str | None
    worker: str | None = None


@dataclass(frozen=True, slots=True)
class Participation:
    """Somebody who answers in a support episode, as a worker's list shows them.

    `held`: nobody may ask them, because staff said so.
    """

    participant_id: str
    role: str
    age_band: str
    standing: str
    held: bool = False


_COLUMNS: Final = [support_episodes.c[each.name] for each in fields(SupportEpisode)]
_LOAD: Final = Prepared(select(*_COLUMNS).where(support_episodes.c.id == bindparam("episode")))
_PARTICIPATIONS: Final = Prepared(
    select(
        participants.c.id,
        participants.c.role,
        participants.c.age_band,
        participants.c.status,
        participants.c.suppressed_at.is_not(None),
    )
    .join(participations, participations.c.participant_id == participants.c.id)
    .where(participations.c.episode_id == bindparam("episode"), participations.c.until.is_(None))
    .order_by(participants.c.made_at, participants.c.id)
)
_EPISODES_OF: Final = Prepared(
    select(*_COLUMNS)
    .join(participations, participations.c.episode_id == support_episodes.c.id)
    .where(
        participations.c.participant_id == bindparam("participant"),
        participations.c.until.is_(None),
    )
    .order_by(support_episodes.c.opened_on, support_episodes.c.id)
)


_TAKING_PART: Final = ForMany(
    lambda among: (
        select(participations.c.participant_id, *_COLUMNS)
        .join(support_episodes, support_episodes.c.id == participations.c.episode_id)
        .where(among(participations.c.participant_id), participations.c.until.is_(None))
    )
)


def find_or_add_child(work: Casework, case: str, now: datetime) -> str:
    """Return the id of the child with this case reference; a new reference makes a new child."""
    case = case.strip()
    indexes = work.vault.indexes("case", case.casefold())
    query = select(children.c.id).where(children.c.ref_index.in_(indexes))
    known = work.connection.execute(query).scalar_one_or_none()
    if known is not None:
        return str(known)
    child_id = new_id(work.entropy)
    place = Place("children", "ref_cipher", child_id)
    work.insert(
        children,
        {
            "id": child_id,
            "ref_index": indexes[0],
            "ref_cipher": work.vault.seal(place, case.encode()),
            "made_at": now,
        },
    )
    return child_id


def add(work: Casework, episode: SupportEpisode) -> None:
    """Gather a new support episode."""
    work.insert(
        support_episodes,
        {
            "id": episode.id,
            "key": episode.key,
            "child_id": episode.child_id,
            "commissioner": episode.commissioner,
            "strand": episode.strand,
            "intervention": episode.intervention,
            "lives": episode.lives,
            "opened_on": episode.opened_on,
            "closed_on": episode.closed_on,
            "close_reason": episode.close_reason,
            "worker": episode.worker,
        },
    )


def load(work: Casework, episode_id: str) -> SupportEpisode | None:
    """Return one support episode, or None."""
    (found,) = _LOAD.fetch(work.connection, [{"episode": episode_id}])
    return SupportEpisode(*found[0]) if found else None


def hold(work: Casework, episode_id: str) -> SupportEpisode | None:
    """Return one support episode, or None, and let nobody else change it until the commit."""
    query = select(support_episodes).where(support_episodes.c.id == episode_id)
    if work.connection.dialect.name == "postgresql":
        query = query.with_for_update()
    row = work.connection.execute(query).one_or_none()
    return episode_from(row) if row is not None else None


def store_change(work: Casework, episode: SupportEpisode) -> None:
    """Write who pays, where the child lives and who looks after it, as this episode says."""
    changed = update(support_episodes).where(support_episodes.c.id == episode.id)
    work.connection.execute(
        changed.values(
            commissioner=episode.commissioner, lives=episode.lives, worker=episode.worker
        )
    )


def set_council(work: Casework, episode: SupportEpisode, council: str | None) -> None:
    """Write whose school terms count for the child and for all who answer in this episode."""
    here = select(participations.c.participant_id).where(
        participations.c.episode_id == episode.id, participations.c.until.is_(None)
    )
    around = (participants.c.child_id == episode.child_id) | participants.c.id.in_(here)
    work.connection.execute(update(participants).where(around).values(council=council))


def list_all(
    work: Casework, *, open_only: bool = False, most: int = MOST_LISTED
) -> list[SupportEpisode]:
    """Return support episodes, the newest first."""
    query = select(support_episodes)
    if open_only:
        query = query.where(support_episodes.c.closed_on.is_(None))
    ordered = query.order_by(support_episodes.c.opened_on.desc(), support_episodes.c.id)
    return [episode_from(row) for row in work.connection.execute(ordered.limit(most))]


def close(work: Casework, episode_id: str, on: date, reason: str) -> None:
    """End a support episode."""
    ended = update(support_episodes).where(support_episodes.c.id == episode_id)
    work.connection.execute(ended.values(closed_on=on, close_reason=reason))


def reopen(work: Casework, episode_id: str) -> None:
    """Take back the end of a support episode."""
    open_again = update(support_episodes).where(support_episodes.c.id == episode_id)
    work.connection.execute(open_again.values(closed_on=None, close_reason=None))


def participations_of(work: Casework, episode_id: str) -> list[Participation]:
    """Return who answers in this support episode."""
    (found,) = _PARTICIPATIONS.fetch(work.connection, [{"episode": episode_id}])
    return [
        Participation(who, role, age_band, standing, bool(held))
        for who, role, age_band, standing, held in found
    ]


def episodes_of(work: Casework, participant_id: str) -> list[SupportEpisode]:
    """Return the support episodes in which somebody answers now, oldest first."""
    (found,) = _EPISODES_OF.fetch(work.connection, [{"participant": participant_id}])
    return [SupportEpisode(*row) for row in found]


def episodes_of_same_child(work: Casework, episode_id: str) -> set[str]:
    """Return the ids of all support episodes of the child whom this one is for."""
    child = select(support_episodes.c.child_id).where(support_episodes.c.id == episode_id)
    query = select(support_episodes.c.id).where(
        support_episodes.c.child_id == child.scalar_subquery()
    )
    return set(work.connection.execute(query).scalars())


def taking_part(
    work: Casework, participant_ids: Iterable[str], episode_ids: Iterable[str]
) -> dict[tuple[str, str], SupportEpisode]:
    """Return the support episodes in which these people still answer, by person and episode."""
    wanted = set(episode_ids)
    found = _TAKING_PART.fetch(work.connection, participant_ids)
    return {(row[0], row[1]): SupportEpisode(*row[1:]) for row in found if row[1] in wanted}


def episode_from(row: AnyRow) -> SupportEpisode:
    """Build a support episode from a row that carries its columns."""
    return SupportEpisode(
        id=row.id,
        key=row.key,
        child_id=row.child_id,
        commissioner=row.commissioner,
        strand=row.strand,
        intervention=row.intervention,
        lives=row.lives,
        opened_on=row.opened_on,
        closed_on=row.closed_on,
        close_reason=row.close_reason,
        worker=row.worker,
    )


def add_participation(work: Casework, participant_id: str, episode_id: str, now: datetime) -> None:
    """Gather that somebody answers in this support episode; doing it twice changes nothing."""
    known = select(participations.c.participant_id).where(
        participations.c.participant_id == participant_id,
        participations.c.episode_id == episode_id,
    )
    if work.connection.execute(known).first() is None:
        work.insert(
            participations,
            {
                "participant_id": participant_id,
                "episode_id": episode_id,
                "since": now,
                "until": None,
            },
        )


def hand_over(work: Casework, was: str, participant_id: str, now: datetime) -> None:
    """Let one participant answer wherever another did, who turned out to be the same person.

    Where both answer in the same support episode, only the one who stays goes on, also where they
    had been taken out of it before: they were invited again.
    """
    mine = participations.c.participant_id == participant_id
    here = select(participations.c.episode_id)
    open_to_them = here.where(
        participations.c.participant_id == was, participations.c.until.is_(None)
    )
    both = set(work.connection.execute(open_to_them).scalars()) & set(
        work.connection.execute(here.where(mine)).scalars()
    )
    again = update(participations).where(mine, participations.c.episode_id.in_(both))
    work.connection.execute(again.values(until=None))
    theirs = update(participations).where(participations.c.participant_id == was)
    ended = theirs.where(participations.c.episode_id.in_(both))
    work.connection.execute(ended.values(until=now))
    work.connection.execute(
        theirs.where(participations.c.until.is_(None)).values(participant_id=participant_id)
    )


def case_references(work: Casework, child_ids: Sequence[str]) -> dict[str, str]:
    """Return the case references of these children, for staff."""
    query = select(children.c.id, children.c.ref_cipher).where(children.c.id.in_(set(child_ids)))
    return {
        row.id: work.vault.open(Place("children", "ref_cipher", row.id), row.ref_cipher).decode()
        for row in work.connection.execute(query)
    }


def participations_in(work: Casework, episode_ids: Sequence[str]) -> dict[str, list[Participation]]:
    """Return who answers in these support episodes, by episode."""
    query = (
        select(
            participations.c.episode_id,
            participants.c.id,
            participants.c.role,
            participants.c.age_band,
            participants.c.status,
            participants.c.suppressed_at.is_not(None).label("held"),
        )
        .join(participants, participations.c.participant_id == participants.c.id)
        .where(participations.c.episode_id.in_(set(episode_ids)), participations.c.until.is_(None))
        .order_by(participants.c.made_at, participants.c.id)
    )
    found: dict[str, list[Participation]] = {}
    for row in work.connection.execute(query):
        found.setdefault(row.episode_id, []).append(
            Participation(row.id, row.role, row.age_band, row.status, bool(row.held))
        )
    return found
