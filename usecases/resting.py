"""Quiet for a while, by somebody's own wish: at once, and what stood is asked after it.

It must not end anything for good.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from storage import occasions, participants, recalls
from storage.occasions import OccasionState
from storage.people import Person
from surveys.conversation import Paused, Run
from usecases import checking_in
from usecases.arrival import OfferReply
from usecases.desk import Desk
from usecases.quiet import (
    HowLongToRest,
    QuietUntil,
    RestBegun,
    Resting,
)
from usecases.telling import PutOff

WEEK: Final = timedelta(days=7)
MONTH: Final = timedelta(days=28)


def pause(desk: Desk, person: Person) -> None:
    """Pause the questions that stand; with none, ask how long to keep quiet."""
    del person
    run = desk.open_run
    if run is not None:
        checking_in.move(desk, run, Paused())
    else:
        desk.say(HowLongToRest())


def rest_a_week(desk: Desk, person: Person) -> None:
    """Keep quiet for a week."""
    _rest(desk, person, Resting.WEEK, WEEK)


def rest_a_month(desk: Desk, person: Person) -> None:
    """Keep quiet for four weeks."""
    _rest(desk, person, Resting.MONTH, MONTH)


def _rest(desk: Desk, person: Person, how: Resting, long: timedelta) -> None:
    """Keep quiet for a while: also what is on its way already is taken back.

    Questions that are half done are shown again after it.
    """
    quieten(desk)
    recalls.cancel_askings(desk.work.connection, person.id)
    until = desk.now + long
    desk.person = participants.set_rest(desk.work, person, person.standing, until)
    _put_off_half_done(desk, until)
    desk.say(RestBegun(how))


def rest_till(desk: Desk, person: Person, *, reply: OfferReply) -> None:
    """Keep quiet until a moment soon, and ask then about what stands now.

    Nothing is promised to somebody whom staff hold back.
    """
    quieten(desk)
    recalls.cancel_askings(desk.work.connection, person.id)
    until = desk.service.rhythm.put_off(reply, person.own_time, desk.now)
    desk.person = participants.set_rest(desk.work, person, person.standing, until)
    local = desk.service.rhythm.local(until)
    half_done = _put_off_half_done(desk, until)
    if person.suppressed_at is not None:
        desk.say(QuietUntil(local))
    elif half_done is not None:
        desk.say(PutOff(local, half_done))
    elif not _put_off_offer(desk, reply):
        desk.say(QuietUntil(local))


def _put_off_offer(desk: Desk, reply: OfferReply) -> bool:
    """Put off what could be begun now; False where there is nothing."""
    if desk.person is None or desk.standing_run is not None:
        return False
    waiting = occasions.waiting_for(desk.work, desk.person.id, desk.now)
    if waiting is None:
        return False
    checking_in.put_off(desk, waiting, reply)
    return True


def _put_off_half_done(desk: Desk, until: datetime) -> Run | None:
    """Let the clock show the way back into half-done questions at this moment; return their run.

    None where there are none, or where answers would not count any more by then.
    """
    run = desk.standing_run
    if run is None or run.occasion_id is None:
        return None
    occasion = occasions.load(desk.work, run.occasion_id)
    if occasion is None or occasion.state is not OccasionState.ANSWERING:
        return None
    if until >= occasion.window_ends_at:
        return None
    occasions.move(desk.work, replace(occasion, next_at=until))
    return run.run


def quieten(desk: Desk) -> None:
    """Pause the questions that stand, without a word about it."""
    run = desk.open_run
    if run is not None:
        checking_in.end_quietly(desk, run, Paused())
