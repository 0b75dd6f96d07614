"""Knows the quarters of an English financial year (April to March); never what day it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self, TypeAlias

from outcomes.errors import BadQuarterError

FREEZE_AFTER = timedelta(days=28)
_YEAR_FORM = re.compile(r"(\d{4})/(\d{2})", re.ASCII)
_FORM = re.compile(r"(\d{4})/(\d{2})-Q([1-4])", re.ASCII)
_FIRST_MONTHS = {1: 4, 2: 7, 3: 10, 4: 1}
_FIRST_YEAR, _LAST_YEAR = 1900, 9997


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of a financial year: Q1 is April to June, Q4 is January to March of the next year.

    `starts` is the calendar year in which the financial year begins. Raises `BadQuarterError`.
    """

    starts: int
    number: int

    def __post_init__(self) -> None:
        """Refuse numbers that are no quarter."""
        if self.number not in _FIRST_MONTHS or not _FIRST_YEAR <= self.starts <= _LAST_YEAR:
            message = (
                f"there is no quarter {self.number} of year {self.starts}; they go from 1 to 4"
            )
            raise BadQuarterError(message)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read text such as `2026/27-Q3`. Raises `BadQuarterError` with the remedy."""
        found = _FORM.fullmatch(text)
        if found is None or (int(found[1]) + 1) % 100 != int(found[2]):
            message = (
                f"{text[:40]!r} is not a quarter of a financial year; write it as 2026/27-Q3, "
                "which is October to December 2026"
            )
            raise BadQuarterError(message)
        return cls(int(found[1]), int(found[3]))

    @classmethod
    def containing(cls, day: date) -> Self:
        """Give the quarter in which a local date lies."""
        number = (day.month - 4) // 3 % 4 + 1
        return cls(day.year - (1 if number == 4 else 0), number)  # noqa: PLR2004 - Q4 is next year

    def __str__(self) -> str:
        """Write it as `parse` reads it."""
        return f"{self.starts}/{(self.starts + 1) % 100:02d}-Q{self.number}"

    def __contains__(self, day: date) -> bool:
        """Say whether a local date lies in the quarter."""
        return self.first_day <= day <= self.last_day

    @property
    def first_day(self) -> date:
        """Give the first day, a local date."""
        month = _FIRST_MONTHS[self.number]
        return date(self.starts + (month == 1), month, 1)

    @property
    def last_day(self) -> date:
        """Give the last day, a local date."""
        return self.following.first_day - timedelta(days=1)

    @property
    def freeze_date(self) -> date:
        """Give the day from which late answers no longer count: 28 days after the last day."""
        return self.last_day + FREEZE_AFTER

    @property
    def following(self) -> Quarter:
        """Give the quarter after this one."""
        years, number = divmod(self.number, 4)
        return Quarter(self.starts + years, number + 1)

    @property
    def preceding(self) -> Quarter:
        """Give the quarter before this one."""
        years, number = divmod(self.number - 2, 4)
        return Quarter(self.starts + years, number + 1)

    @property
    def time_period(self) -> str:
        """Give the financial year as statistics files write it: six digits, `202627`."""
        return f"{self.starts}{(self.starts + 1) % 100:02d}"

    @property
    def time_identifier(self) -> str:
        """Give the quarter as statistics files write it: `Financial year Q3`."""
        return f"Financial year Q{self.number}"

    @property
    def slug(self) -> str:
        """Give a form that is safe in file names and addresses: `2026-27-q3`."""
        return str(self).replace("/", "-").lower()


@dataclass(frozen=True, slots=True, order=True)
class Year:
    """A financial year, April to March. `starts` is the calendar year in which it begins."""

    starts: int

    def __post_init__(self) -> None:
        """Refuse numbers that are no year."""
        Quarter(self.starts, 1)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read text such as `2026/27`. Raises `BadQuarterError` with the remedy."""
        found = _YEAR_FORM.fullmatch(text)
        if found is None or (int(found[1]) + 1) % 100 != int(found[2]):
            message = f"{text[:40]!r} is not a financial year; write it as 2026/27"
            raise BadQuarterError(message)
        return cls(int(found[1]))

    def __str__(self) -> str:
        """Write it as `parse` reads it."""
        return f"{self.starts}/{(self.starts + 1) % 100:02d}"

    def __contains__(self, day: date) -> bool:
        """Say whether a local date lies in the year."""
        return self.first_day <= day <= self.last_day

    @property
    def quarters(self) -> tuple[Quarter, ...]:
        """Give its four quarters in the order of time."""
        return tuple(Quarter(self.starts, number) for number in sorted(_FIRST_MONTHS))

    @property
    def first_day(self) -> date:
        """Give the first day, a local date."""
        return self.quarters[0].first_day

    @property
    def last_day(self) -> date:
        """Give the last day, a local date."""
        return self.quarters[-1].last_day

    @property
    def freeze_date(self) -> date:
        """Give the day from which late answers no longer count: 28 days after the last day."""
        return self.last_day + FREEZE_AFTER

    @property
    def time_period(self) -> str:
        """Give the financial year as statistics files write it: six digits, `202627`."""
        return self.quarters[0].time_period

    @property
    def time_identifier(self) -> str:
        """Give what statistics files call a whole financial year."""
        return "Financial year"

    @property
    def slug(self) -> str:
        """Give a form that is safe in file names and addresses: `2026-27`."""
        return str(self).replace("/", "-")


Period: TypeAlias = Quarter | Year
"""What a release is about."""


def parse_period(text: str) -> Period:
    """Read `2026/27-Q3` or `2026/27`. Raises `BadQuarterError` with the remedy."""
    if "-" in text:
        return Quarter.parse(text)
    return Year.parse(text)


def quarters_of(period: Period) -> tuple[Quarter, ...]:
    """Give the quarters a period is made of, in the order of time."""
    return period.quarters if isinstance(period, Year) else (period,)
