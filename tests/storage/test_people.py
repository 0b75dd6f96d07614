"""Who is at the door, whom we reach and where, and changes that hold only for what was read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from storage import participants, people
from storage.casework import Casework, ChangedMeanwhile
from storage.people import Person, Standing
from surveys.people import AgeBand
from tests.storage.rooms import DAY, MINUTE, NOW, Room

CHATS = [("telegram", number) for number in range(5)] + [("web", 3)]


def test_whoever_speaks_for_the_first_time_gets_an_address_once(room: Room) -> None:
    first = room.do(lambda work: people.who_is_at_the_door(work, CHATS, NOW))
    again = room.do(lambda work: people.who_is_at_the_door(work, CHATS[::-1], NOW))
    assert set(first) == set(CHATS)
    assert {chat: door.address for chat, door in first.items()} == {
        chat: door.address for chat, door in again.items()
    }
    assert len({door.address.id for door in first.values()}) == len(CHATS)
    assert all(door.person is None and door.run is None for door in again.values())


def test_somebody_is_known_in_every_chat_that_was_linked(room: Room) -> None:
    person = room.somebody()

    def link(work: Casework) -> None:
        for door in people.who_is_at_the_door(work, CHATS[:2], NOW).values():
            people.link(work, door.address, None, person, NOW)

    room.do(lambda work: people.who_is_at_the_door(work, CHATS, NOW))
    room.do(link)
    doors = room.do(lambda work: people.who_is_at_the_door(work, CHATS, NOW))
    assert [doors[chat].person for chat in CHATS] == [person, person, None, None, None, None]


def test_they_are_reached_where_they_were_last_and_are_not_blocked(room: Room) -> None:
    person = room.somebody()

    def link(work: Casework) -> None:
        for minutes, chat in enumerate(CHATS[:3]):
            door = people.who_is_at_the_door(work, [chat], NOW)[chat]
            people.link(work, door.address, None, person, NOW + minutes * MINUTE)

    def reached(work: Casework) -> int | None:
        address = people.reach(work, person.id)
        return None if address is None else address.chat_id

    room.do(lambda work: people.who_is_at_the_door(work, CHATS, NOW))
    room.do(link)
    assert room.do(reached) == 2
    for blocked, left in ((2, 1), (1, 0), (0, None)):
        who = room.do(
            lambda work, chat=blocked: people.set_blocked(work, "telegram", chat, NOW)  # type: ignore[misc]  # mypy sees no Casework in a default
        )
        assert (who, room.do(reached)) == (person.id, left)
    assert len(room.do(lambda work: people.chats_of(work, person.id))) == 3
    room.do(lambda work: people.who_is_at_the_door(work, CHATS[:1], NOW + DAY))
    assert room.do(reached) == 0
    assert room.do(lambda work: people.set_blocked(work, "telegram", 99, NOW)) is None
    assert room.do(lambda work: people.reach(work, "nobody")) is None


def read_on(work: Casework, person: Person) -> object:
    return participants.set_standing(work, person, Standing.READING, NOW)


def stop(work: Casework, person: Person) -> object:
    return participants.set_rest(work, person, Standing.STOPPED, None)


def begin(work: Casework, person: Person) -> object:
    people.set_current_run(work, person, "a-run")
    return None


CHANGES: tuple[Callable[[Casework, Person], object], ...] = (read_on, stop, begin)


def test_somebody_is_changed_only_as_they_were_read(room: Room) -> None:
    def carry_out(change: Callable[[Casework, Person], object], person: Person) -> None:
        room.do(lambda work: change(work, person))

    for change in CHANGES:
        person = room.somebody()
        stopped = replace(person, standing=Standing.STOPPED)
        elsewhere = replace(person, current_run="another-run")
        for stale in (stopped, elsewhere):
            with pytest.raises(ChangedMeanwhile):
                carry_out(change, stale)
            assert room.person(person.id) == person
        carry_out(change, person)
        assert room.person(person.id) != person


def test_saying_yes_is_remembered_and_nothing_else_counts_as_it(room: Room) -> None:
    person = room.somebody()

    def has_joined() -> bool:
        return room.do(lambda work: participants.has_joined(work, person.id))

    assert not has_joined()
    for standing in (Standing.READING, Standing.NOT_NOW, Standing.JOINED):
        before = person
        person = room.do(
            lambda work, to=standing, was=before: participants.set_standing(work, was, to, NOW)  # type: ignore[misc]  # as above
        )
        assert has_joined() is (standing is Standing.JOINED)
    room.do(lambda work: participants.set_rest(work, person, Standing.STOPPED, None))
    assert has_joined()
    assert not room.do(lambda work: participants.has_joined(work, "nobody"))


def test_an_age_band_is_brought_up_to_date(room: Room) -> None:
    person = room.somebody()
    band = AgeBand.SIXTEEN_TO_SEVENTEEN
    room.do(lambda work: participants.set_age_band(work, person.id, band))
    found = room.do(lambda work: people.load_people(work, [person.id, "nobody"]))
    assert found == {person.id: replace(person, age_band=band)}
