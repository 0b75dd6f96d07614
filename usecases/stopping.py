"""Ends all asking for good, by somebody's own wish: at once, and staff are told.

It must not say anything, and leaves the way back open.
"""

from __future__ import annotations

from storage import occasions, participants, recalls, words
from storage.people import Person, Standing
from storage.words import NoticeKind
from surveys.conversation import StoppedHere
from usecases import checking_in
from usecases.desk import Desk


def stop(desk: Desk, person: Person) -> None:
    """Ask nothing any more: what stands ends, what waits is taken back, nothing new is planned."""
    if person.standing is Standing.STOPPED:
        return
    run = desk.standing_run
    if run is not None:
        checking_in.end_quietly(desk, run, StoppedHere())
    occasions.suppress(desk.work, person.id, desk.now)
    recalls.cancel_askings(desk.work.connection, person.id)
    words.give_notice(desk.work, person, NoticeKind.STOPPED, desk.now)
    desk.person = participants.set_rest(desk.work, person, Standing.STOPPED, None)
