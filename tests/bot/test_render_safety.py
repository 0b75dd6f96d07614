"""The reply to words that a person must read, and help now: calm, fixed, with a way to a person."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.callbacks import parse
from bot.render import render
from bot.render_safety import name_of
from storage.alerts import Route
from storage.outbox import Urgency
from surveys.concerns import ConcernCategory, ConcernLevel
from surveys.people import AgeBand, Role, Voice, voice_for
from surveys.phrasebook import phrasebook
from tests.bot.presences import AWAY, HERE
from tests.bot.samples import DUTY_NUMBER, OCCASION, WORDS, Sample, begin, finish
from tests.bot.told import (
    CARER,
    CHILD,
    SAMPLES,
    TEENAGER,
    buttons,
    everything_told,
    new,
    star_for,
    tell,
)
from usecases.arrival import Channel, Media, MenuInput, MenuWish
from usecases.telling import (
    STRANGER_ON_TELEGRAM,
    STRANGER_ON_WEB,
    AboutRun,
    ConcernHeard,
    Listener,
    MediaNotKept,
    Offered,
)
from usecases.theirs import WrongNoted

DONE_TO_SOMEBODY = (
    ConcernCategory.SEXUAL_ABUSE,
    ConcernCategory.PHYSICAL_ABUSE,
    ConcernCategory.EMOTIONAL_ABUSE,
    ConcernCategory.NEGLECT,
    ConcernCategory.EXPLOITATION,
    ConcernCategory.BULLYING,
)
MINUTES_COUNT = (ConcernCategory.DANGER, ConcernCategory.OVERDOSE, ConcernCategory.SUICIDE)
MOST_NUMBERS = 6
HEARD = [
    (f"{who}: {sample.name}", listener, sample)
    for who, listener, sample in SAMPLES
    if isinstance(sample.tellings[0], ConcernHeard) and len(sample.tellings) == 1
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
        assert "on Monday at 9 o'clock" in message.text
    if "allegation" in name and listener not in (STRANGER_ON_TELEGRAM, STRANGER_ON_WEB):
        assert "worker will not see this" in message.text


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
        if "abuse" in sample.name:
            assert "not your fault" in tell(sample, CHILD)[0].text


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


NOBODY_TO_BLAME = re.compile(
    r"not your fault|not in trouble|did nothing wrong|have done nothing wrong|not to blame"
    r"|[Nn]obody is to blame|never to blame|(?:is|was) right to|never wrong to|no failure"
)


@pytest.mark.parametrize("category", ConcernCategory)
@pytest.mark.parametrize(("role", "band"), WHO)
def test_each_thing_that_can_be_heard_is_answered_whole_at_each_age_and_hour(
    role: Role, band: AgeBand, category: ConcernCategory
) -> None:
    """Heard, no blame, who reads it and when, what to do right now with numbers, and a person."""
    voice = voice_for(role, band)
    for channel, team in itertools.product(Channel, (HERE, AWAY)):
        listener = Listener(role, band, voice, channel)
        (message,) = render(
            [ConcernHeard(ConcernLevel.CRISIS, (category,), team)], listener, tapped=False
        )
        heard, *rest = message.text.split("\n\n")
        assert heard.startswith("Your message has arrived. Thank you for telling us. ")
        assert NOBODY_TO_BLAME.search(heard)
        when = "today until 5 o'clock" if team.here else "back on Monday at 9 o'clock"
        (reads,) = (part for part in rest if when in part)
        (to_do,) = (part for part in rest if "call 999. Day and night." in part)
        assert re.search(r"safety|the team", reads)
        assert "999" in to_do.split("\n")[0]
        assert len(to_do.split("\n")) <= MOST_NUMBERS
        assert (to_do == rest[0]) is (category in MINUTES_COUNT)
        assert "promise" not in message.text
        assert "secret" not in message.text
        wishes = [parse(each.data) for each in buttons([message])]
        assert wishes[0] == MenuInput(MenuWish.TALK_TO_SOMEBODY)
        assert MenuInput(MenuWish.HELP) in wishes


def test_each_thing_that_can_be_heard_has_words_of_its_own_in_each_voice() -> None:
    """What fits hunger does not fit blows: no two are answered with the same words."""
    book, names = phrasebook(), [name_of(each) for each in (None, *ConcernCategory)]
    for voice, part in itertools.product(Voice, ("heard", "now")):
        said = {
            name: book.phrases[f"concerns.{part}-{name}"].says.sentences().get(voice)
            for name in names
        }
        assert None not in said.values()
        whole = {
            f"{book.say(f'concerns.heard-{name}', voice)} {book.say(f'concerns.now-{name}', voice)}"
            for name in names
        }
        assert len(whole) == len(names)
        assert sorted(said) == sorted(set(names))


def test_who_took_too_much_is_told_of_one_number_only() -> None:
    heard = ConcernHeard(ConcernLevel.CRISIS, (ConcernCategory.OVERDOSE,), AWAY)
    (message,) = render([heard], TEENAGER, tapped=False)
    assert "call 999 now. Do this even if you feel fine" in message.text
    assert message.text.count("\N{TELEPHONE RECEIVER}") == 1


def test_a_hungry_child_is_not_told_of_blows() -> None:
    for category in (ConcernCategory.NEGLECT, ConcernCategory.BULLYING):
        (message,) = render(
            [ConcernHeard(ConcernLevel.CONCERN, (category,), HERE)], CHILD, tapped=False
        )
        assert "allowed to hurt you" not in message.text
        assert "hit" not in message.text.split("\n\n")[0]


@pytest.mark.parametrize("category", DONE_TO_SOMEBODY)
def test_what_others_do_to_a_child_is_never_their_fault_at_any_age(
    category: ConcernCategory,
) -> None:
    for role, band in WHO:
        listener = Listener(role, band, voice_for(role, band), Channel.WEB)
        heard = ConcernHeard(ConcernLevel.CRISIS, (category,), AWAY)
        (message,) = render([heard], listener, tapped=False)
        assert re.search("not your fault|(not|never) to blame", message.text)


def test_what_may_accuse_an_adult_is_said_to_go_to_those_in_charge_only() -> None:
    for others in ((), (ConcernCategory.PHYSICAL_ABUSE,)):
        heard = ConcernHeard(ConcernLevel.CRISIS, (*others, ConcernCategory.ALLEGATION), AWAY)
        (message,) = render([heard], CHILD, tapped=False)
        assert "I told the people in charge of safety. Only they read it." in message.text
        assert "Your worker will not see this here." in message.text
        assert "the team" not in message.text
        assert "person you wrote about" not in message.text


def test_what_is_kept_from_somebody_is_said_to_be_kept_from_them_and_from_nobody_else() -> None:
    told = {}
    for route in Route:
        heard = ConcernHeard(ConcernLevel.CONCERN, (ConcernCategory.SADNESS,), AWAY, route=route)
        (message,) = render([heard], CHILD, tapped=False)
        told[route] = ("worker will not see" in message.text, "in charge" in message.text)
    assert told == {
        Route.ALL: (False, False),
        Route.NOT_WORKER: (True, False),
        Route.LEAD_ONLY: (True, True),
    }


def test_a_carer_who_cannot_go_on_hears_within_the_hour_or_by_when_and_whom_to_ring() -> None:
    tired = ConcernHeard(ConcernLevel.CONCERN, (ConcernCategory.CARER_BREAKING,), HERE)
    soon = replace(tired, answered_by=HERE.now + timedelta(minutes=60))
    (now,) = render([soon], CARER, tapped=False)
    assert "A person rings or writes to you within the hour." in now.text
    late = replace(tired, team=AWAY, answered_by=AWAY.turns + timedelta(minutes=60))
    (later,) = render([late], CARER, tapped=False)
    assert "rings or writes to you on Monday at 10 o'clock at the latest. Until" in later.text
    assert "Samaritans: call" in later.text
    (unsaid,) = render([tired], CARER, tapped=False)
    assert "rings" not in unsaid.text


def test_who_sent_a_photo_with_something_hard_under_it_hears_both() -> None:
    heard = ConcernHeard(ConcernLevel.CRISIS, (ConcernCategory.SUICIDE,), AWAY)
    messages = render([heard, MediaNotKept(Media.PHOTO)], TEENAGER, tapped=False)
    said = "\n".join(message.text for message in messages)
    assert said.startswith("I cannot look at photos here, and I did not keep this one.")
    assert "Your message has arrived" in messages[-1].text
    assert messages[-1].urgency is Urgency.SAFETY


def test_a_stranger_is_never_told_that_a_team_knows_of_what_they_sent() -> None:
    for stranger in (STRANGER_ON_WEB, STRANGER_ON_TELEGRAM):
        for kind in Media:
            (message,) = render([MediaNotKept(kind)], stranger, tapped=False)
            assert "told the team" not in message.text
            assert "did not keep" in message.text
            assert "999" in message.text


def test_who_says_that_something_is_wrong_hears_both_that_it_was_heard_and_by_when() -> None:
    heard = ConcernHeard(ConcernLevel.CRISIS, (ConcernCategory.PHYSICAL_ABUSE,), AWAY)
    told = WrongNoted(date(2026, 12, 7), WORDS)
    messages = render([heard, told], CHILD, tapped=False)
    assert "tells you what they did about it by 7 December" in messages[0].text
    assert "Your message has arrived" in messages[-1].text


def test_who_says_that_something_is_wrong_chooses_who_else_reads_it() -> None:
    (message,) = render([WrongNoted(date(2026, 12, 7), WORDS)], CHILD, tapped=False)
    assert "Only keep it" in [each.label for each in buttons([message])]


def test_a_choice_about_readers_stands_beside_a_worry_and_never_beside_a_danger_to_life() -> None:
    for level, words in ((ConcernLevel.CONCERN, WORDS), (ConcernLevel.CRISIS, None)):
        heard = ConcernHeard(level, (ConcernCategory.BULLYING,), HERE, words=words)
        (message,) = render([heard], TEENAGER, tapped=False)
        labels = [each.label for each in buttons([message])]
        assert ("Who may read it?" in labels) is (level is ConcernLevel.CONCERN)
        assert labels[0] == "Talk to somebody"
        assert labels[-1].endswith("Help now")
