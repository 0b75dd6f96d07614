"""One thing at a time: what a run tells, at each tap, at the end, and in the picture."""

from __future__ import annotations

import pytest

from bot.callbacks import parse
from bot.render import render
from storage.outbox import OutgoingKind, Urgency
from surveys.conversation import (
    Answered,
    AskedToChange,
    AskedWhy,
    Declination,
    Passed,
    Tapped,
    WentBack,
)
from surveys.people import Voice
from tests.bot.presences import HERE
from tests.bot.samples import OCCASION, RUN, begin, finish, play
from tests.bot.told import (
    CARER,
    CHILD,
    NEW,
    TEENAGER,
    buttons,
    new,
    sample_of,
    star_for,
    tell,
    told_about,
)
from usecases.arrival import OccasionId, OccasionInput, OfferReply, RunInput
from usecases.telling import AboutRun, Listener, Offered, SomebodyWillTalk


def test_an_answered_question_shows_what_was_chosen_and_one_button_to_change_it() -> None:
    edit, question = told_about(TEENAGER, Tapped(1, 2))
    star = star_for(TEENAGER)
    choice = star.items[0].choice(2)
    assert choice is not None
    assert edit.kind is OutgoingKind.EDIT_TAPPED
    assert choice.button(Voice.OLDER) in edit.text
    (change,) = buttons([edit])
    assert parse(change.data) == RunInput(RUN, AskedToChange(1))
    assert question.step == 2


def test_an_answer_that_no_tap_gave_is_shown_where_its_question_was_asked() -> None:
    edit, _ = told_about(TEENAGER, Tapped(1, 2), tapped=False)
    assert (edit.kind, edit.step) == (OutgoingKind.EDIT_STEP, 1)


def test_the_three_ways_not_to_answer_are_shown_as_three_different_things() -> None:
    shown = {told_about(CHILD, Passed(1, how))[0].text for how in Declination}
    assert len(shown) == 3


def test_the_last_answer_of_a_run_cannot_be_changed_any_more() -> None:
    star = star_for(TEENAGER)
    done = finish(begin(star, Voice.OLDER), star)
    messages = render([AboutRun(star, done.run, done.events)], TEENAGER, tapped=True)
    assert isinstance(done.events[0], Answered)
    assert messages[0].rows == ()


def test_an_answer_that_was_changed_is_changed_in_the_earlier_message_too() -> None:
    """Two messages that show different answers to one question would leave a child in doubt."""
    messages = told_about(TEENAGER, Tapped(1, 2), AskedToChange(1), Tapped(3, 5))
    by_step = {message.step: message for message in messages if message.kind not in NEW}
    assert by_step[1].text == by_step[3].text
    assert by_step[1].rows == ()


def test_a_question_that_was_only_put_again_is_not_shown_as_answered() -> None:
    messages = told_about(TEENAGER, AskedWhy(1), Tapped(2, 5))
    assert [message.step for message in messages] == [2, 3]


def test_going_back_keeps_the_words_of_the_question_and_takes_its_buttons() -> None:
    messages = told_about(CHILD, Tapped(1, 2), WentBack(2))
    star = star_for(CHILD)
    (withdrawn,) = [each for each in messages if each.kind is OutgoingKind.EDIT_STEP]
    assert (withdrawn.step, withdrawn.rows) == (2, ())
    assert withdrawn.text == star.items[1].ask.speak(Voice.YOUNGER)


def test_why_do_you_ask_is_answered_and_the_question_put_again() -> None:
    messages = new(told_about(TEENAGER, AskedWhy(1)))
    said = "\n".join(message.text for message in messages)
    assert star_for(TEENAGER).items[0].why.speak(Voice.OLDER) in said
    assert messages[-1].step == 2


def test_a_repeated_tap_brings_no_new_message() -> None:
    messages = told_about(TEENAGER, Tapped(1, 2), Tapped(1, 2))
    assert new(messages) == []
    assert [message.kind for message in messages] == [OutgoingKind.EDIT_TAPPED]


def test_time_that_ran_out_is_not_held_against_anybody() -> None:
    star = star_for(TEENAGER)
    sample = sample_of(TEENAGER, f"{star.id}: time ran out")
    assert new(tell(sample, TEENAGER)) == []


def test_what_asks_comes_last() -> None:
    """The buttons that somebody needs next stand at the bottom of the screen."""
    star = star_for(CARER)
    turn = play(begin(star, Voice.ADULT), star, Tapped(1, 1))
    about = AboutRun(star, turn.run, turn.events)
    messages = new(render([about, SomebodyWillTalk(HERE)], CARER, tapped=True))
    assert [message.step for message in messages] == [None, 2]


def test_an_offer_that_the_clock_makes_may_wait_and_be_taken_back() -> None:
    offered = Offered(OCCASION, star_for(CHILD))
    (message,) = render([offered], CHILD, tapped=False)
    assert message.urgency is Urgency.ASKING
    (message,) = render([offered], CHILD, tapped=True)
    assert message.urgency is Urgency.REPLY


def test_the_same_offer_to_two_people_differs_in_the_occasion_only() -> None:
    offers = {}
    for occasion in (OCCASION, OccasionId("another-one")):
        (message,) = render([Offered(occasion, star_for(CHILD))], CHILD, tapped=False)
        offers[occasion] = (message.text, [parse(button.data) for button in buttons([message])])
    (text, mine), (other_text, theirs) = offers.values()
    assert text == other_text
    for occasion, inputs in zip(offers, (mine, theirs), strict=True):
        answers = [each for each in inputs if isinstance(each, OccasionInput)]
        assert {each.occasion for each in answers} == {occasion}
        assert [each.reply for each in answers] == [
            OfferReply.START,
            OfferReply.LATER,
            OfferReply.NOT_THIS_TIME,
        ]
    assert mine[len(answers) :] == theirs[len(answers) :]


# --- the end, and the picture ---------------------------------------------------------------------


@pytest.mark.parametrize("listener", [CHILD, TEENAGER, CARER])
def test_low_answers_are_told_exactly_like_high_ones(listener: Listener) -> None:
    """No praise for a high picture, no comfort for a low one: the words at the end are the same."""
    star = star_for(listener)
    closings = set()
    for place in (0, -1):
        done = finish(begin(star, listener.voice), star, step_of_scale=place)
        about = AboutRun(star, done.run, done.events[-1:])
        closings.add(render([about], listener, tapped=True))
    assert len(closings) == 1


@pytest.mark.parametrize("listener", [CHILD, TEENAGER, CARER])
def test_the_picture_in_words_names_each_area_its_step_and_last_time(listener: Listener) -> None:
    star = star_for(listener)
    sample = sample_of(listener, f"{star.id}: next picture, highest")
    picture = tell(sample, listener)[-1]
    assert picture.kind is OutgoingKind.PICTURE
    for item in star.items:
        if item.scored and item.area is not None:
            line = f"{item.area.speak(listener.voice)}: 5 of 5. Last time: 2."
            assert line in picture.text


def test_a_skipped_area_is_said_plainly_and_has_no_number() -> None:
    star = star_for(TEENAGER)
    sample = sample_of(TEENAGER, f"{star.id}: nothing answered")
    picture = tell(sample, TEENAGER)[-1]
    head, *lines = [line for line in picture.text.split("\n") if line]
    assert head
    assert sum("of 5" in line for line in lines) == 0
    assert sum("skipped" in line for line in lines) > 0
