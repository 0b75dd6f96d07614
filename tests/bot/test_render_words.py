"""Every word that a participant sees stands in a file of words, is spoken, and passes the check."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import bot
from followups.hours import packaged_hours
from storage.outbox import Outgoing
from surveys.helplines import DutyLine, Helpline, helplines
from surveys.instrument import Instrument, Item, Wording
from surveys.people import Voice
from surveys.phrasebook import Phrasebook, phrasebook
from surveys.wording import Kind, check
from surveys.wording_rules import WordingRule
from tests.bot.samples import DUTY_NUMBER
from tests.bot.told import (
    CHILD,
    SAMPLES,
    TEENAGER,
    buttons,
    everything_told,
    new,
    sample_of,
    speaker,
    tell,
)
from usecases.telling import (
    AboutRun,
    HalfDone,
    Offered,
    PictureReady,
    Telling,
    ToldBack,
    WhatWasDone,
)


class SpokenKeys(Phrasebook):
    """A phrasebook that remembers which phrases were spoken."""

    spoken: set[str] = set()  # noqa: RUF012 - one book, one test

    def say(self, key: str, voice: Voice, **values: str | int) -> str:
        """Remember the key, then speak."""
        self.spoken.add(key)
        return Phrasebook.say(self, key, voice, **values)


def test_every_phrase_of_the_chat_is_spoken_somewhere() -> None:
    """A phrase that nothing speaks is read, translated and checked for nobody."""
    packaged = phrasebook()
    book = SpokenKeys(packaged.phrases, packaged._kinds, packaged._spoken)
    listening = type(speaker)(book, helplines(), DUTY_NUMBER, packaged_hours())
    for _, listener, sample in SAMPLES:
        listening(sample.tellings, listener, tapped=sample.tapped)
    elsewhere = ("web.", "commands.", "drawing.", "nudges.", "rights.")
    assert {key for key in packaged.phrases if not key.startswith(elsewhere)} == book.spoken


# --- no sentence stands in the code ---------------------------------------------------------------


def mark(text: str) -> str:
    """Put a text into brackets that nothing else uses; its placeholders stand outside of them."""
    parts = re.split(r"(\{\w+\})", text)
    return "".join(part if part.startswith("{") else f"⟦{part}⟧" for part in parts if part)


def marked(words: Wording) -> Wording:
    """Return the same words in brackets, without the limit that an author has to keep."""
    spoken = {voice: mark(text) for voice, text in words.sentences().items()}
    return Wording.model_construct(
        younger=spoken.get(Voice.YOUNGER),
        older=spoken.get(Voice.OLDER),
        adult=spoken.get(Voice.ADULT),
    )


def marked_item(item: Item) -> Item:
    choices = tuple(
        choice.model_copy(update={"label": marked(choice.label), "symbol": ""})
        for choice in item.choices
    )
    area = marked(item.area) if item.area is not None else None
    words = {"ask": marked(item.ask), "why": marked(item.why), "area": area, "choices": choices}
    return item.model_copy(update=words)


def marked_instrument(instrument: Instrument) -> Instrument:
    parts: dict[str, Any] = {part: getattr(instrument, part) for part in Instrument.model_fields}
    own = {part: marked(parts[part]) for part in ("name", "opening", "closing")}
    items = tuple(marked_item(item) for item in instrument.items)
    return Instrument.model_construct(**{**parts, **own, "items": items})


def marked_line(line: Helpline) -> Helpline:
    words = {"name": marked(line.name), "about": marked(line.about)}
    return line.model_copy(update=words)


def with_marked_words(telling: Telling) -> Telling:
    match telling:
        case AboutRun() | Offered() | HalfDone() | PictureReady():
            return replace(telling, instrument=marked_instrument(telling.instrument))
        case ToldBack(title, did):  # staff's own words, which pass the same rules
            return replace(telling, title=mark(title), did=mark(did))
        case WhatWasDone(found):
            marked = (replace(each, title=mark(each.title), did=mark(each.did)) for each in found)
            return WhatWasDone(tuple(marked))
        case _:
            return telling


def marked_book(packaged: Phrasebook) -> Phrasebook:
    spoken: Mapping[tuple[str, Voice], str] = {
        (key, voice): mark(phrase.says.speak(voice))
        for key, phrase in packaged.phrases.items()
        for voice in Voice
    }
    return Phrasebook(packaged.phrases, packaged._kinds, spoken)


def test_every_word_that_a_participant_sees_comes_from_a_file_of_words() -> None:
    lines = helplines()
    duty = DutyLine(name=marked(lines.duty.name), about=marked(lines.duty.about))
    own = {"lines": tuple(map(marked_line, lines.lines)), "duty": duty}
    lines = lines.model_copy(update=own)
    marking = type(speaker)(marked_book(phrasebook()), lines, DUTY_NUMBER, packaged_hours())
    for _, listener, sample in SAMPLES:
        tellings = [with_marked_words(telling) for telling in sample.tellings]
        for message in marking(tellings, listener, tapped=sample.tapped):
            for text in (message.text, *labels(message)):
                ours = re.sub("\ue000.*?\ue001", "", text)  # the pointers to somebody's own words
                assert not re.search(r"[^\W\d_]", without_marked(ours)), text


def without_marked(text: str) -> str:
    """Take out what stands in brackets, links, and the word that a help line is texted."""
    return re.sub(r"⟦[^⟧]*⟧|https?://\S+|\bshout\b", "", text)


def labels(message: Outgoing) -> list[str]:
    return [button.label for button in buttons([message])]


def test_no_string_in_the_code_of_the_chat_is_a_sentence() -> None:
    for path in sorted(Path(bot.__file__).parent.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        strings = [
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in docs
        ]
        if path.name.startswith(("render", "speech", "screen", "question_face", "callbacks")):
            assert [text for text in strings if re.search(r"[A-Za-z] +[A-Za-z]", text)] == []


# --- wording, as it is put together ---------------------------------------------------------------

PUT_TOGETHER = frozenset(
    {
        WordingRule.BANNED_WORD,
        WordingRule.GUILT,
        WordingRule.STREAK,
        WordingRule.PRESSURE,
        WordingRule.PRAISE,
        WordingRule.PROMISE,
        WordingRule.EXCLAMATION,
        WordingRule.READING_AGE,
        WordingRule.NAME,
        WordingRule.IDIOM,
    }
)


def test_messages_pass_the_wording_check_as_they_are_put_together() -> None:
    distinct = {(message.text, listener.voice) for _, listener, message in everything_told()}
    found = [
        str(finding)
        for text, voice in sorted(distinct)
        if text
        for finding in check(without_links(text), voice, "rendered", Kind.PART)
        if finding.rule in PUT_TOGETHER
    ]
    assert found == []


def without_links(text: str) -> str:
    return re.sub(r"https?://\S+", "", text)


def test_telegram_listeners_are_told_that_telegram_keeps_a_copy() -> None:
    for name in ("join page 2", "WhoSees"):
        sample = sample_of(TEENAGER, name)
        on_web = replace(TEENAGER, channel=CHILD.channel)
        assert "its own copy" in new(tell(sample, TEENAGER))[0].text
        assert "its own copy" not in new(tell(sample, on_web))[0].text
