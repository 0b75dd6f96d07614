"""Support that goes on after all: the end is taken back, and reviews come again.

What was answered at the end stays answered; figures that were released stay as they are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from storage import audit, changes, episodes
from storage.casework import Casework
from storage.changes import Change, What
from usecases import planning
from usecases.inviting import By
from usecases.refusal import Refusal
from usecases.service import Service

_NO_EPISODE: Final = "There is no support episode with this id. See `starling episode list`."
_IS_OPEN: Final = "This support episode is open already: there is no end to take back."


async def reopen(service: Service, episode_id: str, by: By) -> None:
    """Open a support episode again that had been closed. Raises Refusal."""

    def work(casework: Casework) -> None:
        reopen_in(service, casework, episode_id, by)
        casework.flush()

    await service.lane.write(lambda connection: work(service.open(connection)))


def reopen_in(service: Service, work: Casework, episode_id: str, by: By) -> None:
    """Open a support episode again inside a transaction; the caller flushes. Raises Refusal."""
    episode = episodes.hold(work, episode_id)
    if episode is None:
        raise Refusal(_NO_EPISODE)
    if episode.closed_on is None:
        raise Refusal(_IS_OPEN)
    episodes.reopen(work, episode_id)
    today = service.rhythm.local(by.now).date()
    ended = episode.closed_on.isoformat()
    change = Change(episode_id, What.REOPENED, ended, None, today, by.now, by.who)
    changes.note(work, change)
    goes_on = replace(episode, closed_on=None, close_reason=None)
    planning.plan_reopening(service, work, goes_on, by.now)
    audit.note(work, by.who, "opened support episode again", episode_id, by.now)
