"""The rule files: they load, each rule can hold, and a broken one says what to do."""

from __future__ import annotations

import gc
import time
from importlib.resources import files

import pytest

from surveys.concern_kinds import ConcernCategory
from surveys.concern_labels import load_labelled_texts
from surveys.concern_passages import examine, split_passages
from surveys.concern_points import PointTable, PointTableError
from surveys.concern_rulebook import (
    FOLDING_FILE,
    SPELLINGS_FILE,
    ConcernRuleError,
    Rulebook,
    build_rulebook,
    load_rulebook,
)
from surveys.concerns import read_text
from surveys.errors import BadDefinition

FOLDING = "signs: {}\nlookalikes: ''\nletters: ''\n"
SPELLINGS = "spellings: |\n  hav: have\n"  # codespell:ignore hav
POINTS = "sign,person,crisis\n(start),-1,-1\n(enough),0,0\n(sure),0,2\n"
RULES = """
category: bullying
rules:
  teasing:
    level: concern
    patterns: |
      tease me
"""


def build(rules: str = RULES, *, spellings: str = SPELLINGS, points: str = POINTS) -> Rulebook:
    files_of_rules = {FOLDING_FILE: FOLDING, SPELLINGS_FILE: spellings, "10_rules.yaml": rules}
    return build_rulebook(files_of_rules, "# a note\nthe\ntease\n", points)


def test_the_packaged_rules_load_once() -> None:
    assert load_rulebook() is load_rulebook()
    assert len({rule.id for rule in load_rulebook().rules}) == len(load_rulebook().rules)


def test_every_category_has_a_rule_but_the_one_for_what_nobody_understood() -> None:
    categories = {rule.category for rule in load_rulebook().rules}
    assert set(ConcernCategory) - categories == {ConcernCategory.NOT_UNDERSTOOD}


def test_every_rule_holds_for_some_labelled_text() -> None:
    """A rule that nothing triggers is a mistake in its patterns."""
    book = load_rulebook()
    held: set[str] = set()
    for row in load_labelled_texts():
        readings, _ = read_text(row.text, book)
        held |= {
            finding.rule.id
            for passage in split_passages(readings)
            for finding in examine(passage, book).findings
        }
    assert sorted({rule.id for rule in book.rules} - held) == []


def test_a_rule_has_what_its_file_says_unless_it_says_otherwise() -> None:
    (rule,) = build().rules
    assert (rule.id, rule.category, rule.crisis) == ("teasing", ConcernCategory.BULLYING, False)
    assert (rule.alone, rule.unless, rule.lowered_by) == (True, None, frozenset())


@pytest.mark.parametrize(
    ("rules", "where", "cause"),
    [
        ("rules: [", "the file", "not valid YAML"),
        ("- a list", "the file", "not a mapping"),
        (RULES.replace("concern", "urgent"), "teasing", "no level"),
        (RULES.replace("patterns", "pattern"), "teasing", "no level or no patterns"),
        (RULES.replace("bullying", "teasing"), "teasing", "not a valid ConcernCategory"),
        (RULES.replace("tease me", "(tease me"), "teasing", "not closed"),
        (RULES.replace("tease me", "{who} me"), "teasing", "not defined"),
        ("category: bullying\nrules:\n  teasing: now\n", "teasing", "no fields"),
        (RULES.replace("level:", "lowered_by: [luck]\n    level:"), "teasing", "luck"),
    ],
)
def test_a_broken_rule_says_file_item_cause_and_remedy(rules: str, where: str, cause: str) -> None:
    with pytest.raises(ConcernRuleError) as caught:
        build(rules)
    assert isinstance(caught.value, BadDefinition)
    assert (caught.value.file, caught.value.where) == ("10_rules.yaml", where)
    assert cause in caught.value.cause
    assert caught.value.remedy


def test_a_broken_spelling_says_which() -> None:
    with pytest.raises(ConcernRuleError, match="hav have"):  # codespell:ignore hav
        build(spellings="spellings: |\n  hav have\n")  # codespell:ignore hav


@pytest.mark.parametrize(
    ("points", "cause"),
    [
        ("", "first line"),
        ("word,points\n", "first line"),
        (POINTS + "bad,1\n", "two numbers"),
        (POINTS + "bad,one,2\n", "two numbers"),
        (POINTS.replace("(enough),0,0\n", ""), r"\(enough\)"),
    ],
)
def test_a_broken_table_of_points_says_what_is_wrong(points: str, cause: str) -> None:
    with pytest.raises(PointTableError, match=cause):
        PointTable.read(points)
    with pytest.raises(ConcernRuleError, match="fit_concern_points"):
        build(points=points)


def test_points_add_up_once_a_sign() -> None:
    table = PointTable.read(POINTS + "sad,0.6,0\nalone,0.6,0\nrope,0.2,4\n")
    assert not table.add_up(["sad", "sad"]).person
    assert table.add_up(["sad", "alone"]).person
    assert not table.add_up(["sad", "alone"]).crisis
    sure = table.add_up(["rope"])
    assert sure.person
    assert sure.crisis


def test_the_order_of_signs_never_decides() -> None:
    table = load_rulebook().points
    signs = sorted(table.points)[:200]
    assert table.add_up(signs) == table.add_up(reversed(signs))


def test_no_sign_is_a_name_or_a_place() -> None:
    """The table is public: it may hold words of made-up texts, never a person's."""
    names = {"pete", "jake", "amy", "leicester", "derby"}
    assert not names & {word for sign in load_rulebook().points.points for word in sign.split()}


def test_all_files_of_rules_are_read() -> None:
    folder = files("surveys") / "concern_rules"
    assert all(entry.name.endswith(".yaml") for entry in folder.iterdir())


def test_loading_is_quick() -> None:
    """Generous: the machine may be busy. docs/concerns.md says what we measured."""
    gc.collect()
    start = time.process_time()
    load_rulebook.__wrapped__()
    assert time.process_time() - start < 1.0
