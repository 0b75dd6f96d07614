"""Puts what a browser sends into the shape of a Bot API update; it knows no meaning.

A page gives every input a number of its own by chance, and sends the same one when it has to send
again. So a retry after a lost connection is the same update, and has one effect.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

Update = Mapping[str, object]

_UPDATE_BITS: Final = 53  # what every JSON reader holds exactly
_LARGEST: Final = 1 << 63


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends, under which number of their own making, and when it reached us (aware UTC)."""

    visitor: int
    client_id: str
    now: datetime


def text_update(sender: Sender, text: str) -> Update:
    """Return the update for typed words."""
    number = _number(sender, "text", text)
    message = {**_message(sender, 1 + number % 0x7FFF_FFFE), "from": _user(sender), "text": text}
    return {"update_id": number, "message": message}


def tap_update(sender: Sender, data: str, message_id: int | None) -> Update:
    """Return the update for a tapped button; `message_id` is None for buttons of the page."""
    number = _number(sender, "tap", f"{message_id or ''}:{data}")
    query: dict[str, object] = {
        "id": str(number),
        "from": _user(sender),
        "chat_instance": "web",
        "data": data,
    }
    if message_id is not None:
        query["message"] = _message(sender, message_id)
    return {"update_id": number, "callback_query": query}


def read_message_id(written: str) -> int | None:
    """Return the number of a message as a form carries it, or None for anything else."""
    if not written.isascii() or not written.isdigit() or len(written) > len(str(_LARGEST)):
        return None
    number = int(written)
    return number if 0 < number < _LARGEST else None


def _number(sender: Sender, kind: str, content: str) -> int:
    """Return a stable number for this input: what is sent counts, so a form used twice is two."""
    parts = (str(sender.visitor), sender.client_id, kind, content)
    digest = hashlib.blake2b(digest_size=8, person=b"starling-web")
    for part in parts:
        whole = part.encode(errors="replace")
        digest.update(len(whole).to_bytes(8, "big") + whole)
    return int.from_bytes(digest.digest(), "big") >> (64 - _UPDATE_BITS)


def _message(sender: Sender, message_id: int) -> dict[str, object]:
    return {
        "message_id": message_id,
        "date": int(sender.now.timestamp()),
        "chat": {"id": sender.visitor, "type": "private"},
    }


def _user(sender: Sender) -> dict[str, object]:
    return {"id": sender.visitor, "is_bot": False, "first_name": "-"}
