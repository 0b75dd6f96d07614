"""Lists support episodes for staff, some at a time, and where somebody answers or answered.

It must not change anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select

from storage.casework import Casework
from storage.episodes import SupportEpisode, episode_from
from storage.tables import children, participations, support_episodes
from storage.walls import Caseload, is_own


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which support episodes to list: those of one child, or all that go on, or all that ended.

    The child is named by the whole case reference (`case`) or by any of its support episodes
    (`beside`). `start` counts from 0 and `most` is how many at once.
    """

    case: str = ""
    beside: str = ""
    closed: bool = False
    start: int = 0
    most: int = 50

    @property
    def one_child(self) -> bool:
        """Whether this is about one child only."""
        return bool(self.case or self.beside)


def list_some(
    work: Casework, wanted: Wanted, within: Caseload | None = None
) -> list[SupportEpisode]:
    """Return some support episodes: those that go on first, then the newest.

    `within`: the caseload beyond which nothing is found, None for everybody's.
    """
    ended = support_episodes.c.closed_on.is_not(None)
    query = select(support_episodes)
    if wanted.one_child:
        query = query.where(support_episodes.c.child_id.in_(_child(work, wanted)))
    else:
        query = query.where(ended if wanted.closed else ~ended)
    if within is not None:
        query = query.where(is_own(within))
    newest = query.order_by(ended, support_episodes.c.opened_on.desc(), support_episodes.c.id)
    some = newest.offset(wanted.start).limit(wanted.most)
    return [episode_from(row) for row in work.connection.execute(some)]


def _child(work: Casework, wanted: Wanted) -> Select[tuple[str]]:
    if wanted.case:
        indexes = work.vault.indexes("case", wanted.case.strip().casefold())
        return select(children.c.id).where(children.c.ref_index.in_(indexes))
    return select(support_episodes.c.child_id).where(support_episodes.c.id == wanted.beside)


@dataclass(frozen=True, slots=True)
class Answering:
    """From when and until when somebody answers in a support episode; None for now."""

    episode: SupportEpisode
    since: datetime
    until: datetime | None


def ever_of(work: Casework, participant_id: str, within: Caseload | None = None) -> list[Answering]:
    """Return every support episode in which somebody answers or answered, the newest first."""
    query = (
        select(participations.c.since, participations.c.until, support_episodes)
        .join(support_episodes, support_episodes.c.id == participations.c.episode_id)
        .where(participations.c.participant_id == participant_id)
        .order_by(support_episodes.c.opened_on.desc(), support_episodes.c.id)
    )
    if within is not None:
        query = query.where(is_own(within))
    return [
        Answering(episode_from(row), row.since, row.until) for row in work.connection.execute(query)
    ]
