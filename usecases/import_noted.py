"""Reads what a row says besides the support itself: facts for the contract, what was given freely.

An empty cell says nothing, and what is stored stays. An age in years becomes a band and is not
kept. It knows neither files nor the database.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from outcomes.episode import AgeBand
from outcomes.measures.characteristics import VALUES, Characteristic
from usecases.characteristics import Change, GivenBy
from usecases.contract_facts import MOST_MOVES, OLDEST, Days, Fact, Noted, check, read_age
from usecases.import_columns import CHARACTERISTICS, FACTS, Column
from usecases.import_reading import Reading

NOT_SAID: Final = "not-said"
"""What stands in a cell where somebody took a characteristic back."""

_COLUMN_OF: Final = {fact: column for column, fact in FACTS.items()}
_BANDS: Final = tuple(band.value for band in AgeBand if band is not AgeBand.NOT_KNOWN)


def read_noted(reading: Reading, opened_on: date | None, closed_on: date | None) -> Noted:
    """Return the facts that a row gives; whatever contradicts itself in it is a fault."""
    noted = Noted(
        child_age=_age(reading),
        unplanned_moves=_moves(reading),
        away_at_start=_yes_or_no(reading, Column.OUT_OF_AREA_START),
        away_at_end=_yes_or_no(reading, Column.OUT_OF_AREA_END),
        plan_on=_day(reading, Column.PLAN_ON),
        disengaged_on=_day(reading, Column.DISENGAGED_ON),
        back_on=_day(reading, Column.BACK_ON),
    )
    if opened_on is not None:
        _check(reading, noted, Days(opened_on, closed_on, reading.today))
    return noted


def _check(reading: Reading, noted: Noted, days: Days) -> None:
    """Note what cannot be so; what the row does not say may be stored, and is looked at later."""
    for wrong in check(noted, days):
        if wrong.fact is not Fact.BACK_ON or noted.disengaged_on is not None:
            column = _COLUMN_OF[wrong.fact]
            reading.fault(column, wrong.cause, wrong.remedy, reading.text(column))


def _age(reading: Reading) -> AgeBand | None:
    """Return the band of an age in years or of a band; a date of birth is not wanted."""
    column = Column.CHILD_AGE
    if not reading.text(column):
        return None
    band = read_age(reading.text(column))
    if band is not None:
        return band
    if reading.looks_like_a_day(column):
        cause = "this looks like a date of birth, which is never imported"
        reading.fault(column, cause, "Give the age in years when the support began")
        return None
    remedy = (
        f"Give the age in years when the support began, up to {OLDEST}, or {', '.join(_BANDS)}. "
        "Spreadsheets turn 11-15 into a date: years are safer"
    )
    reading.fault(column, "this is no age", remedy)
    return None


def _moves(reading: Reading) -> int | None:
    column = Column.UNPLANNED_MOVES
    return reading.number(column, 0, MOST_MOVES) if reading.text(column) else None


def _yes_or_no(reading: Reading, column: Column) -> bool | None:
    if not reading.text(column):
        return None
    return {"yes": True, "no": False}.get(reading.choose(column, ("yes", "no")))


def _day(reading: Reading, column: Column) -> date | None:
    return reading.day(column) if reading.text(column) else None


def read_given(reading: Reading) -> Change:
    """Return the characteristics that a row gives or takes back, and who gave them."""
    values: dict[Characteristic, str | None] = {}
    for column, what in CHARACTERISTICS.items():
        if reading.text(column):
            chosen = reading.choose(column, (*VALUES[what], NOT_SAID))
            if chosen:
                values[what] = None if chosen == NOT_SAID else chosen
    giver = reading.pick(Column.GIVEN_BY, GivenBy) if reading.text(Column.GIVEN_BY) else None
    said = [what for what, value in values.items() if value is not None]
    if said and not reading.text(Column.GIVEN_BY):
        remedy = f"Say who gave it: {' or '.join(each.value for each in GivenBy)}"
        cause = "a characteristic is only noted where the person or their worker gave it"
        reading.fault(Column.GIVEN_BY, cause, remedy)
    return Change(values, giver)
