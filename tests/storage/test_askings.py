"""Before the clock asks somebody it knows when they were asked last, in any of their chats."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from storage import askings, outbox, people
from storage.casework import Casework
from storage.occasions import Occasion
from storage.outbox import Delivery, Outgoing, OutgoingKind, Sending, Urgency
from storage.people import Person
from tests.storage.rooms import DAY, MINUTE, NOW, Room

TODAY = NOW - timedelta(hours=16)


def say(room: Room, person: Person, chat: int, urgency: Urgency, at: datetime) -> Sending:
    """Say something about the second due moment in one of somebody's chats."""

    def work(casework: Casework) -> Sending:
        door = people.who_is_at_the_door(casework, [("telegram", chat)], at)["telegram", chat]
        if door.person is None:
            people.link(casework, door.address, None, person, at)
        message = Outgoing(OutgoingKind.SEND, "hello", urgency=urgency)
        (sending,) = outbox.queue(casework, door.address, [message], at, occasion_id="moment-2")
        return sending

    return room.do(work)


def asked_today(room: Room, claimed: Occasion) -> dict[str, dict[str, datetime]]:
    scene = room.do(lambda work: askings.look_around(work, [claimed], TODAY))
    return {who: dict(on) for who, on in scene.asked.items()}


@pytest.fixture
def due(room: Room) -> Occasion:
    """A due moment of somebody who was asked about another one yesterday."""
    person = room.somebody()
    first = room.due(person, room.support(), NOW)
    say(room, person, 1, Urgency.ASKING, TODAY - MINUTE)
    return first


def test_an_asking_today_counts_in_whichever_chat_it_was(room: Room, due: Occasion) -> None:
    person = room.person(due.participant_id)
    assert asked_today(room, due) == {}
    say(room, person, 1, Urgency.ASKING, NOW - 3 * MINUTE)
    assert asked_today(room, due) == {person.id: {"moment-2": NOW - 3 * MINUTE}}
    say(room, person, 2, Urgency.ASKING, NOW - MINUTE)
    say(room, person, 1, Urgency.ASKING, NOW - 2 * MINUTE)
    assert asked_today(room, due) == {person.id: {"moment-2": NOW - MINUTE}}


def test_an_asking_at_the_very_beginning_of_the_day_counts(room: Room, due: Occasion) -> None:
    person = room.person(due.participant_id)
    say(room, person, 1, Urgency.ASKING, TODAY)
    assert asked_today(room, due) == {person.id: {"moment-2": TODAY}}


def test_what_they_wished_or_never_got_is_no_asking(room: Room, due: Occasion) -> None:
    person = room.person(due.participant_id)
    say(room, person, 1, Urgency.REPLY, NOW)
    lost = say(room, person, 1, Urgency.ASKING, NOW)
    failed = [(lost.came_to(Delivery.FAILED), NOW)]
    room.do(lambda work: outbox.record(work.connection, failed))
    assert asked_today(room, due) == {}


def test_what_somebody_else_was_asked_is_theirs(room: Room, due: Occasion) -> None:
    other = room.somebody()
    say(room, other, 3, Urgency.ASKING, NOW)
    assert asked_today(room, due) == {}
    assert asked_today(room, room.due(other, room.support("T-2"), NOW + DAY, 3)) == {
        other.id: {"moment-2": NOW}
    }
