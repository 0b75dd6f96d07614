"""The ways on which a golden conversation is played; each begins anew with every single step.

What is kept between two steps is what a database and a phone keep, and nothing else: the process
around them is opened for a step and closed after it.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Protocol, assert_never

from aiogram import Bot

from bot.callbacks import parse
from bot.channels import WEB_BOT_ID
from bot.intake import Outcome
from bot.lines import RANK
from bot.reading import read_text
from followups.occasions import fire_due
from outcomes.episode import CloseReason
from storage import runs
from storage.outbox import Delivery, OutgoingKind, Sending, Sent
from storage.runs import StoredRun
from surveys import engine
from surveys.conversation import Run
from surveys.people import may_use_telegram
from surveys.run_json import answer_from_json, run_to_json
from tests.support import telegram_updates as updates
from tests.support.canary import CANARY_TOKEN
from tests.support.chat_window import Bubble, ChatWindow, Key, NothingToEdit, NotModified
from tests.support.house import World, invite
from tests.support.recording_session import RecordingSession
from tests.support.transcripts import (
    THEIR_INVITATION,
    Does,
    Happening,
    How,
    Step,
    Transcript,
    read_time,
)
from usecases import inviting, sending, transcribing
from usecases.arrival import Arrival, Channel, Knock, Media, MediaInput, RunInput, TextInput, What
from usecases.inviting import By, Closing, Invited
from usecases.receiving import Reception
from usecases.service import Service

A_SECOND = timedelta(seconds=1)
STAFF = "a made-up worker"

_THINGS: dict[str, dict[str, Any]] = {
    "a sticker": {"sticker": updates.STICKER},
    "a photo": {"photo": updates.PHOTO},
    "a voice message": {"voice": updates.VOICE},
    "a place": {"location": updates.PLACE},
    "a phone number": {"contact": updates.CONTACT},
}
_KINDS = {
    "a sticker": Media.STICKER,
    "a photo": Media.PHOTO,
    "a voice message": Media.VOICE,
    "a place": Media.PLACE,
    "a phone number": Media.PHONE_NUMBER,
}


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


# --- without any channel ------------------------------------------------------------------------


@dataclass
class PlainWay:
    """The engine and the use cases alone: no aiogram, no HTTP, and the run also by itself.

    Beside the use cases the engine moves a run of its own, which is written as JSON and read back
    for every input: both must come to the same.
    """

    setting: Setting
    _alone: str = ""

    async def invite(self, transcript: Transcript) -> None:
        """Let staff invite them."""
        await self.setting.invite(transcript)

    async def do(self, step: Step) -> list[Happening]:
        """Let one step happen."""
        self.setting.world.clock.forward(A_SECOND)
        async with self.setting.world.open_service() as service:
            if step.does in (Does.WAIT, Does.CLOSE):
                sendings = await self.setting.happen_without_them(service, step)
                await self._show(service, sendings)
            else:
                phone = await self.setting.phone(service, step.does)
                for what, message in self._inputs(step, phone):
                    await self._hand_in(service, phone, what, message)
        return self.setting.news()

    def _inputs(self, step: Step, phone: Phone) -> list[tuple[What, int | None]]:
        what = step.what
        match step.does:
            case Does.OPEN | Does.OPEN_ON_TELEGRAM | Does.OTHER_OPENS:
                return [(read_text(f"/start {self.setting.code(what)}"), None)]
            case Does.TYPE:
                return [(read_text(what), None)]
            case Does.EDIT:
                return [(TextInput(what, edited=True), None)]
            case Does.SEND:
                thing, _, caption = what.partition(": ")
                return [(MediaInput(_KINDS[thing], caption), None)]
            case Does.TAP | Does.TAP_TWICE:
                bubble, key = phone.window.find(what)
                times = 2 if step.does is Does.TAP_TWICE else 1
                return [(parse(key.data), bubble.number)] * times
            case Does.TAP_OLD:
                bubble, key = phone.window.find_old(what)
                return [(parse(key.data), bubble.number)]
            case Does.WAIT | Does.CLOSE:
                return []
            case _:
                assert_never(step.does)

    async def _hand_in(
        self, service: Service, phone: Phone, what: What, message: int | None
    ) -> None:
        number = next(self.setting.numbers)
        knock = Knock(phone.channel, phone.chat_id, number, message)
        before = await self._stored(service)
        received = await Reception(service).receive(
            Arrival(knock, what, self.setting.world.clock.now)
        )
        if isinstance(what, RunInput) and before is not None and before.run.id == what.run:
            self._move_alone(service, before, what)
            after = await self._stored(service)
            assert after is not None
            assert json.loads(self._alone) == _written(after.run), "the engine alone differs"
        await self._show(service, received.sendings)

    def _move_alone(self, service: Service, before: StoredRun, what: RunInput) -> None:
        """Move a run that is read from JSON, and write it as JSON: the engine and nothing else."""
        instrument = service.catalogue.get(before.run.instrument)
        again = _read_back(before.run, json.dumps(_written(before.run)))
        turn = engine.resume(instrument, again, what.given, self.setting.world.clock.now)
        self._alone = json.dumps(_written(turn.run))

    async def _stored(self, service: Service) -> StoredRun | None:
        """Return the newest run of whoever was invited."""
        who = self.setting.invited.participant
        found = await service.lane.read(lambda rows: runs.of_participant(service.open(rows), who))
        return found[-1] if found else None

    async def _show(self, service: Service, sendings: Sequence[Sending]) -> None:
        """Let messages appear on the phones, as a courier without faults would."""
        for each in sorted(sendings, key=lambda each: RANK[each.outgoing.urgency]):
            phone = next(
                phone
                for phone in self.setting.phones.values()
                if (phone.channel.value, phone.chat_id) == (each.channel, each.chat_id)
            )
            number = await self._bring(service, phone, each)
            sent = Sent(each.id, Delivery.SENT, number)
            sending.record(service, [sent], self.setting.world.clock.now)
        await service.lane.settled()

    async def _bring(self, service: Service, phone: Phone, each: Sending) -> int | None:
        outgoing = each.outgoing
        rows = tuple(
            tuple(Key(button.label, button.data, button.url) for button in row)
            for row in outgoing.rows
        )
        match outgoing.kind:
            case OutgoingKind.SEND | OutgoingKind.PICTURE:
                picture = b"drawn" if outgoing.kind is OutgoingKind.PICTURE else None
                bubble = Bubble(next(self.setting.numbers), True, outgoing.text, rows, picture)
                return phone.window.show(bubble).number
            case OutgoingKind.EDIT_TAPPED:
                number = each.tapped_message
            case OutgoingKind.EDIT_STEP:
                number = await sending.step_message(service, outgoing.run or "", outgoing.step or 0)
        if number is not None:
            _change(phone.window, number, outgoing.text or None, rows)
        return number


def _change(
    window: ChatWindow, number: int, text: str | None, rows: tuple[tuple[Key, ...], ...]
) -> None:
    with suppress(NotModified, NothingToEdit):  # as the courier takes it
        window.change(number, text, rows)


def _written(run: Run) -> dict[str, Any]:
    return {**run_to_json(run), "status": run.status.value}


def _read_back(run: Run, written: str) -> Run:
    stored = json.loads(written)
    return replace(
        run,
        asked=tuple(stored["asked"]),
        answers={item: answer_from_json(answer) for item, answer in stored["answers"].items()},
        misses=stored["misses"],
    )


# --- through aiogram ------------------------------------------------------------------------------


@dataclass
class AiogramWay:
    """Raw updates through intake, dispatcher, use cases and courier to a recording session."""

    setting: Setting
    session: RecordingSession = field(default_factory=RecordingSession)

    async def invite(self, transcript: Transcript) -> None:
        """Let staff invite them."""
        await self.setting.invite(transcript)

    async def do(self, step: Step) -> list[Happening]:
        """Let one step happen."""
        self.setting.world.clock.forward(A_SECOND)
        bots = {
            Channel.TELEGRAM: Bot(CANARY_TOKEN, session=self.session),
            Channel.WEB: Bot(f"{WEB_BOT_ID}:web", session=self.session),
        }
        async with self.setting.world.open(bots) as house:
            if step.does in (Does.WAIT, Does.CLOSE):
                sendings = await self.setting.happen_without_them(house.service, step)
                house.courier.deliver(sendings)
            else:
                phone = await self.setting.phone(house.service, step.does)
                phone.window = self.session.window(phone.chat_id)
                raws = self._updates(step, phone)
                outcomes = await asyncio.gather(
                    *(house.intake.take(phone.channel, raw) for raw in raws)
                )
                assert set(outcomes) == {Outcome.HANDLED}
            await house.courier.settled()
        return self.setting.news()

    def _updates(self, step: Step, phone: Phone) -> list[updates.Raw]:
        what, chat = step.what, phone.chat_id
        match step.does:
            case Does.OPEN | Does.OPEN_ON_TELEGRAM | Does.OTHER_OPENS:
                return [self._message(phone, text=f"/start {self.setting.code(what)}")]
            case Does.TYPE:
                return [self._message(phone, text=what)]
            case Does.EDIT:
                return [updates.edited(next(self.setting.numbers), chat, phone.typed, text=what)]
            case Does.SEND:
                thing, _, caption = what.partition(": ")
                caption_part = {"caption": caption} if caption else {}
                return [self._message(phone, **_THINGS[thing], **caption_part)]
            case Does.TAP | Does.TAP_TWICE:
                bubble, key = phone.window.find(what)
                times = 2 if step.does is Does.TAP_TWICE else 1
                return [
                    updates.tap(next(self.setting.numbers), chat, bubble, key.data)
                    for _ in range(times)
                ]
            case Does.TAP_OLD:
                bubble, key = phone.window.find_old(what)
                return [updates.tap(next(self.setting.numbers), chat, bubble, key.data)]
            case Does.WAIT | Does.CLOSE:
                return []
            case _:
                assert_never(step.does)

    def _message(self, phone: Phone, **content: Any) -> updates.Raw:
        phone.typed = self.session.next_number()
        phone.window.show(Bubble(phone.typed, False, str(content.get("text", ""))))
        return updates.message(next(self.setting.numbers), phone.chat_id, phone.typed, **content)
