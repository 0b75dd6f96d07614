"""Says in our own words what a message of somebody means: commands, words, things we cannot keep.

It must not decide what follows from it, and never raises on what somebody sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from aiogram.enums import ContentType
from aiogram.types import Message

from bot.raw_updates import KINDS, MESSAGE_KINDS, UNWANTED, RawUpdate
from usecases.arrival import (
    CodeInput,
    Media,
    MediaInput,
    MenuInput,
    MenuWish,
    TextInput,
    UnknownInput,
    What,
)

COMMANDS: Final[Mapping[str, MenuWish]] = {
    "help": MenuWish.HELP,
    "menu": MenuWish.MENU,
    "when": MenuWish.OWN_TIME,
    "pause": MenuWish.PAUSE,
    "stop": MenuWish.STOP_ALL,
    "who": MenuWish.WHO_SEES,
    "goals": MenuWish.GOALS,
    "me": MenuWish.ABOUT_ME,
    "done": MenuWish.YOU_SAID,
}
"""What the commands with a slash wish for; /start is the way in and stands apart."""

_MEDIA: Final[Mapping[str, Media]] = {
    "photo": Media.PHOTO,
    "live_photo": Media.PHOTO,
    "voice": Media.VOICE,
    "audio": Media.VOICE,
    "video": Media.VIDEO,
    "video_note": Media.VIDEO,
    "animation": Media.VIDEO,
    "sticker": Media.STICKER,
    "document": Media.FILE,
    "location": Media.PLACE,
    "venue": Media.PLACE,
    "contact": Media.PHONE_NUMBER,
}

_SAYS_NOTHING: Final = frozenset(
    {
        "pinned_message",
        "message_auto_delete_timer_changed",
        "write_access_allowed",
        "chat_background_set",
        "boost_added",
        "users_shared",
        "user_shared",
        "chat_shared",
        "connected_website",
        "chat_owner_changed",
        "forum_topic_created",
        "forum_topic_edited",
        "forum_topic_closed",
        "forum_topic_reopened",
        "successful_payment",
        "refunded_payment",
    }
)
"""Notes that Telegram itself puts into a chat: nobody said anything to us."""

_RICH: Final = "rich_message"
_WORDY: Final = (_RICH, "checklist", "poll")
"""Things that hold somebody's words further inside."""

_WORDS_STAND_UNDER: Final = frozenset({"text", "title", "question", "caption"})
_MAY_HOLD_WORDS: Final = _WORDS_STAND_UNDER | {"note", "comment", "message", "description"}
_NOT_SAID: Final = UNWANTED | {"chat", "from", "sender_chat", "business_bot"}
"""Parts of what we do not know that name people, or hold what others said."""

_EDITED: Final = "edited"
_DEEPEST: Final = 12


def read_text(text: str) -> What:
    """Return what typed words are: a command, a code behind /start, or words.

    A command counts where nothing follows it: "/stop he hits me" is words, all of it.
    """
    text = _clean(text)
    if not text.startswith("/"):
        return TextInput(text)
    name, *rest = text[1:].split(maxsplit=1) or [""]
    command = name.partition("@")[0].casefold()
    if command == "start":
        return CodeInput(rest[0].strip()) if rest else MenuInput(MenuWish.MENU)
    wish = COMMANDS.get(command)
    return TextInput(text) if wish is None or rest else MenuInput(wish)


def read_message(message: Message) -> What | None:
    """Return what somebody sent, or None for a note that Telegram itself put into the chat."""
    if message.text is not None:
        return read_text(message.text)
    return _read_thing(ContentType(message.content_type).value, _caption(message))


def read_edit(message: Message) -> What | None:
    """Return changed words; None where no words changed (a place on the move, a new picture)."""
    words = _clean(message.text or _caption(message))
    return TextInput(words, edited=True) if words else None


def salvage(update: RawUpdate) -> What | None:
    """Return the best that can be made of an update that nobody could parse: words, if any.

    None where it is a note that says nothing. A kind that we do not know is heard as far as it
    holds words, and is else a thing that came: somebody may have meant something by it.
    """
    if update.kind not in KINDS:
        return _read_unknown(update)
    if update.kind not in MESSAGE_KINDS:
        return UnknownInput()
    body = update.body
    words = _clean(body.get("text"))
    caption = _clean(body.get("caption")) or _words_within(body)
    if update.kind == "edited_message":
        return TextInput(words or caption, edited=True) if words or caption else None
    if words:
        return read_text(words)
    known = (name for name in body if name in _MEDIA or name in _WORDY or name in _SAYS_NOTHING)
    return _read_thing(next(known, ""), caption)


def _read_unknown(update: RawUpdate) -> What:
    said = {name: part for name, part in update.body.items() if name not in _NOT_SAID}
    words = "\n".join(line for line in _find_words(said, _DEEPEST, _MAY_HOLD_WORDS) if line)
    if not words:
        return MediaInput(Media.OTHER)
    return TextInput(words, edited=True) if _EDITED in update.kind else read_text(words)


def _read_thing(name: str, caption: str) -> What | None:
    if name in _SAYS_NOTHING:
        return None
    if name == _RICH and caption:
        return TextInput(caption)
    return MediaInput(_MEDIA.get(name, Media.OTHER), caption)


def _caption(message: Message) -> str:
    if message.caption:
        return _clean(message.caption)
    if message.rich_message or message.checklist or message.poll:
        return _words_within(message.model_dump(include=set(_WORDY), exclude_none=True))
    return ""


def _words_within(body: Mapping[str, object]) -> str:
    """Return the words inside a poll, a list or a formatted message, a line each."""
    return "\n".join(line for name in _WORDY for line in _find_words(body.get(name), _DEEPEST))


def _find_words(
    part: object, depth: int, under: frozenset[str] = _WORDS_STAND_UNDER
) -> Iterator[str]:
    if depth == 0:
        return
    if isinstance(part, Mapping):
        for name, inner in part.items():
            if name in under and isinstance(inner, str):
                yield _clean(inner)
            else:
                yield from _find_words(inner, depth - 1, under)
    elif isinstance(part, list):
        for inner in part:
            if isinstance(inner, str):
                yield _clean(inner)
            else:
                yield from _find_words(inner, depth - 1, under)


def _clean(value: object) -> str:
    """Return words without what no database could hold; empty where it is no text."""
    return value.encode(errors="replace").decode() if isinstance(value, str) else ""
