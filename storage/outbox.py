"""Messages on their way out: stored with the change that causes them, sent after the commit.

It must not send anything itself and knows no channel's wire format.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from sqlalchemy import Connection, Integer, Text, bindparam, case, func, select, update

from storage import quoting
from storage.casework import AnyRow, Casework
from storage.people import Address
from storage.prepared import Prepared
from storage.tables import addresses, outbox
from storage.vault import Place

_encode: Final = json.JSONEncoder(separators=(",", ":")).encode


class OutgoingKind(StrEnum):
    """What the courier does with a message."""

    SEND = "send"
    EDIT_TAPPED = "edit-tapped"
    EDIT_STEP = "edit-step"
    PICTURE = "picture"


class Urgency(StrEnum):
    """Which messages go first and which may be repeated when it is unclear whether they arrived.

    `safety`: at least once. `reply`, `asking`: at most once per step.
    """

    SAFETY = "safety"
    REPLY = "reply"
    ASKING = "asking"


class Delivery(StrEnum):
    """What is honestly known about a message."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"
    BLOCKED = "blocked"
    CANCELLED = "cancelled"
    QUARANTINED = "quarantined"


class Button(NamedTuple):
    """One button: its words and either the data it sends back (at most 64 bytes) or a link.

    A tuple, as a dozen of them are made and written down with every question.
    """

    label: str
    data: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message in plain text with rows of buttons.

    EDIT_TAPPED changes the message whose button was tapped; EDIT_STEP changes the message that
    asked `step` of `run` (nothing happens where it cannot be found); an edit with an empty text
    takes the buttons away and keeps the words. PICTURE sends the picture of
    `run`, with `text` as its content in words. `run` and `step` also mark a question, so that it
    is sent at most once. `awaits` names what words are asked for outside the questions, so that
    whoever types next is understood. Somebody's own words stand in `text` as pointers only: see
    storage.quoting.
    """

    kind: OutgoingKind
    text: str
    rows: tuple[tuple[Button, ...], ...] = ()
    urgency: Urgency = Urgency.REPLY
    run: str | None = None
    step: int | None = None
    awaits: str | None = None


LEASE: Final = timedelta(seconds=60)
"""How long a message may be under way before nobody knows whether it arrived."""

REPAIR_AFTER: Final = timedelta(seconds=30)
"""How long we wait for a sign of life before a question that may be lost is put again."""


@dataclass(frozen=True, slots=True)
class Sending:
    """A message under way: what the courier needs, and nothing about who it is."""

    id: int
    channel: str
    chat_id: int
    outgoing: Outgoing
    tapped_message: int | None
    attempts: int
    occasion_id: str | None = None

    def came_to(
        self,
        state: Delivery,
        message_id: int | None = None,
        try_again_at: datetime | None = None,
    ) -> Sent:
        """Return what came of this try of it."""
        return Sent(self.id, state, message_id, try_again_at, self.attempts)


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of one sending: the honest state, the message's number, when to try again.

    `attempts` says which try of the message this is about; None for whichever is under way.
    """

    id: int
    state: Delivery
    message_id: int | None = None
    try_again_at: datetime | None = None
    attempts: int | None = None


def queue(
    work: Casework,
    address: Address,
    messages: Sequence[Outgoing],
    now: datetime,
    *,
    tapped_message: int | None = None,
    occasion_id: str | None = None,
) -> list[Sending]:
    """Gather messages that are sent as soon as this transaction is committed.

    They begin their life as `sending`, under a lease: should this process die first, the sweep
    finds them when the lease has run out.
    """
    sendings = []
    for outgoing in messages:
        number = work.numbers.next(now)
        work.insert(
            outbox,
            {
                "id": number,
                "address_id": address.id,
                "kind": outgoing.kind.value,
                "urgency": outgoing.urgency.value,
                "run_id": outgoing.run,
                "step": outgoing.step,
                "occasion_id": occasion_id,
                "body": _body(outgoing),
                "tapped_message": tapped_message,
                "state": Delivery.SENDING.value,
                "made_at": now,
                "due_at": None,
                "leased_until": now + LEASE,
                "attempts": 1,
            },
        )
        sendings.append(
            Sending(
                number, address.channel, address.chat_id, outgoing, tapped_message, 1, occasion_id
            )
        )
    return sendings


_RECORD: Final = Prepared(
    update(outbox)
    .where(
        outbox.c.id == bindparam("row_id"),
        outbox.c.state.in_([Delivery.SENDING.value, bindparam("unless", type_=Text)]),
        outbox.c.attempts == func.coalesce(bindparam("attempts", type_=Integer), outbox.c.attempts),
    )
    .values(
        state=bindparam("state"),
        message_id=bindparam("message_id"),
        sent_at=bindparam("sent_at"),
        due_at=bindparam("due_at"),
        repair_at=bindparam("repair_at"),
        leased_until=None,
    )
)


