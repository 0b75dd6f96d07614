"""The hours in which people may be asked and in which people read, from `hours.yaml`.

It must not know instants, zones or school terms: it speaks of days and of times on a local clock,
and is told which days are school days.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator

from surveys.definition_text import explain, read_definition
from surveys.errors import BadDefinition
from surveys.people import AgeBand, Suits

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


TimeOfDay = Annotated[time, BeforeValidator(read_time)]


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


class Days(StrEnum):
    """On which days of the week a part of the week lies."""

    MONDAY_TO_FRIDAY = "monday-to-friday"
    WEEKEND = "weekend"
    EVERY_DAY = "every-day"

    def hold(self, day: date) -> bool:
        """Tell whether this day is one of them."""
        if self is Days.EVERY_DAY:
            return True
        return (day.weekday() >= _SATURDAY) is (self is Days.WEEKEND)


class Span(_Strict):
    """From when to when on one day."""

    opens: TimeOfDay
    closes: TimeOfDay

    @model_validator(mode="after")
    def _must_open_before_it_closes(self) -> Self:
        if self.opens >= self.closes:
            msg = "it closes before it opens"
            raise ValueError(msg)
        return self


class PartOfTheWeek(_Strict):
    """What people of each age mean who choose this part of the week for themselves."""

    days: Days
    hours: dict[AgeBand, Span]

    @model_validator(mode="after")
    def _must_know_every_age(self) -> Self:
        _need_every_age(self.hours, "hours")
        return self


class DutyHours(Span):
    """When people read what comes in, Monday to Friday."""


class BankHolidays(_Strict):
    """Whose bank holidays count, in the names of the `holidays` package."""

    country: str
    region: str | None = None


class Hours(_Strict):
    """All that decides at which time of which day somebody may be asked or is read."""

    version: Literal[2]
    asking: dict[AgeBand, AskingHours]
    suits: dict[Suits, PartOfTheWeek]
    duty: DutyHours
    bank_holidays: BankHolidays

    @model_validator(mode="after")
    def _must_know_everything(self) -> Self:
        _need_every_age(self.asking, "asking")
        missing = [each.value for each in Suits if each not in self.suits]
        if missing:
            msg = f"{', '.join(missing)} is missing under `suits`"
            raise ValueError(msg)
        return self

    def asking_on(
        self, age_band: AgeBand, day: date, *, school: bool, suits: Suits | None = None
    ) -> Opening | None:
        """Return when somebody of this age may be asked on this day, or None for not at all.

        `school` tells whether it is a school day, `suits` the part of the week they chose.
        """
        if self.is_bank_holiday(day):
            return None
        whole = self._whole_day(age_band, school=school)
        if suits is None:
            return whole
        chosen = self.suits[suits]
        return _common(whole, chosen.hours[age_band]) if chosen.days.hold(day) else None

    def _whole_day(self, age_band: AgeBand, *, school: bool) -> Opening:
        hours = self.asking[age_band]
        late = hours.after_school if school else None
        return Opening(max(hours.opens, late or hours.opens), hours.closes)

    def parts_without_time(self) -> Iterator[tuple[Suits, AgeBand, bool]]:
        """Yield part of the week, age and `school` where nobody could ever be asked."""
        for suits, part in self.suits.items():
            # A weekend has no school; all other parts meet school days and free ones.
            kinds = (False,) if part.days is Days.WEEKEND else (True, False)
            for age_band in AgeBand:
                for school in kinds:
                    whole = self._whole_day(age_band, school=school)
                    if _common(whole, part.hours[age_band]) is None:
                        yield suits, age_band, school

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

    def is_bank_holiday(self, day: date) -> bool:
        """Tell whether this day is a bank holiday."""
        whose = self.bank_holidays
        return day in _bank_holidays(whose.country, whose.region, day.year)


def _need_every_age(given: Iterable[AgeBand], where: str) -> None:
    missing = [band.value for band in AgeBand if band not in given]
    if missing:
        msg = f"the hours for {', '.join(missing)} are missing under `{where}`"
        raise ValueError(msg)


def _common(whole: Opening, part: Span) -> Opening | None:
    """Return the time that both have, or None when there is none."""
    opens, closes = max(whole.opens, part.opens), min(whole.closes, part.closes)
    return Opening(opens, closes) if opens < closes else None


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
    _check_suits(file, hours)
    _check_bank_holidays(file, hours.bank_holidays)
    return hours


def _check_suits(file: str, hours: Hours) -> None:
    """Refuse a choice that would silence somebody: it must leave time in the hours of their age."""
    for suits, age_band, school in hours.parts_without_time():
        when = "on school days" if school else "on days without school"
        cause = f"{when} it leaves no time in the hours of this age, so nobody could ever be asked"
        remedy = f"Let it overlap with asking -> {age_band.value}"
        where = f"suits -> {suits.value} -> hours -> {age_band.value}"
        raise BadDefinition(file, where, cause, remedy)


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
