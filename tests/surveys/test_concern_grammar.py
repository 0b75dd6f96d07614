"""The pattern language of the concern rules: what it finds, and how it says that it cannot."""

from __future__ import annotations

import pytest

from surveys.concern_chart import Span
from surveys.concern_grammar import Grammar
from surveys.concern_patterns import PatternError, PatternReader, inflect
from surveys.concern_vocabulary import Reading


def grammar_of(**phrases: str) -> Grammar:
    grammar = Grammar()
    reader = PatternReader(grammar, str.lower)
    for name, text in phrases.items():
        grammar.define(name, reader.read_lines(text))
    grammar.close({"the": 0, "i": 1})
    return grammar


def read(text: str) -> tuple[Reading, ...]:
    """Read words as they stand; `/` opens a sentence."""
    return tuple(
        Reading(frozenset((word.lstrip("/"),)), known=True, opens=word[0] == "/")
        for word in text.split()
    )


def finds(pattern: str, text: str) -> list[tuple[int, int]]:
    chart = grammar_of(found=pattern).find(read(text))
    return [(span.start, span.end) for span in chart.spans("found")]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("hit", "he hit me", [(1, 2)]),
        ("hit me", "he hit me", [(1, 3)]),
        ("hit me", "he hit us", []),
        ("(hit | kick) me", "they kick me", [(1, 3)]),
        ("(hit | beat up) me", "they beat up me", [(1, 4)]),
        ("he (always | never)? hit", "he hit", [(0, 2)]),
        ("he (always | never)? hit", "he always hit", [(0, 3)]),
        ("he .. me", "he did hit me", [(0, 4)]),
        ("he .. me", "he did not hit me", []),
        ("he ..3 me", "he did not hit me", [(0, 5)]),
        ("he .. me", "he did /hit me", []),
        ("hit me", "hit /me", []),
        ("hit !me", "hit him", [(0, 1)]),
        ("hit !me", "hit me", []),
        ("hit !(me | us)", "hit us", []),
        ("dead &good", "dead good", [(0, 1)]),
        ("dead &good", "dead bad", []),
        ("^ help", "help me", [(0, 1)]),
        ("^ help", "please help", []),
        ("^ help", "no /help", [(1, 2)]),
        ("help $", "please help", [(1, 2)]),
        ("help $", "help me", []),
        ("help ($ | now)", "please help", [(1, 2)]),
        ("help ($ | now)", "help now please", [(0, 2)]),
        ("[he bed night]", "at night in bed he came", [(1, 5)]),
        ("[he bed night]", "at night in bed /he came", []),
        ("[he bed]", "he came", []),
        ("he ..3~(dog | cat) bit", "he said bit", [(0, 3)]),
        ("he ..3~(dog | cat) bit", "he saw dog bit", []),
        ("two_words", "some two words", [(1, 3)]),
        ("# a note\nhit", "hit", [(0, 1)]),
    ],
)
def test_a_pattern_finds_what_it_says(
    pattern: str, text: str, expected: list[tuple[int, int]]
) -> None:
    assert finds(pattern, text) == expected


def test_a_phrase_is_built_from_phrases_before_it() -> None:
    grammar = grammar_of(
        who="(he | she)", act="hit | beat up", deed="{who} {act} me", again="{deed} again"
    )
    chart = grammar.find(read("she beat up me again"))
    assert chart.spans("again") == [Span(0, 5)]
    assert chart.has("deed")
    assert not grammar.find(read("she likes me")).has("deed")


def test_parts_that_lie_far_apart_do_not_belong_together() -> None:
    assert finds("[he bed]", "he " + "x " * 12 + "bed") == [(0, 14)]
    assert finds("[he bed]", "he " + "x " * 13 + "bed") == []


def test_a_gap_does_not_run_over_what_closes_it() -> None:
    grammar = grammar_of(no="(not | never)", deed="he ..3 hit")
    text = read("he did not hit")
    assert not grammar.find(text, closing="no").has("deed")
    assert grammar.find(text).has("deed")


def test_parts_in_any_order_stop_at_what_closes_a_gap() -> None:
    grammar = grammar_of(no="not", deed="[he bed]")
    text = read("he not in bed")
    assert not grammar.find(text, closing="no").has("deed")
    assert grammar.find(text).has("deed")


def test_the_search_can_end_early() -> None:
    grammar = grammar_of(first="a b", second="b c")
    chart = grammar.find(read("a b c"), last="first")
    assert (chart.has("first"), chart.has("second")) == (True, False)


def test_what_is_covered_closely_leaves_out_what_may_follow() -> None:
    chart = grammar_of(found="a ..2").find(read("a b c"))
    assert chart.covered("found") == {0, 1, 2}
    assert chart.covered_closely("found") == {0}


def test_a_sentence_knows_its_ends() -> None:
    chart = grammar_of(found="a").find(read("a b /c d"))
    assert (chart.sentence_of(1), chart.sentence_of(2)) == (Span(0, 2), Span(2, 4))


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("(hit | kick", "not closed"),
        ("({x} (hit", "not defined"),
        ("hit ((kick)", "not closed"),
        ("[he bed", "not closed"),
        ("hit)", "bracket too many"),
        ("{nowhere} hit", "not defined above: {nowhere}"),
        ("(hit | )", "empty alternative"),
        ("hit |", "empty alternative"),
        ("hit !", "ends too early"),
        ("? hit", "not expected here: ?"),
        ("_hit", "not expected here: _hit"),
    ],
)
def test_a_pattern_that_cannot_be_read_says_why(pattern: str, fault: str) -> None:
    with pytest.raises(PatternError) as caught:
        grammar_of(found=pattern)
    assert fault in str(caught.value)


@pytest.mark.parametrize(
    ("item", "forms"),
    [
        ("hit", ("hit",)),
        ("kick+", ("kick", "kicks", "kicked", "kicking")),
        ("slap++", ("slap", "slaps", "slapped", "slapping")),
        ("abuse+", ("abuse", "abuses", "abused", "abusing")),
        ("bully+", ("bully", "bullies", "bullied", "bullying")),
        ("play+", ("play", "plays", "played", "playing")),
        ("punch+", ("punch", "punches", "punched", "punching")),
    ],
)
def test_verbs_are_inflected(item: str, forms: tuple[str, ...]) -> None:
    assert inflect(item) == forms
