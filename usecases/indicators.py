"""Published indicators: taken over from files, corrected openly, and given out with their rating.

It opens no file and shows nothing; numbers stay as they were written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from itertools import groupby, islice
from typing import Final

from outcomes.forecast import forecast_year_end
from outcomes.indicators import Better, Indicator, IndicatorPoint, Unit, known, rate
from outcomes.quarter import Period, Quarter, quarters_of
from storage import audit, indicators
from storage.casework import Casework
from storage.indicators import CORRECTED, IMPORTED, PastImport, StoredIndicator
from usecases.import_faults import Cells, Fault
from usecases.import_files import Headings, read_file
from usecases.indicator_rows import (
    COLUMNS,
    MAY_BE_LEFT_OUT,
    Column,
    IndicatorRow,
    check_row,
    check_together,
    contradictions,
)
from usecases.inviting import By
from usecases.refusal import Refusal
from usecases.service import Service

MOST_ROWS: Final = 20_000
"""Rows of one file: more than fifty indicators in a hundred years have."""

HEADINGS: Final = Headings(COLUMNS, MAY_BE_LEFT_OUT)
NO_SOURCE: Final = "The source was not named"
_EMPTY: Final = "empty"
_OF_SERIES: Final = ("title", "better")
"""What is the same in every quarter of an indicator."""

_OF_QUARTER: Final = ("actual", "target", "comparator", "source")


@dataclass(frozen=True, slots=True)
class Options:
    """What is said of a file besides what stands in it.

    better: by code which way is better. source: who published these figures, where the file does
    not say it.
    """

    better: Mapping[str, Better] = field(default_factory=dict)
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """Something that was stored otherwise; quarter: empty where it holds for all of them."""

    code: str
    quarter: str
    column: str
    was: str | None
    became: str | None

    def __str__(self) -> str:
        """Say it in one line; texts are named and not repeated."""
        where = " ".join(filter(None, (self.code, self.quarter, self.column)))
        if self.column in ("title", "source"):
            return where
        return f"{where} {self.was or _EMPTY} -> {self.became or _EMPTY}"


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or would do: quarters of indicators, and every correction by itself."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    faults: int = 0
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True, slots=True)
class _Step:
    """What would become of rows that are right by themselves."""

    faults: tuple[Fault, ...]
    new: tuple[StoredIndicator, ...]
    changed: tuple[StoredIndicator, ...]
    unchanged: int
    corrections: tuple[Correction, ...]


# --- importing ------------------------------------------------------------------------------------


async def import_text(
    service: Service, text: str, by: By, tell: Callable[[Fault], None]
) -> Imported:
    """Import the text of a CSV file. See `import_rows`."""
    return await import_rows(service, read_file(BytesIO(text.encode()), HEADINGS), by, tell)


async def import_rows(
    service: Service,
    rows: Iterable[Cells | Fault],
    by: By,
    tell: Callable[[Fault], None],
    options: Options | None = None,
    *,
    dry_run: bool = False,
) -> Imported:
    """Import quarters of indicators in one transaction: all of them, or none where a fault is.

    tell: is called with every fault. What is stored and not in these rows stays as it is. The same
    rows twice change nothing; what differs from what is stored is a correction, returned and noted
    in the audit. Raises Refusal for options that do not fit the rows.
    """
    options, today = options or Options(), service.rhythm.local(by.now).date()
    right, faults, count = await asyncio.to_thread(lambda: _check(rows, today))
    _refuse_options(options, right)

    def work(casework: Casework) -> _Step:
        step = _judge(casework, right, options)
        if not (faults or step.faults or dry_run):
            _write(casework, step, by)
        return step

    if dry_run or faults:
        step = await service.lane.read(lambda connection: work(service.open(connection)))
    else:
        step = await service.lane.write(lambda connection: work(service.open(connection)))
    told = sorted([*faults, *step.faults], key=lambda each: each.row)
    for fault in told:
        tell(fault)
    return Imported(
        rows=count,
        new=len(step.new),
        changed=len(step.changed),
        unchanged=step.unchanged,
        faults=len(told),
        corrections=step.corrections,
    )


def _check(
    rows: Iterable[Cells | Fault], today: date
) -> tuple[list[IndicatorRow], list[Fault], int]:
    """Return the rows that are right, what is wrong with others, and how many rows there are."""
    right: list[IndicatorRow] = []
    faults: list[Fault] = []
    count = 0
    for each in islice(rows, MOST_ROWS + 1):
        count += isinstance(each, Cells)
        checked = (each,) if isinstance(each, Fault) else check_row(each, today)
        if isinstance(checked, IndicatorRow):
            right.append(checked)
        else:
            faults += checked
    if count > MOST_ROWS:
        cause = f"there are more than {MOST_ROWS} rows"
        faults.append(Fault(count, "", cause, "Import it in parts"))
    return right, [*faults, *check_together(right)], count


def _refuse_options(options: Options, rows: Sequence[IndicatorRow]) -> None:
    """Refuse a direction for an indicator that is not there, or that the file says otherwise."""
    for code, better in options.better.items():
        ways = {each.better for each in rows if each.code == code}
        if not ways:
            msg = f"--better names {code}, which is not in this file. Is it spelled as there?"
            raise Refusal(msg)
        if ways - {None, better}:
            msg = f"--better and the file say different things of {code}. Leave one of them out."
            raise Refusal(msg)


def _judge(work: Casework, rows: Sequence[IndicatorRow], options: Options) -> _Step:
    """Compare rows with what is stored."""
    stored = indicators.load(work.connection)
    of_code = {each.code: each for each in stored}
    by_case = {each.code.casefold(): each for each in stored}
    before = {(each.code, each.quarter): each for each in stored}
    faults = [fault for row in rows for fault in _against(row, by_case.get(row.code.casefold()))]
    wanted = {
        (row.code, str(row.quarter)): _made(
            row, options, of_code.get(row.code), before.get((row.code, str(row.quarter)))
        )
        for row in rows
    }
    series = {each.code: each for each in wanted.values()}
    for key, each in before.items():
        if each.code in series and key not in wanted:
            like = series[each.code]
            wanted[key] = replace(each, title=like.title, better=like.better)
    new = tuple(each for key, each in wanted.items() if key not in before)
    changed = tuple(each for key, each in wanted.items() if before.get(key, each) != each)
    return _Step(
        faults=tuple(faults),
        new=new,
        changed=changed,
        unchanged=sum(before.get((row.code, str(row.quarter))) in wanted.values() for row in rows),
        corrections=_corrections(before, changed),
    )


def _against(row: IndicatorRow, stored: StoredIndicator | None) -> list[Fault]:
    """Return what a row says otherwise than what is stored and cannot be a correction."""
    if stored is None:
        return []
    where = "what is stored"
    said = {Column.CODE: (stored.code, where), Column.UNIT: (stored.unit, where)}
    return contradictions(row, said)


def _made(
    row: IndicatorRow,
    options: Options,
    series: StoredIndicator | None,
    before: StoredIndicator | None,
) -> StoredIndicator:
    """Return what a row would be stored as; what it does not say stays, or is what is known."""
    packaged = known().get(row.code)
    better = row.better or options.better.get(row.code)
    if better is None and series is not None:
        better = Better(series.better)
    source = row.source or options.source or (before.source if before is not None else None)
    if packaged is not None:
        better, source = better or packaged.better, source or packaged.source
    return StoredIndicator(
        code=row.code,
        quarter=str(row.quarter),
        title=row.title,
        unit=row.unit.value,
        better=(better or Better.NEITHER).value,
        actual=row.actual,
        target=row.target,
        comparator=row.comparator,
        source=source or NO_SOURCE,
    )


def _corrections(
    before: Mapping[tuple[str, str], StoredIndicator], changed: Sequence[StoredIndicator]
) -> tuple[Correction, ...]:
    """Return what changed: of a whole indicator once, of its quarters one by one."""
    found: dict[Correction, None] = {}
    for new in changed:
        old = before[new.code, new.quarter]
        for column in (each.name for each in fields(StoredIndicator)):
            was, became = getattr(old, column), getattr(new, column)
            if was != became:
                quarter = "" if column in _OF_SERIES else new.quarter
                found[Correction(new.code, quarter, column, was, became)] = None
    return tuple(found)


def _write(work: Casework, step: _Step, by: By) -> None:
    counts = f"new {len(step.new)}, changed {len(step.changed)}, unchanged {step.unchanged}"
    audit.note(work, by.who, IMPORTED, counts, by.now)
    for each in step.corrections:
        audit.note(work, by.who, CORRECTED, str(each), by.now)
    indicators.store(work, (*step.new, *step.changed), by.who, by.now)
    work.flush()


# --- giving out -----------------------------------------------------------------------------------


async def up_to(service: Service, period: Period) -> tuple[Indicator, ...]:
    """Return every indicator up to the end of a period, rated, with the forecast of its year."""
    stored = await service.lane.read(indicators.load)
    last = quarters_of(period)[-1]
    upto = [each for each in stored if Quarter.parse(each.quarter) <= last]
    grouped = groupby(upto, key=lambda each: each.code)
    return tuple(_indicator(list(quarters), period) for _, quarters in grouped)


async def past_imports(service: Service) -> list[PastImport]:
    """Return the newest imports of which something still stands, the newest first."""
    return await service.lane.read(indicators.past_imports)


def _indicator(quarters: Sequence[StoredIndicator], period: Period) -> Indicator:
    newest = quarters[-1]
    better = Better(newest.better)
    points = tuple(_point(each, better) for each in quarters)
    forecast = forecast_year_end(points, Unit(newest.unit), period)
    return Indicator(
        code=newest.code,
        title=newest.title,
        unit=newest.unit,
        better=better,
        source="; ".join(dict.fromkeys(each.source for each in quarters)),
        points=points,
        forecast=forecast.value if forecast is not None else None,
        forecast_rule=forecast.rule if forecast is not None else "",
    )


def _point(stored: StoredIndicator, better: Better) -> IndicatorPoint:
    actual, target, comparator = (
        Decimal(text) if text is not None else None
        for text in (stored.actual, stored.target, stored.comparator)
    )
    return IndicatorPoint(stored.quarter, actual, target, comparator, rate(actual, target, better))
