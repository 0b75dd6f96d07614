"""Looks after due moments: asks, reminds, waits or ends them, each in the transaction of its claim.

It must not send anything, and it speaks only through the use cases that people's own taps go
through. Due moments are rows: whoever claims them deals with them in the same transaction, so that
a process which dies loses and doubles nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Final, assert_never

from followups.checks import Decision, Found, Verdict, decide
from storage import askings, occasions, words
from storage.askings import Scene
from storage.casework import Casework, Connection
from storage.errors import DatabaseAway
from storage.occasions import Occasion, OccasionState
from storage.outbox import Sending
from storage.people import Address, AtTheDoor
from storage.words import NoticeKind
from surveys.conversation import TimeRanOut
from usecases import checking_in, planning
from usecases.desk import Desk
from usecases.ports import Asked
from usecases.service import Service

BATCH: Final = 50
"""How many due moments share one transaction: answers wait for it on an embedded database."""

MOST: Final = 1_000
"""How many due moments one call looks after; the next ring of the clock goes on from there."""

LATER: Final = timedelta(hours=1)
"""When to try again with a due moment that could not be dealt with."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fired:
    """What came of some due moments: what is to be sent, and how many were looked after."""

    sendings: tuple[Sending, ...]
    claimed: int


async def fire_due(service: Service, now: datetime, *, most: int = MOST) -> list[Sending]:
    """Look after what is due at `now`, oldest first; return what is to be sent.

    Raises DatabaseAway when nothing was stored.
    """
    sendings: list[Sending] = []
    left = most
    while left > 0:
        wanted = min(BATCH, left)
        try:
            done = await fire_some(service, now, wanted)
        except DatabaseAway:
            if sendings:  # they are committed: whoever called must send them
                return sendings
            raise
        sendings += done.sendings
        left -= done.claimed
        if done.claimed < wanted:
            break
    return sendings


async def fire_some(service: Service, now: datetime, most: int) -> Fired:
    """Look after at most so many due moments in one transaction; fewer mean that no more is due.

    One due moment that cannot be dealt with is put off and logged by the kind of error, so that
    it never holds up the others. Raises DatabaseAway when nothing was stored.
    """
    try:
        return await _fire_together(service, now, most)
    except DatabaseAway:
        raise
    except Exception as error:  # noqa: BLE001 (whatever it is, it must not hold up the others)
        if most == 1:
            _log.error("a due moment is put off: %s", type(error).__name__)
            return await _put_off_first(service, now)
        return await _fire_one_by_one(service, now, most)


async def _fire_one_by_one(service: Service, now: datetime, most: int) -> Fired:
    """Find the one at fault."""
    sendings: list[Sending] = []
    for claimed in range(most):
        try:
            done = await fire_some(service, now, 1)
        except DatabaseAway:
            if sendings:
                break
            raise
        if not done.claimed:
            return Fired(tuple(sendings), claimed)
        sendings += done.sendings
    return Fired(tuple(sendings), most)


async def _fire_together(service: Service, now: datetime, most: int) -> Fired:
    return await service.lane.write(lambda connection: _fire_in(service, connection, now, most))


def _fire_in(service: Service, connection: Connection, now: datetime, most: int) -> Fired:
    """Claim due moments and deal with each, inside one transaction."""
    work = service.open(connection)
    claimed = occasions.claim_due(work, now, most)
    if not claimed:
        return Fired((), 0)
    today = service.rhythm.local(now).date()
    scene = askings.look_around(work, claimed, service.rhythm.instant(today, time(0)))
    asked = {person: dict(on) for person, on in scene.asked.items()}
    sendings: list[Sending] = []
    for occasion in claimed:
        theirs = asked.setdefault(occasion.participant_id, {})
        teller = _Teller(service, work, now, scene, _find(scene, occasion, theirs))
        decision = decide(service.rhythm, teller.found, now)
        sendings += teller.carry_out(decision)
        if decision.verdict in (Verdict.ASK, Verdict.REMIND):
            theirs[occasion.id] = now
    work.flush()
    return Fired(tuple(sendings), len(claimed))


async def _put_off_first(service: Service, now: datetime) -> Fired:
    """Look at the first due moment again later, whatever is wrong with it."""

    def work(casework: Casework) -> Fired:
        claimed = occasions.claim_due(casework, now, 1)
        for occasion in claimed:
            occasions.move(casework, replace(occasion, next_at=now + LATER))
        casework.flush()
        return Fired((), len(claimed))

    return await service.lane.write(lambda connection: work(service.open(connection)))


