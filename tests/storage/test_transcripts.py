"""A line that points to words shows them to their own browser, and nothing once they are gone."""

from __future__ import annotations

from sqlalchemy import delete

from storage import tables, transcripts, words
from storage.casework import Casework
from storage.people import Person, link, who_is_at_the_door
from storage.words import NewWords, WordsKind
from tests.storage.rooms import DAY, NOW, Room
from tests.support.canary import CANARY_SENTENCE


def of_somebody(room: Room) -> tuple[Person, int]:
    """Add a person with a browser; return them and its number."""
    person = room.somebody()

    def work(work: Casework) -> int:
        visitor = transcripts.add_visitor(work, f"a token of {person.id}", NOW)
        door = who_is_at_the_door(work, [("web", visitor)], NOW)["web", visitor]
        link(work, door.address, None, person, NOW)
        return visitor

    return person, room.do(work)


def test_words_that_are_gone_leave_an_empty_line(room: Room) -> None:
    person, visitor = of_somebody(room)

    def write(work: Casework) -> None:
        new = NewWords("the-words", CANARY_SENTENCE, WordsKind.SAID, "web", NOW + DAY)
        words.keep(work, person, new, NOW)
        transcripts.write_own(work, visitor, "the-words", NOW)

    def shown() -> list[str]:
        lines = room.do(lambda work: transcripts.since(work, visitor, None))
        return [line.body for line in lines]

    room.do(write)
    assert shown() == [CANARY_SENTENCE]
    room.do(lambda work: work.connection.execute(delete(tables.words)))
    assert shown() == [""]


def test_nobody_elses_words_are_shown_whatever_points_to_them(room: Room) -> None:
    """Whoever can write to the database points a line of theirs to somebody else's words."""
    victim, _ = of_somebody(room)
    _, thief = of_somebody(room)
    stranger = room.do(lambda work: transcripts.add_visitor(work, "another token", NOW))

    def write(work: Casework) -> None:
        new = NewWords("the-words", CANARY_SENTENCE, WordsKind.SAID, "web", NOW + DAY)
        words.keep(work, victim, new, NOW)
        transcripts.write_own(work, thief, "the-words", NOW)
        transcripts.write_own(work, stranger, "the-words", NOW)

    room.do(write)
    shown = [*room.do(lambda work: transcripts.since(work, thief, None))]
    shown += room.do(lambda work: transcripts.since(work, stranger, None))
    assert [line.body for line in shown] == ["", ""]
