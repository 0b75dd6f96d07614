"""The ways on which a golden conversation is played; each begins anew with every single step.

What is kept between two steps is what a database and a phone keep, and nothing else: the process
around them is opened for a step and closed after it.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from followups.occasions import fire_due
from outcomes.episode import CloseReason
from storage.outbox import Sending
from surveys.people import may_use_telegram
from tests.support.chat_window import Bubble, ChatWindow
from tests.support.house import World, invite
from tests.support.transcripts import (
    THEIR_INVITATION,
    Does,
    Happening,
    How,
    Step,
    Transcript,
    read_time,
)
from usecases import inviting, transcribing
from usecases.arrival import Channel
from usecases.inviting import By, Closing, Invited
from usecases.service import Service

A_SECOND = timedelta(seconds=1)
STAFF = "a made-up worker"


class Way(Protocol):
    """One way on which people reach us."""

    async def invite(self, transcript: Transcript) -> None:
        """Let staff invite whoever speaks in this conversation."""
        ...

    async def do(self, step: Step) -> list[Happening]:
        """Let one step happen, and return what we said and changed because of it."""
        ...


@dataclass
class Phone:
    """What somebody holds in their hand: a chat on one channel, and what it shows."""

    channel: Channel
    chat_id: int
    window: ChatWindow = field(default_factory=ChatWindow)
    seen: int = 0
    typed: int = 0

    def news(self) -> list[Happening]:
        """Return what happened since the last look."""
        fresh = self.window.happened[self.seen :]
        self.seen = len(self.window.happened)
        return [_as_happening(how, bubble) for how, bubble in fresh]


def _as_happening(how: str, bubble: Bubble) -> Happening:
    rows = tuple(tuple(key.label for key in row) for row in bubble.keyboard)
    if how == "buttons":
        return Happening(How.BUTTONS, bubble.text.partition("\n")[0], rows)
    happened = How.SAY if how == "said" else How.CHANGE
    return Happening(happened, bubble.text, rows, bubble.picture is not None)


@dataclass
class Setting:
    """What a conversation stands on, whichever way it is played."""

    world: World
    invited: Invited = field(init=False)
    transcript: Transcript = field(init=False)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1000))
    phones: dict[tuple[str, Channel], Phone] = field(default_factory=dict)

    async def invite(self, transcript: Transcript) -> None:
        """Let staff invite whoever speaks in this conversation."""
        self.transcript = transcript
        async with self.world.open_service() as service:
            self.invited = await invite(
                service, self.world.clock.now, transcript.role, transcript.band
            )

    @property
    def channel(self) -> Channel:
        """The channel on which they are served where the way leaves a choice."""
        old_enough = may_use_telegram(self.transcript.role, self.transcript.band)
        return Channel.TELEGRAM if old_enough else Channel.WEB

    def code(self, what: str) -> str:
        """Return the code that is meant."""
        return self.invited.code if what == THEIR_INVITATION else what

    async def phone(self, service: Service, does: Does) -> Phone:
        """Return the phone that is used for this step."""
        who = "other" if does is Does.OTHER_OPENS else "they"
        channel = Channel.TELEGRAM if does is Does.OPEN_ON_TELEGRAM else self.channel
        phone = self.phones.get((who, channel))
        if phone is None:
            chat_id = 42 + len(self.phones)
            if channel is Channel.WEB:
                chat_id, _ = await transcribing.new_visitor(service, self.world.clock.now)
            phone = self.phones[who, channel] = Phone(channel, chat_id)
        return phone

    def news(self) -> list[Happening]:
        """Return what happened on all phones since the last look."""
        return [each for phone in self.phones.values() for each in phone.news()]

    async def happen_without_them(self, service: Service, step: Step) -> list[Sending]:
        """Let time pass, or staff do something; return what is to be sent because of it."""
        clock = self.world.clock
        if step.does is Does.WAIT:
            clock.forward(read_time(step.what))
            return await fire_due(service, clock.now)
        episode = (await inviting.list_episodes(service))[0].episode.id
        today = service.rhythm.local(clock.now).date()
        closing = Closing(today, CloseReason.PLANNED)
        await inviting.close_episode(service, episode, closing, By(STAFF, clock.now))
        return []
