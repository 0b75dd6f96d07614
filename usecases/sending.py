"""What the courier asks and reports: messages to send, what came of them, and repairs.

It must not speak to any channel.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from storage import inbox, outbox, people, questions, quoting, recalls, repairs, wanted, words
from storage.casework import Casework, Connection
from storage.inbox import Ticket
from storage.outbox import Delivery, OutgoingKind, Sending, Sent, Urgency
from storage.people import Person
from storage.repairs import Unclear
from storage.silences import SilenceKind
from storage.words import NoticeKind
from surveys import engine
from surveys.conversation import CameBack, Run
from usecases import checking_in, silence
from usecases.arrival import Knock
from usecases.desk import Desk, open_desk_for
from usecases.service import Service
from usecases.telling import AboutRun, SaidAgain

MOST: Final = 100

OFTEN: Final = 8
"""After so many tries staff are told that words about safety do not arrive: some two minutes."""


def record(service: Service, results: Sequence[Sent], now: datetime) -> None:
    """Report what came of sendings. Rides along with the next commit; nothing waits for it.

    Where help that somebody asked for was refused on its way, staff are told.
    """
    service.lane.later_together(_record_all, (results, now))
    failed = [result.id for result in results if result.state is Delivery.FAILED]
    if failed:
        service.lane.later(lambda connection: _tell_staff(service.open(connection), failed, now))


def _tell_staff(work: Casework, numbers: Sequence[int], now: datetime) -> None:
    """Tell staff whose words about safety do not reach them; nothing where it is about less."""
    for participant in recalls.whose(work.connection, numbers, Urgency.SAFETY):
        person = people.load_person(work, participant) if participant else None
        words.give_notice(work, person, NoticeKind.UNCLEAR_DELIVERY, now)
    work.flush()


def _record_all(connection: Connection, reports: Sequence[tuple[Sequence[Sent], datetime]]) -> None:
    results = [(result, now) for several, now in reports for result in several]
    if results:
        outbox.record(connection, results)


async def report_blocked(service: Service, sending: Sending, now: datetime) -> None:
    """Somebody blocked us: stop writing there and tell staff, because silence is news."""

    def work(casework: Casework) -> None:
        participant = recalls.block(casework, sending.id, now)
        person = people.load_person(casework, participant) if participant else None
        if person is not None:
            _tell_blocked(service, casework, person, now)
        casework.flush()

    await service.lane.write(lambda connection: work(service.open(connection)))


async def note_blocked(
    service: Service, channel: str, chat_id: int, now: datetime, *, blocked: bool
) -> None:
    """Somebody blocked us or let us in again, and their app said so."""

    def work(casework: Casework) -> None:
        _note_blocked(service, casework, (channel, chat_id), now, blocked=blocked)
        casework.flush()

    await service.lane.write(lambda connection: work(service.open(connection)))


async def take_blocked(service: Service, knock: Knock, now: datetime, *, blocked: bool) -> None:
    """Take in an update that says so: once, however often it is delivered.

    Nothing is said. Raises DatabaseAway when nothing was stored.
    """
    ticket = Ticket(knock.channel.value, knock.update_id)

    def work(casework: Casework) -> None:
        if inbox.accept(casework, [ticket], now):
            chat = (ticket.channel, knock.chat_id)
            _note_blocked(service, casework, chat, now, blocked=blocked)
        casework.flush()

    await service.lane.write(lambda connection: work(service.open(connection)))


def _note_blocked(
    service: Service, work: Casework, chat: tuple[str, int], now: datetime, *, blocked: bool
) -> None:
    participant = people.set_blocked(work, *chat, now if blocked else None)
    person = people.load_person(work, participant) if participant else None
    if person is not None and blocked:
        _tell_blocked(service, work, person, now)


def _tell_blocked(service: Service, work: Casework, person: Person, now: datetime) -> None:
    words.give_notice(work, person, NoticeKind.BLOCKED, now)
    silence.note_in(service, work, person, SilenceKind.BLOCKED, now)


async def claim_due(service: Service, now: datetime) -> list[Sending]:
    """Take the messages that wait to be sent, safety first, and of askings those still wanted.

    Words about safety are tried for ever; once they have been tried often, staff are told.
    """

    def work(casework: Casework) -> list[Sending]:
        sendings = outbox.claim_due(casework, now, MOST)
        often = [each.id for each in sendings if each.attempts == OFTEN]
        if often:
            _tell_staff(casework, often, now)
        return wanted.keep_wanted(casework, sendings, now)

    return await service.lane.write(lambda connection: work(service.open(connection)))


def check_again(
    service: Service, connection: Connection, waited: Sequence[tuple[Sending, datetime]]
) -> list[bool]:
    """Return for each of these that had to wait whether it may still go out at its moment.

    For the lane's `write_together`. What may not is taken back: see storage.wanted.
    """
    now = max(moment for _, moment in waited)
    sendings = [sending for sending, _ in waited]
    kept = {each.id for each in wanted.keep_wanted(service.open(connection), sendings, now)}
    return [each.id in kept for each in sendings]


async def begin_alone(service: Service, now: datetime) -> None:
    """End every lease: called once at start-up by a process that owns the database alone."""
    await service.lane.write(lambda connection: repairs.end_leases(connection, now))


async def repair(service: Service, now: datetime) -> list[Sending]:
    """Look after messages of which nobody knows whether they arrived; return what to send now.

    A question that still stands is put again as a new step, once; one that the person has moved
    past had arrived. Offers made by the clock wait for the next contact.
    """

    def work(casework: Casework) -> list[Sending]:
        repairs.expire_leases(casework.connection, now)
        sendings = []
        for unclear in repairs.claim_unclear(casework, now, MOST):
            sendings += _repair_one(service, casework, unclear, now)
        casework.flush()
        return sendings

    return await service.lane.write(lambda connection: work(service.open(connection)))


def _repair_one(service: Service, work: Casework, unclear: Unclear, now: datetime) -> list[Sending]:
    if unclear.urgency is Urgency.SAFETY:
        repairs.put_back(work.connection, unclear.id, now)
        return []
    if unclear.urgency is Urgency.ASKING or unclear.participant_id is None:
        return []
    desk = open_desk_for(service, work, unclear.participant_id, now)
    if desk is None or desk.door.address.id != unclear.address_id:
        return []
    if unclear.outgoing.step is None or unclear.outgoing.kind is not OutgoingKind.SEND:
        _repeat_once(work, unclear, now)
        return []
    return _ask_anew(desk, unclear)


def _repeat_once(work: Casework, unclear: Unclear, now: datetime) -> None:
    """Send a message that asks nothing once more: twice does no harm, never might.

    A new message is left where anything was said in that chat since: the person has moved on.
    """
    first_try = unclear.attempts < 2  # noqa: PLR2004 (the first try and one repeat)
    is_edit = unclear.outgoing.kind in (OutgoingKind.EDIT_TAPPED, OutgoingKind.EDIT_STEP)
    if first_try and (is_edit or not repairs.was_followed(work.connection, unclear)):
        repairs.put_back(work.connection, unclear.id, now)


def _ask_anew(desk: Desk, unclear: Unclear) -> list[Sending]:
    """Put the question that still stands again, as a new step with new buttons."""
    stored = desk.open_run
    if stored is None or stored.run.id != unclear.outgoing.run:
        return []
    if stored.run.step != unclear.outgoing.step or _was_put_again(desk, stored.run):
        return []
    instrument = desk.instrument(stored.run.instrument)
    turn = engine.resume(instrument, stored.run, CameBack(), desk.now)
    checking_in.store_turn(desk, stored, turn)
    desk.say(SaidAgain(), AboutRun(instrument, turn.run, turn.events))
    return desk.close()


def _was_put_again(desk: Desk, run: Run) -> bool:
    """Whether this very question was put again just before, with nobody knowing either time."""
    again = run.asked[-1:] == run.asked[-2:-1]
    return again and repairs.is_unknown(desk.work.connection, run.id, run.step - 1)


async def with_their_words(
    service: Service, text: str, chat: tuple[str, int], only: str = "", elsewhere: str = "…"
) -> str:
    """Return a message with the person's own words in it where it points to them.

    chat: the channel and the number of the chat that is to show it: nobody else's words are shown.
    only: the channel by which it goes; of words that came by another one, `elsewhere` is shown.
    """

    def work(connection: Connection) -> str:
        casework = service.open(connection)
        whose = quoting.whose_chat(casework, *chat)
        return quoting.fill(casework, text, whose, only=only, elsewhere=elsewhere)

    return await service.lane.read(work)


async def step_message(service: Service, run: str, step: int) -> int | None:
    """Return the number of the message that asked this step, where it is known."""
    return await service.lane.read(
        lambda connection: questions.message_of_step(connection, run, step)
    )
