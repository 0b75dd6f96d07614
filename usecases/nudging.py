"""The e-mail that says "something is waiting" and nothing else, for those who chose it.

It must not hold anything of what waits, whose it is or where it comes from, and it is sent at most
once: what is claimed and does not arrive is not tried again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from typing import Final

from storage import nudges, people, unseen
from storage.casework import Casework, Connection
from storage.nudges import Nudge
from storage.people import Person, Standing
from storage.unseen import Window
from surveys.people import AgeBand, Voice
from surveys.phrasebook import phrasebook
from usecases.letters import Fate, Letter, Post, read_address
from usecases.service import Service

MOST: Final = 50
"""Letters of one ring of the bell at most."""

AT_ONCE: Final = 5
"""Letters under way at the same time; the first goes alone, to see whether the post takes any."""

CONFIRM_PATH: Final = "/mail/"
"""Where the link in the first e-mail leads, with its secret behind it."""

_TOO_YOUNG: Final = frozenset({AgeBand.FIVE_TO_SEVEN, AgeBand.EIGHT_TO_ELEVEN})


class State(StrEnum):
    """How somebody stands with e-mails."""

    TOO_YOUNG = "too-young"
    OFF = "off"
    ASKED = "asked"
    ON = "on"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody has chosen about e-mails, and the voice in which we speak to them."""

    state: State
    voice: Voice
    mail: str | None = field(default=None, repr=False)


class Asked(StrEnum):
    """What came of an address that somebody typed."""

    SENT = "sent"
    NO_ADDRESS = "no-address"
    TOO_OFTEN = "too-often"
    REFUSED = "refused"
    NOT_SENT = "not-sent"
    NOT_FOR_THEM = "not-for-them"


# --- what somebody chooses ------------------------------------------------------------------------


async def look(service: Service, visitor: int, now: datetime) -> Choice | None:
    """Return what the person in this browser has chosen, or None for somebody who takes no part."""

    def work(casework: Casework) -> Choice | None:
        person = _whose(casework, visitor)
        if person is None:
            return None
        if person.age_band in _TOO_YOUNG:
            return Choice(State.TOO_YOUNG, person.voice)
        nudge = nudges.of_person(casework, person)
        state = _state(nudge, now)
        mail = nudge.mail if nudge is not None and state is not State.OFF else None
        return Choice(state, person.voice, mail)

    return await service.lane.read(lambda connection: work(service.open(connection)))


def _state(nudge: Nudge | None, now: datetime) -> State:
    if nudge is None:
        return State.OFF
    if nudge.failed_at is not None:
        return State.FAILED
    if nudge.confirmed_at is not None:
        return State.ON
    is_open = nudge.asked_at is not None and nudge.asked_at > now - nudges.ANSWER_WITHIN
    return State.ASKED if is_open else State.OFF


async def ask(service: Service, post: Post, visitor: int, typed: str, now: datetime) -> Asked:
    """Ask at the address that somebody typed whether it is theirs; replaces any other of theirs.

    Stored before it is sent, and sent once. An address to which nothing was sent is not kept.
    """
    mail = read_address(typed)
    if mail is None:
        return Asked.NO_ADDRESS

    def work(casework: Casework) -> Asked | tuple[str, Letter]:
        person = _whose(casework, visitor)
        if person is None or person.age_band in _TOO_YOUNG:
            return Asked.NOT_FOR_THEM
        if not nudges.may_ask(casework, person.id, now):
            return Asked.TOO_OFTEN
        row_id, token = nudges.put(casework, person, mail, now)
        casework.flush()
        address = f"{service.public_url}{CONFIRM_PATH}{token}"
        return row_id, _letter(mail, "ask", person.voice, address)

    stored = await service.lane.write(lambda connection: work(service.open(connection)))
    if isinstance(stored, Asked):
        return stored
    row_id, letter = stored
    fate = await post(letter)
    await _settle(service, row_id, fate, now)
    return {Fate.SENT: Asked.SENT, Fate.REFUSED: Asked.REFUSED, Fate.NOT_SENT: Asked.NOT_SENT}[fate]


async def _settle(service: Service, row_id: str, fate: Fate, now: datetime) -> None:
    """Write down what came of the first letter to an address."""
    if fate is Fate.SENT:
        return

    def work(connection: Connection) -> None:
        casework = service.open(connection)
        if fate is Fate.REFUSED:
            nudges.mark_failed(casework, row_id, now)
        else:
            nudges.drop(casework, row_id)

    await service.lane.write(work)


