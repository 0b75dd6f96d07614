"""Words are locked under the key of whoever wrote them, and nobody else's key opens them."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from storage import tables, words
from storage.casework import Casework
from storage.people import Person
from storage.vault import VaultFault
from storage.words import NewWords, NoticeKind, WordsKind
from tests.storage.rooms import DAY, MINUTE, NOW, Room
from tests.support.canary import CANARY_SENTENCE


def keep(room: Room, person: Person | None, number: int, text: str = CANARY_SENTENCE) -> None:
    new = NewWords(f"words-{number}", text, WordsKind.SAID, "web", NOW + DAY, item="body")
    room.do(lambda work: words.keep(work, person, new, NOW + number * MINUTE))


def test_words_come_back_whoever_wrote_them(room: Room) -> None:
    person = room.somebody()
    keep(room, person, 1)
    keep(room, None, 2)
    read = room.do(words.to_read)
    assert [(each.text, each.participant_id, each.item) for each in read] == [
        (CANARY_SENTENCE, person.id, "body"),
        (CANARY_SENTENCE, None, "body"),
    ]
    mine = room.do(lambda work: words.of_participant(work, person.id))
    assert [each.id for each in mine] == ["words-1"]


def test_without_somebodys_key_their_words_are_gone_for_everybody(room: Room) -> None:
    person, other = room.somebody(), room.somebody()
    keep(room, person, 1)

    def forget_key(work: Casework) -> None:
        gone = update(tables.participants).where(tables.participants.c.id == person.id)
        work.connection.execute(gone.values(wrapped_key=other.wrapped_key))

    room.do(forget_key)
    with pytest.raises(VaultFault):
        room.do(lambda work: words.of_participant(work, person.id))


def test_words_cannot_be_passed_off_as_another_row(room: Room) -> None:
    person = room.somebody()
    keep(room, person, 1)
    keep(room, person, 2, "something else")

    def swap(work: Casework) -> None:
        column = select(tables.words.c.cipher).where(tables.words.c.id == "words-1")
        cipher = work.connection.execute(column).scalar_one()
        moved = update(tables.words).where(tables.words.c.id == "words-2")
        work.connection.execute(moved.values(cipher=cipher))

    room.do(swap)
    with pytest.raises(VaultFault):
        room.do(words.to_read)


def test_no_more_is_read_at_once_than_was_asked_for(room: Room) -> None:
    for number in range(3):
        keep(room, None, number)
        room.do(lambda work: words.give_notice(work, None, NoticeKind.MEDIA_CAME, NOW))
    assert len(room.do(lambda work: words.to_read(work, most=2))) == 2
    assert len(room.do(lambda work: words.unseen_notices(work, most=2))) == 2


def test_what_staff_were_told_about_somebody_is_found(room: Room) -> None:
    person = room.somebody()
    for minutes, kind in enumerate((NoticeKind.STOPPED, NoticeKind.BLOCKED)):
        at = NOW + minutes * MINUTE
        room.do(lambda work, kind=kind, at=at: words.give_notice(work, person, kind, at))  # type: ignore[misc]  # mypy sees no Casework in a default
    told = room.do(lambda work: words.notices_of(work, person.id))
    assert [(each.kind, each.seen_at) for each in told] == [("stopped", None), ("blocked", None)]
    assert room.do(lambda work: words.notices_of(work, "nobody")) == []
