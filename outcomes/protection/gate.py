"""Turns raw tables into figures in which nobody can be found, or refuses; the only way out of them.

Counts are withheld and rounded, everything else is worked out from what is shown, and then the
audit, which is written apart, tries to undo it. It writes no file and knows no format.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from outcomes.attack import SCENARIOS, Audit, Certificate, Witnesses, audit
from outcomes.errors import ReleaseRefusedError
from outcomes.ledger import Entry, Kept
from outcomes.protection.coarsening import coarsened, titles_about
from outcomes.protection.policy import DisclosurePolicy, check_policy
from outcomes.protection.rounding import first_pass
from outcomes.protection.safe_tables import SEAL, SafeTables
from outcomes.protection.showing import show_figures, show_flow
from outcomes.protection.smallest import smallest_pattern
from outcomes.protection.suppression import Pattern, Suppressor
from outcomes.quarter import Period, Year
from outcomes.raw import RawTables
from outcomes.scenario import Finding, Rules, Scenario, Target, Verdict

Progress = Callable[[str], None]

_MOST_ROUNDS = 12
_MOST_TIDYINGS = 3
_MOST_WORK = 20_000
"""How much work may be done to withhold less, in unknowns times questions."""
_MOST_COARSER = 40


class Audited(Protocol):
    """What an audit gives."""

    @property
    def verdict(self) -> Verdict:
        """Say whether figures may go out."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Give the counts that an outsider can narrow down too far."""

    @property
    def certificate(self) -> Certificate | None:
        """Give the proof, where nothing was found."""

    @property
    def witnesses(self) -> tuple[Kept, ...]:
        """Give what the proof rests on, to be kept with the release."""


Auditing = Callable[[Entry, Sequence[Entry], Progress | None], Audited]
"""Tries to work out protected counts of a release beside earlier ones."""


@dataclass(frozen=True, slots=True, repr=False)
class Protected:
    """Figures that may go out, the proof that they may, and what later audits need of them."""

    safe: SafeTables
    certificate: Certificate
    entry: Entry


@dataclass(frozen=True, slots=True, repr=False)
class Hidden:
    """A release as it may be published, and the sentences about what was made coarser."""

    entry: Entry
    audited: Audited
    sentences: tuple[str, ...]


def protect(
    raw: RawTables,
    policy: DisclosurePolicy,
    earlier: Sequence[Entry] = (),
    progress: Progress | None = None,
) -> Protected:
    """Withhold, round and audit; give the only tables that a release can be compiled from.

    `earlier` are all releases published so far: nothing may follow from this one together with
    them. Where the audit gets through, further figures are withheld; where that is not enough, they
    are shown more coarsely. Deterministic: the same counts give the same figures. Raises
    `PolicyRefusedError` for a policy that protects too little, `ReleaseRefusedError` with `reasons`
    when the audit is not satisfied in the end, and `CertificateRefusedError` for a proof of it that
    plain arithmetic does not bear out.
    """
    check_policy(policy)
    witnesses: Witnesses = {}

    def auditing(entry: Entry, before: Sequence[Entry], say: Progress | None) -> Audit:
        return audit(entry, before, say, witnesses)

    hidden = hide(raw, policy, earlier, auditing, progress)
    certificate = hidden.audited.certificate
    if certificate is None:
        raise refused(("The audit gave no proof; nothing goes out.",))
    certificate.check()
    entry = hidden.entry
    kept = {(each.id, each.area) for each in entry.raw.measures}
    safe = SafeTables(
        raw.period,
        raw.measures,
        policy,
        figures=show_figures(entry.raw, entry.published, policy),
        flow=show_flow(entry.raw, entry.published),
        coarsened=hidden.sentences,
        left_out={(each.id, each.area) for each in raw.measures} - kept,
        scenarios=SCENARIOS,
        audited_with=(each.name for each in earlier),
        seal=SEAL,
    )
    return Protected(safe, certificate, replace(entry, witnesses=hidden.audited.witnesses))


def rules_of(policy: DisclosurePolicy) -> Rules:
    """Give what everybody may know of a policy, as the audit takes it."""
    return Rules(
        threshold=policy.threshold,
        base=policy.base,
        zero_is_shown=not policy.zero_is_withheld,
        width=policy.width,
        insider_width=policy.insider_width,
        class_size=policy.class_size,
        answer_width=policy.answer_width,
    )


