"""Wishes to see, to correct or to be forgotten: noted from the chat, answered by staff in time.

The person is told what was decided, and why, in fixed words. Who is to be forgotten has a day to
think again; then the clock does it. It must not hand anything out by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from storage import audit, outbox, people, recalls, wishes
from storage.casework import Casework
from storage.outbox import Delivery, Outgoing, OutgoingKind, Sent
from storage.people import Person
from storage.reasons import WhyRefused as WhyRefused  # noqa: PLC0414
from storage.walls import Thing
from storage.wishes import Decision as Decision  # noqa: PLC0414 (who decides names it)
from storage.wishes import NewWish, StoredWish
from storage.wishes import WishKind as WishKind  # noqa: PLC0414
from surveys.phrasebook import phrasebook
from usecases import erasing, walls
from usecases.erasing import CannotForget, Forgotten, Why, WhyNot
from usecases.inviting import By
from usecases.refusal import Refusal
from usecases.service import Service
from usecases.suppressing import Held, describe

THINK_AGAIN: Final = timedelta(days=1)
"""How long somebody who is to be forgotten has to say that they want to stay."""

SHOWN_FOR: Final = timedelta(days=30)
"""How long everything stays open to somebody after it was released to them."""

_LAST_DAY_OF_EVERY_MONTH: Final = 28
_THE_PERSON: Final = "the person"
_NO_WISH: Final = "No wish with this id waits for an answer. See `starling rights wishes`."
_REASONS: Final = {
    WhyNot.HELD: WhyRefused.LEGAL_HOLD,
    WhyNot.OPEN_CONCERN: WhyRefused.OPEN_CONCERN,
}


@dataclass(frozen=True, slots=True)
class WishNoted:
    """A wish is noted; staff answer it by this day."""

    due_on: date


@dataclass(frozen=True, slots=True)
class WishOnList:
    """A wish as staff see it, and why somebody cannot be forgotten now, if anything forbids it."""

    wish: StoredWish
    whose: Held
    why_not: str | None

    def is_overdue(self, now: datetime) -> bool:
        """Whether it should have been answered before."""
        return self.wish.decided_at is None and self.wish.due_at < now


def note_wish(
    work: Casework, person: Person, kind: WishKind, now: datetime, words_id: str | None = None
) -> WishNoted:
    """Gather a wish from the chat, beside the words in which it was said, where there are any.

    Who says it again while it waits has one wish, due when it was due.
    """
    for each in wishes.of_participant(work, person.id):
        if each.kind is kind and each.decided_at is None and words_id is None:
            return WishNoted(each.due_at.date())
    due = a_month_after(now)
    wishes.add(work, NewWish(person.id, kind, due, words_id), now)
    audit.note(work, _THE_PERSON, f"wished: {kind.value}", person.id, now)
    return WishNoted(due.date())


def a_month_after(moment: datetime) -> datetime:
    """Return the end of the month that the law gives (UK GDPR, article 12(3)).

    The same day of the next month, or its 28th where that comes first: never a day too late.
    """
    year, month = divmod(moment.year * 12 + moment.month, 12)
    day = min(moment.day, _LAST_DAY_OF_EVERY_MONTH)
    return moment.replace(year=year, month=month + 1, day=day)


# --- what staff see -------------------------------------------------------------------------------


async def list_waiting(service: Service, by: By) -> list[WishOnList]:
    """Return the wishes that wait for an answer, the one that is due first before the others."""
    return await _list(service, by, wishes.undecided)


async def list_decided(service: Service, by: By, since: datetime) -> list[WishOnList]:
    """Return what was decided since a moment and is still known."""
    return await _list(service, by, lambda work: wishes.decided_since(work, since))


async def _list(
    service: Service, by: By, find: Callable[[Casework], list[StoredWish]]
) -> list[WishOnList]:
    def work(casework: Casework) -> list[WishOnList]:
        found = find(casework)
        seen = walls.only_visible(casework, by.sight, {each.participant_id for each in found})
        known = {each.participant_id: each for each in describe(casework, seen)}
        return [
            WishOnList(each, known[each.participant_id], _why_not(casework, each))
            for each in found
            if each.participant_id in known
        ]

    return await service.lane.read(lambda connection: work(service.open(connection)))


def _why_not(work: Casework, wish: StoredWish) -> str | None:
    if wish.kind is not WishKind.FORGET or wish.decided_at is not None:
        return None
    why = erasing.why_not(work, wish.participant_id)
    return str(CannotForget(why)) if why is not None else None


# --- what staff decide ----------------------------------------------------------------------------


async def look_through(service: Service, wish_id: str, by: By) -> None:
    """Say that one has looked through everything for what is about somebody else. Raises Refusal.

    The first of two people: what is kept of somebody may name others.
    """

    def work(casework: Casework) -> None:
        wish = _load(casework, wish_id, by)
        if wish.kind is not WishKind.SEE:
            msg = "Only what is handed out is looked through by two people. Decide this wish."
            raise Refusal(msg)
        wishes.look(casework, wish, by.who)
        audit.note(casework, by.who, "looked through what is handed out", wish_id, by.now)
        casework.flush()

    await service.lane.write(lambda connection: work(service.open(connection)))


async def grant(service: Service, wish_id: str, by: By) -> None:
    """Do what somebody wishes, and tell them. Raises Refusal, and CannotForget.

    Everything is released by a second person. Who is to be forgotten is forgotten a day later.
    """

    def work(casework: Casework) -> None:
        wish = _load(casework, wish_id, by)
        if wish.kind is WishKind.SEE:
            _check_second_look(wish, by)
        if wish.kind is WishKind.FORGET:
            why = erasing.why_not(casework, wish.participant_id)
            if why is not None:
                raise CannotForget(why)
            recalls.cancel_askings(casework.connection, wish.participant_id)
        _decide(service, casework, wish, None, by)

    await service.lane.write(lambda connection: work(service.open(connection)))


async def refuse(service: Service, wish_id: str, why: WhyRefused, by: By) -> None:
    """Refuse a wish for a reason that the person is told. Raises Refusal.

    Also takes back that somebody is to be forgotten, as long as it is not done.
    """

    def work(casework: Casework) -> None:
        wish = _load(casework, wish_id, by, or_granted=why is WhyRefused.CHANGED_MIND)
        _decide(service, casework, wish, why, by)

    await service.lane.write(lambda connection: work(service.open(connection)))


async def forget_granted(service: Service, now: datetime) -> list[Forgotten]:
    """Forget everybody whose wish was granted a day ago; the clock rings for this.

    Where something forbids it by now, the wish waits for staff again and they see why.
    """
    ready = await service.lane.read(
        lambda connection: wishes.to_be_forgotten(service.open(connection), now - THINK_AGAIN)
    )
    done = []
    for wish in ready:
        by = By(wish.decided_by or _THE_PERSON, now)
        try:
            done.append(await erasing.erase(service, wish.participant_id, by, Why.THEIR_WISH))
        except CannotForget as refused:
            await _refuse_late(service, wish, refused.why, by)
    return done


async def _refuse_late(service: Service, wish: StoredWish, why: WhyNot, by: By) -> None:
    """Something came up within the day: tell them why it stays, or let somebody read it first."""
    reason = _REASONS.get(why)

    def work(casework: Casework) -> None:
        if reason is not None:
            _decide(service, casework, wish, reason, by)

    await service.lane.write(lambda connection: work(service.open(connection)))


def is_released(work: Casework, participant_id: str, now: datetime) -> bool:
    """Tell whether everything was released to somebody a short while ago."""
    return any(
        each.kind is WishKind.SEE
        and each.decision is Decision.DONE
        and each.decided_at is not None
        and now - each.decided_at < SHOWN_FOR
        for each in wishes.of_participant(work, participant_id)
    )


def _check_second_look(wish: StoredWish, by: By) -> None:
    if wish.looked_by is None:
        msg = "Somebody has to look through it first: it may name others. Then a second person."
        raise Refusal(msg)
    if wish.looked_by.casefold() == by.who.casefold():
        msg = "You looked through it yourself: a second person releases it."
        raise Refusal(msg)


def _load(work: Casework, wish_id: str, by: By, *, or_granted: bool = False) -> StoredWish:
    wish = wishes.load(work, wish_id)
    if wish is None:
        raise Refusal(_NO_WISH)
    walls.must_see(work, by.sight, Thing.PERSON, wish.participant_id, _NO_WISH)
    waits = wish.decided_at is None
    to_come = wish.kind is WishKind.FORGET and wish.decision is Decision.DONE
    if not waits and not (or_granted and to_come):
        raise Refusal(_NO_WISH)
    return wish


def _decide(
    service: Service, work: Casework, wish: StoredWish, why: WhyRefused | None, by: By
) -> None:
    """Store what became of a wish and tell the person; it is done where nothing refused it."""
    wishes.decide(work, wish, by.who, by.now, why)
    decision = "done" if why is None else f"refused ({why.value})"
    did = f"wish to {wish.kind.value}: {decision}"
    audit.note(work, by.who, did, wish.participant_id, by.now)
    key = f"rights.{wish.kind.value}-done" if why is None else f"rights.refused-{why.value}"
    _tell(service, work, wish, key, by.now)
    work.flush()


def _tell(service: Service, work: Casework, wish: StoredWish, key: str, now: datetime) -> None:
    """Queue what was decided where the person is reached; the courier sends it next time round."""
    person = people.load_person(work, wish.participant_id)
    address = people.reach(work, wish.participant_id)
    if person is None or address is None:
        return
    holds = phrasebook().phrases[key].holds
    values = {"link": f"{service.public_url}/chat/mine"} if "link" in holds else {}
    text = phrasebook().say(key, person.voice, **values)
    queued = outbox.queue(work, address, [Outgoing(OutgoingKind.SEND, text)], now)
    work.flush()
    waits = [(Sent(each.id, Delivery.PENDING, None, now), now) for each in queued]
    outbox.record(work.connection, waits)
