"""A database knows which one it is, how long it was in use, and the highest number in it."""

from __future__ import annotations

from datetime import timedelta

from storage import marks, outbox
from storage.casework import Casework
from storage.outbox import Outgoing, OutgoingKind
from storage.people import who_is_at_the_door
from tests.storage.rooms import NOW, Room


def test_a_database_keeps_its_name(database_url: str) -> None:
    room = Room(database_url)
    assert room.do(marks.identity) == room.do(marks.identity)


def test_the_last_moment_of_use_never_goes_back(database_url: str) -> None:
    room = Room(database_url)
    room.do(lambda work: marks.note_alive(work.connection, NOW))
    room.do(lambda work: marks.note_alive(work.connection, NOW - timedelta(days=1)))
    assert room.do(lambda work: marks.alive_at(work.connection)) == NOW
    room.do(lambda work: marks.note_alive(work.connection, NOW + timedelta(days=1)))
    assert room.do(lambda work: marks.alive_at(work.connection)) == NOW + timedelta(days=1)


def test_the_highest_number_is_found_in_every_numbered_table(database_url: str) -> None:
    room = Room(database_url)
    assert room.do(lambda work: marks.highest_number(work.connection)) == 0

    def say_something(work: Casework) -> int:
        door = who_is_at_the_door(work, [("web", 7)], NOW)["web", 7]
        (sending,) = outbox.queue(work, door.address, [Outgoing(OutgoingKind.SEND, "Hi")], NOW)
        return sending.id

    number = room.do(say_something)
    assert room.do(lambda work: marks.highest_number(work.connection)) == number
