"""What its writer wishes to become of words: kept beside them and changed whenever they like.

It must not read the words, and it decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from storage.casework import Casework
from storage.tables import words
from surveys.people import Sharing


@dataclass(frozen=True, slots=True)
class Chosen:
    """Where words came from, without the words, and what was chosen about them.

    `at` is None while nothing was chosen: `sharing` then is what holds until somebody chooses.
    """

    words_id: str
    run_id: str | None
    item: str | None
    kind: str
    sharing: Sharing | None
    at: datetime | None


def of_words(work: Casework, words_id: str, participant_id: str) -> Chosen | None:
    """Return what was chosen about words; None where this person wrote none of this id."""
    query = select(
        words.c.id,
        words.c.run_id,
        words.c.item,
        words.c.kind,
        words.c.sharing,
        words.c.sharing_at,
    ).where(words.c.id == words_id, words.c.participant_id == participant_id)
    row = work.connection.execute(query).one_or_none()
    if row is None:
        return None
    sharing = Sharing(row.sharing) if row.sharing else None
    return Chosen(row.id, row.run_id, row.item, row.kind, sharing, row.sharing_at)


def choose(work: Casework, words_id: str, sharing: Sharing, now: datetime) -> None:
    """Write down what somebody wishes to become of these words."""
    work.connection.execute(
        update(words).where(words.c.id == words_id).values(sharing=sharing.value, sharing_at=now)
    )
