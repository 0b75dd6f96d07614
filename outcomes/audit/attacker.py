"""Plays the outsider who tries to work out a withheld count from everything ever published.

It shares no code with the protection of figures: it reads the shown figures its own way. It never
decides what to publish, and what it cannot prove to be safe is not safe.

A count passes only when two complete sets of tables were found, checked by plain integer
arithmetic against everything shown, that differ in it by the required width: witnesses. A solver
proposes them and is never trusted. Unless a count is itself about how many people there are in a
population, its witnesses leave the number of people of each commissioner and quarter as it is, so
that they stand whatever is published about other people later.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from outcomes.audit.certificate import Certificate
from outcomes.audit.hunt import Hunt
from outcomes.audit.puzzle import Atom
from outcomes.audit.unknowns import systems
from outcomes.ledger import Entry, Kept
from outcomes.scenario import Finding, Verdict


@dataclass(frozen=True, slots=True, repr=False)
class Audit:
    """The outcome of one audit.

    `findings` are the counts that an outsider can narrow down too far; `certificate` is there when
    there are none. `questions` says how many (count, outsider) pairs were looked at and `solved`
    how many questions the solver was asked.
    """

    verdict: Verdict
    findings: tuple[Finding, ...]
    certificate: Certificate | None
    questions: int
    solved: int
    witnesses: tuple[Kept, ...] = ()


Witnesses: TypeAlias = dict[str, list[dict[Atom, int]]]
"""Differences that fitted in an earlier audit of the same release, by the system's name."""


def audit(
    new: Entry,
    earlier: Sequence[Entry] = (),
    progress: Callable[[str], None] | None = None,
    witnesses: Witnesses | None = None,
) -> Audit:
    """Try to work out every protected count of a release, and of earlier ones, as each outsider.

    `new.published` is what would be shown. `witnesses` is read and added to: what fitted once still
    fits when less is shown, and is looked at first. The same release, shown in the same steps,
    always gives the same answer. Raises `ReadWronglyError` when the truth itself does not fit what
    is shown.
    """
    hunts: list[Hunt] = []
    for system in systems(new, earlier):
        if progress is not None:
            progress(f"trying to find out: {system.name}")
        hunt = Hunt(system)
        hunt.go((witnesses or {}).get(system.name, []))
        if witnesses is not None:
            witnesses[system.name] = hunt.named()
        hunts.append(hunt)
    findings = [finding for hunt in hunts for finding in hunt.findings]
    certificate = None if findings else Certificate(tuple(hunt.proof() for hunt in hunts))
    questions = sum(hunt.questions for hunt in hunts)
    solved = sum(hunt.solved for hunt in hunts)
    kept = {} if findings else dict.fromkeys(each for hunt in hunts for each in hunt.kept())
    return Audit(overall(findings), tuple(findings), certificate, questions, solved, tuple(kept))


def overall(findings: Sequence[Finding]) -> Verdict:
    """Give the verdict on a whole audit: one count that nobody could judge makes it unknown."""
    if not findings:
        return Verdict.SAFE
    certain = all(each.verdict is Verdict.UNSAFE for each in findings)
    return Verdict.UNSAFE if certain else Verdict.UNKNOWN
