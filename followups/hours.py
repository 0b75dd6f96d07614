"""The hours in which people may be asked and in which people read, from `hours.yaml`.

It must not know instants or zones: it speaks of days and of times on a local clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import Annotated, Final, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator

from surveys.definition_text import explain, read_definition
from surveys.errors import BadDefinition
from surveys.people import AgeBand

FILE: Final = "hours.yaml"
_REMEDY: Final = "Write it like the packaged followups/hours.yaml"

_TIME: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_SATURDAY: Final = 5


def read_time(written: object) -> time:
    """Return a time of day that is written like "16:00"; raises ValueError.

    YAML reads 16:00 without quotes as the number 960: it is refused, never guessed.
    """
    if not isinstance(written, str) or not _TIME.fullmatch(written):
        msg = f'{written!r} is no time of day: write it in quotes, like "16:00"'
        raise ValueError(msg)
    return time.fromisoformat(written)


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


TimeOfDay = Annotated[time, BeforeValidator(read_time)]
DayOfYear = Annotated[tuple[int, int], BeforeValidator(_read_day_of_year)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class Opening:
    """From when to when on one day; the end does not belong to it."""

    opens: time
    closes: time


class AskingHours(_Strict):
    """When people of one age may be asked; `after_school` counts on school days."""

    opens: TimeOfDay
    closes: TimeOfDay
    after_school: TimeOfDay | None = None

    @model_validator(mode="after")
    def _must_open_before_it_closes(self) -> Self:
        if max(self.opens, self.after_school or self.opens) >= self.closes:
            msg = "it closes before it opens, so nobody could ever be asked"
            raise ValueError(msg)
        return self


class DutyHours(_Strict):
    """When people read what comes in, Monday to Friday."""

    opens: TimeOfDay
    closes: TimeOfDay

    @model_validator(mode="after")
    def _must_open_before_it_closes(self) -> Self:
        if self.opens >= self.closes:
            msg = "it closes before it opens, so nothing would ever be read"
            raise ValueError(msg)
        return self


class BankHolidays(_Strict):
    """Whose bank holidays count, in the names of the `holidays` package."""

    country: str
    region: str | None = None


class SchoolHolidays(_Strict):
    """Days of every year without school; the year may turn between the first and the last."""

    first: DayOfYear
    last: DayOfYear

    def hold(self, day: date) -> bool:
        """Tell whether this day belongs to them."""
        here = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= here <= self.last
        return here >= self.first or here <= self.last


class Hours(_Strict):
    """All that decides at which time of which day somebody may be asked or is read."""

    version: int
    asking: dict[AgeBand, AskingHours]
    duty: DutyHours
    bank_holidays: BankHolidays
    school_holidays: tuple[SchoolHolidays, ...] = ()

    @model_validator(mode="after")
    def _must_know_every_age(self) -> Self:
        missing = [band.value for band in AgeBand if band not in self.asking]
        if missing:
            msg = f"the hours for {', '.join(missing)} are missing under `asking`"
            raise ValueError(msg)
        return self

    def asking_on(self, age_band: AgeBand, day: date) -> Opening | None:
        """Return when somebody of this age may be asked on this day, or None for not at all."""
        if self.is_bank_holiday(day):
            return None
        hours = self.asking[age_band]
        if hours.after_school is not None and self.is_school_day(day):
            return Opening(max(hours.opens, hours.after_school), hours.closes)
        return Opening(hours.opens, hours.closes)

    @property
    def working_day(self) -> timedelta:
        """How long people read on one working day."""
        day = date.min
        return datetime.combine(day, self.duty.closes) - datetime.combine(day, self.duty.opens)

    def duty_on(self, day: date) -> Opening | None:
        """Return when people read on this day, or None when nobody does."""
        if day.weekday() >= _SATURDAY or self.is_bank_holiday(day):
            return None
        return Opening(self.duty.opens, self.duty.closes)

    def is_school_day(self, day: date) -> bool:
        """Tell whether children may be at school on this day; in doubt they are."""
        if day.weekday() >= _SATURDAY:
            return False
        return not any(holidays.hold(day) for holidays in self.school_holidays)

    def is_bank_holiday(self, day: date) -> bool:
        """Tell whether this day is a bank holiday."""
        whose = self.bank_holidays
        return day in _bank_holidays(whose.country, whose.region, day.year)


@cache
def _bank_holidays(country: str, region: str | None, year: int) -> frozenset[date]:
    import holidays  # noqa: PLC0415 (importing it costs time that the first page needs)

    return frozenset(holidays.country_holidays(country, subdiv=region, years=year))


def read_hours(file: str, text: str) -> Hours:
    """Return the hours that this YAML text defines. Raises BadDefinition."""
    content = read_definition(file, text)
    try:
        hours = Hours.model_validate(content)
    except ValidationError as error:
        raise explain(file, error, _REMEDY) from error
    _check_bank_holidays(file, hours.bank_holidays)
    return hours


def _check_bank_holidays(file: str, whose: BankHolidays) -> None:
    """Refuse a country or region without bank holidays that we know: nobody must be guessed."""
    if (whose.country, whose.region) == ("GB", "ENG"):
        return  # the packaged one: known without importing anything
    try:
        _bank_holidays(whose.country, whose.region, 2026)
    except NotImplementedError as error:
        cause = f"no bank holidays are known for {whose.country} {whose.region or ''}".rstrip()
        remedy = "Use the names of the holidays package, such as GB and ENG"
        raise BadDefinition(file, "bank_holidays", cause, remedy) from error


@cache
def packaged_hours() -> Hours:
    """Return the hours that come with the program. Raises BadDefinition."""
    return read_hours(FILE, files("followups").joinpath(FILE).read_text(encoding="utf-8"))
