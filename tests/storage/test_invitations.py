"""Codes that people can type: made to be read aloud, found however they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import invitations
from storage.casework import Casework
from storage.invitations import looks_like_code, tidy_code
from tests.storage.rooms import DAY, NOW, Room


def spelled(code: str, how: int) -> str:
    """Return a code as somebody may type it who reads 0 and 1 as letters."""
    ways = (
        str.upper,
        str.lower,
        lambda text: text.replace("-", ""),
        lambda text: text.replace("-", "--"),
        lambda text: text.lower().replace("0", "o"),
        lambda text: text.upper().replace("1", "I"),
        lambda text: text.lower().replace("1", "l").replace("v", "u"),
        lambda text: f"  {text}\n",
    )
    return str(ways[how](code))


@given(how=st.integers(0, 7), again=st.integers(0, 20))
def test_a_code_is_found_however_it_is_spelled(shared_room: Room, how: int, again: int) -> None:
    del again
    person = shared_room.somebody()
    made = shared_room.do(lambda work: invitations.make(work, person.id, NOW))
    typed = spelled(made.code, how)
    assert shared_room.do(lambda work: invitations.whose(work, typed)) == person.id
    assert looks_like_code(typed)
    assert tidy_code(made.link_token) == made.link_token
    assert looks_like_code(made.link_token)


@pytest.mark.parametrize(
    "words", ["hello", "hello there", "", "10", "my number is 4", "😀" * 10, "a" * 10, "1é23456789"]
)
def test_words_do_not_look_like_a_code(words: str) -> None:
    assert not looks_like_code(words)


@pytest.mark.parametrize("typed", ["afxw7 pdcwx", "ABCDE-FGHJK", " AFXW7-PDCWX "])
def test_a_code_in_two_halves_or_without_digits_still_looks_like_one(typed: str) -> None:
    assert looks_like_code(typed)


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=40))
def test_nothing_that_is_typed_breaks_the_reading_of_codes(typed: str) -> None:
    assert tidy_code(tidy_code(typed)) == tidy_code(typed)
    looks_like_code(typed)


def test_an_invitation_is_found_by_link_and_code_until_it_is_used_or_over(room: Room) -> None:
    person = room.somebody()
    made = room.do(lambda work: invitations.make(work, person.id, NOW))
    for typed in (made.code, made.link_token, made.code.lower()):
        found = room.do(lambda work, typed=typed: invitations.find(work, typed, NOW))  # type: ignore[misc]  # mypy sees no Casework in a default
        assert found is not None
        assert found.participant_id == person.id
        late = room.do(
            lambda work, typed=typed: invitations.find(work, typed, NOW + invitations.LIVES)  # type: ignore[misc]  # as above
        )
        assert late is None

    def redeem(work: Casework) -> bool:
        assert found is not None
        return invitations.redeem(work, found, NOW)

    assert [room.do(redeem), room.do(redeem)] == [True, False]
    assert room.do(lambda work: invitations.find(work, made.code, NOW)) is None
    assert room.do(lambda work: invitations.whose(work, made.code)) == person.id
    assert room.do(lambda work: invitations.whose(work, "wrong")) is None


def test_tries_are_counted_by_chat_and_together_and_forgotten(room: Room) -> None:
    chats = [b"one", b"two"]

    def tries(chat: bytes, times: int) -> None:
        for _ in range(times):
            room.do(lambda work: invitations.count_wrong_try(work, chat, NOW))

    tries(chats[0], invitations.TRIES_IN_ONE_CHAT)
    assert not room.do(lambda work: invitations.may_try(work, chats[0], NOW))
    assert room.do(lambda work: invitations.may_try(work, chats[1], NOW))
    later = NOW + invitations.TRY_WINDOW
    assert room.do(lambda work: invitations.may_try(work, chats[0], later))
    room.do(lambda work: invitations.count_wrong_try(work, chats[0], later + DAY))
    assert room.do(lambda work: invitations.may_try(work, chats[0], later + DAY))
