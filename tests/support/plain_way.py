"""The first way: the engine and the use cases alone, without aiogram and without HTTP."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, assert_never

from bot.callbacks import parse
from bot.lines import RANK
from bot.reading import read_text
from storage import runs
from storage.outbox import Delivery, OutgoingKind, Sending, Sent
from storage.runs import StoredRun
from surveys import engine
from surveys.conversation import Run
from surveys.run_json import answer_from_json, run_to_json
from tests.support.chat_window import Bubble, ChatWindow, Key, NothingToEdit, NotModified
from tests.support.transcripts import Does, Happening, Step, Transcript
from tests.support.ways import A_SECOND, Phone, Setting
from usecases import sending
from usecases.arrival import Arrival, Knock, Media, MediaInput, RunInput, TextInput, What
from usecases.receiving import Reception
from usecases.service import Service

_KINDS = {
    "a sticker": Media.STICKER,
    "a photo": Media.PHOTO,
    "a voice message": Media.VOICE,
    "a place": Media.PLACE,
    "a phone number": Media.PHONE_NUMBER,
}


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
        text = await sending.with_their_words(service, outgoing.text, (each.channel, each.chat_id))
        rows = tuple(
            tuple(Key(button.label, button.data, button.url) for button in row)
            for row in outgoing.rows
        )
        match outgoing.kind:
            case OutgoingKind.SEND | OutgoingKind.PICTURE:
                picture = b"drawn" if outgoing.kind is OutgoingKind.PICTURE else None
                bubble = Bubble(next(self.setting.numbers), True, text, rows, picture)
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
