"""Tells what was done about something that they had said: words of staff in a plain frame."""

from __future__ import annotations

from bot.speech import Speech, tell
from storage.outbox import Outgoing
from usecases.telling import ToldBack


def render_told_back(telling: ToldBack, speech: Speech) -> Outgoing:
    """Return the one message; its first words give nothing away on a locked phone."""
    key = "back.told" if telling.others else "back.told-alone"
    return tell(speech.say(key, title=telling.title, did=telling.did))
