"""One made-up person: how they feel, whether they answer, and what they tap; no one real.

They see what a real person would see, messages with buttons, and answer through the same data.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Final

from bot.callbacks import parse
from starling.simulation.aiming import Aims, draw_aims
from starling.simulation.staff import Guest
from storage.outbox import Button, OutgoingKind, Sending
from surveys.conversation import (
    AskedWhy,
    CameBack,
    Declination,
    Passed,
    Paused,
    Tapped,
    WentBack,
)
from surveys.people import Role
from usecases.arrival import (
    Channel,
    CodeInput,
    JoinInput,
    JoinReply,
    OccasionInput,
    OfferReply,
    RunInput,
    TextInput,
    What,
)

REMARKS: Final = (
    "football was good this week",
    "the dog is nice",
    "school is ok",
    "i like the new room",
    "nothing much",
    "we made pizza on sunday",
    "it is loud at night",
    "my bike is fixed now",
    "she has settled a bit more since the summer",
    "bedtime is calmer than it was",
)
PUT_OFF: Final = (
    OfferReply.IN_AN_HOUR,
    OfferReply.TONIGHT,
    OfferReply.TOMORROW,
    OfferReply.NEXT_WEEK,
)
"""The replies with which somebody chooses another moment."""

WORRIES: Final = ("i feel really low and do not sleep", "they keep picking on me at school")


@dataclass(slots=True)
class Temper:
    """The chances that decide what somebody does; each between 0 and 1."""

    joins: float
    starts: float
    finishes: float
    skips: float
    writes: float


@dataclass(slots=True)
class Pretend:
    """A made-up person with a chat, a temper and a hidden feeling for every question.

    `participant` is the id under which they answer. Feelings drift upwards a little with the days
    since their support began. `joined`, `quiet`, `stopped` and `blocked` are what they did last,
    `held` and `left` what staff did: then nobody asks them. Only young people have `aims`.
    """

    role: Role
    channel: Channel
    chat_id: int
    participant: str
    code: str
    chance: Random
    temper: Temper
    feelings: dict[int, float] = field(default_factory=dict)
    drift: float = 0.0
    gone: bool = False
    joined: bool = False
    quiet: bool = False
    stopped: bool = False
    blocked: bool = False
    held: bool = False
    left: bool = False
    last: list[Sending] = field(default_factory=list)
    aims: Aims | None = None

    def knock(self) -> What | None:
        """Open the invitation, or never come."""
        if self.chance.random() > self.temper.joins:
            self.gone = True
            return None
        return CodeInput(self.code)

    def react(self, days: int) -> What | None:
        """Return what they do about the last messages, or None when they leave it."""
        buttons = self._buttons()
        offers = [given for given in buttons if isinstance(given[1], OccasionInput)]
        joins = [given for given in buttons if isinstance(given[1], JoinInput)]
        runs = [given for given in buttons if isinstance(given[1], RunInput)]
        if runs:
            return self._answer(runs, days)
        if offers:
            return self._take_offer([given for _, given in offers])
        if joins:
            return self._join([given for _, given in joins])
        return self.aims.react(self.last, days) if self.aims is not None else None

    def _buttons(self) -> list[tuple[Button, What]]:
        """Return the buttons of the newest message that has any that lead on."""
        for sending in reversed(self.last):
            outgoing = sending.outgoing
            if outgoing.kind in (OutgoingKind.SEND, OutgoingKind.PICTURE) and outgoing.rows:
                found = [
                    (button, parse(button.data))
                    for row in outgoing.rows
                    for button in row
                    if button.data
                ]
                if any(
                    isinstance(given, RunInput | OccasionInput | JoinInput) for _, given in found
                ):
                    return found
        return []

    def _join(self, given: list[What]) -> What:
        replies = {each.reply: each for each in given if isinstance(each, JoinInput)}
        for reply in (JoinReply.SECOND_PAGE, JoinReply.THIRD_PAGE):
            if reply in replies:
                return replies[reply]
        if JoinReply.TELL_ME_MORE in replies and self.chance.random() < 0.05:
            return replies[JoinReply.TELL_ME_MORE]
        self.joined = self.joined or JoinReply.YES in replies
        return replies.get(JoinReply.YES, next(iter(replies.values())))

    def _take_offer(self, given: list[What]) -> What | None:
        replies = {each.reply: each for each in given if isinstance(each, OccasionInput)}
        if OfferReply.START not in replies:
            later = [replies[reply] for reply in PUT_OFF if reply in replies]
            return self.chance.choice(later) if later else None
        fate = self.chance.random()
        if fate < self.temper.starts:
            return replies[OfferReply.START]
        if fate < self.temper.starts + 0.06:
            return replies.get(OfferReply.LATER)
        if fate < self.temper.starts + 0.10:
            return replies.get(OfferReply.NOT_THIS_TIME)
        return None

    def _answer(self, given: list[tuple[Button, What]], days: int) -> What | None:
        inputs = [each for _, each in given if isinstance(each, RunInput)]
        taps = [each for each in inputs if isinstance(each.given, Tapped)]
        fate = self.chance.random()
        if fate > self.temper.finishes:
            return self._leave(inputs)
        if self.chance.random() < self.temper.skips:
            return self._pass(inputs)
        if fate < 0.02:
            aside = [each for each in inputs if isinstance(each.given, WentBack | AskedWhy)]
            if aside:
                return self.chance.choice(aside)
        if taps:
            return self._tap(taps, days)
        if any(isinstance(each.given, Passed) for each in inputs):
            return self._write(inputs)
        back = [each for each in inputs if isinstance(each.given, CameBack)]
        return back[0] if back else None

    def _leave(self, inputs: list[RunInput]) -> What | None:
        """Leave in the middle: half of them say pause, the others go quiet."""
        pause = [each for each in inputs if isinstance(each.given, Paused)]
        return pause[0] if pause and self.chance.random() < 0.5 else None

    def _pass(self, inputs: list[RunInput]) -> What | None:
        passes = [each for each in inputs if isinstance(each.given, Passed)]
        if not passes:
            return None
        weights = [
            3 if isinstance(each.given, Passed) and each.given.how is Declination.SKIP else 1
            for each in passes
        ]
        return self.chance.choices(passes, weights=weights)[0]

    def _tap(self, taps: list[RunInput], days: int) -> What:
        """Tap the choice that is nearest to how they feel about this place in the questions."""
        step = taps[0].given.step if isinstance(taps[0].given, Tapped) else 0
        place = step % 8
        base = self.feelings.setdefault(place, self.chance.gauss(2.6, 0.9))
        felt = base + self.drift * min(days, 240) / 180 + self.chance.gauss(0, 0.5)
        wanted = round((felt - 1) / 4 * (len(taps) - 1))
        return taps[max(0, min(len(taps) - 1, wanted))]

    def _write(self, inputs: list[RunInput]) -> What | None:
        if self.chance.random() > self.temper.writes:
            skip = [
                each
                for each in inputs
                if isinstance(each.given, Passed) and each.given.how is Declination.SKIP
            ]
            return skip[0] if skip else None
        worried = self.chance.random() < 0.03
        return TextInput(self.chance.choice(WORRIES if worried else REMARKS))


def make_pretend(role: Role, channel: Channel, chat_id: int, guest: Guest, seed: int) -> Pretend:
    """Return a made-up person; the same seed gives the same person."""
    chance = Random(seed)
    grown = role is not Role.YOUNG_PERSON
    temper = Temper(
        joins=0.86 if grown else 0.78,
        starts=min(0.95, max(0.25, chance.gauss(0.74 if grown else 0.66, 0.15))),
        finishes=0.993,
        skips=0.02 if grown else 0.05,
        writes=0.5 if grown else 0.3,
    )
    drift = chance.gauss(0.55, 0.7)
    return Pretend(
        role,
        channel,
        chat_id,
        guest.participant,
        guest.code,
        chance,
        temper,
        drift=drift,
        aims=None if grown else draw_aims(seed),
    )
