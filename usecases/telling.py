"""What we tell somebody, by meaning: the bot turns each into words; no sentence stands here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from storage.alerts import Route
from storage.outbox import Outgoing
from surveys.concerns import ConcernCategory, ConcernLevel
from surveys.conversation import Event, Run, RunStatus, WordsId
from surveys.instrument import Instrument
from surveys.people import AgeBand, Role, Voice
from usecases.arrival import Channel, Media, OccasionId
from usecases.presence import Presence
from usecases.quiet import (
    HowLongToRest,
    OwnTimeSet,
    OwnTimeShown,
    Quiet,
    QuietUntil,
    RestBegun,
    SureToStop,
    WelcomeBack,
)
from usecases.theirs import TheirTelling
from usecases.welcome import (
    AlreadyJoined,
    CodeNotKnown,
    ComeToTheWeb,
    Joined,
    JoinPage,
    JoinPutOff,
    MoreAboutUs,
    NotKnownYet,
    TooManyCodes,
)


@dataclass(frozen=True, slots=True)
class Listener:
    """To whom we speak: enough to choose the words, never who it is."""

    role: Role
    age_band: AgeBand
    voice: Voice
    channel: Channel


STRANGER_ON_TELEGRAM = Listener(Role.YOUNG_PERSON, AgeBand.ADULT, Voice.OLDER, Channel.TELEGRAM)
STRANGER_ON_WEB = Listener(Role.YOUNG_PERSON, AgeBand.ADULT, Voice.OLDER, Channel.WEB)


@dataclass(frozen=True, slots=True)
class AboutRun:
    """What happened in a run, in order; the words depend on the pinned instrument."""

    instrument: Instrument
    run: Run
    events: tuple[Event, ...]


# --- being asked ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offered:
    """Is now a good time? `reminder` counts gentle repeats of the same offer.

    `last`: nobody is asked about it again after this.
    """

    occasion: OccasionId
    instrument: Instrument
    reminder: int = 0
    last: bool = False


@dataclass(frozen=True, slots=True)
class WhenLater:
    """They said later: when would suit?"""

    occasion: OccasionId


@dataclass(frozen=True, slots=True)
class PutOff:
    """It is put off until this moment, given in the person's own zone.

    `can_go_on`: a run waits with its place kept.
    """

    until: datetime
    can_go_on: Run | None = None


@dataclass(frozen=True, slots=True)
class OfferDeclined:
    """Not this time: fine."""


@dataclass(frozen=True, slots=True)
class OfferGone:
    """The offer was answered, moved on or ended before: nothing changed."""


@dataclass(frozen=True, slots=True)
class HalfDone:
    """A run waits half done: carry on? `answered` of `total` questions.

    `reminder` counts gentle repeats. `last`: nobody is asked about it again after this.
    """

    run: Run
    instrument: Instrument
    answered: int
    total: int
    reminder: int = 0
    last: bool = False


@dataclass(frozen=True, slots=True)
class PictureReady:
    """The picture of this run beside the last one, with the same content in words.

    `before` maps item id to the value of last time; empty the first time.
    """

    instrument: Instrument
    run: Run
    before: dict[str, int]


@dataclass(frozen=True, slots=True)
class RunGone:
    """A button of a run that does not exist or is not theirs: nothing changed."""


# --- words and safety -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WordsReceived:
    """Words outside any question were kept; people read them. `team`: when they do.

    `words` names them, so that their writer can say who else may read them.
    """

    team: Presence
    words: WordsId | None = None


@dataclass(frozen=True, slots=True)
class EditReceived:
    """They changed words that they had sent; both are kept. `words` names the new ones."""

    words: WordsId | None = None


@dataclass(frozen=True, slots=True)
class WordsTooLong:
    """The words were longer than we can keep in one piece; the first part was kept."""

    kept: int


@dataclass(frozen=True, slots=True)
class MediaNotKept:
    """We cannot look at this kind of thing; somebody is told that it came.

    `words` names what was written under it, where anything was.
    """

    kind: Media
    words: WordsId | None = None


@dataclass(frozen=True, slots=True)
class ConcernHeard:
    """Something was said that a person must read. `can_go_on`: a run waits with its place kept.

    `words` names what was said, where its writer may be asked who else may read it: not where a
    life may be in danger. `answered_by` is when a person rings or writes at the latest, on the
    clock of the service: where that is what we owe them. `route`: who never knows of it.
    """

    level: ConcernLevel
    categories: tuple[ConcernCategory, ...]
    team: Presence
    can_go_on: Run | None = None
    words: WordsId | None = None
    answered_by: datetime | None = None
    route: Route = Route.ALL


@dataclass(frozen=True, slots=True)
class HelpNow:
    """Where to get help at once. `can_go_on`: a run waits with its place kept."""

    team: Presence
    can_go_on: Run | None = None


@dataclass(frozen=True, slots=True)
class SomebodyWillTalk:
    """They asked for a person: somebody is told; when, depends on the hours.

    `another`: somebody else than their own worker, who sees nothing of it.
    """

    team: Presence
    another: bool = False


@dataclass(frozen=True, slots=True)
class ToldBack:
    """What was done about something that they had said; needs no answer.

    `title` and `did` are words of the staff. `others`: somebody else had said the same.
    """

    title: str
    did: str
    others: bool


@dataclass(frozen=True, slots=True)
class SaidAndDone:
    """What young people raised, and one thing that was done about it, on which day."""

    title: str
    did: str
    day: date


@dataclass(frozen=True, slots=True)
class WhatWasDone:
    """What was done about what young people had said: for everybody who asks, the newest first."""

    found: tuple[SaidAndDone, ...]


# --- control --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Menu:
    """All that can be done at any moment; a break can be ended only while one stands."""

    quiet: Quiet = Quiet.NO


@dataclass(frozen=True, slots=True)
class WhoSees:
    """Who can see what, in plain words. `can_go_on`: a run waits with its place kept."""

    can_go_on: Run | None = None


@dataclass(frozen=True, slots=True)
class NothingWaits:
    """There is nothing to answer now."""


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """A button or an update that means nothing to us: kind, with the menu."""

    quiet: Quiet = Quiet.NO


@dataclass(frozen=True, slots=True)
class RunAlreadyOver:
    """They tapped in a run that ended before."""

    status: RunStatus


@dataclass(frozen=True, slots=True)
class SaidAgain:
    """What we said last may not have arrived: here is where we are."""


TalkTelling = (
    AboutRun
    | JoinPage
    | MoreAboutUs
    | JoinPutOff
    | Joined
    | AlreadyJoined
    | CodeNotKnown
    | TooManyCodes
    | ComeToTheWeb
    | NotKnownYet
    | Offered
    | WhenLater
    | PutOff
    | OfferDeclined
    | OfferGone
    | HalfDone
    | PictureReady
    | RunGone
    | WordsReceived
    | EditReceived
    | WordsTooLong
    | MediaNotKept
    | ConcernHeard
    | HelpNow
    | SomebodyWillTalk
    | ToldBack
    | WhatWasDone
    | Menu
    | WhoSees
    | HowLongToRest
    | SureToStop
    | RestBegun
    | QuietUntil
    | OwnTimeShown
    | OwnTimeSet
    | WelcomeBack
    | NothingWaits
    | NotUnderstood
    | RunAlreadyOver
    | SaidAgain
)
Telling = TalkTelling | TheirTelling


class Renderer(Protocol):
    """Turns what we tell into messages: pure and total; `tapped` says that a button was tapped.

    When `tapped` is true, the first message may be an edit of the tapped message (its buttons go).
    At most two new messages come out of all tellings of one input together.
    """

    def __call__(
        self, tellings: Sequence[Telling], listener: Listener, *, tapped: bool
    ) -> tuple[Outgoing, ...]:
        """Return the messages, in the order in which they are sent."""
        ...
