"""A line that points to words shows them to their own browser, and nothing once they are gone."""

from __future__ import annotations

from sqlalchemy import delete

from storage import tables, transcripts, words
from storage.casework import Casework
from storage.words import NewWords, WordsKind
from tests.storage.rooms import DAY, NOW, Room
from tests.support.canary import CANARY_SENTENCE


def test_words_that_are_gone_leave_an_empty_line(room: Room) -> None:
    person = room.somebody()
    visitor = room.do(lambda work: transcripts.add_visitor(work, "a token", NOW))

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
