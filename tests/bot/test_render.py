"""What we tell becomes messages: all of it, in every voice, within the limits.

The golden file rendered.yaml holds every message. After a change on purpose, write it again with
`UPDATE_GOLDEN=1 pytest tests/bot/test_render.py` and read the difference as a child would.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from types import UnionType
from typing import get_args

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.callbacks import LONGEST_DATA, parse
from bot.render import render
from bot.screen import fits_the_screen
from storage.outbox import Button, Outgoing, OutgoingKind
from surveys import engine
from surveys.conversation import (
    AskedToChange,
    AskedWhy,
    CameBack,
    Declination,
    Event,
    Input,
    Passed,
    Paused,
    Tapped,
    Typed,
    WentBack,
)
from surveys.instrument import LONGEST_BUTTON, Instrument
from surveys.people import Voice
from surveys.wording import Kind, check
from surveys.wording_rules import WordingRule
from tests.bot.samples import INSTRUMENTS, LISTENERS, NOW, OCCASION, RUN, WORDS, Sample, begin, play
from tests.bot.told import CHILD, SAMPLE_IDS, SAMPLES, buttons, new, tell
from usecases.arrival import MenuInput, MenuWish, RunInput, UnknownInput
from usecases.telling import AboutRun, Listener, Telling

GOLDEN = Path(__file__).with_name("rendered.yaml")
LONGEST_CONTROL = 20

# --- the golden file ------------------------------------------------------------------------------


def write_down(message: Outgoing, controls: dict[str, str]) -> list[str]:
    """Return the lines of a message; the controls under questions are written only once."""
    place = f"{message.kind.value} {message.urgency.value}"
    if message.step is not None:
        place += f" step {message.step}"
    rows = [write_row(row) for row in message.rows]
    if message.step is not None and message.kind is OutgoingKind.SEND:
        under = "; ".join(rows[-3:]).replace(f":{message.step}:", ":STEP:")
        rows[-3:] = [controls.setdefault(under, f"controls {len(controls) + 1}")]
    return [
        f"  - as: {place}",
        *_write_text(message.text),
        *(["    rows:"] if rows else []),
        *(f"    - {quote(row)}" for row in rows),
    ]


def _write_text(text: str) -> list[str]:
    if not text:
        return ['    text: ""']
    return ["    text: |-", *(f"      {line}".rstrip() for line in text.split("\n"))]


def write_row(row: Sequence[Button]) -> str:
    parts = [f"{button.label} <{button.data or button.url}>" for button in row]
    return " | ".join(parts).replace(RUN, "RUN").replace(OCCASION, "OCCASION")


def quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def golden() -> str:
    """Return everything that we say, each once, with all the moments at which we say it."""
    controls: dict[str, str] = {}
    told: dict[tuple[str, ...], list[str]] = {}
    for (_, listener, sample), name in zip(SAMPLES, SAMPLE_IDS, strict=True):
        messages = tell(sample, listener)
        lines = [line for message in messages for line in write_down(message, controls)]
        told.setdefault(tuple(lines), []).append(name)
    under = [
        f"{name}: [{', '.join(map(quote, rows.split('; ')))}]" for rows, name in controls.items()
    ]
    entries = [
        "\n".join((f"- when: {quote('; '.join(names))}", "  we send:", *lines))
        for lines, names in told.items()
    ]
    head = (HEAD, "under questions:", *(f"  {line}" for line in under), "told:")
    return "\n".join((*head, *entries)) + "\n"


HEAD = "# Every message, and when it is told; written by test_render.py. Read it as a child would."


def test_everything_that_we_tell_reads_as_it_was_reviewed() -> None:
    written = golden()
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(written, encoding="utf-8")
    assert written == GOLDEN.read_text(encoding="utf-8")


def test_the_golden_file_holds_the_words_as_they_are_sent() -> None:
    """What a reviewer reads is what is sent: the file is read back and compared."""
    entries = yaml.safe_load(GOLDEN.read_text(encoding="utf-8"))["told"]
    told = {name: entry["we send"] for entry in entries for name in entry["when"].split("; ")}
    for (_, listener, sample), name in zip(SAMPLES, SAMPLE_IDS, strict=True):
        written = [message["text"] for message in told[name] or []]
        assert written == [message.text for message in tell(sample, listener)]


# --- nothing is left out --------------------------------------------------------------------------


def members(union: UnionType) -> set[type]:
    return set(get_args(union))


def test_the_samples_hold_every_telling_and_every_event() -> None:
    told = {type(telling) for _, _, sample in SAMPLES for telling in sample.tellings}
    events = {
        type(event)
        for _, _, sample in SAMPLES
        for telling in sample.tellings
        if isinstance(telling, AboutRun)
        for event in telling.events
    }
    assert told == members(Telling)
    assert events == members(Event)


# --- limits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "listener", "sample"), SAMPLES, ids=SAMPLE_IDS)
def test_each_telling_keeps_the_limits(who: str, listener: Listener, sample: Sample) -> None:
    del who
    messages = tell(sample, listener)
    keep_the_limits(messages, listener.voice)
    assert messages == tell(sample, listener)


def keep_the_limits(messages: Sequence[Outgoing], voice: Voice) -> None:
    said = new(messages)
    assert len(said) <= 2
    assert list(messages[len(messages) - len(said) :]) == said, "edits come first"
    assert sum(message.kind is OutgoingKind.EDIT_TAPPED for message in messages) <= 1
    for message in said:
        assert 0 < len(message.text) <= 1000
        assert_gives_nothing_away(message.text, voice)
    for button in buttons(messages):
        assert bool(button.data) is not bool(button.url)
        assert len(button.data.encode()) <= LONGEST_DATA
        assert not button.data or not isinstance(parse(button.data), UnknownInput)
        assert not button.url or button.url.startswith("https://")
        assert len(button.label) <= (LONGEST_BUTTON if is_tap(button) else LONGEST_CONTROL)
    if said:
        wishes = [parse(button.data) for button in buttons(said[-1:])]
        talk = MenuInput(MenuWish.TALK_TO_SOMEBODY)
        assert MenuInput(MenuWish.HELP) in wishes or talk in wishes or "999" in said[-1].text
    for message in said:
        if message.step is not None:
            keep_the_limits_of_a_question(message)


def is_tap(button: Button) -> bool:
    """Tell whether a button stands alone in its row: an answer, or who may read words."""
    return ":t:" in button.data or button.data.startswith("s:")


def assert_gives_nothing_away(text: str, voice: Voice) -> None:
    found = check(text, voice, "here", Kind.MESSAGE)
    assert [each for each in found if each.rule is WordingRule.PREVIEW] == []


def keep_the_limits_of_a_question(message: Outgoing) -> None:
    """A question fits the screen, and every way to deal with it is there."""
    assert len(message.text) <= 220
    assert len(message.rows) <= 9
    assert fits_the_screen(message.text, len(message.rows))
    meant = [parse(button.data) for button in buttons([message])]
    assert message.step is not None
    step = message.step
    inputs = [each.given for each in meant if isinstance(each, RunInput)]
    assert {each.run for each in meant if isinstance(each, RunInput)} == {message.run}
    for how in Declination:
        assert Passed(step, how) in inputs
    assert AskedWhy(step) in inputs
    assert Paused() in inputs
    assert MenuInput(MenuWish.HELP) in meant
    assert MenuInput(MenuWish.WHO_SEES) in meant
    first = message.text.split("\n\n")[-1].startswith("1 of ")
    assert (WentBack(step) in inputs) is not first


# --- any way through any instrument ---------------------------------------------------------------

moves = st.lists(
    st.tuples(
        st.sampled_from(("tap", "pass", "back", "why", "change", "type", "pause")),
        st.integers(0, 9),
    ),
    max_size=30,
)


def choose(kind: str, number: int, instrument: Instrument, asked: Sequence[str]) -> Input:
    step = len(asked)
    choices = instrument.item(asked[-1]).choices
    match kind:
        case "tap" if choices:
            return Tapped(step, choices[number % len(choices)].value)
        case "back":
            return WentBack(step)
        case "why":
            return AskedWhy(step)
        case "change":
            return AskedToChange(1 + number % step)
        case "type":
            return Typed("the wind was loud", WORDS)
        case "pause":
            return Paused() if number % 2 else CameBack()
        case _:
            return Passed(step, list(Declination)[number % 3])


@given(st.sampled_from(INSTRUMENTS), st.data(), moves)
def test_on_any_way_through_any_instrument_each_turn_keeps_the_limits(
    instrument: Instrument, data: st.DataObject, way: list[tuple[str, int]]
) -> None:
    voice = data.draw(st.sampled_from(instrument.voices))
    listener = Listener(instrument.role, CHILD.age_band, voice, CHILD.channel)
    turn = begin(instrument, voice)
    for kind, number in way:
        keep_the_limits(
            render([AboutRun(instrument, turn.run, turn.events)], listener, tapped=number > 4),
            voice,
        )
        turn = engine.resume(
            instrument, turn.run, choose(kind, number, instrument, turn.run.asked), NOW
        )


@given(st.sampled_from(list(LISTENERS)), st.data())
def test_whatever_is_told_together_becomes_at_most_two_new_messages(
    who: str, data: st.DataObject
) -> None:
    listener = LISTENERS[who]
    samples = [sample for each, _, sample in SAMPLES if each == who]
    chosen = data.draw(st.lists(st.sampled_from(samples), min_size=2, max_size=4))
    tellings = [telling for sample in chosen for telling in sample.tellings]
    messages = render(tellings, listener, tapped=data.draw(st.booleans()))
    assert len(new(messages)) <= 2
    assert not new(messages) or new(messages)[-1].rows


def test_every_question_fits_the_screen_in_every_voice_with_the_longest_lead() -> None:
    """Also with the line about words that we could not read in front of it."""
    for instrument in INSTRUMENTS:
        for voice in instrument.voices:
            listener = Listener(instrument.role, CHILD.age_band, voice, CHILD.channel)
            turn = begin(instrument, voice)
            while not turn.run.status.over:
                words = Typed("the wind was loud", WORDS)
                if instrument.item(turn.run.asked[-1]).choices:
                    missed = play(turn, instrument, words, words)
                    about = AboutRun(instrument, missed.run, missed.events)
                    keep_the_limits(render([about], listener, tapped=False), voice)
                turn = play(turn, instrument, Passed(turn.run.step, Declination.SKIP))
