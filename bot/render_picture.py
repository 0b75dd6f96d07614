"""Tells a picture in words, line by line: the same content for somebody who does not see it.

It must not weigh a step: a high one is not praised, a low one not regretted.
"""

from __future__ import annotations

from typing import assert_never

from bot.speech import Speech
from storage.outbox import Outgoing, OutgoingKind
from surveys.conversation import Answer, Chosen, Declination, Declined, Written
from surveys.instrument import Item
from usecases.telling import PictureReady

LONGEST_CAPTION = 900
"""Characters under a picture; Telegram takes 1,024 and counts some signs twice."""


def render_picture(ready: PictureReady, speech: Speech) -> Outgoing:
    """Return the picture with its content in words; the words of the steps go where all fit."""
    full = _write(ready, speech, in_full=True)
    text = full if len(full) <= LONGEST_CAPTION else _write(ready, speech, in_full=False)
    return Outgoing(OutgoingKind.PICTURE, text, (speech.exits,), run=ready.run.id)


def _write(ready: PictureReady, speech: Speech, *, in_full: bool) -> str:
    head = speech.say("picture.now-and-before" if ready.before else "picture.now")
    lines = [
        _line(ready, item, speech, in_full=in_full)
        for item in ready.instrument.items
        if item.scored
    ]
    return "\n".join((head, "", *lines, "", speech.say("picture.yours")))


def _line(ready: PictureReady, item: Item, speech: Speech, *, in_full: bool) -> str:
    """Return one area: now, then last time, then the words of the step that was chosen."""
    voice = ready.run.voice
    area = (item.area or item.ask).speak(voice)
    answer = ready.run.answers.get(item.id)
    parts = [_say_now(speech, item, area, answer)]
    before = _step(item, ready.before.get(item.id))
    if before is not None:
        parts.append(speech.say("picture.before", before=before))
    if in_full and isinstance(answer, Chosen):
        choice = item.choice(answer.value)
        parts.extend([choice.button(voice)] if choice is not None else [])
    return " ".join(parts)


def _say_now(speech: Speech, item: Item, area: str, answer: Answer | None) -> str:
    match answer:
        case None:
            return speech.say("picture.not-asked", area=area)
        case Chosen(value):
            step, steps = _step(item, value) or 0, len(item.choices)
            return speech.say("picture.step", area=area, step=step, steps=steps)
        case Declined(how):
            return speech.say(_DECLINED[how], area=area)
        case Written():
            return speech.say("picture.in-words", area=area)
        case _:
            assert_never(answer)


def _step(item: Item, value: int | None) -> int | None:
    """Return which step of the scale a value is, from 1; None for a value that it has not."""
    values = [choice.value for choice in item.choices]
    return values.index(value) + 1 if value in values else None


_DECLINED = {
    Declination.SKIP: "picture.skipped",
    Declination.DONT_KNOW: "picture.did-not-know",
    Declination.RATHER_NOT: "picture.rather-not",
}
