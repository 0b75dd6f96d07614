"""Changes around a child while the support goes on: who pays, where the child lives, who answers.

Nothing here touches the child's own star, history or place in the rhythm: it ends askings only for
somebody who does not answer here any more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from outcomes.episode import Commissioner, Lives
from storage import audit, changes, doors, episodes, occasions, partings, people
from storage.casework import Casework
from storage.changes import Change, What
from storage.episodes import SupportEpisode
from usecases import quietening
from usecases.inviting import By, check_worker, council_of, let_come_back
from usecases.refusal import Refusal
from usecases.service import Service

_NO_EPISODE: Final = "There is no support episode with this id. See `starling episode list`."
_NOT_HERE: Final = (
    "This person does not answer in this support episode. `starling episode list --json` shows "
    "who does."
)


@dataclass(frozen=True, slots=True)
class EpisodeChange:
    """What becomes different about a support episode; what is None stays as it is.

    `worker` is how staff call who looks after it, such as a.worker.
    """

    commissioner: Commissioner | None = None
    lives: Lives | None = None
    worker: str | None = None


async def change(
    service: Service, episode_id: str, what: EpisodeChange, day: date, by: By
) -> SupportEpisode:
    """Change a support episode from a day on; return it as it is then. Raises Refusal."""

    def work(casework: Casework) -> SupportEpisode:
        episode = episodes.hold(casework, episode_id)
        if episode is None:
            raise Refusal(_NO_EPISODE)
        changed = change_in(service, casework, episode, what, day, by)
        casework.flush()
        return changed

    return await service.lane.write(lambda connection: work(service.open(connection)))


def change_in(
    service: Service,
    work: Casework,
    episode: SupportEpisode,
    change: EpisodeChange,
    day: date,
    by: By,
) -> SupportEpisode:
    """Change a support episode inside a transaction; return it as it is then. Raises Refusal.

    Whatever differs is noted with the day on which it took effect; what is the same already is not
    noted again, so that the same change twice changes nothing. The caller flushes.
    """
    _check_day(service, episode, day, by)
    new = replace(
        episode,
        commissioner=change.commissioner.value if change.commissioner else episode.commissioner,
        lives=change.lives.value if change.lives else episode.lives,
        worker=check_worker(change.worker) if change.worker is not None else episode.worker,
    )
    if new == episode:
        return episode
    episodes.store_change(work, new)
    differ = (
        (What.COMMISSIONER, episode.commissioner, new.commissioner),
        (What.LIVES, episode.lives, new.lives),
        (What.WORKER, episode.worker, new.worker),
    )
    for what, was, became in differ:
        if was != became:
            changes.note(work, Change(episode.id, what, was, became, day, by.now, by.who))
            audit.note(work, by.who, f"changed {what.value}", episode.id, by.now)
    if new.commissioner != episode.commissioner:
        episodes.set_council(work, new, council_of(new.commissioner))
    return new


async def leave(service: Service, episode_id: str, participant_id: str, by: By) -> int:
    """Ask somebody nothing more about this child; return how many askings ended. Raises Refusal."""
    return await service.lane.write(
        lambda connection: leave_in(
            service, service.open(connection), episode_id, participant_id, by
        )
    )


def leave_in(service: Service, work: Casework, episode_id: str, participant_id: str, by: By) -> int:
    """Take somebody out of a support episode inside a transaction; return how many askings ended.

    What is planned, offered or queued for them there ends at once. A half-done run is closed
    quietly: its answers stay, and so does every word they wrote. Raises Refusal.
    """
    if episodes.load(work, episode_id) is None:
        raise Refusal(_NO_EPISODE)
    door = doors.hold(work, [participant_id]).get(participant_id)
    if not partings.answers_here(work, participant_id, episode_id):
        raise Refusal(_NOT_HERE)
    partings.set_until(work, participant_id, episode_id, by.now)
    partings.call_back(work, participant_id, episode_id)
    quietening.end_in_episode(service, work, participant_id, door, episode_id, by.now)
    ended = occasions.suppress(work, participant_id, by.now, episode_id=episode_id)
    today = service.rhythm.local(by.now).date()
    changes.note(work, Change(episode_id, What.LEFT, participant_id, None, today, by.now, by.who))
    audit.note(work, by.who, "ended taking part", participant_id, by.now)
    work.flush()
    return ended


async def rejoin(service: Service, episode_id: str, participant_id: str, by: By) -> None:
    """Let somebody answer here again who was taken out. Raises Refusal."""
    await service.lane.write(
        lambda connection: rejoin_in(
            service, service.open(connection), episode_id, participant_id, by
        )
    )


def rejoin_in(
    service: Service, work: Casework, episode_id: str, participant_id: str, by: By
) -> None:
    """Undo a leaving inside a transaction: what was ended is asked where answers still count.

    Raises Refusal.
    """
    if episodes.load(work, episode_id) is None:
        raise Refusal(_NO_EPISODE)
    doors.hold(work, [participant_id])
    answers = partings.answers_here(work, participant_id, episode_id)
    person = people.load_person(work, participant_id)
    if answers is None or person is None:
        msg = "This person never answered in this support episode. Invite them instead."
        raise Refusal(msg)
    if answers:
        msg = "This person answers in this support episode already."
        raise Refusal(msg)
    let_come_back(service, work, person, episode_id, by)
    work.flush()


def _check_day(service: Service, episode: SupportEpisode, day: date, by: By) -> None:
    """Refuse a day on which this cannot have changed."""
    if day > service.rhythm.local(by.now).date():
        msg = "A change cannot be noted before its day. Note it on the day."
        raise Refusal(msg)
    if day < episode.opened_on:
        msg = f"It was opened on {episode.opened_on:%d %B %Y}: it cannot change before that."
        raise Refusal(msg)