def _find(scene: Scene, occasion: Occasion, asked: Mapping[str, datetime]) -> Found:
    person = scene.people[occasion.participant_id]
    chats = scene.chats.get(person.id)
    run = occasion.run_id if occasion.state is OccasionState.ANSWERING else person.current_run
    return Found(
        occasion=occasion,
        person=person,
        episode=scene.taking_part.get((person.id, occasion.episode_id)),
        run=scene.runs.get(run) if run is not None else None,
        asked=dict(asked),
        reachable=chats is not None and chats.reach is not None,
        held_until=scene.held_until.get(person.id),
        busy=chats is not None and chats.busy,
        worried=person.id in scene.worried,
    )


@dataclass(frozen=True, slots=True)
class _Teller:
    """Carries out what was decided about one due moment."""

    service: Service
    work: Casework
    now: datetime
    scene: Scene
    found: Found

    def carry_out(self, decision: Decision) -> Sequence[Sending]:
        """Do it, and return what is to be sent."""
        occasion = self.found.occasion
        match decision.verdict:
            case Verdict.ASK:
                return self._offer(occasion)
            case Verdict.REMIND:
                return self._remind()
            case Verdict.WAIT:
                occasions.move(self.work, replace(occasion, next_at=decision.until))
            case Verdict.RUN_OUT:
                return self._run_out()
            case Verdict.LAPSE:
                self._end(OccasionState.LAPSED)
            case Verdict.MISS:
                self._end(OccasionState.LAPSED, NoticeKind.NOT_ASKED)
            case Verdict.SUPPRESS:
                occasions.end(self.work, occasion.id, OccasionState.SUPPRESSED, self.now)
            case Verdict.GIVE_UP:
                self._end(OccasionState.UNDELIVERABLE, NoticeKind.UNDELIVERABLE)
            case _:
                assert_never(decision.verdict)
        return ()

    def _offer(self, occasion: Occasion) -> Sequence[Sending]:
        desk = self._sit_down(self._reach)
        checking_in.offer(desk, occasion, self.found.episode)
        return desk.close()

    def _remind(self) -> Sequence[Sending]:
        """Repeat the offer gently, or show the way back into the questions that are half done."""
        found = self.found
        again = replace(found.occasion, reminders=found.occasion.reminders + 1)
        if found.occasion.state is OccasionState.OFFERED or found.run is None:
            return self._offer(again)
        asked = Asked(again.rhythm, again.wave, begun=True, reminders=again.reminders)
        reminder = self.service.rhythm.reminder(found.person.own_time, asked, self.now)
        ends = again.window_ends_at
        next_at = min(reminder or ends, ends)
        occasions.move(self.work, replace(again, next_at=next_at))
        desk = self._sit_down(self._reach)
        desk.occasion_told = again.id
        checking_in.say_half_done(desk, found.run, again.reminders, last=next_at >= ends)
        return desk.close()

    def _run_out(self) -> Sequence[Sending]:
        """End the half-done run without a word: its buttons go, its answers stay."""
        chats = self.scene.chats.get(self.found.person.id)
        if chats is None or chats.any is None or self.found.run is None:
            self._end(OccasionState.LAPSED)
            return ()
        desk = self._sit_down(chats.reach or chats.any)
        checking_in.end_quietly(desk, self.found.run, TimeRanOut())
        return desk.close() if self.found.reachable else ()

    def _end(self, state: OccasionState, notice: NoticeKind | None = None) -> None:
        """End it; a review that ends makes room for the next one while the support goes on."""
        found = self.found
        occasions.end(self.work, found.occasion.id, state, self.now)
        if notice is not None:
            words.give_notice(self.work, found.person, notice, self.now)
        is_open = found.episode is not None and found.episode.closed_on is None
        if is_open and found.episode is not None and found.occasion.wave == planning.REVIEW:
            planning.plan_review(
                self.service, self.work, found.person, found.episode, found.occasion
            )

    @property
    def _reach(self) -> Address:
        chats = self.scene.chats[self.found.person.id]
        assert chats.reach is not None  # noqa: S101 (nobody is asked who cannot be reached)
        return chats.reach

    def _sit_down(self, address: Address) -> Desk:
        person = self.found.person
        door = AtTheDoor(address, person, None)
        return Desk(self.service, self.work, door, self.now, None, person, self.found.run)
