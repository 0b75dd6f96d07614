"""Ends or pauses, without a word, what somebody is in the middle of: because staff said so.

It must not decide why, and it ends nothing that was not begun.
"""

from __future__ import annotations

from datetime import datetime

from storage import occasions, outbox, people, runs
from storage.casework import Casework
from storage.doors import Door
from storage.occasions import OccasionState
from storage.outbox import Delivery, Sent
from storage.people import AtTheDoor
from storage.runs import StoredRun
from surveys.conversation import StoppedHere
from usecases import checking_in, resting
from usecases.desk import Desk
from usecases.service import Service


def end_in_episode(
    service: Service,
    work: Casework,
    participant_id: str,
    door: Door | None,
    episode_id: str,
    now: datetime,
) -> None:
    """Close the half-done run of this support episode: what was answered stays and counts.

    A run in which nothing was answered yet ends as something that nobody had to answer any more.
    """
    desk = _sit_down(service, work, participant_id, door, now)
    run = desk.standing_run if desk is not None else None
    if desk is None or run is None or run.episode_id != episode_id:
        return
    checking_in.end_quietly(desk, run, StoppedHere())
    work.flush()
    if not run.run.answers and run.occasion_id is not None:
        occasions.end(work, run.occasion_id, OccasionState.SUPPRESSED, now)
    _leave_quietly(desk, door)


def pause(
    service: Service, work: Casework, participant_id: str, door: Door | None, now: datetime
) -> None:
    """Pause the questions that stand, with their place kept."""
    desk = _sit_down(service, work, participant_id, door, now)
    if desk is not None:
        resting.quieten(desk)
        _leave_quietly(desk, door)


def _sit_down(
    service: Service, work: Casework, participant_id: str, door: Door | None, now: datetime
) -> Desk | None:
    """Sit down for somebody, also where messages do not arrive; who has no chat is in no run."""
    person = people.load_person(work, participant_id)
    if person is None or door is None:
        return None
    run: StoredRun | None = runs.load(work, person.current_run) if person.current_run else None
    return Desk.open(service, work, AtTheDoor(door.address, person, run), now, None)


def _leave_quietly(desk: Desk, door: Door | None) -> None:
    """Let the courier take the buttons away when it comes round next, where that can arrive."""
    sendings = desk.close() if door is not None and door.open else []
    desk.work.flush()
    waits = [(Sent(each.id, Delivery.PENDING, None, desk.now), desk.now) for each in sendings]
    if waits:
        outbox.record(desk.work.connection, waits)
