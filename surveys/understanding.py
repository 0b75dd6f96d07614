"""Reads typed words as an answer where they clearly are one; it never guesses and keeps nothing."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from surveys.conversation import Declination
from surveys.instrument import Item, ItemKind
from surveys.people import Voice


class Wish(StrEnum):
    """What somebody may want at any moment, in a tap, a command or a word."""

    HELP = "help"
    EMERGENCY = "emergency"
    BACK = "back"
    WHY = "why"
    PAUSE = "pause"
    STOP = "stop"
    GO_ON = "go on"
    MENU = "menu"
    NOT_MY_WORKER = "not my worker"
    WHO_SEES = "who sees"
    GOALS = "goals"
    ABOUT_ME = "about me"
    YOU_SAID = "you said"
    FORGET_ME = "forget me"


@dataclass(frozen=True, slots=True)
class ReadChoice:
    """The words name this choice."""

    value: int


_SERVICES = (
    ("an", "ambulance"),
    ("the", "ambulance"),
    ("the", "police"),
    ("the", "fire brigade"),
)
_EMERGENCIES = ("999", "9 9 9", "112", "911", "ambulance", "police", "fire brigade")
_WAYS_TO_CALL = (
    *("call", "call me", "phone", "ring", "dial", "get", "get me", "send"),
    *("need", "i need", "we need", "i want"),
)

_WISHES: dict[Wish, frozenset[str]] = {
    Wish.HELP: frozenset(
        {
            "help",
            "help me",
            "help now",
            "help me now",
            "need help",
            "need help now",
            "i need help",
            "i need help now",
            "can you help me",
            "can someone help me",
            "sos",
        }
    ),
    Wish.EMERGENCY: frozenset(
        {
            *_EMERGENCIES,
            *(f"{way} {whom}" for way in _WAYS_TO_CALL for whom in _EMERGENCIES),
            *(f"{way} {article} {whom}" for way in _WAYS_TO_CALL for article, whom in _SERVICES),
            "emergency",
            "this is an emergency",
            "it's an emergency",
            "its an emergency",
        }
    ),
    Wish.BACK: frozenset({"back", "go back", "undo"}),
    Wish.WHY: frozenset({"why", "why do you ask", "why are you asking"}),
    Wish.PAUSE: frozenset({"pause", "later", "not now", "wait", "in a bit", "take a break"}),
    Wish.STOP: frozenset({"stop", "stop it", "stop this", "quit", "end", "no more", "unsubscribe"}),
    Wish.GO_ON: frozenset({"go on", "carry on", "continue", "resume", "start", "ready"}),
    Wish.MENU: frozenset({"menu", "show me the menu", "settings", "options"}),
    Wish.NOT_MY_WORKER: frozenset(
        {
            "not my worker",
            "not my social worker",
            "anyone but my worker",
            "anybody but my worker",
            "don't tell my worker",
            "dont tell my worker",
        }
    ),
    Wish.WHO_SEES: frozenset(
        {
            f"{opening} {what}"
            for opening in ("who sees", "who can see", "who reads", "who can read", "who will see")
            for what in ("this", "it", "what", "that", "my words", "my answers", "what i write")
        }
    ),
    Wish.GOALS: frozenset({"goals", "my goals", "show my goals", "show me my goals"}),
    Wish.ABOUT_ME: frozenset(
        {
            "about me",
            "what do you know about me",
            "what you know about me",
            "what do you know of me",
            "what you know of me",
            "what do you have on me",
        }
    ),
    Wish.YOU_SAID: frozenset(
        {"you said, we did", "you said we did", "you said", "what did you do", "what have you done"}
    ),
    Wish.FORGET_ME: frozenset({"forget me", "delete me", "delete everything", "delete my data"}),
}


class PlainReply(StrEnum):
    """What somebody may type instead of tapping, where we asked whether they want something."""

    YES = "yes"
    LATER = "later"
    IN_AN_HOUR = "in an hour"
    TONIGHT = "tonight"
    TOMORROW = "tomorrow"
    NEXT_WEEK = "next week"
    NO = "no"


_REPLIES: dict[PlainReply, frozenset[str]] = {
    PlainReply.YES: frozenset(
        {
            "yes",
            "yeah",
            "yep",
            "yes please",
            "ok",
            "okay",
            "sure",
            "start",
            "go on",
            "ready",
            "next",
        }
    ),
    PlainReply.LATER: frozenset({"later", "in a bit", "pause", "wait"}),
    PlainReply.IN_AN_HOUR: frozenset({"in an hour", "in 1 hour", "in one hour"}),
    PlainReply.TONIGHT: frozenset({"tonight", "this evening", "in the evening", "later today"}),
    PlainReply.TOMORROW: frozenset({"tomorrow", "maybe tomorrow"}),
    PlainReply.NEXT_WEEK: frozenset({"next week", "in a week"}),
    PlainReply.NO: frozenset({"no", "nope", "no thanks", "no thank you", "not now", "not today"}),
}


class TimeWish(StrEnum):
    """When somebody may want to be asked from now on, and how often."""

    WHEN = "when"
    AFTER_SCHOOL = "after school"
    EVENING = "evening"
    WEEKEND = "weekend"
    ANY_TIME = "any time"
    EVERY_TIME = "every time"
    ONE_WEEK = "one week"
    TWO_WEEKS = "two weeks"
    FOUR_WEEKS = "four weeks"
    LESS_OFTEN = "less often"


@dataclass(frozen=True, slots=True)
class ReadTime:
    """The words name this wish; `about_asking` where they say that it is we who are to ask."""

    wish: TimeWish
    about_asking: bool


_TIME_WISHES: dict[TimeWish, frozenset[str]] = {
    TimeWish.WHEN: frozenset({"when to ask me", "change when you ask me", "when do you ask me"}),
    TimeWish.AFTER_SCHOOL: frozenset(
        {"after school", "afternoons", "in the afternoon", "in the afternoons"}
    ),
    TimeWish.EVENING: frozenset({"evenings", "in the evening", "in the evenings"}),
    TimeWish.WEEKEND: frozenset(
        {
            "weekends",
            "at weekends",
            "at the weekend",
            "at the weekends",
            "on weekends",
            "on the weekend",
        }
    ),
    TimeWish.ANY_TIME: frozenset({"any time", "anytime", "at any time"}),
    TimeWish.EVERY_TIME: frozenset({"every time", "each time"}),
    TimeWish.ONE_WEEK: frozenset({"once a week", "every week", "weekly"}),
    TimeWish.TWO_WEEKS: frozenset(
        {"every two weeks", "every 2 weeks", "once every two weeks", "once every 2 weeks"}
    ),
    TimeWish.FOUR_WEEKS: frozenset({"once a month", "every month", "monthly", "every four weeks"}),
    TimeWish.LESS_OFTEN: frozenset(
        {
            "less often",
            "not so often",
            "not as often",
            "not that often",
            "too often",
            "don't ask me so often",
            "dont ask me so often",
            "do not ask me so often",
            "you ask too often",
            "you ask me too often",
        }
    ),
}

_TIME_OPENINGS = (
    "you can ask me ",
    "can you ask me ",
    "could you ask me ",
    "only ask me ",
    "ask me only ",
    "ask me ",
    "only ",
)

_DECLINATIONS: dict[Declination, frozenset[str]] = {
    Declination.SKIP: frozenset({"skip", "skip this", "pass", "next", "nothing", "nothing else"}),
    Declination.DONT_KNOW: frozenset(
        {"don't know", "dont know", "i don't know", "i dont know", "idk", "dunno", "not sure"}
    ),
    Declination.RATHER_NOT: frozenset(
        {"rather not say", "rather not", "i'd rather not say", "id rather not say", "private"}
    ),
}


def fold(text: str) -> str:
    """Return text in the form in which words are compared: one case, one space, no frills."""
    plain = unicodedata.normalize("NFKC", text).replace("’", "'").casefold()
    kept = (char if char.isalnum() or char in "' " else " " for char in plain)
    return " ".join("".join(kept).split())


def is_plain(text: str) -> bool:
    """Whether nothing stands here that comparing leaves out, but what means nothing of its own.

    That is punctuation, a space, and a few friendly signs. A knife beside a word says something.
    """
    return all(
        char.isalnum()
        or char.isspace()
        or char in _HARMLESS
        or unicodedata.category(char).startswith("P")
        for char in unicodedata.normalize("NFKC", text)
    )


_HARMLESS = frozenset("👍👌👋🙏🙂😊😀😃😄😁☺✅❤💛💙💚💜🆘`^~+=\N{VARIATION SELECTOR-16}🏻🏼🏽🏾🏿")


def calls_for_help(text: str) -> bool:
    """Whether these words ask for help at once: plainly, or as a command with words behind it."""
    command = next(iter(text.casefold().split()), "").partition("@")[0]
    return command == "/help" or read_wish(text) in (Wish.HELP, Wish.EMERGENCY)


def read_wish(text: str) -> Wish | None:
    """Return what these words plainly wish for, or None."""
    if text.strip(" !?.") == "🆘":
        return Wish.HELP
    folded = fold(text.lstrip("/")).removeprefix("please ").removesuffix(" please")
    return next((wish for wish, words in _WISHES.items() if folded in words), None)


def read_reply(text: str) -> PlainReply | None:
    """Return what these words plainly reply to a question that can be answered yes or no."""
    folded = fold(text.lstrip("/"))
    return next((reply for reply, words in _REPLIES.items() if folded in words), None)


def read_time_wish(text: str) -> ReadTime | None:
    """Return when or how often these words plainly wish to be asked from now on, or None."""
    folded = fold(text).removeprefix("please ").removesuffix(" please")
    opening = next((words for words in _TIME_OPENINGS if folded.startswith(words)), "")
    wanted = folded.removeprefix(opening)
    for wish, words in _TIME_WISHES.items():
        if folded in words or wanted in words:
            return ReadTime(wish, about_asking="ask" in folded.split())
    return None


def read_answer(item: Item, voice: Voice, text: str) -> ReadChoice | Declination | None:
    """Return the answer that these words plainly are for this item, or None.

    A text item takes all words as they are, so only a way not to answer is read there.
    """
    folded = fold(text)
    for declination, words in _DECLINATIONS.items():
        if folded in words:
            return declination
    if item.kind is ItemKind.TEXT:
        return None
    return _read_choice(item, voice, text.strip(), folded)


def _read_choice(item: Item, voice: Voice, raw: str, folded: str) -> ReadChoice | None:
    """Match the number, the face, the words on the button or words that mean the same."""
    found = set()
    for position, choice in enumerate(item.choices, start=1):
        number = str(choice.value if item.scored else position)
        names = {fold(choice.label.speak(voice)), number, *map(fold, choice.also)}
        if (folded and folded in names) or (choice.symbol and raw == choice.symbol):
            found.add(choice.value)
    return ReadChoice(found.pop()) if len(found) == 1 else None
