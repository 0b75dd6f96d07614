"""Messages point to somebody's words, and show them for as long as there are any."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete

from storage import quoting, tables, words
from storage.people import Person
from storage.quoting import LONGEST, point_to
from storage.words import NewWords, WordsKind
from tests.storage.rooms import DAY, NOW, Room

OTHER_OWN = "the other one's own words"


def keep(room: Room, person: Person, words_id: str, text: str, channel: str = "web") -> None:
    new = NewWords(words_id, text, WordsKind.GOAL, channel, NOW + DAY)
    room.do(lambda work: words.keep(work, person, new, NOW))


def test_words_stand_where_a_message_points_to_them(room: Room) -> None:
    person = room.somebody()
    keep(room, person, "one", "cook a meal")
    keep(room, person, "two", "sleep\n\nbetter  at night")
    text = f"1. {point_to('one')}\n2. {point_to('two')}"
    assert room.do(lambda work: quoting.fill(work, text, person.id)) == (
        "1. cook a meal\n2. sleep better at night"
    )


def test_words_that_are_gone_are_gone_from_every_message(room: Room) -> None:
    person = room.somebody()
    keep(room, person, "one", "cook a meal")
    room.do(lambda work: work.connection.execute(delete(tables.words)))
    text = f"Your goal: {point_to('one')}"
    assert room.do(lambda work: quoting.fill(work, text, person.id)) == "Your goal: …"


def test_what_somebody_wrote_with_us_is_not_handed_to_another_companys_app(room: Room) -> None:
    person = room.somebody()
    keep(room, person, "one", "cook a meal", "web")
    keep(room, person, "two", "sleep better", "telegram")
    text = f"{point_to('one')} | {point_to('two')}"
    shown = room.do(
        lambda work: quoting.fill(
            work, text, person.id, only="telegram", elsewhere="in our other chat"
        )
    )
    assert shown == "in our other chat | sleep better"


def test_long_words_are_cut_and_no_words_can_point_to_others(room: Room) -> None:
    person = room.somebody()
    keep(room, person, "one", "so " * 400)
    keep(room, person, "two", f"sly {point_to('one')}")
    long = room.do(lambda work: quoting.fill(work, point_to("one"), person.id))
    assert len(long) <= LONGEST
    assert long.endswith("…")
    assert room.do(lambda work: quoting.fill(work, point_to("two"), person.id)) == "sly one"


def test_nobody_elses_words_are_put_in_whatever_points_to_them(room: Room) -> None:
    """Whoever can write to the database points a message of theirs to somebody else's words."""
    keep(room, room.somebody(), "one", OTHER_OWN)
    other, nobody = room.somebody().id, None
    assert room.do(lambda work: quoting.fill(work, point_to("one"), other)) == "…"
    assert room.do(lambda work: quoting.fill(work, point_to("one"), nobody)) == "…"


@given(st.text())
def test_a_text_that_points_to_nothing_stays_as_it_is(shared_room: Room, text: str) -> None:
    if not quoting.quotes(text):
        assert shared_room.do(lambda work: quoting.fill(work, text, None)) == text
