"""Finds in the raw bytes of an update that nobody could deal with in which chat it came, and words.

It must not decide what follows from it, nor show what it read.
"""

from __future__ import annotations

import json

from bot.raw_updates import read_raw
from bot.reading import salvage
from usecases.arrival import CodeInput, MediaInput, TextInput
from usecases.stranded import Stranded


def find_words(payload: bytes) -> Stranded:
    """Return what can be read of it. Raises ValueError where it is no update of the Bot API."""
    update = read_raw(json.loads(payload))
    if update is None:
        msg = "this is no update"
        raise ValueError(msg)
    match salvage(update):
        case TextInput(text) | CodeInput(text):
            said = text
        case MediaInput(_, caption):
            said = caption
        case _:
            typed = update.body.get("text")  # a command
            said = typed if isinstance(typed, str) else ""
    return Stranded(update.chat_id if update.private else None, said.strip())
