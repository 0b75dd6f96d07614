"""Forgets somebody for good: their key, their words, their chats; what was counted stays counted.

It decides who may be forgotten and when; `storage.erasure` knows how. A refusal says why in words
for staff, and `WhyNot` names the sentence that the person themselves is told.

That somebody is about to be forgotten is written beside the keys before the commit, and that they
were after it. Where a process dies in between, `settle` finds out what holds.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from storage import audit, erased_file, erasure, erasures, legal_holds, subjects, unfinished
from storage.casework import Casework, Connection
from storage.erasures import Erasure
from storage.reasons import WhyForgotten
from storage.wiping import wipe_log
from usecases.inviting import By
from usecases.refusal import Refusal
from usecases.service import Service

Why = WhyForgotten

_WIPE_TRIES: Final = 5
_WIPE_PAUSE: Final = 0.2
_RESTORER: Final = "starling"

_log = logging.getLogger(__name__)


class WhyNot(StrEnum):
    """Why somebody cannot be forgotten now."""

    HELD = "held"
    OPEN_CONCERN = "open-concern"
    UNREAD = "unread-words"


_SENTENCES: Final = {
    WhyNot.HELD: "A legal hold stands on this record, so nothing of it may be erased. "
    "See `starling rights holds`.",
    WhyNot.OPEN_CONCERN: "Something about this person's safety is still open. Its record must stay "
    "until a named person has closed it.",
    WhyNot.UNREAD: "They wrote something that nobody has read yet. Read it first: it may be about "
    "their safety.",
}


class CannotForget(Refusal):
    """Somebody cannot be forgotten now; `why` is what the person is told, in words of their own."""

    def __init__(self, why: WhyNot) -> None:
        """Take the reason."""
        super().__init__(_SENTENCES[why])
        self.why = why


class NowhereToRemember(Refusal):
    """Nobody can be forgotten where a restored backup would bring them back unnoticed."""

    def __init__(self) -> None:
        """Say what is missing."""
        super().__init__(
            "The list of who was forgotten cannot be written beside the keys, so a restored backup "
            "would bring them back. Make its folder writable, and try again."
        )


@dataclass(frozen=True, slots=True)
class Forgotten:
    """That somebody was forgotten.

    `case_stays`: the child's case reference stays, because support goes on or others answer.
    `wiped`: nothing of it stands in SQLite's log any more; False while others were reading, then
    the next carrying over does it. On PostgreSQL its own vacuum takes the deleted rows away.
    """

    participant: str
    at: datetime
    case_stays: bool
    wiped: bool = False


def _look_no_further(work: Casework) -> None:
    del work


async def erase(
    service: Service,
    participant_id: str,
    by: By,
    why: Why,
    look_again: Callable[[Casework], None] = _look_no_further,
) -> Forgotten:
    """Forget somebody for good, at once and without telling them.

    look_again: is called in the transaction that forgets, and raises a Refusal where what the
    caller found before does not hold any more. Raises that, CannotForget, NowhereToRemember, and
    Refusal for an id that nobody has.
    """

    def work(connection: Connection) -> Forgotten:
        casework = service.open(connection)
        if not erasures.still_there(casework, [participant_id]):
            msg = "Nobody has this id, or they were forgotten before. See `starling episode list`."
            raise Refusal(msg)
        look_again(casework)
        refused = why_not(casework, participant_id)
        if refused is not None:
            raise CannotForget(refused)
        return _erase_in(service, casework, participant_id, by, why)

    done = await service.lane.write(work)
    await _remember(service, [participant_id])
    return await _wipe(service, done)


def why_not(work: Casework, participant_id: str) -> WhyNot | None:
    """Return what forbids to forget somebody now, or None."""
    if legal_holds.is_held(work, participant_id):
        return WhyNot.HELD
    if unfinished.has_open_concern(work, participant_id):
        return WhyNot.OPEN_CONCERN
    if unfinished.has_unread_words(work, participant_id):
        return WhyNot.UNREAD
    return None


def _erase_in(service: Service, work: Casework, participant_id: str, by: By, why: Why) -> Forgotten:
    """Forget somebody inside a transaction, whatever forbids it: for those who asked before.

    Raises NowhereToRemember, and Refusal for an id that nobody has.
    """
    subject = subjects.find(work, participant_id)
    if subject is None:
        msg = "Nobody has this id, or they were forgotten before."
        raise Refusal(msg)
    erasure.forget(work, subject, by.now)
    erasures.add(work, Erasure(participant_id, by.now, by.who, why))
    audit.note(work, by.who, f"forgot somebody: {why.value}", participant_id, by.now)
    work.flush()
    # Last of all, as what follows is only the commit: had anything failed, nothing is written.
    _intend(service, participant_id)
    case_stays = subject.child is not None and not subject.child_goes_too
    return Forgotten(participant_id, by.now, case_stays)


# --- after a restore, and after a process that died -----------------------------------------------


async def replay(service: Service, ids: Iterable[str], now: datetime) -> list[str]:
    """Forget those again whom a restored copy brought back; return who was there.

    What stood in the way then has been settled then: no hold or open concern of the older copy
    counts. Safe to do as often as one likes. Raises NowhereToRemember.
    """
    by, those = By(_RESTORER, now), list(dict.fromkeys(ids))

    def work(connection: Connection) -> list[str]:
        casework = service.open(connection)
        found = erasures.still_there(casework, those)
        for each in found:
            _erase_in(service, casework, each, by, Why.RESTORED)
        return found

    found = await service.lane.write(work)
    if found:
        await _remember(service, found)
        await _wipe_log(service)
    return found


async def remembered(service: Service) -> list[str]:
    """Return who was forgotten, as this database and the file beside the keys know."""
    known = await service.lane.read(
        lambda connection: [each.subject for each in erasures.all_of_them(service.open(connection))]
    )
    kept = [] if service.erased_file is None else erased_file.read(service.erased_file)
    return list(dict.fromkeys([*known, *kept]))


async def settle(service: Service, *, is_newest: bool) -> list[str]:
    """Note who was forgotten of those who were about to be when a process died or a commit failed.

    Who has a receipt was; who is there was not. In a database that may be an older copy
    (`is_newest` is False) nobody can know of those who are there. Returns of whom nobody can know:
    somebody has to decide, and forget them where it was right. Raises OSError.
    """
    file = service.erased_file
    if file is None:
        return []

    def work(connection: Connection) -> None:
        casework, waiting = service.open(connection), erased_file.unsettled(file)
        done = erasures.with_receipt(casework, waiting)
        for each in done:
            erased_file.remember(file, each)
        # Held, so that nobody who begins to forget them now writes before this is written.
        for each in erasures.still_there(casework, waiting, held=True):
            if each not in done:
                (erased_file.take_back if is_newest else erased_file.doubt)(file, each)

    if erased_file.unsettled(file):
        await service.lane.write(work)
    return erased_file.unclear(file)


def _intend(service: Service, participant_id: str) -> None:
    """Write down, inside the transaction, that its commit forgets somebody."""
    if service.erased_file is None:
        raise NowhereToRemember
    try:
        erased_file.intend(service.erased_file, participant_id)
    except OSError as error:
        raise NowhereToRemember from error


async def _remember(service: Service, ids: Iterable[str]) -> None:
    """Write down, after the commit, that these were forgotten.

    Where the disk fails just now, that they were about to be stands there, and `settle` does it.
    """
    file = service.erased_file
    if file is None:
        return
    try:
        for each in ids:
            await asyncio.to_thread(erased_file.remember, file, each)
    except OSError:
        _log.exception("who was forgotten could not be noted: it is tried again later")


async def _wipe(service: Service, done: Forgotten) -> Forgotten:
    wiped = await _wipe_log(service)
    return Forgotten(done.participant, done.at, done.case_stays, wiped)


async def _wipe_log(service: Service) -> bool:
    """Cut SQLite's log off; whoever reads just now is waited for a little."""
    for _ in range(_WIPE_TRIES):
        if await service.lane.read(wipe_log):
            return True
        await asyncio.sleep(_WIPE_PAUSE)
    return False