def hide(
    raw: RawTables,
    policy: DisclosurePolicy,
    earlier: Sequence[Entry],
    auditing: Auditing,
    progress: Progress | None = None,
) -> Hidden:
    """Withhold until the audit is satisfied, making tables coarser where nothing else helps.

    It does not ask whether the policy protects enough. Raises `ReleaseRefusedError`.
    """
    said: dict[str, str] = {}
    known: tuple[Finding, ...] = ()
    for _ in range(_MOST_COARSER):
        attempt = _Attempt(raw, policy, earlier, auditing, progress)
        audited = attempt.go(known)
        if audited.verdict.allows_release:
            sentences = tuple(f"{what}: {how}." for what, how in said.items())
            return Hidden(attempt.entry, audited, sentences)
        hopeless = attempt.hopeless or tuple(each.target for each in audited.findings)
        found = coarsened(raw, hopeless)
        if found is None:
            raise refused(reasons_of(audited.findings, raw))
        raw = found.raw
        said.update(found.said)
        # What was found about other tables need not be found out a second time.
        tables = {each.table for each in hopeless}
        known = tuple(each for each in attempt.found if each.target.table not in tables)
        _say(progress, "showing some figures more coarsely")
    raise refused(reasons_of(audited.findings, raw))


def refused(reasons: tuple[str, ...]) -> ReleaseRefusedError:
    """Make the refusal, with the reasons that a data manager reads."""
    return ReleaseRefusedError("nothing goes out: " + " ".join(reasons), reasons)


class _Attempt:
    """Tries to protect tables as they are, without making them coarser."""

    def __init__(
        self,
        raw: RawTables,
        policy: DisclosurePolicy,
        earlier: Sequence[Entry],
        auditing: Auditing,
        progress: Progress | None,
    ) -> None:
        self.entry = Entry(str(raw.period), raw, first_pass(raw, policy), rules_of(policy))
        self.suppressor = Suppressor(self.entry, earlier)
        self.earlier = earlier
        self.auditing = auditing
        self.progress = progress
        self.hopeless: tuple[Target, ...] = ()
        self.found: tuple[Finding, ...] = ()

    def go(self, known: tuple[Finding, ...] = ()) -> Audited:
        """Withhold and audit in turn until nothing is found, or nothing more helps.

        Begins with what was `known` from an attempt before.
        """
        self.found = known
        if known:
            self.suppressor.suppress(known)
        audited = self._audit(self.suppressor.pattern)
        for _ in range(_MOST_ROUNDS):
            if audited.verdict.allows_release or self.hopeless:
                break
            _say(self.progress, "withholding further figures")
            self.hopeless = self.suppressor.suppress(audited.findings)
            if self.hopeless:
                break
            audited = self._audit(self.suppressor.pattern)
        return self._tidied(audited) if audited.verdict.allows_release else audited

    def _tidied(self, audited: Audited) -> Audited:
        """Show again what need not be withheld, if the audit still passes."""
        passed = self.entry
        for _ in range(_MOST_TIDYINGS):
            pattern = self._lighter()
            if self.suppressor.weight(pattern.lines) >= self.suppressor.weight(
                self.suppressor.pattern.lines
            ):
                break
            again = self._audit(pattern)
            if again.verdict.allows_release:
                return again
            self.suppressor.learn(again.findings)
        self.entry = passed
        return audited

    def _lighter(self) -> Pattern:
        """Give the lightest pattern for all that was found, or one near it where that is much."""
        self.suppressor.begin_trying(_MOST_WORK)
        exact = smallest_pattern(self.suppressor, lambda _: ())
        if exact is not None:
            return replace(exact, means=self.suppressor.pattern.means)
        self.suppressor.begin_trying(_MOST_WORK)
        return self.suppressor.tidied()

    def _audit(self, pattern: Pattern) -> Audited:
        self.entry = replace(self.entry, published=self.suppressor.published(pattern))
        audited = self.auditing(self.entry, self.earlier, self.progress)
        self.found += audited.findings
        return audited


def reasons_of(findings: Iterable[Finding], raw: RawTables) -> tuple[str, ...]:
    """Say for a data manager what would show something to whom; never a protected number."""
    found: dict[tuple[str, str, str], int] = {}
    for each in findings:
        target = each.target
        place = (titles_about(raw, target.table), target.release, _outsider(each.scenario))
        found[place] = found.get(place, 0) + 1
    return tuple(
        f"{title}{_of(release)}: {_cells(count)} would show something about a few people to "
        f"{outsider}; {_remedy(raw.period)}."
        for (title, release, outsider), count in sorted(found.items())
    )


def _remedy(period: Period) -> str:
    """Say what a data manager can do about a refusal."""
    stricter = "compile with a policy that withholds more (--policy-file)"
    if isinstance(period, Year):
        return stricter
    return f"leave this quarter out and compile its year, or {stricter}"


def _cells(count: int) -> str:
    return "one number" if count == 1 else f"{count} numbers"


def _of(release: str) -> str:
    return f" ({release})" if release else ""


def _outsider(scenario: Scenario) -> str:
    if scenario.shared is not None:
        return "somebody who knows their own answer"
    who = " and ".join(sorted(scenario.known)) or "anybody"
    return f"{who} told which withheld numbers are small" if scenario.told else who


def _say(progress: Progress | None, words: str) -> None:
    if progress is not None:
        progress(words)
