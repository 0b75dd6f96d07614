"""How much of a small phone a message takes, and how several messages become at most two.

It must not change words or buttons: it only puts messages together and in order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from storage.outbox import Outgoing, OutgoingKind, Urgency

SCREEN_HEIGHT = 640
"""CSS pixels (or dp) of the smallest phone that we serve; it is 360 wide."""

AROUND_THE_CHAT = 130
"""The phone's status bar, the head of the chat and the line to type in."""

LETTERS_A_LINE = 36
LINE_HEIGHT = 20
BUTTON_ROW_HEIGHT = 44
MESSAGE_PADDING = 24

MOST_NEW_MESSAGES = 2
"""One thing at a time: we never send more in a row."""


def estimate_height(text: str, rows: int) -> int:
    """Return about how many pixels a message with this many rows of buttons is high."""
    lines = sum(max(1, -(-len(line) // LETTERS_A_LINE)) for line in text.split("\n"))
    return MESSAGE_PADDING + lines * LINE_HEIGHT + rows * BUTTON_ROW_HEIGHT


def fits_the_screen(text: str, rows: int) -> bool:
    """Tell whether a message and its buttons can be seen at once on the smallest phone."""
    return estimate_height(text, rows) <= SCREEN_HEIGHT - AROUND_THE_CHAT


def put_together(messages: Sequence[Outgoing]) -> list[Outgoing]:
    """Return at most two messages that say the same: what asks comes last, a picture before it.

    A message without buttons is joined with the one after it where both fit the screen. What is
    still too much is joined from the front. A picture stays a picture while there are two at most;
    a picture that has to be joined is told in its words.
    """
    ordered = sorted(messages, key=_place_of)
    joined: list[Outgoing] = []
    for message in ordered:
        if joined and _belongs_to(joined[-1], message):
            joined[-1] = _join(joined[-1], message)
        else:
            joined.append(message)
    while len(joined) > MOST_NEW_MESSAGES:
        place = _best_place(joined)
        joined[place : place + 2] = [_join(joined[place], joined[place + 1])]
    return joined


def _place_of(message: Outgoing) -> int:
    if message.kind is OutgoingKind.PICTURE:
        return 1
    return 0 if message.step is None else 2


def _belongs_to(before: Outgoing, message: Outgoing) -> bool:
    return (
        not before.rows
        and before.kind is message.kind is OutgoingKind.SEND
        and fits_the_screen(f"{before.text}\n\n{message.text}", len(message.rows))
    )


def _best_place(messages: Sequence[Outgoing]) -> int:
    """Return where two neighbours can be joined without a picture, or the front."""
    for place in range(len(messages) - 1):
        if OutgoingKind.PICTURE not in (messages[place].kind, messages[place + 1].kind):
            return place
    return 0


def _join(before: Outgoing, message: Outgoing) -> Outgoing:
    """Return one message with the words and buttons of both; what is urgent stays urgent."""
    new = tuple(row for row in before.rows if row not in message.rows)
    urgent = Urgency.SAFETY in (before.urgency, message.urgency)
    return replace(
        message,
        kind=OutgoingKind.SEND,
        text=f"{before.text}\n\n{message.text}",
        rows=(*new, *message.rows),
        urgency=Urgency.SAFETY if urgent else message.urgency,
    )
