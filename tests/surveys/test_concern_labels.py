"""Labelled texts, ours and other people's: what is read, and where a broken file is broken."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from surveys import concern_labels
from surveys.concern_kinds import ConcernLevel
from surveys.concern_labels import (
    Batch,
    LabelledText,
    LabelledTextError,
    load_labelled_texts,
    read_labelled_texts,
)

GROUPS = """
- level: crisis
  category: suicide
  texts: |
    i want to die
    d\\u200bie
- level: none
  category: everyday
  texts: |
    football was good
"""
CRISIS, CONCERN, NONE = ConcernLevel.CRISIS, ConcernLevel.CONCERN, ConcernLevel.NONE
EXPECTED = (
    LabelledText("i want to die", CRISIS, "suicide"),
    LabelledText("d\u200bie", CRISIS, "suicide"),
    LabelledText("football was good", NONE, "everyday"),
)


def test_groups_hold_a_text_a_line_and_a_hidden_character_as_its_number() -> None:
    assert read_labelled_texts("some.yaml", GROUPS.encode()) == EXPECTED


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "text,level,category\ni feel sad,concern,sadness\n"),
        ("a.csv", "\ufeffCategory;Level;Text\r\nsadness;Concern;i feel sad\r\n\r\n"),
        ("a.TSV", "id\tlabel\tmessage\tcategory\n7\t CONCERN\ti feel sad\tsadness"),
        ("a.yaml", "- {text: i feel sad, level: concern, category: sadness}"),
        ("a.json", '[{"category": "sadness", "TEXT": "i feel sad", "grade": "concern"}]'),
    ],
)
def test_columns_may_come_in_any_order_and_case(name: str, content: str) -> None:
    expected = (LabelledText("i feel sad", CONCERN, "sadness"),)
    assert read_labelled_texts(name, content.encode()) == expected


def test_a_category_may_be_missing_and_a_text_may_hold_commas_and_lines() -> None:
    content = b'text,label\n"no, really\nit was ok",none\n'
    (row,) = read_labelled_texts("a.csv", content)
    assert (row.text, row.category) == ("no, really\nit was ok", "not given")


@pytest.mark.parametrize(
    ("name", "content", "cause"),
    [
        ("a.yaml", "- level: [", "not valid YAML"),
        ("a.yaml", "- level: !!python/name:os.system", "not valid YAML"),
        ("a.yaml", "level: crisis", "not a list"),
        ("a.yaml", "- crisis", "line 1: not a row"),
        ("a.yaml", "- level: crisis", "line 1: no text"),
        ("a.yaml", GROUPS.replace("none", "nothing"), "line 7: the level is not none"),
        ("a.yaml", "[]", "no texts"),
        ("a.csv", "", "no texts"),
        ("a.csv", "i want to die,crisis\nhello,none\n", "line 2: no text and no level"),
        ("a.csv", "text,level\nok,none\nhello,\n", "line 3: the level is not none"),
        ("a.csv", "text,level\nwell, ok,none\n", "line 2 has more fields"),
        ("a.csv", "text,level\nok\n", "line 2: no level"),
        ("a.csv", "text,level\n" + "x" * 200_000 + ",none\n", "not valid CSV"),
    ],
)
def test_a_broken_file_says_where(name: str, content: str, cause: str) -> None:
    with pytest.raises(LabelledTextError, match=cause):
        read_labelled_texts(name, content.encode())


def test_a_file_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(LabelledTextError, match="not in UTF-8"):
        read_labelled_texts("a.csv", b"text,level\ncaf\xe9,none")


def test_an_error_never_shows_the_text() -> None:
    with pytest.raises(LabelledTextError) as caught:
        read_labelled_texts("a.csv", b"text,level\nok,my own secret words\n")
    assert "secret" not in str(caught.value)


def test_a_batch_is_known_by_the_name_of_its_file() -> None:
    names = ["fresh_texts.yaml", "further_texts.yaml", "blind_texts.yaml", "everyday.yaml"]
    found = [Batch.of_file(name) for name in names]
    assert found == [Batch.FRESH, Batch.FURTHER, Batch.BLIND, Batch.FIRST]


def test_every_file_of_ours_is_read_and_its_rules_of_labelling_lie_beside() -> None:
    folder = files("surveys") / "concern_texts"
    assert "Labelling rules" in (folder / "README.md").read_text(encoding="utf-8")
    assert {row.batch for row in load_labelled_texts()} == set(Batch)


def test_texts_that_are_not_installed_are_said_to_be_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(concern_labels, "files", lambda _: tmp_path)
    with pytest.raises(LabelledTextError, match="not installed here"):
        load_labelled_texts()
