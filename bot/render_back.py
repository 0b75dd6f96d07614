"""Tells what was done about something that they had said: words of staff in a plain frame."""

from __future__ import annotations

from bot.speech import Speech, tell
from storage.outbox import Outgoing
from usecases.telling import ToldBack, WhatWasDone


def render_told_back(telling: ToldBack, speech: Speech) -> Outgoing:
    """Return the one message; its first words give nothing away on a locked phone."""
    key = "back.told" if telling.others else "back.told-alone"
    return tell(speech.say(key, title=telling.title, did=telling.did))


def render_what_was_done(telling: WhatWasDone, speech: Speech) -> Outgoing:
    """Return what was done about what young people said, in one message that names nobody."""
    if not telling.found:
        return tell(speech.say("back.none-yet"))
    lines = [speech.say("back.one", title=each.title, did=each.did) for each in telling.found]
    return tell("\n\n".join((speech.say("back.all"), *lines)))
