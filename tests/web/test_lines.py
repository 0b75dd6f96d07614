"""What a line looks like, and what a page has seen of a chat."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from storage.outbox import Button
from usecases.transcribing import Line, Shown
from web.lines import OVERLAP, START, Cursor, Paragraph, Piece, move, read_cursor, view

BEGAN = datetime(2026, 9, 22, 16, tzinfo=UTC)


def line(number: int, text: str = "Hello", seconds: float = 0, *rows: tuple[Button, ...]) -> Line:
    at = BEGAN + timedelta(seconds=seconds)
    return Line(number, ours=True, shown=Shown(text, rows), at=at, changed_at=at)


def tap(value: int) -> Button:
    return Button(f"Choice {value}", f"r:run:1:t:{value}")


SKIP, BACK = Button("Skip", "r:run:1:k"), Button("Back", "r:run:1:b")
CHANGE, CARRY_ON = Button("Change", "r:run:1:c"), Button("Carry on", "r:run:1:g")
PAUSE, TALK = Button("Pause", "r:run:1:p"), Button("Talk", "m:talk")
BEGIN, LATER = Button("Start", "o:one:start"), Button("Later", "o:one:later")
NEXT = Button("Next", "j:2")
KEEP, WORKER = Button("Only keep it", "s:two:keep"), Button("My worker", "s:two:worker")
READERS, WHO = Button("Who may read it?", "s:two"), Button("Who sees it?", "m:who-sees")
HELP, MENU = Button("Help now", "m:help"), Button("Menu", "m:menu")


@pytest.mark.parametrize(
    ("rows", "choices", "controls"),
    [
        ([(tap(1),), (tap(2),), (SKIP, BACK, HELP)], [(tap(1),), (tap(2),)], [SKIP, BACK]),
        ([(MENU,), (HELP,)], [(MENU,), (HELP,)], []),
        ([(MENU, WHO, HELP)], [(MENU, HELP)], []),
        ([(CHANGE,)], [], [CHANGE]),
        ([(KEEP,), (WORKER,), (MENU, WHO, HELP)], [(MENU, HELP)], [KEEP, WORKER]),
        ([(CHANGE,), (KEEP,), (WORKER,)], [], [CHANGE, KEEP, WORKER]),
        ([(READERS,), (MENU, HELP)], [(MENU, HELP)], [READERS]),
        ([(SKIP, BACK, HELP)], [], [SKIP, BACK]),
        ([(TALK,), (CARRY_ON, PAUSE), (HELP,)], [(TALK,), (CARRY_ON, PAUSE), (HELP,)], []),
        ([(BEGIN,), (LATER, HELP)], [(BEGIN,), (LATER,)], []),
        ([(NEXT,), (HELP,)], [(NEXT,)], []),
        (
            [(Button("Open", url="https://example.org"),)],
            [(Button("Open", url="https://example.org"),)],
            [],
        ),
        ([], [], []),
    ],
)
def test_choices_are_large_and_controls_small(
    rows: list[tuple[Button, ...]], choices: list[tuple[Button, ...]], controls: list[Button]
) -> None:
    face = view(line(1, "Ask", 0, *rows))
    assert (list(face.rows), list(face.controls)) == (choices, controls)


def test_who_may_read_words_is_chosen_right_below_them_and_everything_else_small_comes_last() -> (
    None
):
    assert view(line(1, "Kept", 0, (KEEP,), (WORKER,), (MENU, HELP))).small_first
    assert not view(line(1, "Kept", 0, (READERS,), (MENU, HELP))).small_first
    assert not view(line(1, "Ask", 0, (tap(1),), (SKIP, BACK))).small_first


def test_a_question_tells_where_we_are_beside_its_words() -> None:
    face = view(line(1, "I kept your words.\n\n3 of 8\nHow is school?"))
    assert face.paragraphs == (
        Paragraph((Piece("I kept your words."),)),
        Paragraph((Piece("How is school?"),), (3, 8)),
    )


def test_numbers_for_help_can_be_dialled_and_nothing_else_is_a_link() -> None:
    face = view(line(1, "Call 999 or 0800 1111. Not 9990 or http://example.org or 5 of 8."))
    assert [piece for piece in face.paragraphs[0].pieces if piece.dial] == [
        Piece("999", "tel:999"),
        Piece("0800 1111", "tel:08001111"),
    ]


def test_a_persons_own_words_are_never_cut_or_linked() -> None:
    own = Line(1, ours=False, shown=Shown("1 of 8\ncall 999\n\nplease"), at=BEGAN, changed_at=BEGAN)
    face = view(own)
    assert face.paragraphs == (Paragraph((Piece("1 of 8\ncall 999\n\nplease"),)),)


changes = some.lists(
    some.tuples(some.integers(1, 5), some.text(max_size=3), some.floats(0, 60)), max_size=20
)


@given(changes)
def test_a_page_that_keeps_asking_misses_nothing_and_is_told_when_nothing_is_new(
    happened: list[tuple[int, str, float]],
) -> None:
    """Lines turn up in any order, up to the overlap late; the page ends up with the newest ones."""
    stored: dict[int, Line] = {}
    page: dict[int, Line] = {}
    cursor, clock = START, 0.0
    for number, text, gap in happened:
        clock += gap
        stored[number] = line(number, text, clock - OVERLAP.total_seconds() * (gap % 1) * 0.9)
        found = [each for each in stored.values() if each.changed_at > cursor.since]
        moved = move(cursor, found)
        if moved != cursor:
            page.update({each.id: each for each in found})
        cursor = moved
        assert move(cursor, [x for x in stored.values() if x.changed_at > cursor.since]) == cursor
    assert {key: each.shown for key, each in page.items()} == {
        key: each.shown for key, each in stored.items()
    }


@given(some.integers(1, 10**9), some.text("0123456789abcdef", max_size=16))
def test_a_cursor_comes_back_as_it_was_written(seconds: int, mark: str) -> None:
    cursor = Cursor(START.at + timedelta(seconds=seconds, microseconds=17), mark)
    assert read_cursor(str(cursor)) == cursor


@given(some.text())
def test_any_other_cursor_is_read_without_complaint(written: str) -> None:
    assert isinstance(read_cursor(written), Cursor)
