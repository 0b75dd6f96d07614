"""What can come in from somebody's chat, in our own words; it knows no channel's wire format."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from surveys.conversation import Input, RunId
from surveys.people import Sharing

OccasionId = NewType("OccasionId", str)
ParticipantId = NewType("ParticipantId", str)


class Channel(StrEnum):
    """Over which door somebody speaks with us."""

    TELEGRAM = "telegram"
    WEB = "web"


@dataclass(frozen=True, slots=True)
class Knock:
    """Who is at the door: the channel, the chat there, and the number of this update.

    `update_id` is unique per channel: the same number twice is the same input delivered twice.
    `message_id` is the message whose button was tapped, where there is one.
    """

    channel: Channel
    chat_id: int
    update_id: int
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class RunInput:
    """A button under a question, or a wish about the run that stands."""

    run: RunId
    given: Input


class OfferReply(StrEnum):
    """What somebody answers when we ask whether now is a good time."""

    START = "start"
    LATER = "later"
    IN_AN_HOUR = "in-an-hour"
    TONIGHT = "tonight"
    TOMORROW = "tomorrow"
    NEXT_WEEK = "next-week"
    NOT_THIS_TIME = "not-this-time"


@dataclass(frozen=True, slots=True)
class OccasionInput:
    """A reply to the offer of one occasion."""

    occasion: OccasionId
    reply: OfferReply


class JoinReply(StrEnum):
    """What somebody answers while they read who we are."""

    SECOND_PAGE = "2"
    THIRD_PAGE = "3"
    YES = "yes"
    NOT_NOW = "not-now"
    TELL_ME_MORE = "more"


@dataclass(frozen=True, slots=True)
class JoinInput:
    """A reply to the pages that everybody reads before joining."""

    reply: JoinReply


class MenuWish(StrEnum):
    """What somebody may want at any moment, joined or not, paused or not."""

    HELP = "help"
    TALK_TO_SOMEBODY = "talk"
    NOT_MY_WORKER = "not-my-worker"
    WHO_SEES = "who-sees"
    PAUSE = "pause"
    PAUSE_AN_HOUR = "pause-hour"
    PAUSE_TILL_EVENING = "pause-evening"
    PAUSE_TILL_TOMORROW = "pause-tomorrow"
    PAUSE_A_WEEK = "pause-week"
    PAUSE_A_MONTH = "pause-month"
    STOP_ALL = "stop-all"
    STOP_ALL_SURELY = "stop-surely"
    STAY = "stay"
    COME_BACK = "come-back"
    MENU = "menu"
    WHATS_NEXT = "whats-next"
    OWN_TIME = "own-time"
    SUITS_AFTER_SCHOOL = "suits-after-school"
    SUITS_EVENING = "suits-evening"
    SUITS_WEEKEND = "suits-weekend"
    SUITS_ANY_TIME = "suits-any-time"
    OFTEN_EVERY_TIME = "often-every-time"
    OFTEN_ONE_WEEK = "often-1-week"
    OFTEN_TWO_WEEKS = "often-2-weeks"
    OFTEN_FOUR_WEEKS = "often-4-weeks"
    GOALS = "goals"
    NEW_GOAL = "new-goal"
    ABOUT_ME = "about-me"
    YOU_SAID = "you-said"
    SEE_ALL = "see-all"
    SOMETHING_WRONG = "something-wrong"
    FORGET_ME = "forget-me"
    FORGET_ME_SURELY = "forget-surely"


@dataclass(frozen=True, slots=True)
class MenuInput:
    """A wish from the menu, a command or a plain word."""

    wish: MenuWish


@dataclass(frozen=True, slots=True)
class SharingInput:
    """Who else may read words that were kept; without a choice the choices are shown."""

    words: str
    choice: Sharing | None = None


class GoalAct(StrEnum):
    """What somebody does with a goal of theirs."""

    SHOW = "show"
    RATE = "rate"
    CHANGE = "change"
    REACHED = "reached"
    NOT_MINE = "not-mine"


@dataclass(frozen=True, slots=True)
class GoalInput:
    """A button about a goal; `value` (0 to 10) goes with RATE and with nothing else."""

    goal: str
    act: GoalAct
    value: int | None = None


@dataclass(frozen=True, slots=True)
class TextInput:
    """Typed words; `edited` when they replace words that were sent before (both are kept)."""

    text: str
    edited: bool = False


class Media(StrEnum):
    """Things that we never store; the person is told kindly, and staff are told that it came."""

    PHOTO = "photo"
    VOICE = "voice"
    VIDEO = "video"
    STICKER = "sticker"
    FILE = "file"
    PLACE = "place"
    PHONE_NUMBER = "phone-number"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class MediaInput:
    """A picture, a voice message, a sticker...; `caption` is treated like typed words."""

    kind: Media
    caption: str = ""


@dataclass(frozen=True, slots=True)
class CodeInput:
    """A code from a link or typed: the long one or the short one."""

    code: str


@dataclass(frozen=True, slots=True)
class UnknownInput:
    """A button that nobody offered, or a kind of update that we do not know."""


What = (
    RunInput
    | OccasionInput
    | JoinInput
    | MenuInput
    | SharingInput
    | GoalInput
    | TextInput
    | MediaInput
    | CodeInput
    | UnknownInput
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One input: who, what, and when it reached us (aware UTC)."""

    knock: Knock
    what: What
    now: datetime