async def take_away(service: Service, visitor: int) -> bool:
    """Delete the address of the person in this browser; tell whether there was one."""

    def work(casework: Casework) -> bool:
        whose = nudges.whose_browser(casework, visitor)
        return whose is not None and nudges.take_away(casework, whose)

    return await service.lane.write(lambda connection: work(service.open(connection)))


async def is_open(service: Service, token: str, now: datetime) -> bool:
    """Tell whether the link with this secret can be said yes to; looking uses nothing up."""
    return await service.lane.read(
        lambda connection: nudges.is_open(service.open(connection), token, now)
    )


async def confirm(service: Service, token: str, now: datetime) -> bool:
    """Say yes by the link with this secret; False where it does not work or not any more."""
    return await service.lane.write(
        lambda connection: nudges.confirm(service.open(connection), token, now)
    )


def _whose(work: Casework, visitor: int) -> Person | None:
    """Return who speaks with us in this browser, if they take part."""
    whose = nudges.whose_browser(work, visitor)
    person = people.load_person(work, whose) if whose is not None else None
    takes_part = person is not None and person.standing is Standing.JOINED
    return person if takes_part else None


# --- saying that something waits ------------------------------------------------------------------


def note_seen(service: Service, visitor: int, now: datetime) -> None:
    """Remember that this browser showed its chat. Rides along with the next commit."""
    service.lane.later_together(unseen.note_seen, (visitor, now))


async def nudge_due(service: Service, post: Post, now: datetime) -> Counter[Fate]:
    """Tell everybody for whom an asking waits unseen that something does; count what came of it.

    Each is claimed and committed before the letter leaves. Where the post takes nothing, the
    others are left unclaimed until the next ring.
    """
    day_began = service.rhythm.instant(service.rhythm.local(now).date(), time(0))
    window = Window(now, day_began)
    left = (await _who_waits(service, window))[:MOST]
    fates: Counter[Fate] = Counter()
    at_once = 1
    while left and not fates[Fate.NOT_SENT]:
        some, left = left[:at_once], left[at_once:]
        claimed = await _claim(service, some, window)
        fates.update(await _send_all(service, post, claimed, now))
        at_once = AT_ONCE
    return fates


async def _who_waits(service: Service, window: Window) -> list[str]:
    """Return the rows of those who may be told now; reads beside the writes."""

    def work(casework: Casework) -> list[str]:
        found = unseen.waiting(casework, window)
        persons = people.load_people(casework, {whose for _, whose in found})
        return [row for row, whose in found if _may_be_told(service, persons.get(whose), window)]

    return await service.lane.read(lambda connection: work(service.open(connection)))


def _may_be_told(service: Service, person: Person | None, window: Window) -> bool:
    """Tell whether now is a time at which this person may be asked, and old enough for e-mail."""
    if person is None or person.age_band in _TOO_YOUNG:
        return False
    return service.rhythm.allowed(person.own_time, window.now) == window.now


async def _claim(service: Service, rows: Sequence[str], window: Window) -> list[tuple[str, Letter]]:
    """Write down who is told now, and return their letters; all is looked at once more."""

    def work(casework: Casework) -> list[tuple[str, Letter]]:
        held = unseen.hold(casework, rows, window)
        persons = people.load_people(casework, held.values())
        claimed = []
        for row, whose in held.items():
            person = persons.get(whose)
            if person is None or not _may_be_told(service, person, window):
                continue
            nudge = nudges.of_person(casework, person)
            if nudge is not None and nudge.id == row and unseen.claim(casework, row, window):
                address = f"{service.public_url}/chat"
                claimed.append((row, _letter(nudge.mail, "nudge", person.voice, address)))
        return claimed

    return await service.lane.write(lambda connection: work(service.open(connection)))


async def _send_all(
    service: Service, post: Post, claimed: Sequence[tuple[str, Letter]], now: datetime
) -> list[Fate]:
    fates = await asyncio.gather(*(post(letter) for _, letter in claimed))
    refused = [row for (row, _), fate in zip(claimed, fates, strict=True) if fate is Fate.REFUSED]
    for row in refused:
        await _settle(service, row, Fate.REFUSED, now)
    return fates


def _letter(mail: str, which: str, voice: Voice, address: str) -> Letter:
    book = phrasebook()
    return Letter(
        to=mail,
        subject=book.say(f"nudges.{which}-subject", voice),
        body=book.say(f"nudges.{which}-body", voice, address=address),
    )


# --- tidying --------------------------------------------------------------------------------------


async def forget_unconfirmed(service: Service, now: datetime) -> None:
    """Delete addresses that nobody said yes to in time, and those of people who have stopped."""
    await service.lane.write(lambda connection: nudges.forget(service.open(connection), now))
