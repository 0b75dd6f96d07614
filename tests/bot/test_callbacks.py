"""What buttons send back: 64 bytes, one spelling for each meaning, and nothing is ever trusted."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.callbacks import (
    LONGEST_DATA,
    RunAct,
    UnfitForButton,
    goal_data,
    join_data,
    menu_data,
    offer_data,
    parse,
    run_data,
    run_prefix,
    sharing_data,
    tap_ending,
)
from surveys.conversation import (
    AskedToChange,
    AskedWhy,
    CameBack,
    Declination,
    Input,
    Passed,
    Paused,
    RunId,
    StoppedHere,
    Tapped,
    WentBack,
)
from surveys.people import Sharing
from usecases.arrival import (
    GoalAct,
    GoalInput,
    JoinInput,
    JoinReply,
    MenuInput,
    MenuWish,
    OccasionId,
    OccasionInput,
    OfferReply,
    RunInput,
    SharingInput,
    UnknownInput,
    What,
)

RUN = RunId("01hv3kq8zw2x4y6a")
OCCASION = OccasionId("01hv3kq8zw2x4y6b")

ACTS: list[tuple[RunAct, int | None, Input]] = [
    (RunAct.TAP, 0, Tapped(3, 0)),
    (RunAct.TAP, 99, Tapped(3, 99)),
    (RunAct.SKIP, None, Passed(3, Declination.SKIP)),
    (RunAct.DONT_KNOW, None, Passed(3, Declination.DONT_KNOW)),
    (RunAct.RATHER_NOT, None, Passed(3, Declination.RATHER_NOT)),
    (RunAct.BACK, None, WentBack(3)),
    (RunAct.WHY, None, AskedWhy(3)),
    (RunAct.PAUSE, None, Paused()),
    (RunAct.STOP, None, StoppedHere()),
    (RunAct.CHANGE, None, AskedToChange(3)),
    (RunAct.GO_ON, None, CameBack()),
]


@pytest.mark.parametrize(("act", "value", "given_input"), ACTS)
def test_each_button_of_a_run_means_one_input(
    act: RunAct, value: int | None, given_input: Input
) -> None:
    assert parse(run_data(RUN, 3, act, value)) == RunInput(RUN, given_input)


def test_no_act_is_left_out() -> None:
    assert {act for act, _, _ in ACTS} == set(RunAct)


@pytest.mark.parametrize("reply", OfferReply)
def test_each_reply_to_an_offer_comes_back(reply: OfferReply) -> None:
    assert parse(offer_data(OCCASION, reply)) == OccasionInput(OCCASION, reply)


@pytest.mark.parametrize("reply", JoinReply)
def test_each_reply_before_joining_comes_back(reply: JoinReply) -> None:
    assert parse(join_data(reply)) == JoinInput(reply)


@pytest.mark.parametrize("wish", MenuWish)
def test_each_wish_comes_back(wish: MenuWish) -> None:
    assert parse(menu_data(wish)) == MenuInput(wish)


@pytest.mark.parametrize("choice", [None, *Sharing])
def test_each_choice_about_words_comes_back(choice: Sharing | None) -> None:
    assert parse(sharing_data(RUN, choice)) == SharingInput(RUN, choice)


GOAL_ACTS = [
    *((act, None) for act in GoalAct if act is not GoalAct.RATE),
    *((GoalAct.RATE, value) for value in range(11)),
]


@pytest.mark.parametrize(("act", "value"), GOAL_ACTS)
def test_each_button_of_a_goal_comes_back(act: GoalAct, value: int | None) -> None:
    assert parse(goal_data(RUN, act, value)) == GoalInput(RUN, act, value)


def every_data(run: RunId, occasion: OccasionId) -> list[str]:
    return [
        *(run_data(run, 999, act, 99 if act is RunAct.TAP else None) for act in RunAct),
        *(offer_data(occasion, reply) for reply in OfferReply),
        *map(join_data, JoinReply),
        *map(menu_data, MenuWish),
        *(sharing_data(run, choice) for choice in (None, *Sharing)),
        *(goal_data(run, act, value) for act, value in GOAL_ACTS),
    ]


def test_the_longest_data_fits_into_a_telegram_button() -> None:
    longest = "x" * 40
    data = every_data(RunId(longest), OccasionId(longest))
    assert max(len(each.encode()) for each in data) <= LONGEST_DATA
    assert not any(isinstance(parse(each), UnknownInput) for each in data)


FORGED = [
    "",
    ":",
    "r",
    "r:",
    "r:::",
    "r:a:1",
    "r:a:1:t",
    "r:a:1:t:",
    "r:a:1:t:100",
    "r:a:1:t:-1",
    "r:a:1:t:+1",
    "r:a:1:t:01",
    "r:a:1:t:1.0",
    "r:a:1:t:²",
    "r:a:1:t:١",
    "r:a:1:t:1:1",
    "r:a:1:k:1",
    "r:a:1:z",
    "r:a:1:",
    "r:a:01:k",
    "r:a:1000:k",
    "r:a:-1:k",
    "r:a:x:k",
    "r::1:k",
    "r:a b:1:k",
    "r:a\n:1:k",
    "r:a:1\n:k",
    "r:a:1:k\n",
    "r:ä:1:k",
    "R:a:1:k",
    " r:a:1:k",
    f"r:{'a' * 41}:1:k",
    f"r:{'a' * 100_000}:1:k",
    "o:a",
    "o:a:",
    "o:a:start:now",
    "o::start",
    "o:a:START",
    "o:a:begin",
    "j:",
    "j:1",
    "j:yes:yes",
    "m:",
    "m:everything",
    "m:help ",
    "x:help",
    "s:",
    "s:a:",
    "s:a:everybody",
    "s:a:keep:keep",
    "s:a b:keep",
    "g:a",
    "g:a:",
    "g:a:rate",
    "g:a:rate:",
    "g:a:rate:11",
    "g:a:rate:-1",
    "g:a:rate:01",
    "g:a:rate:١",
    "g:a:show:1",
    "g::show",
    f"g:{'a' * 41}:show",
    "a:forged:99",
    "\x00",
    "🆘",
    "r:a:1:t:1'; drop table runs;--",
]


@pytest.mark.parametrize("data", FORGED)
def test_what_we_did_not_write_means_nothing(data: str) -> None:
    assert parse(data) == UnknownInput()


pieces = st.sampled_from(
    [
        "r",
        "o",
        "j",
        "m",
        "s",
        "g",
        ":",
        "t",
        "k",
        "1",
        "0",
        "42",
        "help",
        "yes",
        "start",
        "keep",
        "rate",
        "show",
    ]
)


def write_again(what: What, data: str) -> str | None:
    """Return how we would write this meaning; the step of a wish about the run is not kept."""
    match what:
        case OccasionInput(occasion, reply):
            return offer_data(occasion, reply)
        case JoinInput(reply):
            return join_data(reply)
        case MenuInput(wish):
            return menu_data(wish)
        case SharingInput(words, choice):
            return sharing_data(words, choice)
        case GoalInput(goal, act, value):
            return goal_data(goal, act, value)
        case RunInput(run, Tapped(step, value)):
            return run_data(run, step, RunAct.TAP, value)
        case RunInput(run, given_input):
            step = int(data.split(":")[2])
            letter = next(act for act, _, meant in ACTS if type(meant) is type(given_input))
            if isinstance(given_input, Passed):
                letter = {
                    Declination.SKIP: RunAct.SKIP,
                    Declination.DONT_KNOW: RunAct.DONT_KNOW,
                    Declination.RATHER_NOT: RunAct.RATHER_NOT,
                }[given_input.how]
            return run_data(run, step, letter)
        case _:
            return None


@given(st.one_of(st.text(), st.lists(pieces, max_size=12).map("".join)))
@example("r:a:0:k")
def test_any_text_is_read_without_an_error_and_each_meaning_has_one_spelling(data: str) -> None:
    what = parse(data)
    assert isinstance(what, UnknownInput) or write_again(what, data) == data


@given(st.binary(max_size=200))
def test_any_bytes_that_reach_us_as_text_are_read_without_an_error(raw: bytes) -> None:
    for text in (raw.decode("latin-1"), raw.decode("utf-8", errors="surrogateescape")):
        what = parse(text)
        assert isinstance(what, UnknownInput) or write_again(what, text) == text


@pytest.mark.parametrize("run", ["", "a:b", "a b", "ä", "x" * 41, "a\n"])
def test_an_id_that_does_not_fit_is_our_own_fault(run: str) -> None:
    with pytest.raises(UnfitForButton):
        run_prefix(RunId(run), 1)
    with pytest.raises(UnfitForButton):
        offer_data(OccasionId(run), OfferReply.START)


@pytest.mark.parametrize("step", [-1, 1000])
def test_a_step_that_does_not_fit_is_our_own_fault(step: int) -> None:
    with pytest.raises(UnfitForButton):
        run_prefix(RUN, step)


@pytest.mark.parametrize("value", [-1, 100])
def test_a_value_that_does_not_fit_is_our_own_fault(value: int) -> None:
    with pytest.raises(UnfitForButton):
        tap_ending(value)


def test_a_value_goes_with_a_tap_and_with_nothing_else() -> None:
    with pytest.raises(UnfitForButton):
        run_data(RUN, 1, RunAct.TAP)
    with pytest.raises(UnfitForButton):
        run_data(RUN, 1, RunAct.SKIP, 1)
    with pytest.raises(UnfitForButton):
        goal_data(RUN, GoalAct.RATE)
    with pytest.raises(UnfitForButton):
        goal_data(RUN, GoalAct.SHOW, 1)


@pytest.mark.parametrize("value", [-1, 11, 100])
def test_a_number_for_a_goal_that_does_not_fit_is_our_own_fault(value: int) -> None:
    with pytest.raises(UnfitForButton):
        goal_data(RUN, GoalAct.RATE, value)
    with pytest.raises(UnfitForButton):
        sharing_data("a:b", Sharing.KEEP)


def test_buttons_and_messages_are_made_without_aiogram() -> None:
    """The simulator and the command line speak with people's words without its 3.6 seconds."""
    code = "import bot.render, sys; sys.exit('aiogram' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
