"""What the tests of the chat's words share: everything told, and ways to look at messages."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from bot.render import build_renderer, render
from storage.outbox import Button, Outgoing, OutgoingKind
from surveys.conversation import Input
from surveys.instrument import Instrument
from tests.bot.samples import DUTY_NUMBER, INSTRUMENTS, LISTENERS, Sample, all_samples, begin, play
from usecases.telling import AboutRun, Listener

SAMPLES = all_samples()
SAMPLE_IDS = [f"{who}: {sample.name}" for who, _, sample in SAMPLES]
CHILD = LISTENERS["child on the web"]
TEENAGER = LISTENERS["teenager on Telegram"]
CARER = LISTENERS["carer on the web"]
NEW = (OutgoingKind.SEND, OutgoingKind.PICTURE)

speaker = build_renderer(DUTY_NUMBER)


def tell(sample: Sample, listener: Listener) -> tuple[Outgoing, ...]:
    """Return what is sent for a sample, by a service that has a phone of its own."""
    return speaker(sample.tellings, listener, tapped=sample.tapped)


@cache
def everything_told() -> list[tuple[str, Listener, Outgoing]]:
    return [
        (f"{who}: {sample.name}", listener, message)
        for who, listener, sample in SAMPLES
        for message in tell(sample, listener)
    ]


def sample_of(listener: Listener, name: str) -> Sample:
    return next(sample for _, each, sample in SAMPLES if each == listener and sample.name == name)


def buttons(messages: Iterable[Outgoing]) -> list[Button]:
    return [button for message in messages for row in message.rows for button in row]


def new(messages: Iterable[Outgoing]) -> list[Outgoing]:
    return [message for message in messages if message.kind in NEW]


def star_for(listener: Listener) -> Instrument:
    return next(
        each
        for each in INSTRUMENTS
        if each.picture and each.role is listener.role and listener.voice in each.voices
    )


def told_about(listener: Listener, *inputs: Input, tapped: bool = True) -> tuple[Outgoing, ...]:
    """Return what the last of these inputs to a star brings."""
    instrument = star_for(listener)
    turn = play(begin(instrument, listener.voice), instrument, *inputs)
    return render([AboutRun(instrument, turn.run, turn.events)], listener, tapped=tapped)
