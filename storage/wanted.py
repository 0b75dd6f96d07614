"""Whether an asking that had to wait may still go out: read again, by what holds at that moment.

It must not decide when anybody is asked: what is not wanted any more is taken back, and the clock
looks at its occasion anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import exists, select, update

from storage import recalls
from storage.casework import AnyRow, Casework
from storage.occasions import OccasionState
from storage.outbox import Delivery, Sending, Urgency
from storage.people import Standing
from storage.tables import addresses, occasions, outbox, participants, runs

_LATER: Final = outbox.alias("later")
_TOLD: Final = addresses.alias("told")
_OUTRUN: Final = exists().where(
    _TOLD.c.participant_id == addresses.c.participant_id,
    _LATER.c.address_id == _TOLD.c.id,
    _LATER.c.id > outbox.c.id,
    _LATER.c.occasion_id == outbox.c.occasion_id,
    _LATER.c.urgency == Urgency.ASKING.value,
)
_AROUND: Final = (
    select(
        outbox.c.id,
        outbox.c.state,
        outbox.c.attempts,
        outbox.c.made_at,
        outbox.c.occasion_id,
        addresses.c.blocked_at,
        addresses.c.participant_id,
        participants.c.status,
        participants.c.resting_until,
        participants.c.suppressed_at,
        occasions.c.participant_id.label("asked"),
        occasions.c.state.label("stands"),
        occasions.c.window_ends_at,
        runs.c.moved_at,
        _OUTRUN.label("outrun"),
    )
    .join(addresses, addresses.c.id == outbox.c.address_id)
    .outerjoin(participants, participants.c.id == addresses.c.participant_id)
    .outerjoin(occasions, occasions.c.id == outbox.c.occasion_id)
    .outerjoin(runs, runs.c.id == occasions.c.run_id)
)


def keep_wanted(work: Casework, sendings: Sequence[Sending], now: datetime) -> list[Sending]:
    """Return those of these sendings that may still go out; everything but askings may.

    An asking goes out while its occasion stands as it stood when the message was made, the run has
    not moved on, the chat is still theirs, and the person wants and may be asked. Any other is
    cancelled, and what it asked is left to the clock. One that is not in our hands any more (taken
    back, or its lease ended while this process stood still) is left alone.
    """
    askings = {each.id: each for each in sendings if each.outgoing.urgency is Urgency.ASKING}
    if not askings:
        return list(sendings)
    query = _AROUND.where(outbox.c.id.in_(list(askings)))
    found = {row.id: row for row in work.connection.execute(query)}
    held = {number for number, row in found.items() if _is_held(row, askings[number])}
    wanted = {number for number in held if _is_wanted(found[number], now)}
    _take_back(work, [found[number] for number in sorted(held - wanted)])
    return [each for each in sendings if each.id not in askings or each.id in wanted]


def _is_held(row: AnyRow, sending: Sending) -> bool:
    """Whether this message is still in the hands of the process that asks."""
    return bool(row.state == Delivery.SENDING.value and row.attempts == sending.attempts)


def _is_wanted(row: AnyRow, now: datetime) -> bool:
    """Whether the person may be asked, in this chat, and what the message says is still so."""
    if row.blocked_at is not None or row.status != Standing.JOINED.value:
        return False
    if row.suppressed_at is not None or (row.resting_until is not None and now < row.resting_until):
        return False
    if row.occasion_id is None:
        return True
    is_theirs = bool(row.asked == row.participant_id and now < row.window_ends_at)
    return is_theirs and _is_current(row)


def _is_current(row: AnyRow) -> bool:
    """Whether what the message says is still so: nothing was said, done or planned since."""
    if row.outrun:
        return False
    if row.stands == OccasionState.ANSWERING.value:
        # An offer whose run has begun since, or a reminder of a run that has moved on.
        return row.moved_at is not None and row.moved_at < row.made_at
    return bool(row.stands == OccasionState.OFFERED.value)


def _take_back(work: Casework, rows: Sequence[AnyRow]) -> None:
    """Cancel these, and let the clock decide anew about what the newest of them asked."""
    if not rows:
        return
    work.connection.execute(
        update(outbox)
        .where(outbox.c.id.in_([row.id for row in rows]))
        .values(state=Delivery.CANCELLED.value, due_at=None, leased_until=None)
    )
    about = {row.occasion_id for row in rows if row.occasion_id is not None and _reopens(row)}
    if about:
        recalls.put_back(work.connection, about)


def _reopens(row: AnyRow) -> bool:
    """Whether this message was the last word on its occasion: an older one says nothing about it.

    A reminder of a run that has moved on was overtaken, too: nothing is missing.
    """
    moved_on = row.stands == OccasionState.ANSWERING.value and not _is_current(row)
    return not row.outrun and not moved_on
