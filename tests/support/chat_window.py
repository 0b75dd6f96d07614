"""What a person's phone shows of one chat: bubbles, buttons, pictures; what changed, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace


class NoSuchButton(AssertionError):
    """The phone shows no button with these words."""


class NotModified(Exception):
    """An edit would change nothing: the Bot API refuses that."""


class NothingToEdit(Exception):
    """There is no message of ours with this number."""


class NoTextToEdit(Exception):
    """The message holds a picture, so it has no text that could be changed."""


@dataclass(frozen=True)
class Key:
    """A button."""

    label: str
    data: str = ""
    url: str = ""


Keyboard = tuple[tuple[Key, ...], ...]


@dataclass(frozen=True)
class Bubble:
    """One message as it stands now."""

    number: int
    ours: bool
    text: str
    keyboard: Keyboard = ()
    picture: bytes | None = None
    times_changed: int = 0

    @property
    def labels(self) -> list[str]:
        """The words on the buttons, row after row."""
        return [key.label for row in self.keyboard for key in row]


@dataclass
class ChatWindow:
    """One chat. `ours` means sent by the bot; numbers are given by whoever owns the window."""

    bubbles: dict[int, Bubble] = field(default_factory=dict)
    happened: list[tuple[str, Bubble]] = field(default_factory=list)
    """`said`, `changed` or `buttons` (its words stayed), with the bubble as it was after that."""

    def show(self, bubble: Bubble) -> Bubble:
        """Add a message at the end."""
        self.bubbles[bubble.number] = bubble
        if bubble.ours:
            self.happened.append(("said", bubble))
        return bubble

    def change(self, number: int, text: str | None, keyboard: Keyboard) -> Bubble:
        """Change a message of ours; `text` None keeps its words."""
        bubble = self.bubbles.get(number)
        if bubble is None or not bubble.ours:
            raise NothingToEdit
        if text is not None and bubble.picture is not None:
            raise NoTextToEdit
        changed = replace(
            bubble,
            text=bubble.text if text is None else text,
            keyboard=keyboard,
            times_changed=bubble.times_changed + 1,
        )
        if (changed.text, changed.keyboard) == (bubble.text, bubble.keyboard):
            raise NotModified
        self.bubbles[number] = changed
        self.happened.append(("changed" if changed.text != bubble.text else "buttons", changed))
        return changed

    @property
    def ours(self) -> list[Bubble]:
        """What the bot said, as it stands now, oldest first."""
        return [bubble for bubble in self.bubbles.values() if bubble.ours]

    @property
    def last(self) -> Bubble:
        """The newest message of the bot."""
        return self.ours[-1]

    def find(self, label: str) -> tuple[Bubble, Key]:
        """Return the newest message that shows a button with these words, and the button."""
        for bubble in reversed(self.ours):
            for row in bubble.keyboard:
                for key in row:
                    if key.label == label:
                        return bubble, key
        shown = [bubble.labels for bubble in self.ours if bubble.keyboard]
        msg = f"no button {label!r}; the buttons are {shown}"
        raise NoSuchButton(msg)

    def find_old(self, label: str) -> tuple[Bubble, Key]:
        """Return a message that once showed this button and no longer does, and the button."""
        for _, bubble in reversed(self.happened):
            if label not in bubble.labels or label in self.bubbles[bubble.number].labels:
                continue
            keys = (key for row in bubble.keyboard for key in row)
            return bubble, next(key for key in keys if key.label == label)
        msg = f"no message ever showed the button {label!r}, or it still does"
        raise NoSuchButton(msg)


def keyboard_of(markup: object) -> Keyboard:
    """Return the buttons of a decoded reply_markup."""
    rows = markup.get("inline_keyboard", []) if isinstance(markup, dict) else []
    return tuple(tuple(_key(button) for button in row) for row in rows)


def _key(button: dict[str, str]) -> Key:
    return Key(button["text"], button.get("callback_data") or "", button.get("url") or "")


def as_markup(keyboard: Sequence[Sequence[Key]]) -> dict[str, object]:
    """Return buttons as the Bot API writes them."""
    rows = [
        [
            {"text": key.label, "url": key.url}
            if key.url
            else {"text": key.label, "callback_data": key.data}
            for key in row
        ]
        for row in keyboard
    ]
    return {"inline_keyboard": rows}
