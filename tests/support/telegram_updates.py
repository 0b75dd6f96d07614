"""Raw updates as the Bot API sends them, names and all, for people who do not exist."""

from __future__ import annotations

from typing import Any

from tests.support.chat_window import Bubble, as_markup

Raw = dict[str, Any]

WHEN = 1_790_000_000
BOT_USER: Raw = {"id": 7700112233, "is_bot": True, "first_name": "Made up", "username": "MadeUpBot"}


def private_chat(chat_id: int) -> Raw:
    return {"id": chat_id, "type": "private", "first_name": "Nobody", "username": "nobody_at_all"}


def user(chat_id: int) -> Raw:
    return {
        "id": chat_id,
        "is_bot": False,
        "first_name": "Nobody",
        "last_name": "Atall",
        "username": "nobody_at_all",
        "language_code": "en",
    }


def message(update_id: int, chat_id: int, number: int, **content: Any) -> Raw:
    """A new message; `content` holds text=..., or sticker=..., or what else it is made of."""
    return {"update_id": update_id, "message": _message(chat_id, number, content)}


def edited(update_id: int, chat_id: int, number: int, **content: Any) -> Raw:
    """A message that was changed."""
    body = _message(chat_id, number, content) | {"edit_date": WHEN + 1}
    return {"update_id": update_id, "edited_message": body}


def tap(update_id: int, chat_id: int, bubble: Bubble, data: str) -> Raw:
    """A tap on a button under a message of the bot."""
    return {
        "update_id": update_id,
        "callback_query": {
            "id": str(4_000_000_000 + update_id),
            "from": user(chat_id),
            "chat_instance": "-5500",
            "data": data,
            "message": {
                "message_id": bubble.number,
                "from": BOT_USER,
                "chat": private_chat(chat_id),
                "date": WHEN,
                "text": bubble.text,
                "reply_markup": as_markup(bubble.keyboard),
            },
        },
    }


def membership(update_id: int, chat: Raw, status: str) -> Raw:
    """Somebody changed what the bot may do in a chat."""
    person = user(chat["id"] if chat["type"] == "private" else 55)
    old: Raw = {"user": BOT_USER, "status": "left"}
    new: Raw = {"user": BOT_USER, "status": status}
    if status == "kicked":
        new["until_date"] = 0
    change = {
        "chat": chat,
        "from": person,
        "date": WHEN,
        "old_chat_member": old,
        "new_chat_member": new,
    }
    return {"update_id": update_id, "my_chat_member": change}


STICKER: Raw = {
    "file_id": "made-up",
    "file_unique_id": "made-up",
    "type": "regular",
    "width": 512,
    "height": 512,
    "is_animated": False,
    "is_video": False,
    "emoji": "🐢",
}
PHOTO: list[Raw] = [{"file_id": "p", "file_unique_id": "p", "width": 90, "height": 90}]
VOICE: Raw = {"file_id": "v", "file_unique_id": "v", "duration": 3}
CONTACT: Raw = {"phone_number": "+4400000000", "first_name": "Nobody"}
PLACE: Raw = {"latitude": 52.9, "longitude": -1.4}
POLL: Raw = {
    "id": "1",
    "question": "a question",
    "options": [{"persistent_id": "0", "text": "one", "voter_count": 0}],
    "total_voter_count": 0,
    "is_closed": False,
    "is_anonymous": True,
    "type": "regular",
    "allows_multiple_answers": False,
    "allows_revoting": False,
    "members_only": False,
}


def _message(chat_id: int, number: int, content: Raw) -> Raw:
    return {
        "message_id": number,
        "from": user(chat_id),
        "chat": private_chat(chat_id),
        "date": WHEN,
        **content,
    }
