"""The phrasebook speaks every sentence in each voice and refuses files that are wrong."""

from __future__ import annotations

import pytest

from surveys.errors import BadDefinition
from surveys.people import Voice
from surveys.phrasebook import (
    Phrasebook,
    UnknownPhrase,
    WrongPlaceholders,
    phrasebook,
    read_phrasebook,
)
from surveys.wording import Kind, check_all

SMALL = """
phrases:
  hello: {younger: "Hi there", older: "Hello", adult: "Good day"}
  same: "The same for all"
  grown: {adult: "For adults only"}
  count: {holds: [number], says: {older: "{number} left", younger: "Still {number}"}}
  brace: "A {{brace}} stays"
  part: {kind: button, says: "Go on"}
"""


def book(text: str = SMALL) -> Phrasebook:
    return read_phrasebook({"small.yaml": text})


def test_each_voice_is_told_its_own_words() -> None:
    said = [book().say("small.hello", voice) for voice in Voice]
    assert said == ["Hi there", "Hello", "Good day"]


def test_a_voice_that_is_not_written_is_told_the_nearest_one() -> None:
    assert book().say("small.count", Voice.ADULT, number=3) == "3 left"
    assert book().say("small.grown", Voice.YOUNGER) == "For adults only"


def test_placeholders_are_filled_and_their_values_are_not_read_as_placeholders() -> None:
    assert book().say("small.count", Voice.YOUNGER, number="{number}") == "Still {number}"


def test_double_braces_stand_for_a_brace() -> None:
    assert book().say("small.brace", Voice.OLDER) == "A {brace} stays"


def test_a_key_that_no_file_has_is_a_fault() -> None:
    with pytest.raises(UnknownPhrase, match=r"small\.nothing"):
        book().say("small.nothing", Voice.OLDER)


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("count", {}),
        ("count", {"other": 1}),
        ("count", {"number": 1, "more": 2}),
        ("same", {"x": 1}),
    ],
)
def test_a_value_too_few_or_too_many_is_a_fault(key: str, values: dict[str, int]) -> None:
    with pytest.raises(WrongPlaceholders):
        book().say(f"small.{key}", Voice.OLDER, **values)


def test_every_voice_is_listed_with_what_it_would_be_told() -> None:
    """A younger child is told the older words where none are written: so those are checked too."""
    told = {(each.where, each.text) for each in book().sentences()}
    assert ("phrases/small.count (adult)", "{number} left") in told
    assert ("phrases/small.grown (adult)", "For adults only") in told
    assert not any(where.startswith("phrases/small.grown (younger") for where, _ in told)


def test_the_kind_of_a_phrase_comes_from_itself_or_from_its_section() -> None:
    kinds = {each.where: each.kind for each in book().sentences()}
    assert kinds["phrases/small.part (older)"] is Kind.BUTTON
    assert kinds["phrases/small.same (older)"] is Kind.MESSAGE


BROKEN = [
    ("", "the file"),
    ("phrases: [", "line 2"),
    ("phrases:\n  a: x\n  a: y\n", "line 3"),
    ("phrases:\n  yes: x\n", "line 2"),
    ("phrases: {}\n", "phrases"),
    ("- a\n", "the file"),
    ("kind: shout\nphrases: {a: x}\n", "kind"),
    ("phrases: {A: x}\n", "phrases -> A"),
    ("phrases: {a: {}}\n", "phrases -> a"),
    ("phrases: {a: {teen: x}}\n", "phrases -> a"),
    ("phrases: {a: '  '}\n", "phrases -> a"),
    ("phrases: {a: 'Hello {name}'}\n", "phrases -> a"),
    ("phrases: {a: {holds: [name], says: 'Hello'}}\n", "phrases -> a"),
    ("phrases: {a: {holds: [n], says: {older: '{n}', younger: 'x'}}}\n", "phrases -> a"),
    ("phrases: {a: {holds: [n], says: '{n.real}'}}\n", "phrases -> a"),
    ("phrases: {a: {holds: [n], says: '{n:03}'}}\n", "phrases -> a"),
    ("phrases: {a: {holds: [n], says: '{n!r}'}}\n", "phrases -> a"),
    ("phrases: {a: 'Half a {'}\n", "phrases -> a"),
    ("phrases: {a: {says: x, hold: [n]}}\n", "phrases -> a"),
]


@pytest.mark.parametrize(("text", "where"), BROKEN)
def test_a_broken_file_is_refused_with_its_name_place_cause_and_remedy(
    text: str, where: str
) -> None:
    with pytest.raises(BadDefinition) as refused:
        read_phrasebook({"broken.yaml": text})
    fault = refused.value
    assert fault.file == "broken.yaml"
    assert fault.where.startswith(where)
    assert fault.cause
    assert fault.remedy


def test_every_packaged_sentence_passes_the_wording_check_in_every_voice() -> None:
    assert [str(finding) for finding in check_all(phrasebook().sentences())] == []


def test_the_packaged_book_is_read_once() -> None:
    assert phrasebook() is phrasebook()
