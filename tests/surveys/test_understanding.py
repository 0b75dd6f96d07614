"""Typed words are read where they are plain, and never guessed at."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.catalogue import load_catalogue
from surveys.concerns import ConcernCategory, notice
from surveys.conversation import Declination
from surveys.instrument import Choice, Item, ItemKind, Wording
from surveys.people import Voice
from surveys.understanding import (
    _TIME_OPENINGS,
    _TIME_WISHES,
    PlainReply,
    ReadChoice,
    ReadTime,
    TimeWish,
    Wish,
    calls_for_help,
    fold,
    is_plain,
    read_answer,
    read_reply,
    read_time_wish,
    read_wish,
)

CATALOGUE = load_catalogue()
STAR = CATALOGUE.latest("star")
CHECK_IN = CATALOGUE.latest("check-in")
TIMES = sorted(
    f"{opening}{words}"
    for opening in ("", *_TIME_OPENINGS)
    for known in _TIME_WISHES.values()
    for words in known
)
WORRIES = ["i want to die", "he hits me", "i cut myself", "nobody would miss me", "help me"]


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
        ("🆘", Wish.HELP),
        ("please help me", Wish.HELP),
        ("999", Wish.EMERGENCY),
        ("112!", Wish.EMERGENCY),
        ("911", Wish.EMERGENCY),
        ("Ambulance", Wish.EMERGENCY),
        ("police!!", Wish.EMERGENCY),
        ("call 999", Wish.EMERGENCY),
        ("call the police please", Wish.EMERGENCY),
        ("my dad is police", None),
        ("Go back", Wish.BACK),
        ("why do you ask?", Wish.WHY),
        ("not now", Wish.PAUSE),
        ("Stop.", Wish.STOP),
        ("unsubscribe", Wish.STOP),
        ("carry on", Wish.GO_ON),
        ("Menu!", Wish.MENU),
        ("settings", Wish.MENU),
        ("help my mum", None),
        ("stop hitting me", None),
        ("", None),
        ("/", None),
        ("👍", None),
    ],
)
def test_a_wish_is_plain_or_it_is_none(text: str, wish: Wish | None) -> None:
    assert read_wish(text) is wish


@pytest.mark.parametrize("text", ["help", "/help", "/help me he has a knife", "/Help@Bot x", "999"])
def test_a_call_for_help_is_one_with_words_behind_it_too(text: str) -> None:
    assert calls_for_help(text)


@pytest.mark.parametrize("text", ["", "/", "/helpless", "help my mum", "/stop help"])
def test_what_is_no_call_for_help(text: str) -> None:
    assert not calls_for_help(text)


@pytest.mark.parametrize("text", ["yes", "Yes!!", "ok 👍🏽", "no :)", "❤️ yes", "…", ""])
def test_words_with_nothing_but_friendly_signs_are_plain(text: str) -> None:
    assert is_plain(text)


@pytest.mark.parametrize("text", ["yes 🔪", "stop 😭", "no 🩸🔪", "ok 💊", "x\u0336"])
def test_a_sign_that_may_say_something_is_not_plain(text: str) -> None:
    assert not is_plain(text)


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("Yes!", PlainReply.YES),
        ("ok", PlainReply.YES),
        ("/start", PlainReply.YES),
        ("in a bit", PlainReply.LATER),
        ("No thanks.", PlainReply.NO),
        ("not today", PlainReply.NO),
        ("In an hour", PlainReply.IN_AN_HOUR),
        ("this evening?", PlainReply.TONIGHT),
        ("Tomorrow", PlainReply.TOMORROW),
        ("next week", PlainReply.NEXT_WEEK),
        ("tomorrow never comes", None),
        ("no idea what this is", None),
        ("", None),
    ],
)
def test_a_plain_reply_is_plain_or_it_is_none(text: str, reply: PlainReply | None) -> None:
    assert read_reply(text) is reply


@pytest.mark.parametrize(
    ("text", "wish", "about"),
    [
        ("Evenings!", TimeWish.EVENING, "anything"),
        ("only at the weekend", TimeWish.WEEKEND, "anything"),
        ("at weekends please", TimeWish.WEEKEND, "anything"),
        ("Can you ask me after school?", TimeWish.AFTER_SCHOOL, "asking"),
        ("please ask me only in the evening", TimeWish.EVENING, "asking"),
        ("ask me any time", TimeWish.ANY_TIME, "asking"),
        ("every time", TimeWish.EVERY_TIME, "anything"),
        ("once a week", TimeWish.ONE_WEEK, "anything"),
        ("ask me every two weeks", TimeWish.TWO_WEEKS, "asking"),
        ("Once a month.", TimeWish.FOUR_WEEKS, "anything"),
        ("not so often", TimeWish.LESS_OFTEN, "anything"),
        ("don’t ask me so often", TimeWish.LESS_OFTEN, "asking"),
        ("You ask too often", TimeWish.LESS_OFTEN, "asking"),
        ("when to ask me", TimeWish.WHEN, "asking"),
    ],
)
def test_when_to_ask_is_read_where_it_is_plain(text: str, wish: TimeWish, about: str) -> None:
    assert read_time_wish(text) == ReadTime(wish, about_asking=about == "asking")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ask me",
        "only",
        "evening",
        "don't ask me in the evening",
        "never at the weekend",
        "ask my carer at the weekend",
        "in the evenings he shouts",
        "i cry once a week",
        "ask me about the evenings",
        "not so often as he hits me",
    ],
)
def test_a_sentence_that_says_anything_else_is_no_wish_about_times(text: str) -> None:
    assert read_time_wish(text) is None


@given(st.sampled_from(WORRIES), st.sampled_from(TIMES))
def test_a_time_beside_a_worry_is_never_read_as_a_wish(worry: str, words: str) -> None:
    for said in (f"{words} {worry}", f"{words}, {worry}", f"{worry}. {words}"):
        assert read_time_wish(said) is None, said


def test_no_words_about_times_hold_a_worry() -> None:
    """What is read as a wish goes past the people who read worries: nothing there names one.

    Some openings are odd English, which counts as not understood, and here it is understood.
    """
    noticed = [concern for concern in map(notice, TIMES) if concern is not None]
    assert {each for concern in noticed for each in concern.categories} <= {
        ConcernCategory.NOT_UNDERSTOOD
    }


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
