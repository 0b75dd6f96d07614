"""The product says what it is for; nothing that people read claims what only a device may claim."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.safety.proofs import PROJECT

READ_BY_PEOPLE = (
    "README.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "docs/*.md",
    "docs/safety/*.md",
    "surveys/phrases/*.yaml",
    "surveys/instruments/*.yaml",
    "surveys/helplines.yaml",
    "web/templates/*.html",
    "outcomes/pages/*.py",
    "starling/commands/*.py",
)
_DOES = r"(?:detect|diagnos|triag|predict|screen(?:s|ed|ing)? for|treat|cure|monitor)\w*"
_WHAT = (
    r"(?:risks?|suicid\w*|self-harm|harm|abuse|illness\w*|disorder\w*|depress\w*|anxiety|trauma"
    r"|mental|wellbeing|patients?|symptoms?|conditions?)"
)
CLAIM = re.compile(
    rf"\b{_DOES}\s+(?:[\w’'-]+\s+){{0,4}}{_WHAT}\b"
    r"|\brisk (?:scores?|detection|assessment|triage)\b"
    r"|\b(?:clinically (?:proven|validated)|ai[- ]powered|early warning of)\b"
    r"|\bdiagnos(?:e|es|ed|is|tic)\b(?! nobody)",
    re.IGNORECASE,
)


def texts() -> Iterator[tuple[str, str]]:
    """Every file that people read, with its words on one line."""
    for pattern in READ_BY_PEOPLE:
        for path in sorted(PROJECT.glob(pattern)):
            words = " ".join(path.read_text(encoding="utf-8").split())
            yield str(path.relative_to(PROJECT)), words


def test_nothing_that_people_read_claims_to_be_a_medical_device() -> None:
    found = [
        f"{name}: …{words[max(0, each.start() - 40) : each.end() + 20]}…"
        for name, words in texts()
        for each in CLAIM.finditer(words)
    ]
    assert found == []


@pytest.mark.parametrize(
    "claim",
    [
        "Starling detects suicide risk.",
        "It triages the risk of each child.",
        "A tool that predicts which children are at risk.",
        "diagnoses depression early",
        "monitors a child’s mental health",
        "screening for anxiety",
        "An AI-powered early warning of harm",
    ],
)
def test_such_a_claim_is_found(claim: str) -> None:
    assert CLAIM.search(claim)


@pytest.mark.parametrize(
    "sentence",
    [
        "It diagnoses nobody, watches nobody and writes no text of its own to a child.",
        "It collects views and passes them to named people.",
        "A person reads every text.",
    ],
)
def test_what_it_really_does_may_be_said(sentence: str) -> None:
    assert not CLAIM.search(sentence)


def test_the_readme_and_the_statement_say_the_same_purpose() -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    statement = (PROJECT / "docs/safety/intended-purpose.md").read_text(encoding="utf-8")
    assert "collects views and passes them to named people" in readme
    assert "passes what they write to named people" in " ".join(statement.split())
    assert len(list(texts())) > 30
