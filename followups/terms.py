"""The days on which children are at school, by council, from `terms.yaml`: in doubt it is school.

It must not know times of day or zones, and open no file but the packaged one.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Annotated, Final, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from surveys.definition_text import explain, read_definition

FILE: Final = "terms.yaml"
_REMEDY: Final = "Write it like the packaged followups/terms.yaml"
_SATURDAY: Final = 5
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")

CouncilName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,39}$")]


def _read_day(written: object) -> date:
    """Return the day that is written like 2026-09-04, in quotes or not; raises ValueError."""
    if isinstance(written, date) and not isinstance(written, datetime):
        return written
    try:
        if not isinstance(written, str) or not _DAY.fullmatch(written):
            raise ValueError(written)  # noqa: TRY301 (one message for both mistakes)
        return date.fromisoformat(written)
    except ValueError as error:
        msg = f'{written!r} is no day: write it like "2026-09-04"'
        raise ValueError(msg) from error


def _read_day_of_year(written: object) -> tuple[int, int]:
    """Return month and day of what is written like "07-25"; raises ValueError."""
    try:
        if not isinstance(written, str):
            raise ValueError(written)  # noqa: TRY004, TRY301 (one message for both mistakes)
        day = date.fromisoformat(f"2000-{written}")
    except ValueError as error:
        msg = f'{written!r} is no day of the year: write it in quotes, like "07-25"'
        raise ValueError(msg) from error
    return day.month, day.day


Day = Annotated[date, BeforeValidator(_read_day)]
DayOfYear = Annotated[tuple[int, int], BeforeValidator(_read_day_of_year)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EveryYear(_Strict):
    """Days of every year without school; the year may turn between the first and the last."""

    first: DayOfYear
    last: DayOfYear

    def hold(self, day: date) -> bool:
        """Tell whether this day belongs to them."""
        here = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= here <= self.last
        return here >= self.first or here <= self.last


class Term(_Strict):
    """Days with school from the first to the last, both included; but for weekends."""

    first: Day
    last: Day

    @model_validator(mode="after")
    def _must_begin_before_it_ends(self) -> Self:
        if self.first > self.last:
            msg = f"this term ends on {self.last}, before it begins on {self.first}"
            raise ValueError(msg)
        return self


class Council(_Strict):
    """The terms of one council, and between which days they are all that there is."""

    source: Annotated[str, Field(min_length=1)]
    known_from: Day | None = None
    known_until: Day | None = None
    terms: tuple[Term, ...] = ()

    @model_validator(mode="after")
    def _must_say_how_far_it_knows(self) -> Self:
        whole = (self.known_from is not None, self.known_until is not None, bool(self.terms))
        if any(whole) and not all(whole):
            msg = "terms, known_from and known_until belong together: write all three or none"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _must_be_in_order(self) -> Self:
        for earlier, later in pairwise(self.terms):
            if later.first <= earlier.last:
                msg = (
                    f"the term from {later.first} begins before the one before it ends on "
                    f"{earlier.last}: write them in order"
                )
                raise ValueError(msg)
        if self.known_from and self.known_until and self.terms:
            first, last = self.terms[0].first, self.terms[-1].last
            if first < self.known_from or last > self.known_until:
                msg = (
                    f"terms from {first} to {last} lie outside of what is known, "
                    f"{self.known_from} to {self.known_until}"
                )
                raise ValueError(msg)
        return self

    def school_on(self, day: date) -> bool | None:
        """Tell whether this day lies in a term; None where its dates are not known."""
        if self.known_from is None or self.known_until is None:
            return None
        if not self.known_from <= day <= self.known_until:
            return None
        return any(term.first <= day <= term.last for term in self.terms)


class Terms(_Strict):
    """Everything that decides whether a day is a school day; in doubt it is."""

    version: Literal[1]
    every_year: tuple[EveryYear, ...] = ()
    councils: dict[CouncilName, Council] = {}

    def is_school_day(self, council: str | None, day: date) -> bool:
        """Tell whether children who go to school with this council may be at school on this day.

        Without a council, or with one that is not listed, it is a school day as soon as it is one
        for any council of the list, or nobody knows.
        """
        if day.weekday() >= _SATURDAY:
            return False
        listed = self.councils.get(council) if council is not None else None
        meant = (listed,) if listed is not None else tuple(self.councils.values())
        known = [each.school_on(day) for each in meant]
        if known and None not in known:
            return any(known)
        if True in known:
            return True
        return not any(holidays.hold(day) for holidays in self.every_year)

    def unknown_on(self, day: date) -> tuple[str, ...]:
        """Return the councils of which nobody knows whether this day is a school day."""
        return tuple(name for name, each in self.councils.items() if each.school_on(day) is None)


def read_terms(file: str, text: str) -> Terms:
    """Return the terms that this YAML text defines. Raises BadDefinition."""
    content = read_definition(file, text)
    try:
        return Terms.model_validate(content)
    except ValidationError as error:
        raise explain(file, error, _REMEDY) from error


@cache
def packaged_terms() -> Terms:
    """Return the terms that come with the program. Raises BadDefinition."""
    return read_terms(FILE, files("followups").joinpath(FILE).read_text(encoding="utf-8"))
