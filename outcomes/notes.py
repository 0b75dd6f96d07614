"""Says in plain English how the figures of a release are to be read; it knows no figure itself."""

from __future__ import annotations

from datetime import date

from outcomes.figures import Symbol
from outcomes.protection.policy import DisclosurePolicy
from outcomes.quarter import Period, Year

MEANINGS = {
    Symbol.WITHHELD: (
        "withheld, so that nobody can be found: the number is small, or a small number could be "
        "worked out from it together with other figures"
    ),
    Symbol.TOO_FEW: "too few answered for this kind of figure",
    Symbol.NOT_APPLICABLE: "this measure has no such figure",
}
"""What each symbol in the place of a figure means."""

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_AUDIT = (
    "Before the figures went out, an audit tried to work out every protected number from all files "
    "of this and every earlier release together: as a member of the public, as each council with "
    "its own numbers, and as one person who knows their own answer. Where it came too close, "
    "further figures were withheld."
)
_PAIRS = (
    "Only people who answered both at the start and at the end are compared. 'Answered at the "
    "start and at the end' shows how many that is of those who could have answered."
)
_CAUSE = (
    "Support often begins at a low point, and some would feel better later without it. The figures "
    "show what changed, not what caused it."
)
_OTHERS = (
    "The whole service includes children of other authorities, so the two councils do not add up "
    "to it."
)

RATED_BY = "Published indicators are rated by a rule of this service"
"""What stands before the words of the rule."""


def notes(period: Period, policy: DisclosurePolicy, *, is_final: bool) -> tuple[str, ...]:
    """Give the notes that go out with every file of a release, one sentence or two each."""
    meanings = tuple(f"{symbol} = {meaning}." for symbol, meaning in MEANINGS.items())
    rounded = "Because counts are rounded one by one, they may not add up."
    return (
        _about(period),
        _state(period, is_final=is_final),
        policy.plain_words,
        *((rounded,) if policy.base > 1 else ()),
        *meanings,
        _AUDIT,
        _PAIRS,
        _CAUSE,
        _OTHERS,
    )


def _about(period: Period) -> str:
    days = f"from {_day(period.first_day)} to {_day(period.last_day)}"
    if isinstance(period, Year):
        return (
            f"Period: {period}. Each piece of support that ended {days} is counted once. Answers "
            "that came in late, or were taken back, after a quarter was published are in this "
            "year's figures, so that the four quarters do not add up to the year."
        )
    return (
        f"Period: {period}. Each piece of support that ended {days} is counted once, in the "
        "quarter it ended."
    )


def _state(period: Period, *, is_final: bool) -> str:
    frozen = _day(period.freeze_date)
    if is_final:
        return f"Final: answers up to {frozen} could count. Later ones never change this release."
    return f"Provisional: made before {frozen}, while answers for this period could still come in."


def _day(day: date) -> str:
    """Write a day in English, whatever language the machine speaks."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
