"""`starling concerns`: classifying lines and measuring the rules, in words and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from starling.__main__ import app


def run(*words: str, given: bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["concerns", *words], input=given)


def test_each_line_gets_its_level_and_nothing_else() -> None:
    result = run("classify", given=b"i want to die\nfootball was fun\n\n")
    assert result.stdout == "crisis\nnone\nnone\n"


def test_what_a_line_is_about_is_told_when_asked() -> None:
    given = b"i cut my arms again\nfootball was fun\n"
    lines = run("classify", "--categories", given=given).stdout.splitlines()
    assert lines[0].startswith("crisis\tself-harm")
    assert lines[1].split("\t") == ["none", ""]
    (first, second) = json.loads(run("classify", "--json", given=given).stdout)
    assert (first["line"], first["level"], first["categories"][0]) == (1, "crisis", "self-harm")
    assert second == {"line": 2, "level": "none", "categories": []}


def test_our_own_texts_are_measured_from_any_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    sets = json.loads(run("evaluate", "--json").stdout)["sets"]
    assert len(sets) == 3
    for each in sets:
        low, high = each["crisis_recall"]["interval_95"]
        assert low < each["crisis_recall"]["rate"] <= high
        assert {row["level"] for row in each["categories"]} == {"none", "concern", "crisis"}
        assert "suicide" in each["false_alarms_by_category"]


def test_a_file_of_your_own_is_measured_and_none_of_its_words_printed(tmp_path: Path) -> None:
    file = tmp_path / "ours.csv"
    file.write_text(
        "level,category,text\ncrisis,suicide,i want to die\nnone,everyday,football was good\n"
        "none,everyday,i want to die\n"
    )
    result = run("evaluate", str(file))
    assert result.exit_code == 0
    assert "### ours.csv" in result.stdout
    assert "| Crisis graded crisis | 1 of 1, 1.000 (0.207 to 1.000) |" in result.stdout
    assert "| Concern graded concern or crisis | no texts |" in result.stdout
    assert "| suicide | 1 of 2, 0.500" in result.stdout
    assert "football" not in result.stdout


def test_everyday_talk_without_an_alarm_says_so(tmp_path: Path) -> None:
    file = tmp_path / "calm.yaml"
    file.write_text("- {text: football was good, level: none}")
    assert "| nothing | none |" in run("evaluate", str(file)).stdout


def test_a_file_that_cannot_be_used_ends_in_one_clear_sentence(tmp_path: Path) -> None:
    file = tmp_path / "broken.csv"
    file.write_text("text,level\nok,none\nhello,maybe\n")
    for name, cause in ((file, "broken.csv: line 3: the level"), (tmp_path, "cannot be read")):
        result = run("evaluate", str(name))
        assert result.exit_code == 1
        assert cause in result.stderr
