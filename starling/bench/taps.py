"""Taps as the Bot API sends them: raw JSON with the tapped message and its keyboard, names and all.

Everybody in here is made up. It sends nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from random import Random
from typing import Any, Final

from bot.callbacks import RunAct, run_data
from storage.outbox import Outgoing
from surveys import engine
from surveys.conversation import RunId, Tapped
from surveys.instrument import Instrument
from surveys.people import AgeBand, Role, Voice
from usecases.arrival import Channel
from usecases.telling import AboutRun, Listener, Renderer

WHO: Final = Listener(
    Role.YOUNG_PERSON, AgeBand.SIXTEEN_TO_SEVENTEEN, Voice.OLDER, Channel.TELEGRAM
)
"""Everybody who answers here: old enough for Telegram."""

_BOT: Final = {
    "id": 7700112233,
    "is_bot": True,
    "first_name": "Starling",
    "username": "MadeUpStarlingBot",
}


@dataclass(frozen=True, slots=True)
class Tap:
    """One update: its bytes, its chat, and the number by which the tap itself is answered."""

    body: bytes
    chat_id: int
    query_id: str


class Fingers:
    """Works out beforehand what people tap, so that only the way of their answers is measured."""

    def __init__(self, instrument: Instrument, render: Renderer, chance: Random) -> None:
        """Take what is asked, how it is put into words, and where choices come from."""
        self._instrument = instrument
        self._render = render
        self._chance = chance
        self._numbers = count(500_000_000)

    def answers(self, run: RunId, chat_id: int, most: int, now: datetime) -> list[Tap]:
        """Return the taps that answer the first questions of a new run, one after the other.

        The engine and the renderer say beforehand what the phone shows, so that each update holds
        the message and the buttons that a real one would hold.
        """
        turn = engine.start(self._instrument, run, WHO.voice, now)
        taps: list[Tap] = []
        for _ in range(most):
            told = AboutRun(self._instrument, turn.run, turn.events)
            shown = self._render([told], WHO, tapped=True)[-1]
            value = self._chance.choice(_plain_values(self._instrument, turn.run.asked[-1]))
            data = run_data(run, turn.run.step, RunAct.TAP, value)
            taps.append(self._tap(chat_id, shown, data))
            turn = engine.resume(self._instrument, turn.run, Tapped(turn.run.step, value), now)
        return taps

    def _tap(self, chat_id: int, shown: Outgoing, data: str) -> Tap:
        number = next(self._numbers)
        query_id = str((chat_id << 32) + number)
        name = {"first_name": "Nobody", "last_name": "Atall", "username": f"nobody_{chat_id}"}
        update: dict[str, Any] = {
            "update_id": number,
            "callback_query": {
                "id": query_id,
                "from": {"id": chat_id, "is_bot": False, **name, "language_code": "en"},
                "message": {
                    "message_id": number % 1_000_000,
                    "from": _BOT,
                    "chat": {"id": chat_id, **name, "type": "private"},
                    "date": 1_790_000_000,
                    "text": shown.text,
                    "reply_markup": {
                        "inline_keyboard": [
                            [{"text": key.label, "callback_data": key.data} for key in row]
                            for row in shown.rows
                        ]
                    },
                },
                "chat_instance": "-5501234567890123456",
                "data": data,
            },
        }
        return Tap(json.dumps(update).encode(), chat_id, query_id)


def _plain_values(instrument: Instrument, item_id: str) -> list[int]:
    """Return the values that bring about the next question and nothing else."""
    item = instrument.item(item_id)
    return [each.value for each in item.choices if each.value not in item.wants_person]
