"""Names what an audit protects and against whom: words that both sides share, and no code."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from outcomes.episode import Commissioner
from outcomes.quarter import Quarter
from outcomes.raw import Group


@dataclass(frozen=True, slots=True)
class Rules:
    """What everybody may know of the rules behind a release, and what the audit asks for.

    A shown count lies within half a `base` of the truth and was not too small to show: it is at
    least `threshold`, or 0 where `zero_is_shown`. A count of 1 to `threshold` - 1 must stay
    possible over a range at least `width` wide, and so must "none" or "all" of a group smaller than
    `class_size` on a sensitive measure; for a council, which knows more, `insider_width`. No count
    of people at one step of a scale may be certain: a range at least `answer_width` wide. A
    withheld count is at least `withheld_at_least`: 1 where noughts are always shown.
    """

    threshold: int
    base: int
    zero_is_shown: bool
    width: int
    insider_width: int
    class_size: int
    answer_width: int = 1
    withheld_at_least: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class Target:
    """A count that must not become known: people in some classes of a table.

    `release` is "" for the release that is being audited, otherwise the id of an earlier one.
    `commissioners`, `quarters` and `group` narrow the boxes. `truth` is the count itself, so a
    target is never shown or written. `width` is how wide the range must stay, `insider_width` for
    a council.
    """

    release: str
    table: str
    classes: frozenset[str]
    commissioners: frozenset[Commissioner]
    quarters: frozenset[Quarter]
    group: Group | None
    truth: int
    width: int
    insider_width: int


@dataclass(frozen=True, slots=True, repr=False)
class Scenario:
    """What one outsider knows beyond everything that was published.

    A council knows its own children exactly (`known`). A lone respondent knows exactly how many
    people share one small count with them (`shared`). Somebody who was `told` knows which of the
    withheld counts are small. To the last two nothing may be certain; a range is all right.
    """

    name: str
    known: frozenset[Commissioner] = frozenset()
    shared: Target | None = None
    told: bool = False


class Verdict(StrEnum):
    """What an audit found. Only `safe` allows a release; `unknown` refuses like `unsafe`."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    UNKNOWN = "unknown"

    @property
    def allows_release(self) -> bool:
        """Say whether figures may go out."""
        return self is Verdict.SAFE


@dataclass(frozen=True, slots=True, repr=False)
class Finding:
    """A protected count that one outsider can narrow down too far, or that nobody could judge.

    `low` and `high` are how far the outsider gets, as far as the audit knows.
    """

    target: Target
    scenario: Scenario
    verdict: Verdict
    low: int
    high: int