_LATE_NEWS: Final = {Delivery.SENT: Delivery.UNKNOWN.value}
"""What may be written over a state other than `sending`."""


def record(connection: Connection, results: Sequence[tuple[Sent, datetime]]) -> None:
    """Write down what came of these sendings, each with the moment at which it was known.

    A report counts for a message that is still under way in the try it is about: where our lease
    had ended, others have found out what they could. Only that it was sent is news even then.
    """
    rows = [
        {
            "row_id": result.id,
            "state": result.state.value,
            "message_id": result.message_id,
            "sent_at": now if result.state is Delivery.SENT else None,
            "due_at": result.try_again_at or now if result.state is Delivery.PENDING else None,
            "repair_at": now + REPAIR_AFTER if result.state is Delivery.UNKNOWN else None,
            "unless": _LATE_NEWS.get(result.state, Delivery.SENDING.value),
            "attempts": result.attempts,
        }
        for result, now in results
    ]
    _RECORD.run(connection, rows)


_FIRST_COMES: Final = case(
    (outbox.c.urgency == Urgency.SAFETY.value, 0),
    (outbox.c.urgency == Urgency.REPLY.value, 1),
    else_=2,
)


def claim_due(work: Casework, now: datetime, most: int) -> list[Sending]:
    """Take messages that wait to be sent, under a lease of our own.

    Safety comes first, then replies, then askings.
    """
    due = (
        select(outbox.c.id)
        .where(outbox.c.state == Delivery.PENDING.value, outbox.c.due_at <= now)
        .order_by(_FIRST_COMES, outbox.c.id)
        .limit(most)
    )
    if work.connection.dialect.name == "postgresql":
        due = due.with_for_update(skip_locked=True)
    numbers = list(work.connection.execute(due).scalars())
    if not numbers:
        return []
    work.connection.execute(
        update(outbox)
        .where(outbox.c.id.in_(numbers))
        .values(
            state=Delivery.SENDING.value,
            due_at=None,
            leased_until=now + LEASE,
            attempts=outbox.c.attempts + 1,
        )
    )
    query = (
        select(outbox, addresses.c.channel, addresses.c.chat_cipher)
        .join(addresses, addresses.c.id == outbox.c.address_id)
        .where(outbox.c.id.in_(numbers))
        .order_by(_FIRST_COMES, outbox.c.id)
    )
    return [_sending(work, row) for row in work.connection.execute(query)]


def outgoing_from(row: AnyRow) -> Outgoing:
    """Build a message from a stored row."""
    body = json.loads(row.body)
    return Outgoing(
        kind=OutgoingKind(row.kind),
        text=body["text"],
        rows=tuple(tuple(Button(*button) for button in line) for line in body["rows"]),
        urgency=Urgency(row.urgency),
        run=row.run_id,
        step=row.step,
        awaits=body.get("awaits"),
    )


def _sending(work: Casework, row: AnyRow) -> Sending:
    place = Place("addresses", "chat_cipher", row.address_id)
    chat_id = int(work.vault.open(place, row.chat_cipher))
    return Sending(
        row.id,
        row.channel,
        chat_id,
        outgoing_from(row),
        row.tapped_message,
        row.attempts,
        row.occasion_id,
    )


def _body(outgoing: Outgoing) -> str:
    body: dict[str, object] = {"text": outgoing.text, "rows": outgoing.rows}
    if outgoing.awaits is not None:
        body["awaits"] = outgoing.awaits
    return _encode(body)


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as it was shown to somebody, and what is known of its way."""

    outgoing: Outgoing
    channel: str
    state: Delivery
    made_at: datetime
    sent_at: datetime | None


def of_participant(work: Casework, participant_id: str) -> list[Shown]:
    """Return every message that was made for one person, oldest first, as they saw it."""
    query = (
        select(outbox, addresses.c.channel)
        .join(addresses, addresses.c.id == outbox.c.address_id)
        .where(addresses.c.participant_id == participant_id)
        .order_by(outbox.c.id)
    )
    return [
        Shown(
            _as_seen(work, outgoing_from(row), participant_id),
            row.channel,
            Delivery(row.state),
            row.made_at,
            row.sent_at,
        )
        for row in work.connection.execute(query)
    ]


def _as_seen(work: Casework, outgoing: Outgoing, whose: str) -> Outgoing:
    if not quoting.quotes(outgoing.text):
        return outgoing
    return replace(outgoing, text=quoting.fill(work, outgoing.text, whose))
