"""The reply to words that a person must read, and help now: calm, fixed, with a way to a person."""

from __future__ import annotations

import itertools

import pytest

from bot.callbacks import parse
from bot.render import render
from storage.outbox import Urgency
from surveys.concerns import ConcernCategory, ConcernLevel
from surveys.people import AgeBand, Role, Voice, voice_for
from tests.bot.samples import DUTY_NUMBER, OCCASION, WORDS, Sample, begin, finish
from tests.bot.told import (
    CHILD,
    SAMPLES,
    TEENAGER,
    buttons,
    everything_told,
    new,
    star_for,
    tell,
)
from usecases.arrival import Channel, MenuInput, MenuWish
from usecases.telling import AboutRun, ConcernHeard, Listener, Offered

DONE_TO_SOMEBODY = (
    ConcernCategory.SEXUAL_ABUSE,
    ConcernCategory.PHYSICAL_ABUSE,
    ConcernCategory.EMOTIONAL_ABUSE,
    ConcernCategory.NEGLECT,
    ConcernCategory.EXPLOITATION,
    ConcernCategory.BULLYING,
)
HEARD = [
    (f"{who}: {sample.name}", listener, sample)
    for who, listener, sample in SAMPLES
    if isinstance(sample.tellings[0], ConcernHeard)
]


@pytest.mark.parametrize(("name", "listener", "sample"), HEARD, ids=[each[0] for each in HEARD])
def test_the_answer_to_a_concern_is_one_calm_message_with_numbers_and_no_question(
    name: str, listener: Listener, sample: Sample
) -> None:
    (message,) = tell(sample, listener)
    assert message.urgency is Urgency.SAFETY
    assert "?" not in message.text
    assert "!" not in message.text
    assert message.text.index("999") >= 0
    assert "brave" not in message.text
    if "out of hours" in name:
        assert "Monday to Friday" in message.text
    if "allegation" in name:
        assert "will not see this" in message.text


def test_the_reply_to_a_concern_ends_the_questions_whatever_else_is_told() -> None:
    """No next question, no closing words, no picture after somebody told us something hard."""
    star = star_for(TEENAGER)
    done = finish(begin(star, Voice.OLDER), star)
    about = AboutRun(star, done.run, done.events)
    concern = next(sample.tellings[0] for _, each, sample in HEARD if each == TEENAGER)
    offered = Offered(OCCASION, star)
    messages = render([about, offered, concern], TEENAGER, tapped=False)
    assert [message.urgency for message in new(messages)] == [Urgency.SAFETY]


def test_a_hard_thing_said_by_a_child_is_never_called_their_doing() -> None:
    for _, _, sample in HEARD:
        if "abuse" in sample.name and "allegation" not in sample.name:
            assert "not to blame" in tell(sample, CHILD)[0].text


def test_the_phone_of_the_service_is_shown_to_adults_only() -> None:
    for who, _, message in everything_told():
        if DUTY_NUMBER in message.text:
            assert who.startswith(("carer", "professional"))
    assert any(DUTY_NUMBER in message.text for _, _, message in everything_told())


def test_numbers_are_never_links_on_buttons() -> None:
    """Telegram refuses a whole message whose button holds a tel: link; phones read the text."""
    for _, _, message in everything_told():
        assert not [each for each in buttons([message]) if each.url.startswith(("tel:", "sms:"))]


def test_somebody_whom_we_do_not_know_is_never_offered_a_team_of_their_own() -> None:
    for who, _, message in everything_told():
        if who.startswith("stranger") and "HelpNow" in who:
            assert MenuInput(MenuWish.TALK_TO_SOMEBODY) not in [
                parse(each.data) for each in buttons([message])
            ]


CHILDREN = [band for band in AgeBand if band is not AgeBand.ADULT]
WHO = [
    *((Role.YOUNG_PERSON, band) for band in CHILDREN),
    (Role.CARER, AgeBand.ADULT),
    (Role.PROFESSIONAL, AgeBand.ADULT),
]


@pytest.mark.parametrize("category", ConcernCategory)
@pytest.mark.parametrize(("role", "band"), WHO)
def test_each_thing_that_can_be_heard_is_answered_whole_at_each_age_and_hour(
    role: Role, band: AgeBand, category: ConcernCategory
) -> None:
    """Heard, who reads it and when, what to do right now, and a person: always, in this order."""
    voice = voice_for(role, band)
    for channel, staffed in itertools.product(Channel, (True, False)):
        listener = Listener(role, band, voice, channel)
        heard = ConcernHeard(ConcernLevel.CRISIS, (category,), staffed)
        (message,) = render([heard], listener, tapped=False)
        when = "today until 5 o'clock" if staffed else "Monday to Friday, 9 to 5"
        order = ["Your message has arrived. Thank you for telling us", when, "call 999. Day and"]
        places = [message.text.index(part) for part in order]
        assert places == sorted(places)
        wishes = [parse(each.data) for each in buttons([message])]
        assert wishes[0] == MenuInput(MenuWish.TALK_TO_SOMEBODY)
        assert MenuInput(MenuWish.HELP) in wishes


@pytest.mark.parametrize("category", DONE_TO_SOMEBODY)
def test_what_others_do_to_a_child_is_never_their_fault_at_any_age(
    category: ConcernCategory,
) -> None:
    for role, band in WHO:
        listener = Listener(role, band, voice_for(role, band), Channel.WEB)
        heard = ConcernHeard(ConcernLevel.CRISIS, (category,), staffed=False)
        (message,) = render([heard], listener, tapped=False)
        assert "not to blame" in message.text


def test_a_choice_about_readers_stands_beside_a_worry_and_never_beside_a_danger_to_life() -> None:
    for level, words in ((ConcernLevel.CONCERN, WORDS), (ConcernLevel.CRISIS, None)):
        heard = ConcernHeard(level, (ConcernCategory.BULLYING,), staffed=True, words=words)
        (message,) = render([heard], TEENAGER, tapped=False)
        labels = [each.label for each in buttons([message])]
        assert ("Who may read it?" in labels) is (level is ConcernLevel.CONCERN)
        assert labels[0] == "Talk to somebody"
        assert labels[-1].endswith("Help now")
