"""Looks into a raw update just far enough to know its number, kind and chat; it trusts nothing.

It also takes away what we do not need: names, and the text and buttons of our own messages. It must
never raise on bad input and never show what it read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

Json = Mapping[str, object]

MESSAGE_KINDS: Final = ("message", "edited_message")
KINDS: Final = (*MESSAGE_KINDS, "callback_query", "my_chat_member", "inline_query")
"""The kinds of update that we ask Telegram for, and that a handler takes."""

_LARGEST: Final = 1 << 63
HIDDEN: Final = "-"
"""What stands in place of a name."""

UNWANTED: Final = frozenset(
    {
        "entities",
        "caption_entities",
        "reply_markup",
        "reply_to_message",
        "external_reply",
        "quote",
        "forward_origin",
        "link_preview_options",
        "via_bot",
    }
)
"""Parts of a message that we never look at: they may name people or hold other people's words."""


@dataclass(frozen=True, slots=True)
class RawUpdate:
    """One update as it came: `body` is what stands under its kind.

    `chat_id` is None where no chat stands in it. `private` says that it is a chat with one person.
    """

    update_id: int
    kind: str
    body: Json
    chat_id: int | None
    private: bool
    message_id: int | None = None


def read_raw(raw: object) -> RawUpdate | None:
    """Return what can be told of a decoded update, or None where it carries no usable number."""
    if not isinstance(raw, Mapping):
        return None
    update_id = _number(raw.get("update_id"))
    if update_id is None or update_id < 0:
        return None
    kind, body = _content(raw)
    message = body if kind in MESSAGE_KINDS else _part(body, "message")
    chat = _part(message, "chat") or _part(body, "chat")
    chat_id = _number(chat.get("id"))
    private = chat.get("type") == "private"
    if kind == "callback_query" and chat_id is None:
        # A button whose message is gone: only the person's own number is left, which is the
        # number of their private chat.
        chat_id = _number(_part(body, "from").get("id"))
        private = chat_id is not None
    return RawUpdate(update_id, kind, body, chat_id, private, _number(message.get("message_id")))


def pruned(update: RawUpdate) -> dict[str, object]:
    """Return the update with only what we read: cheaper to parse, and nobody's name in memory."""
    if update.kind in MESSAGE_KINDS:
        body = _pruned_message(update.body)
    elif update.kind == "callback_query":
        body = _pruned_tap(update.body)
    elif update.kind == "my_chat_member":
        body = _pruned_membership(update.body)
    else:
        body = dict(update.body)
    return {"update_id": update.update_id, update.kind: body}


def _pruned_tap(body: Json) -> dict[str, object]:
    message = _part(body, "message")
    kept: dict[str, object] = {
        "id": body.get("id"),
        "from": _pruned_user(body.get("from")),
        "chat_instance": "",
        "data": body.get("data"),
    }
    if message:
        kept["message"] = {
            "message_id": message.get("message_id"),
            "date": message.get("date"),
            "chat": _pruned_chat(message.get("chat")),
        }
    return kept


def _pruned_membership(body: Json) -> dict[str, object]:
    kept = {name: part for name, part in body.items() if name != "invite_link"}
    kept["chat"] = _pruned_chat(body.get("chat"))
    kept["from"] = _pruned_user(body.get("from"))
    for name in ("old_chat_member", "new_chat_member"):
        member = _part(body, name)
        kept[name] = {**member, "user": _pruned_user(member.get("user"))}
    return kept


def _pruned_message(body: Json) -> dict[str, object]:
    kept = {name: part for name, part in body.items() if name not in UNWANTED}
    kept["chat"] = _pruned_chat(body.get("chat"))
    if "from" in body:
        kept["from"] = _pruned_user(body["from"])
    return kept


def _pruned_user(user: object) -> object:
    if not isinstance(user, Mapping):
        return user
    return {"id": user.get("id"), "is_bot": user.get("is_bot"), "first_name": HIDDEN}


def _pruned_chat(chat: object) -> object:
    if not isinstance(chat, Mapping):
        return chat
    return {"id": chat.get("id"), "type": chat.get("type")}


def _content(raw: Json) -> tuple[str, Json]:
    """Return the kind of an update and what stands under it; the first where there are several."""
    for name, part in raw.items():
        if name != "update_id" and isinstance(name, str) and isinstance(part, Mapping):
            return name, part
    return "", {}


def _part(body: Json, name: str) -> Json:
    part = body.get(name)
    return part if isinstance(part, Mapping) else {}


def _number(value: object) -> int | None:
    """Return a whole number that a database can hold, or None; True and False are none."""
    if type(value) is not int or not -_LARGEST < value < _LARGEST:
        return None
    return value
