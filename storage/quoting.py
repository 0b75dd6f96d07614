"""Messages that quote somebody's own words hold a pointer; the words are put in when it is shown.

So no message that waits, is kept or is shown in a browser holds them in the clear, and words that
are gone are gone from every message. It must not keep what it put in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from sqlalchemy import select

from storage.casework import Casework
from storage.people import chat_indexes
from storage.tables import addresses, participants, words
from storage.vault import Place

LONGEST: Final = 160
"""Letters of somebody's words that a message of ours quotes; longer ones are cut."""

_OPEN, _CLOSE = "\ue000", "\ue001"
_POINTER: Final = re.compile(f"{_OPEN}([0-9a-z]{{1,40}}){_CLOSE}")
_GONE: Final = "…"


def point_to(words_id: str) -> str:
    """Return what stands in a message for these words."""
    return f"{_OPEN}{words_id}{_CLOSE}"


def quotes(text: str) -> bool:
    """Tell whether a text points to somebody's words."""
    return _OPEN in text


def whose_chat(work: Casework, channel: str, chat_id: int) -> str | None:
    """Return the participant whose chat this is, or None for somebody whom we do not know."""
    there = addresses.c.chat_index.in_(chat_indexes(work, channel, chat_id))
    query = select(addresses.c.participant_id).where(there)
    return work.connection.execute(query).scalars().first()


def fill(
    work: Casework, text: str, whose: str | None, *, only: str = "", elsewhere: str = _GONE
) -> str:
    """Return a text with the words that it points to, in one line each; `…` where they are gone.

    whose: the participant to whom this is shown, or about whom it is: nobody else's words are put
    in, whatever points to them.
    only: a channel; of words that came by another one, `elsewhere` is shown instead. What somebody
    never wrote in another company's app is not handed to that company by us.
    """
    found = {
        words_id: elsewhere if only and channel != only else said
        for words_id, (channel, said) in _read(work, whose, set(_POINTER.findall(text))).items()
    }
    return _POINTER.sub(lambda pointer: found.get(pointer[1], _GONE), text)


def _read(work: Casework, whose: str | None, ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return by which channel words of this person came, and what they say."""
    columns = (words.c.id, words.c.channel, words.c.cipher)
    query = (
        select(*columns, participants.c.id, participants.c.wrapped_key)
        .join(participants, participants.c.id == words.c.participant_id)
        .where(words.c.id.in_(list(ids)), words.c.participant_id == whose)
    )
    found = {}
    for words_id, channel, cipher, participant_id, wrapped_key in work.connection.execute(query):
        key = work.vault.person_key(participant_id, wrapped_key)
        opened = work.vault.open(Place("words", "cipher", words_id), cipher, key).decode()
        found[words_id] = channel, _in_one_line(opened)
    return found


def _in_one_line(said: str) -> str:
    line = " ".join(said.replace(_OPEN, "").replace(_CLOSE, "").split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…"
