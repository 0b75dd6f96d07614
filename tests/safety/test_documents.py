"""Documents that buyers ask for: whatever test one of them names is there, and so is every link."""

from __future__ import annotations

import re

import pytest

from surveys.phrasebook import phrasebook
from tests.safety.proofs import PROJECT, is_proof

DOCUMENTS = (PROJECT / "SECURITY.md", *sorted((PROJECT / "docs" / "safety").glob("*.md")))
_PROOF = re.compile(r"tests/[\w/]+\.py::\w+")
_LINK = re.compile(r"\]\(([^)#:]+)\)")
_STANDARD = re.compile(r"^\| (\d+) [^|]+\| [^|]+ \| (tests/\S+) \|$", re.MULTILINE)

PROOFS = sorted(
    {
        (path.name, each)
        for path in DOCUMENTS
        for each in _PROOF.findall(path.read_text(encoding="utf-8"))
    }
)


@pytest.mark.parametrize(("document", "proof"), PROOFS)
def test_a_test_that_a_document_names_is_there_and_is_run(document: str, proof: str) -> None:
    assert is_proof(proof), f"{document}: {proof}"


def test_every_standard_of_the_childrens_code_has_a_test() -> None:
    text = (PROJECT / "docs/safety/childrens-code.md").read_text(encoding="utf-8")
    assert [int(number) for number, _ in _STANDARD.findall(text)] == list(range(1, 16))


def test_every_attack_has_a_test() -> None:
    text = (PROJECT / "docs/safety/threat-model.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| [STRIDE] \|.*$", text, re.MULTILINE)
    assert [row for row in rows if not _PROOF.search(row)] == []
    assert {row[2] for row in rows} == set("STRIDE")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_leads_to_is_there(path: object) -> None:
    assert path in DOCUMENTS
    document = next(each for each in DOCUMENTS if each == path)
    for place in _LINK.findall(document.read_text(encoding="utf-8")):
        assert (document.parent / place).exists(), place


def test_all_of_them_are_there() -> None:
    names = {path.name for path in DOCUMENTS}
    assert {
        "SECURITY.md", "accessibility.md", "breach.md", "childrens-code.md", "dpia.md",
        "intended-purpose.md", "safety-case.md", "threat-model.md",
    } <= names  # fmt: skip


def test_children_are_told_before_they_say_yes_and_at_any_time_who_sees_what() -> None:
    """The notice for children is words of the chat: pages before joining, and behind a button."""
    keys = phrasebook().phrases
    assert [key for key in keys if key.startswith("joining.")] != []
    assert [key for key in keys if "who-sees" in key or "who-can-see" in key] != []
