"""Typed words are read where they are plain, and never guessed at."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.catalogue import load_catalogue
from surveys.conversation import Declination
from surveys.instrument import Choice, Item, ItemKind, Wording
from surveys.people import Voice
from surveys.understanding import (
    PlainReply,
    ReadChoice,
    Wish,
    fold,
    read_answer,
    read_reply,
    read_wish,
)

CATALOGUE = load_catalogue()
STAR = CATALOGUE.latest("star")
CHECK_IN = CATALOGUE.latest("check-in")


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Really   GOOD!! ", "really good"),
        ("I DON’T know", "i don't know"),
        ("ﬁne…", "fine"),
        ("ＯＫ", "ok"),
        ("so-so", "so so"),
        ("👍", ""),
        ("", ""),
    ],
)
def test_words_are_compared_without_frills(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("help", Wish.HELP),
        ("HELP ME!", Wish.HELP),
        ("/help", Wish.HELP),
        ("sos", Wish.HELP),
        ("Go back", Wish.BACK),
        ("why do you ask?", Wish.WHY),
        ("not now", Wish.PAUSE),
        ("Stop.", Wish.STOP),
        ("unsubscribe", Wish.STOP),
        ("carry on", Wish.GO_ON),
        ("help my mum", None),
        ("stop hitting me", None),
        ("", None),
        ("/", None),
        ("👍", None),
    ],
)
def test_a_wish_is_plain_or_it_is_none(text: str, wish: Wish | None) -> None:
    assert read_wish(text) is wish


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("Yes!", PlainReply.YES),
        ("ok", PlainReply.YES),
        ("/start", PlainReply.YES),
        ("in a bit", PlainReply.LATER),
        ("No thanks.", PlainReply.NO),
        ("not today", PlainReply.NO),
        ("no idea what this is", None),
        ("", None),
    ],
)
def test_a_plain_reply_is_plain_or_it_is_none(text: str, reply: PlainReply | None) -> None:
    assert read_reply(text) is reply


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("Skip", Declination.SKIP),
        ("nothing else", Declination.SKIP),
        ("I don't know", Declination.DONT_KNOW),
        ("IDK", Declination.DONT_KNOW),
        ("I’d rather not say", Declination.RATHER_NOT),
        ("private!", Declination.RATHER_NOT),
    ],
)
@pytest.mark.parametrize("item", ["week", "words"])
def test_the_ways_not_to_answer_are_read_under_every_question(
    text: str, how: Declination, item: str
) -> None:
    assert read_answer(CHECK_IN.item(item), Voice.OLDER, text) is how


@pytest.mark.parametrize("item", STAR.items, ids=lambda item: item.id)
@pytest.mark.parametrize("voice", [Voice.YOUNGER, Voice.OLDER])
def test_a_choice_is_read_by_its_number_its_words_and_what_means_the_same(
    item: Item, voice: Voice
) -> None:
    for choice in item.choices:
        ways = [str(choice.value), choice.label.speak(voice), f" {choice.label.speak(voice)}! "]
        if choice.symbol:
            ways += [choice.symbol, f" {choice.symbol} "]
        for text in (*ways, *choice.also):
            assert read_answer(item, voice, text) == ReadChoice(choice.value)


@pytest.mark.parametrize("text", ["0", "6", "", "👍", "it depends", "4 or 5", "not 4"])
def test_what_means_no_choice_is_not_guessed(text: str) -> None:
    assert read_answer(STAR.item("body"), Voice.OLDER, text) is None


@pytest.mark.parametrize("text", ["4", "good", "We went out"])
def test_an_open_line_takes_words_as_they_are(text: str) -> None:
    assert read_answer(CHECK_IN.item("words"), Voice.OLDER, text) is None


def test_a_choice_without_a_scale_is_read_by_its_place() -> None:
    talk = CHECK_IN.item("talk")
    for place, choice in enumerate(talk.choices, start=1):
        assert read_answer(talk, Voice.OLDER, str(place)) == ReadChoice(choice.value)


def test_words_that_mean_two_choices_mean_none() -> None:
    label = Wording(older="Yes")
    both = Item(
        id="both",
        kind=ItemKind.CHOICE,
        ask=Wording(older="Is it?"),
        why=Wording(older="We want to know."),
        choices=(Choice(value=1, label=label), Choice(value=2, label=label, symbol="👍")),
    )
    assert read_answer(both, Voice.OLDER, "yes") is None
    assert read_answer(both, Voice.OLDER, "👍") == ReadChoice(2)
