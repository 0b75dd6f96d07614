"""Writes and reads what a button sends back; it trusts nothing and must not know Telegram.

The grammar, at most 64 bytes and one spelling for each meaning:

    r:{run}:{step}:{act}[:{value}]   a question of a run; the value stands with a tap only
    o:{occasion}:{reply}             the offer of an occasion
    j:{reply}                        the pages before joining
    m:{wish}                         the menu, at any moment
    s:{words}[:{sharing}]            who else may read words; without one, the choices are shown
    g:{goal}:{act}[:{value}]         a goal; the value stands with a number and with nothing else

Whatever else comes in is UnknownInput, never an exception: a button's data comes from outside.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from typing import assert_never

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

LONGEST_DATA = 64
"""Bytes that Telegram lets a button send back."""


class RunAct(StrEnum):
    """What a button of a run does, in the letter that it sends."""

    TAP = "t"
    SKIP = "k"
    DONT_KNOW = "d"
    RATHER_NOT = "n"
    BACK = "b"
    WHY = "w"
    PAUSE = "p"
    STOP = "x"
    CHANGE = "c"
    GO_ON = "g"


_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_STEP = re.compile(r"0|[1-9][0-9]{0,2}")
_VALUE = re.compile(r"0|[1-9][0-9]?")
_STRETCH = re.compile(r"[0-9]|10")


class UnfitForButton(Exception):
    """An id, a step or a value of our own does not fit into a button: our fault, not a person's."""


def run_prefix(run: RunId, step: int) -> str:
    """Return the beginning that the buttons under one question share.

    Raises UnfitForButton for an id outside [A-Za-z0-9_-]{1,40} or a step outside 0 to 999.
    """
    if _ID.fullmatch(run) is None or _STEP.fullmatch(str(step)) is None:
        raise UnfitForButton
    return f"r:{run}:{step}:"


def tap_ending(value: int) -> str:
    """Return the end of a choice's data, after its run_prefix; UnfitForButton outside 0 to 99."""
    if _VALUE.fullmatch(str(value)) is None:
        raise UnfitForButton
    return f"{RunAct.TAP.value}:{value}"


def run_data(run: RunId, step: int, act: RunAct, value: int | None = None) -> str:
    """Return the data of one button of a run; `value` goes with a tap and with nothing else."""
    if (act is RunAct.TAP) is (value is None):
        raise UnfitForButton
    return run_prefix(run, step) + (act.value if value is None else tap_ending(value))


def offer_prefix(occasion: OccasionId) -> str:
    """Return the beginning that the answers to one offer share; UnfitForButton as below."""
    if _ID.fullmatch(occasion) is None:
        raise UnfitForButton
    return f"o:{occasion}:"


def offer_data(occasion: OccasionId, reply: OfferReply) -> str:
    """Return the data of one button of an offer; UnfitForButton for an id that does not fit."""
    return offer_prefix(occasion) + reply.value


def join_data(reply: JoinReply) -> str:
    """Return the data of one button of the pages before joining."""
    return f"j:{reply.value}"


def menu_data(wish: MenuWish) -> str:
    """Return the data of one button of the menu."""
    return f"m:{wish.value}"


def sharing_data(words: str, choice: Sharing | None = None) -> str:
    """Return the data of one button about who may read words; UnfitForButton as above."""
    if _ID.fullmatch(words) is None:
        raise UnfitForButton
    return f"s:{words}" if choice is None else f"s:{words}:{choice.value}"


def goal_data(goal: str, act: GoalAct, value: int | None = None) -> str:
    """Return the data of one button about a goal; UnfitForButton as above, or outside 0 to 10."""
    if _ID.fullmatch(goal) is None or (act is GoalAct.RATE) is (value is None):
        raise UnfitForButton
    if value is None:
        return f"g:{goal}:{act.value}"
    if _STRETCH.fullmatch(str(value)) is None:
        raise UnfitForButton
    return f"g:{goal}:{act.value}:{value}"


def parse(data: str) -> What:
    """Return what a button's data means; UnknownInput for anything that we did not write."""
    if len(data) > LONGEST_DATA:
        return UnknownInput()
    kind, *parts = data.split(":")
    reader = _READERS.get(kind)
    return UnknownInput() if reader is None else reader(parts)


def _read_run(parts: list[str]) -> What:
    match parts:
        case [run, step, letter]:
            value = None
        case [run, step, letter, written] if _VALUE.fullmatch(written):
            value = int(written)
        case _:
            return UnknownInput()
    if letter not in _ACTS or not _ID.fullmatch(run) or not _STEP.fullmatch(step):
        return UnknownInput()
    act = RunAct(letter)
    if (act is RunAct.TAP) is (value is None):
        return UnknownInput()
    return RunInput(RunId(run), _given(act, int(step), value or 0))


def _given(act: RunAct, step: int, value: int) -> Input:
    match act:
        case RunAct.TAP:
            return Tapped(step, value)
        case RunAct.SKIP:
            return Passed(step, Declination.SKIP)
        case RunAct.DONT_KNOW:
            return Passed(step, Declination.DONT_KNOW)
        case RunAct.RATHER_NOT:
            return Passed(step, Declination.RATHER_NOT)
        case RunAct.BACK:
            return WentBack(step)
        case RunAct.WHY:
            return AskedWhy(step)
        case RunAct.PAUSE:
            return Paused()
        case RunAct.STOP:
            return StoppedHere()
        case RunAct.CHANGE:
            return AskedToChange(step)
        case RunAct.GO_ON:
            return CameBack()
        case _:
            assert_never(act)


def _read_offer(parts: list[str]) -> What:
    match parts:
        case [occasion, reply] if reply in _OFFER_REPLIES and _ID.fullmatch(occasion):
            return OccasionInput(OccasionId(occasion), OfferReply(reply))
        case _:
            return UnknownInput()


def _read_join(parts: list[str]) -> What:
    match parts:
        case [reply] if reply in _JOIN_REPLIES:
            return JoinInput(JoinReply(reply))
        case _:
            return UnknownInput()


def _read_menu(parts: list[str]) -> What:
    match parts:
        case [wish] if wish in _MENU_WISHES:
            return MenuInput(MenuWish(wish))
        case _:
            return UnknownInput()


def _read_sharing(parts: list[str]) -> What:
    match parts:
        case [words] if _ID.fullmatch(words):
            return SharingInput(words)
        case [words, choice] if choice in _SHARINGS and _ID.fullmatch(words):
            return SharingInput(words, Sharing(choice))
        case _:
            return UnknownInput()


def _read_goal(parts: list[str]) -> What:
    match parts:
        case [goal, act] if act in _GOAL_ACTS and act != GoalAct.RATE and _ID.fullmatch(goal):
            return GoalInput(goal, GoalAct(act))
        case [goal, GoalAct.RATE.value, value] if _STRETCH.fullmatch(value) and _ID.fullmatch(goal):
            return GoalInput(goal, GoalAct.RATE, int(value))
        case _:
            return UnknownInput()


_ACTS = frozenset(act.value for act in RunAct)
_OFFER_REPLIES = frozenset(reply.value for reply in OfferReply)
_JOIN_REPLIES = frozenset(reply.value for reply in JoinReply)
_MENU_WISHES = frozenset(wish.value for wish in MenuWish)
_SHARINGS = frozenset(each.value for each in Sharing)
_GOAL_ACTS = frozenset(act.value for act in GoalAct)
_READERS: dict[str, Callable[[list[str]], What]] = {
    "r": _read_run,
    "o": _read_offer,
    "j": _read_join,
    "m": _read_menu,
    "s": _read_sharing,
    "g": _read_goal,
}
